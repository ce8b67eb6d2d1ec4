//! Without an executor: socket, connect, send, receive, close; no call waits (N01, N02, N12, N14, N15).
use crate::common;

use common::nb::up;
use common::{ECHO, pattern};
use embedded_nal::{TcpClientStack, nb};
use modem_sim::{Model, Options};

#[test]
fn nb_a_connection_carries_bytes() {
    for &model in Model::ALL {
        let (mut stack, mut world) = up::<1>(model, Options::default());
        for length in [1, 20, 1024, 5000] {
            let mut socket = stack.socket().expect("sockets are free of charge");
            world.until(30, || stack.connect(&mut socket, ECHO.into())).expect("it connects");
            assert_eq!(stack.connect(&mut socket, ECHO.into()), Ok(()), "{model}: connected already");
            assert_eq!(stack.send(&mut socket, &[]), Ok(0), "{model}");
            assert_eq!(stack.receive(&mut socket, &mut [0; 4]), Err(nb::Error::WouldBlock), "{model}");
            let (said, mut heard) = (pattern(length, 3), Vec::new());
            let mut sent = 0;
            while heard.len() < length {
                if sent < length {
                    let result = stack.send(&mut socket, &said[sent..]);
                    match result {
                        Ok(count) => {
                            assert!(count <= length - sent, "{model}: more was sent than given");
                            sent += count;
                        }
                        Err(error) => assert_eq!(error, nb::Error::WouldBlock, "{model}"),
                    }
                }
                assert!(
                    stack.receive(&mut socket, &mut []).is_ok_and(|count| count == 0) || heard.len() < length
                );
                let mut buffer = [0; 100];
                match stack.receive(&mut socket, &mut buffer) {
                    Ok(0) => panic!("{model}: nothing was received, which is WouldBlock"),
                    Ok(count) => heard.extend_from_slice(&buffer[..count]),
                    Err(error) => assert_eq!(error, nb::Error::WouldBlock, "{model}"),
                }
                world.tick();
                assert!(world.now().as_secs() < 300, "{model}: {sent} sent, {} heard", heard.len());
            }
            assert_eq!(heard, said, "{model}");
            stack.close(socket).expect("closing never fails");
        }
        world.leaves_nothing(&mut stack);
    }
}
