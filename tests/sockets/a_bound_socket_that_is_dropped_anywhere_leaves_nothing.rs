//! Binding, sending, receiving and setting options may be given up anywhere: no socket is left, no
//! datagram is cut, and the place is free for the next.
use crate::common;

use cellular_nal::Error;
use cellular_nal::dialect::{ReleaseAssistance, SocketOption};
use common::conversation::udp;
use common::dropping::{everywhere, narrow};
use common::{ECHO, up};
use embedded_nal_async::{ConnectedUdp, UdpStack, UnconnectedUdp};
use modem_sim::Model;

#[test]
fn a_bound_socket_that_is_dropped_anywhere_leaves_nothing() {
    for &model in Model::KNOWN {
        everywhere(
            || narrow(model),
            |world| {
                let stack = world.stack;
                async move {
                    let (local, mut socket) = stack.bind_single(([0, 0, 0, 0], 4000).into()).await?;
                    socket.send(local, ECHO.into(), b"one datagram").await?;
                    let mut buffer = [0; 20];
                    let (count, _, from) = socket.receive_into(&mut buffer).await?;
                    assert_eq!(from, std::net::SocketAddr::from(ECHO));
                    Ok::<_, Error>(buffer[..count].to_vec())
                }
            },
            |world, output| {
                if let Some(output) = output {
                    assert_eq!(output.as_deref(), Ok(&b"one datagram"[..]), "{model}\n{}", world.tail());
                }
                for datagram in world.net.datagrams() {
                    assert_eq!(datagram.payload, b"one datagram", "{model}\n{}", world.tail());
                }
                // The same port is free again.
                let stack = world.stack;
                let again = world.try_run(60, stack.bind_multiple(([0, 0, 0, 0], 4000).into()));
                assert!(matches!(again, Some(Ok(_))), "{model}: {again:?}\n{}", world.tail());
                drop(again);
                world.leaves_nothing();
            },
        );
    }
}

#[test]
fn a_connection_whose_option_was_given_up_is_usable() {
    for &model in Model::KNOWN.iter().filter(|model| model.is_ublox()) {
        let is_done = |events| {
            let mut world = up(model);
            let stack = world.stack;
            let mut socket = world.run(30, common::conversation::tcp(stack, ECHO)).expect("it connects");
            let done = world.run_and_drop(usize::MAX, events, socket.set_option(SocketOption::KeepAlive(60)));
            assert!(matches!(done, None | Some(Ok(()))), "{model}: {done:?}");
            let set = world.try_run(30, socket.set_option(SocketOption::NoDelay(true)));
            assert_eq!(set, Some(Ok(())), "{model}: dropped after {events}\n{}", world.tail());
            drop(socket);
            world.echoes(30);
            world.leaves_nothing();
            done.is_some()
        };
        assert!((1..40).any(is_done), "{model}: never done");
    }
}

#[test]
fn a_last_datagram_is_sent_by_connected_and_bound_sockets() {
    for &model in Model::KNOWN.iter().filter(|model| !model.is_ublox()) {
        let mut world = up(model);
        let stack = world.stack;
        let mut buffer = [0; 8];
        let mut socket = world.run(30, udp(stack, ECHO)).expect("it is connected");
        assert_eq!(world.run(30, socket.send_last(b"bye", ReleaseAssistance::OneReply)), Ok(()), "{model}");
        assert_eq!(world.run(30, socket.receive_into(&mut buffer)), Ok(3), "{model}");
        let unsupported = world.run(30, socket.set_option(SocketOption::TimeToLive(3)));
        assert_eq!(unsupported, Err(Error::Unsupported), "{model}");
        drop(socket);
        let mut socket = world.run(30, stack.bind_multiple(([0, 0, 0, 0], 0).into())).expect("it is bound");
        let sent = socket.send_last(ECHO.into(), b"bye", ReleaseAssistance::OneReply);
        assert_eq!(world.run(30, sent), Ok(()), "{model}");
        let heard = world.run(30, socket.receive_into(&mut buffer));
        assert_eq!(heard, Ok((3, socket.local_address(), ECHO.into())), "{model}");
        drop(socket);
        world.leaves_nothing();
    }
}
