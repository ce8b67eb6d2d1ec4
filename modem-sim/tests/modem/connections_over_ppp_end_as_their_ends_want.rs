//! Refusals, resets, closes in either order and half, and peers that open connections to the host.

use crate::common;

use std::net::Ipv4Addr;

use common::dialup::Host;
use common::{SERVER, running};
use modem_sim::{Model, Peer, ScriptStep, TcpState};
use smoltcp::iface::SocketHandle;
use smoltcp::socket::tcp::State;

fn host() -> Host {
    Host::up(Model::SaraR5, running())
}

fn take(host: &mut Host, socket: SocketHandle) -> Vec<u8> {
    let mut all = Vec::new();
    while let Ok(n @ 1..) = host.tcp(socket).recv(|bytes| {
        all.extend_from_slice(bytes);
        (bytes.len(), bytes.len())
    }) {
        assert!(n > 0);
    }
    all
}

#[test]
fn nobody_there_is_a_reset() {
    let mut host = host();
    let socket = host.open(4096, (SERVER, 9), 50_000);
    let begun = host.rig.now;
    host.wait(|host| host.tcp(socket).state() == State::Closed);
    assert!(host.rig.now - begun < std::time::Duration::from_millis(500));
}

#[test]
fn a_silent_peer_is_silence() {
    let mut host = host();
    host.rig.net.on(SERVER, 9, Peer::Blackhole);
    let socket = host.open(4096, (SERVER, 9), 50_000);
    host.pass(std::time::Duration::from_secs(20));
    assert_eq!(host.tcp(socket).state(), State::SynSent);
    assert_eq!(host.rig.net.connections().len(), 1);
    host.tcp(socket).abort();
    host.pass(std::time::Duration::from_secs(1));
}

#[test]
fn a_reset_of_the_peer_is_one_for_the_host() {
    let mut host = host();
    host.rig.net.on(SERVER, 9, Peer::Scripted(vec![ScriptStep::Await(1), ScriptStep::Reset]));
    let socket = host.open(4096, (SERVER, 9), 50_000);
    host.wait(|host| host.tcp(socket).may_send());
    host.tcp(socket).send_slice(b"x").unwrap();
    host.wait(|host| host.tcp(socket).state() == State::Closed);
}

#[test]
fn a_reset_of_the_host_is_one_for_the_peer() {
    let mut host = host();
    host.rig.net.on(SERVER, 9, Peer::Discard);
    let socket = host.open(4096, (SERVER, 9), 50_000);
    host.wait(|host| host.tcp(socket).may_send());
    host.tcp(socket).abort();
    host.wait(|host| host.rig.net.connections()[0].reset_by_modem);
}

#[test]
fn the_peer_closes_after_all_of_its_data() {
    let mut host = host();
    let data: Vec<u8> = (0..=255).cycle().take(40_000).collect();
    host.rig.net.on(SERVER, 9, Peer::SendThenClose(data.clone()));
    let socket = host.open(4096, (SERVER, 9), 50_000);
    let mut got = Vec::new();
    host.wait(|host| {
        got.extend(take(host, socket));
        host.tcp(socket).state() == State::CloseWait && !host.tcp(socket).can_recv()
    });
    assert_eq!(got, data);
    host.tcp(socket).close();
    host.wait(|host| host.tcp(socket).state() == State::Closed);
    assert!(host.rig.net.connections()[0].closed_by_modem);
    assert!(!host.rig.net.connections()[0].reset_by_modem);
}

#[test]
fn the_host_closes_its_half_and_goes_on_receiving() {
    let mut host = host();
    let script = vec![
        ScriptStep::Await(3),
        ScriptStep::Pause(std::time::Duration::from_secs(5)),
        ScriptStep::Send(b"late".to_vec()),
        ScriptStep::Close,
    ];
    host.rig.net.on(SERVER, 9, Peer::Scripted(script));
    let socket = host.open(4096, (SERVER, 9), 50_000);
    host.wait(|host| host.tcp(socket).may_send());
    host.tcp(socket).send_slice(b"end").unwrap();
    host.tcp(socket).close();
    host.wait(|host| host.tcp(socket).state() == State::FinWait2);
    assert!(host.rig.net.connections()[0].closed_by_modem);
    host.wait(|host| host.tcp(socket).can_recv());
    assert_eq!(take(&mut host, socket), b"late");
    host.wait(|host| host.tcp(socket).state() == State::TimeWait);
    let conn = host.rig.net.connections()[0].id;
    assert_eq!(host.rig.net.received(conn), b"end");
    assert!(!host.rig.net.connections()[0].reset_by_modem);
}

#[test]
fn a_peer_reaches_a_host_that_listens_and_is_refused_by_one_that_does_not() {
    for listens in [true, false] {
        let mut host = host();
        let socket = host.socket(4096);
        if listens {
            host.tcp(socket).listen(8080).unwrap();
        }
        let from = (Ipv4Addr::new(203, 0, 113, 9), 4444).into();
        let conn = host.rig.net.dial(8080, from, Peer::Echo);
        host.wait(|host| host.rig.net.peer_state(conn) != TcpState::Connecting);
        if !listens {
            assert!(matches!(host.rig.net.peer_state(conn), TcpState::Failed(_)));
            continue;
        }
        assert_eq!(host.rig.net.peer_state(conn), TcpState::Established);
        host.wait(|host| host.tcp(socket).may_send());
        assert_eq!(host.tcp(socket).remote_endpoint().unwrap().port, 4444);
        host.tcp(socket).send_slice(b"welcome").unwrap();
        host.wait(|host| host.tcp(socket).recv_queue() == 7);
        assert_eq!(take(&mut host, socket), b"welcome");
    }
}

#[test]
fn more_connections_one_after_the_other_than_there_may_be_at_once() {
    let mut host = host();
    host.rig.net.on(SERVER, 9, Peer::SendThenClose(b"bye".to_vec()));
    for i in 0..80 {
        let socket = host.open(512, (SERVER, 9), 50_000 + i);
        host.wait(|host| host.tcp(socket).state() == State::CloseWait);
        assert_eq!(take(&mut host, socket), b"bye");
        host.tcp(socket).close();
        host.wait(|host| host.tcp(socket).state() == State::Closed);
        host.sockets.remove(socket);
    }
}
