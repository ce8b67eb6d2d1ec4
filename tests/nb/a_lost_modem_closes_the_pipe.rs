//! When the modem goes away, calls fail in time as a closed pipe, and the same socket connects again later (X03).
use crate::common;

use std::time::Duration;

use common::ECHO;
use common::nb::up;
use embedded_nal::{TcpClientStack, TcpError, TcpErrorKind, nb};
use modem_sim::{Model, Options};

#[test]
fn nb_a_lost_modem_closes_the_pipe() {
    for &model in Model::ALL {
        let (mut stack, mut world) = up::<1>(model, Options::default());
        let mut socket = stack.socket().expect("there is a socket");
        for round in 0..3 {
            let connected = (0..30).any(|_| {
                let done = world.until(200, || stack.connect(&mut socket, ECHO.into())).is_ok();
                world.pass(&mut stack, Duration::from_secs(1));
                done
            });
            assert!(connected, "{model}: round {round}");
            world.modem.power(world.now(), false);
            let dead = world.until(200, || stack.receive(&mut socket, &mut [0; 8]));
            let kind = dead.map_err(|error| TcpError::kind(&error));
            assert_eq!(kind, Err(TcpErrorKind::PipeClosed), "{model}: round {round}");
            let dead = stack.send(&mut socket, b"hello");
            assert!(matches!(dead, Err(nb::Error::Other(_))), "{model}: round {round}: {dead:?}");
            world.modem.power(world.now(), true);
        }
        stack.close(socket).expect("closing never fails");
    }
}
