//! Closing succeeds at once in every state, delivers what was sent, and another socket may be connected right after it (N16, N17, N18).
use crate::common;

use std::time::Duration;

use common::ECHO;
use common::nb::up;
use embedded_nal::{TcpClientStack, nb};
use modem_sim::{Model, Options, Peer};

#[test]
fn nb_close_is_fine_in_every_state() {
    for &model in Model::ALL {
        let (mut stack, mut world) = up::<1>(model, Options::default());
        let remote = ([10, 0, 0, 9], 9);
        let reconnects = |stack: &mut common::nb::Stack, world: &mut common::nb::NbWorld, what: &str| {
            let mut socket = stack.socket().expect("there is a socket");
            let connected = world.until(200, || stack.connect(&mut socket, ECHO.into()));
            assert_eq!(connected, Ok(()), "{model}: after closing a socket that {what}");
            stack.close(socket).expect("closing never fails");
        };
        let socket = stack.socket().expect("there is a socket");
        assert_eq!(stack.close(socket), Ok(()), "{model}: never connected");
        reconnects(&mut stack, &mut world, "was never connected");
        for ticks in [0, 1, 5, 20, 50, 80, 120] {
            world.net.on(remote.0, remote.1, Peer::Discard);
            let mut socket = stack.socket().expect("there is a socket");
            for _ in 0..=ticks {
                let _ = stack.connect(&mut socket, remote.into());
                world.tick();
            }
            assert_eq!(stack.close(socket), Ok(()), "{model}: connecting for {ticks} ms");
            reconnects(&mut stack, &mut world, "was connecting");
        }
        world.net.on(remote.0, remote.1, Peer::Refuse);
        let mut socket = stack.socket().expect("there is a socket");
        let refused = world.until(60, || stack.connect(&mut socket, remote.into()));
        assert!(refused.is_err(), "{model}");
        assert_eq!(stack.close(socket), Ok(()), "{model}: failed");
        reconnects(&mut stack, &mut world, "had failed");
        world.net.on(remote.0, remote.1, Peer::SendThenClose(b"bye".into()));
        let mut socket = stack.socket().expect("there is a socket");
        world.until(60, || stack.connect(&mut socket, remote.into())).expect("it connects");
        world.pass(&mut stack, Duration::from_secs(3));
        assert_eq!(stack.close(socket), Ok(()), "{model}: closed by the peer");
        reconnects(&mut stack, &mut world, "was closed by its peer");
        world.net.on(remote.0, remote.1, Peer::Discard);
        let mut socket = stack.socket().expect("there is a socket");
        world.until(60, || stack.connect(&mut socket, remote.into())).expect("it connects");
        assert_eq!(stack.send(&mut socket, b"last words"), Ok(10), "{model}");
        assert_eq!(stack.close(socket), Ok(()), "{model}: with data");
        reconnects(&mut stack, &mut world, "had data to send");
        let connection = world
            .net
            .connections()
            .into_iter()
            .rev()
            .find(|c| c.remote == std::net::SocketAddr::from(remote));
        assert_eq!(world.net.received(connection.expect("it was there").id), b"last words", "{model}");
        let socket = stack.socket().expect("there is a socket");
        let read = stack.receive(&mut { socket }, &mut [0; 4]);
        assert!(matches!(read, Err(nb::Error::Other(_))), "{model}: {read:?}");
        world.leaves_nothing(&mut stack);
    }
}
