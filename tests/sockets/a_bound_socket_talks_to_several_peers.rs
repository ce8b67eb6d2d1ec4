//! Datagrams to and from anybody: each tells its sender.

use crate::common;

use std::net::SocketAddr;

use cellular_nal::dialect::ReleaseAssistance;
use cellular_nal::{Arrived, Error, SocketHandle};
use common::{ECHO, Setup, World, pattern};
use modem_sim::{Model, Peer};

const PORT: u16 = 5683;
const OTHER: ([u8; 4], u16) = ([10, 0, 0, 8], 5684);

fn bound(model: Model) -> (World, SocketHandle) {
    let mut world = Setup { record: true, ..Setup::new(model) }.build();
    world.net.on(OTHER.0, OTHER.1, Peer::Echo);
    world.bring_up();
    let socket = world.poll(30, |engine, waker| engine.open_bound(PORT, waker)).expect("a slot is free");
    world.poll(30, |engine, waker| engine.poll_open(socket, waker)).expect("it opens");
    (world, socket)
}

fn send(
    world: &mut World,
    socket: SocketHandle,
    to: impl Into<SocketAddr>,
    bytes: &[u8],
) -> Result<(), Error> {
    let to = Some(to.into());
    world
        .poll(30, |engine, waker| engine.send_datagram(socket, to, bytes, ReleaseAssistance::None, waker))?;
    world.poll(60, |engine, waker| engine.flush(socket, waker))
}

fn receive(world: &mut World, socket: SocketHandle) -> (Vec<u8>, SocketAddr) {
    let mut buffer = [0; 1500];
    let arrived = world.poll(60, |engine, waker| engine.receive_datagram(socket, &mut buffer, waker));
    let Arrived { len, from, .. } = arrived.expect("a datagram comes");
    (buffer[..len].to_vec(), from)
}

#[test]
fn a_bound_socket_talks_to_one_peer_after_another() {
    for &model in Model::KNOWN {
        let (mut world, socket) = bound(model);
        for round in 0..4 {
            for peer in [ECHO, OTHER] {
                let said = pattern(1 + 300 * round, round as u64);
                assert_eq!(send(&mut world, socket, peer, &said), Ok(()), "{model}\n{}", world.tail());
                assert_eq!(receive(&mut world, socket), (said, peer.into()), "{model}\n{}", world.tail());
            }
        }
        let from: Vec<u16> = world.net.datagrams().iter().map(|datagram| datagram.from.port()).collect();
        assert!(from.iter().all(|&port| port == PORT), "{model}: sent from {from:?}");
        world.engine.borrow_mut().release(socket);
        world.leaves_nothing();
    }
}

#[test]
fn the_largest_datagram_passes_both_ways() {
    for &model in Model::KNOWN {
        let largest = 1024;
        let (mut world, socket) = bound(model);
        for seed in 0..3 {
            let said = pattern(largest, seed);
            send(&mut world, socket, ECHO, &said).expect("it leaves");
            assert_eq!(receive(&mut world, socket), (said, ECHO.into()), "{model}\n{}", world.tail());
        }
        let too_large = pattern(largest + 1, 1);
        assert_eq!(send(&mut world, socket, ECHO, &too_large), Err(Error::Oversized));
        assert_eq!(send(&mut world, socket, ECHO, &[]), Err(Error::Unsupported));
    }
}

#[test]
fn strangers_are_heard_where_the_modem_tells_who_they_are() {
    let strangers: Vec<SocketAddr> = (1..=3).map(|last| ([192, 0, 2, last], 4000).into()).collect();
    for &model in Model::KNOWN.iter().filter(|model| model.to_string().contains('r')) {
        if ["ryz014a", "cassiopeia"].contains(&model.to_string().as_str()) {
            continue;
        }
        let (mut world, socket) = bound(model);
        for &stranger in &strangers {
            world.net.push_datagram(stranger, PORT, &pattern(100, stranger.port().into()));
        }
        let heard: Vec<SocketAddr> = strangers.iter().map(|_| receive(&mut world, socket).1).collect();
        assert_eq!(heard, strangers, "{model}\n{}", world.tail());
    }
}

#[test]
fn a_connected_socket_hears_its_peer_alone() {
    for &model in Model::KNOWN {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let remote = ECHO.into();
        let socket = world.poll(30, |engine, waker| engine.open_udp(remote, PORT, waker)).unwrap();
        world.poll(30, |engine, waker| engine.poll_open(socket, waker)).unwrap();
        world.net.push_datagram(([192, 0, 2, 1], 7).into(), PORT, b"stranger");
        world.pass_secs(3);
        send(&mut world, socket, remote, b"friend").unwrap();
        assert_eq!(receive(&mut world, socket), (b"friend".to_vec(), remote), "{model}\n{}", world.tail());
    }
}
