//! Behind a shared stack, two sockets are used in turn without harm to each other (N19).
use crate::common;

use common::nb::up;
use common::{ECHO, pattern};
use embedded_nal::{SharableStack, TcpClientStack, nb};
use modem_sim::{Model, Options};

#[test]
fn nb_a_shared_stack_serves_two_sockets() {
    for &model in Model::ALL {
        let (stack, mut world) = up::<2>(model, Options::default());
        let shared = SharableStack::new(stack);
        let (mut one, mut two) = (shared.acquire(), shared.acquire());
        let mut first = one.socket().expect("there is a socket");
        let mut second = two.socket().expect("there is another");
        world.until(60, || one.connect(&mut first, ECHO.into())).expect("it connects");
        world.until(60, || two.connect(&mut second, ECHO.into())).expect("it connects, too");
        for round in 0..20 {
            let (a, b) = (pattern(50, round), pattern(60, round + 100));
            assert_eq!(world.until(10, || one.send(&mut first, &a)), Ok(50), "{model}");
            assert_eq!(world.until(10, || two.send(&mut second, &b)), Ok(60), "{model}");
            let (mut heard_a, mut heard_b) = (Vec::new(), Vec::new());
            while heard_a.len() < a.len() || heard_b.len() < b.len() {
                let mut buffer = [0; 100];
                match one.receive(&mut first, &mut buffer) {
                    Ok(count) => heard_a.extend_from_slice(&buffer[..count]),
                    Err(error) => assert_eq!(error, nb::Error::WouldBlock, "{model}"),
                }
                match two.receive(&mut second, &mut buffer) {
                    Ok(count) => heard_b.extend_from_slice(&buffer[..count]),
                    Err(error) => assert_eq!(error, nb::Error::WouldBlock, "{model}"),
                }
                world.tick();
                assert!(world.now().as_secs() < 100, "{model}: round {round}");
            }
            assert_eq!((heard_a, heard_b), (a, b), "{model}: round {round}");
        }
        one.close(first).expect("closing never fails");
        two.close(second).expect("closing never fails");
    }
}
