//! Listening in both networks, and datagrams from strangers.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use modem_sim::{Failure, Handle, HostNetwork, Network, Peer, TcpState, VirtualNetwork};

fn from() -> SocketAddr {
    ([198, 51, 100, 7], 40_000).into()
}

/// The network as the test and as the modem has it.
fn virtual_network() -> (VirtualNetwork, Box<dyn Network>) {
    let world = VirtualNetwork::new();
    (world.clone(), Box::new(world))
}

fn second(network: &mut Box<dyn Network>, n: u64) {
    network.advance(Duration::from_secs(n));
}

#[test]
fn a_virtual_far_end_is_answered_when_the_modem_takes_the_connection() {
    let (world, mut network) = virtual_network();
    let listener = network.listen(7).expect("free");
    assert_eq!(network.listen(7), Err(Failure::InUse));
    assert_eq!(network.local_port(listener), 7);
    let conn = world.dial(7, from(), Peer::Echo);
    second(&mut network, 1);
    assert_eq!(world.peer_state(conn), TcpState::Connecting);
    let (tcp, peer) = network.accepted(listener).expect("a connection");
    assert_eq!(peer, from());
    assert_eq!(network.accepted(listener), None);
    assert_eq!(network.state(tcp), TcpState::Established);
    assert_eq!(network.send(tcp, b"hello"), 5);
    second(&mut network, 2);
    assert_eq!(world.peer_state(conn), TcpState::Established);
    assert_eq!(network.recv(tcp, 10), b"hello");
    // The connection outlives its listener.
    network.close(listener);
    network.send(tcp, b"more");
    second(&mut network, 3);
    assert_eq!(world.received(conn), b"hellomore");
    network.close(tcp);
    second(&mut network, 4);
    assert_eq!(world.peer_state(conn), TcpState::PeerClosed);
    assert!(world.connections()[0].inbound);
}

#[test]
fn a_virtual_far_end_is_refused_when_nobody_wants_it() {
    let refused = TcpState::Failed(Failure::Refused);
    let (world, mut network) = virtual_network();
    let nobody = world.dial(7, from(), Peer::Discard);
    second(&mut network, 1);
    assert_eq!(world.peer_state(nobody), refused);

    let listener = network.listen(7).expect("free");
    let no_room = world.dial(7, from(), Peer::Discard);
    second(&mut network, 2);
    let (tcp, _) = network.accepted(listener).expect("a connection");
    network.abort(tcp);
    let too_late = world.dial(7, from(), Peer::Discard);
    second(&mut network, 3);
    assert_eq!(world.peer_state(no_room), refused);
    network.close(listener);
    second(&mut network, 4);
    assert_eq!(world.peer_state(too_late), refused);
    assert!(world.listening_ports().is_empty());
    assert!(network.listen(7).is_ok(), "the port is free again");
}

#[test]
fn a_reset_reaches_an_open_far_end() {
    let (world, mut network) = virtual_network();
    let listener = network.listen(7).expect("free");
    let conn = world.dial(7, from(), Peer::Discard);
    second(&mut network, 1);
    let (tcp, _) = network.accepted(listener).expect("a connection");
    second(&mut network, 2);
    network.abort(tcp);
    second(&mut network, 3);
    assert_eq!(world.peer_state(conn), TcpState::Failed(Failure::Reset));
}

#[test]
fn a_virtual_datagram_may_come_from_anywhere() {
    let (world, mut network) = virtual_network();
    let udp = network.bind(Some(7)).expect("free");
    assert_eq!(network.bind(Some(7)), Err(Failure::InUse));
    world.push_datagram(from(), 7, b"hello");
    second(&mut network, 1);
    assert_eq!(network.recv_from(udp), Some((from(), b"hello".to_vec())));
}

fn wait<T>(mut what: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = what() {
            return found;
        }
        assert!(start.elapsed() < Duration::from_secs(10), "nothing came");
        std::thread::yield_now();
    }
}

#[test]
fn a_program_of_this_machine_reaches_a_listener_of_the_host_network() {
    let mut network = HostNetwork::new();
    let listener = network.listen(0).expect("some are free");
    let port = network.local_port(listener);
    assert_eq!(network.listen(port), Err(Failure::InUse));
    assert_eq!(network.accepted(listener), None);
    let mut client = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    let (tcp, peer): (Handle, SocketAddr) = wait(|| network.accepted(listener));
    assert_eq!(peer, client.local_addr().expect("an address"));
    client.write_all(b"hello").expect("written");
    let got = wait(|| Some(network.recv(tcp, 100)).filter(|b| !b.is_empty()));
    assert_eq!(got, b"hello");
    assert_eq!(network.send(tcp, b"world"), 5);
    network.close(tcp);
    let mut all = Vec::new();
    client.read_to_end(&mut all).expect("read");
    assert_eq!(all, b"world");
    network.close(listener);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "nobody listens any more");
}

#[test]
fn a_program_of_this_machine_reaches_a_udp_port_of_the_host_network() {
    let mut network = HostNetwork::new();
    let udp = network.bind(None).expect("a port");
    let port = network.local_port(udp);
    assert_eq!(network.bind(Some(port)), Err(Failure::InUse));
    let stranger = UdpSocket::bind(("127.0.0.1", 0)).expect("a port");
    stranger.send_to(b"hello", ("127.0.0.1", port)).expect("sent");
    let (from, bytes) = wait(|| network.recv_from(udp));
    assert_eq!((from, bytes.as_slice()), (stranger.local_addr().expect("an address"), &b"hello"[..]));
}
