//! Listening without an executor: accept would block until somebody comes (S01 to S06).
use crate::common;

use std::net::SocketAddr;

use cellular_nal::Error;
use common::nb::up;
use embedded_nal::{TcpClientStack, TcpFullStack, nb};
use modem_sim::{Model, Options, Peer, TcpState};

const PORT: u16 = 1883;

#[test]
fn nb_connections_come_to_a_listener() {
    for &model in Model::KNOWN {
        let (mut stack, mut world) = up::<3>(model, Options::default());
        let mut listener = stack.socket().expect("there is a socket");
        assert_eq!(stack.listen(&mut listener), Err(Error::InvalidInput), "{model}: not bound");
        assert_eq!(TcpFullStack::bind(&mut stack, &mut listener, 0), Err(Error::InvalidInput), "{model}");
        let unbound = stack.accept(&mut listener).map(drop);
        assert_eq!(unbound, Err(nb::Error::Other(Error::InvalidInput)), "{model}");
        TcpFullStack::bind(&mut stack, &mut listener, PORT).expect("the port is free");
        stack.listen(&mut listener).expect("it listens");
        let to = SocketAddr::from(([10, 0, 0, 7], 7));
        let connected = TcpClientStack::connect(&mut stack, &mut listener, to);
        assert_eq!(connected, Err(nb::Error::Other(Error::Unsupported)), "{model}");
        for _ in 0..2000 {
            assert_eq!(stack.accept(&mut listener).map(drop), Err(nb::Error::WouldBlock), "{model}");
            world.tick();
        }
        for round in 1..=3 {
            let from = SocketAddr::from(([151, 9, 34, round], 40_000));
            let conn = world.net.dial(PORT, from, Peer::Echo);
            let (mut socket, peer) = world.until(30, || stack.accept(&mut listener)).expect("one comes");
            assert_eq!(peer, from, "{model}");
            world.until(30, || TcpClientStack::send(&mut stack, &mut socket, b"hello")).expect("it sends");
            let mut heard = [0; 5];
            let count = world.until(30, || TcpClientStack::receive(&mut stack, &mut socket, &mut heard));
            assert_eq!((count, &heard), (Ok(5), b"hello"), "{model}");
            TcpClientStack::close(&mut stack, socket).expect("closing never fails");
            world.pass(&mut stack, std::time::Duration::from_secs(5));
            assert_eq!(world.net.peer_state(conn), TcpState::PeerClosed, "{model}");
        }
        let mut second = stack.socket().expect("there is a socket");
        TcpFullStack::bind(&mut stack, &mut second, PORT).expect("that only notes the port");
        assert_eq!(stack.listen(&mut second), Err(Error::PortInUse), "{model}");
        TcpClientStack::close(&mut stack, listener).expect("closing never fails");
        // The port is free again as soon as the modem has given it back.
        stack.listen(&mut second).expect("it will listen");
        for _ in 0..3000 {
            assert_eq!(stack.accept(&mut second).map(drop), Err(nb::Error::WouldBlock), "{model}");
            world.tick();
        }
        world.net.dial(PORT, to, Peer::Echo);
        let (socket, _) = world.until(30, || stack.accept(&mut second)).expect("one comes");
        TcpClientStack::close(&mut stack, socket).expect("closing never fails");
        TcpClientStack::close(&mut stack, second).expect("closing never fails");
        world.leaves_nothing(&mut stack);
        assert!(world.net.listening_ports().is_empty(), "{model}");
    }
}

#[test]
fn nb_a_listener_of_a_lost_link_says_so_and_listens_again() {
    for &model in Model::KNOWN {
        let (mut stack, mut world) = up::<2>(model, Options::default());
        let mut listener = stack.socket().expect("there is a socket");
        TcpFullStack::bind(&mut stack, &mut listener, PORT).expect("the port is free");
        stack.listen(&mut listener).expect("it listens");
        world.pass(&mut stack, std::time::Duration::from_secs(3));
        world.until(60, || stack.link_down()).expect("the link goes down");
        assert!(world.until(30, || stack.accept(&mut listener).map(drop)).is_err(), "{model}");
        world.until(60, || stack.link_up()).expect("the link comes up");
        assert_eq!(stack.accept(&mut listener).map(drop), Err(nb::Error::WouldBlock), "{model}");
        world.pass(&mut stack, std::time::Duration::from_secs(3));
        world.net.dial(PORT, ([151, 9, 34, 1], 40_000).into(), Peer::Echo);
        let (socket, _) = world.until(30, || stack.accept(&mut listener)).expect("one comes");
        TcpClientStack::close(&mut stack, socket).expect("closing never fails");
        TcpClientStack::close(&mut stack, listener).expect("closing never fails");
        world.leaves_nothing(&mut stack);
    }
}
