//! UDP for many peers without an executor: `send` goes where the last `send_to` went (U03, U04, U05).
use crate::common;

use std::net::SocketAddr;

use cellular_nal::Error;
use common::ECHO;
use common::nb::up;
use embedded_nal::{UdpClientStack, UdpFullStack, nb};
use modem_sim::{Model, Options, Peer};

const OTHER: ([u8; 4], u16) = ([10, 0, 0, 8], 8);

#[test]
fn nb_a_bound_udp_socket_answers_anybody() {
    for &model in Model::ALL {
        let (mut stack, mut world) = up::<2>(model, Options::default());
        world.net.on(OTHER.0, OTHER.1, Peer::Echo);
        let (echo, other) = (SocketAddr::from(ECHO), SocketAddr::from(OTHER));
        let mut socket = stack.socket().expect("there is a socket");
        assert_eq!(stack.send(&mut socket, b"x"), Err(nb::Error::Other(Error::NotConnected)), "{model}");
        stack.bind(&mut socket, 4000).expect("the port is free");
        let mut taken = stack.socket().expect("there is a socket");
        assert_eq!(stack.bind(&mut taken, 4000), Err(Error::PortInUse), "{model}");
        let mut buffer = [0; 16];
        assert_eq!(stack.receive(&mut socket, &mut buffer), Err(nb::Error::WouldBlock), "{model}");
        assert_eq!(stack.bind(&mut socket, 4001), Err(Error::InvalidInput), "{model}");
        for peer in [echo, other, echo] {
            world.until(30, || stack.send_to(&mut socket, peer, b"to")).expect("it sends");
            let heard = world.until(30, || stack.receive(&mut socket, &mut buffer));
            assert_eq!(heard, Ok((2, peer)), "{model}");
            world.until(30, || stack.send(&mut socket, b"last")).expect("it sends");
            let heard = world.until(30, || stack.receive(&mut socket, &mut buffer));
            assert_eq!(heard, Ok((4, peer)), "{model}");
        }
        assert!(world.net.datagrams().iter().all(|datagram| datagram.from.port() == 4000), "{model}");
        // With a peer of its own the socket keeps its port.
        stack.connect(&mut socket, other).expect("that only sets the peer");
        world.until(30, || stack.send(&mut socket, b"one")).expect("it sends");
        let heard = world.until(30, || stack.receive(&mut socket, &mut buffer));
        assert_eq!(heard, Ok((3, other)), "{model}");
        assert_eq!(world.net.datagrams().last().expect("it was sent").from.port(), 4000, "{model}");
        stack.close(socket).expect("closing never fails");

        // A socket that was never bound is, with the first `send_to`.
        let mut socket = stack.socket().expect("there is a socket");
        world.until(30, || stack.send_to(&mut socket, other, b"two")).expect("it sends");
        let heard = world.until(30, || stack.receive(&mut socket, &mut buffer));
        assert_eq!(heard, Ok((3, other)), "{model}");
        stack.close(socket).expect("closing never fails");
        world.leaves_nothing(&mut stack);
    }
}
