//! `+USOLI` and `+SQNSL`: peers connect, one after the other and two at once.

use crate::common;

use std::net::SocketAddr;
use std::task::Poll;

use cellular_nal::{Error, SocketHandle};
use common::{Setup, World, pattern};
use modem_sim::{ConnId, Model, Peer, TcpState};

const PORT: u16 = 1099;

fn peer(last: u8) -> SocketAddr {
    ([151, 9, 34, last], 39_912).into()
}

fn listening(world: &mut World) -> SocketHandle {
    let listener = world.poll(30, |engine, waker| engine.listen(PORT, waker)).expect("a slot is free");
    world.poll(30, |engine, waker| engine.poll_open(listener, waker)).expect("it listens");
    listener
}

fn accepted(world: &mut World, listener: SocketHandle) -> (SocketHandle, SocketAddr) {
    world.poll(30, |engine, waker| engine.accept(listener, waker)).expect("a connection came")
}

/// Sends what comes back through the peer's echo.
fn echoes(world: &mut World, socket: SocketHandle, said: &[u8]) {
    let mut left = said;
    let mut heard = Vec::new();
    let count = said.len();
    world.poll(60, |engine, waker| {
        if !left.is_empty()
            && let Poll::Ready(taken) = engine.write(socket, left, waker)
        {
            left = &left[taken.expect("it takes bytes")..];
        }
        let mut buffer = [0; 200];
        while let Poll::Ready(came) = engine.read(socket, &mut buffer, waker) {
            match came.expect("it gives bytes") {
                0 => break,
                came => heard.extend_from_slice(&buffer[..came]),
            }
        }
        if heard.len() >= count { Poll::Ready(()) } else { Poll::Pending }
    });
    assert_eq!(heard, said);
}

#[test]
fn a_listener_takes_connections_one_after_the_other() {
    for &model in Model::KNOWN {
        let mut world = Setup { record: true, ..Setup::new(model) }.build_sized::<3, 1024, 1024>();
        world.bring_up();
        let listener = listening(&mut world);
        for round in 1..=9 {
            let conn = world.net.dial(PORT, peer(round), Peer::Echo);
            let (socket, remote) = accepted(&mut world, listener);
            assert_eq!(remote, peer(round), "{model}\n{}", world.tail());
            echoes(&mut world, socket, &pattern(2500, round.into()));
            world.engine.borrow_mut().release(socket);
            world.pass_secs(8);
            assert_eq!(world.net.peer_state(conn), TcpState::PeerClosed, "{model}\n{}", world.tail());
        }
        world.engine.borrow_mut().release(listener);
        world.leaves_nothing();
        assert!(world.net.listening_ports().is_empty());
    }
}

fn is_open(world: &World, conn: ConnId) -> bool {
    world.net.peer_state(conn) == TcpState::Established
}

#[test]
fn two_peers_are_served_at_once_and_a_third_when_there_is_room() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build_sized::<3, 1024, 1024>();
        world.bring_up();
        let listener = listening(&mut world);
        let first = world.net.dial(PORT, peer(1), Peer::Echo);
        let (one, _) = accepted(&mut world, listener);
        world.pass_secs(1);
        let second = world.net.dial(PORT, peer(2), Peer::Echo);
        let (two, _) = accepted(&mut world, listener);
        world.pass_secs(1);
        let states = [first, second].map(|conn| world.net.peer_state(conn));
        assert_eq!(states, [TcpState::Established; 2], "{model}\n{}", world.tail());
        echoes(&mut world, two, b"two");
        echoes(&mut world, one, b"one");
        world.engine.borrow_mut().release(one);
        world.pass_secs(20);
        let third = world.net.dial(PORT, peer(3), Peer::Echo);
        let (three, remote) = accepted(&mut world, listener);
        assert_eq!(remote, peer(3));
        world.pass_secs(1);
        assert!(is_open(&world, third));
        echoes(&mut world, three, b"three");
        for handle in [two, three, listener] {
            world.engine.borrow_mut().release(handle);
        }
        world.leaves_nothing();
    }
}

#[test]
fn what_nobody_accepts_is_closed_with_its_listener() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build_sized::<3, 1024, 1024>();
        world.bring_up();
        let listener = listening(&mut world);
        let conn = world.net.dial(PORT, peer(1), Peer::Echo);
        world.pass_secs(2);
        world.engine.borrow_mut().release(listener);
        world.leaves_nothing();
        assert!(!is_open(&world, conn));
    }
}

#[test]
fn a_port_in_use_is_refused_with_its_own_error() {
    for &model in Model::ALL {
        let mut world = Setup::new(model).build_sized::<3, 1024, 1024>();
        world.bring_up();
        let _listener = listening(&mut world);
        let again = world.poll(30, |engine, waker| engine.listen(PORT, waker));
        assert_eq!(again, Err(Error::PortInUse));
    }
}

#[test]
fn a_listener_of_a_modem_that_restarts_says_so() {
    for &model in Model::ALL {
        let mut world = Setup::new(model).build_sized::<3, 1024, 1024>();
        world.bring_up();
        let listener = listening(&mut world);
        world.modem.reboot(world.now);
        let result = world.poll(60, |engine, waker| engine.accept(listener, waker));
        assert_eq!(result, Err(Error::Aborted));
        world.engine.borrow_mut().release(listener);
        world.comes_up(60);
        let listener = listening(&mut world);
        world.net.dial(PORT, peer(1), Peer::Echo);
        let (socket, _) = accepted(&mut world, listener);
        echoes(&mut world, socket, b"again");
    }
}
