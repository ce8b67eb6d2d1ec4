//! UDP, DNS and ICMP of a host that has dialled, in packets made by hand.

use crate::common;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use common::dialup::{Host, ip, ip_fragment, udp};
use common::{SERVER, running};
use modem_sim::{Model, Options, Peer};

const DNS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);

/// A host whose packets are the test's.
fn host() -> Host {
    let mut host = Host::new(Model::SaraR5, running());
    assert_eq!(host.dial(), "CONNECT");
    host.negotiate();
    host.wait(|host| host.is_up());
    host
}

fn address(host: &Host) -> Ipv4Addr {
    host.address.unwrap()
}

fn send(host: &mut Host, from: u16, to: (Ipv4Addr, u16), payload: &[u8]) {
    let packet = udp((address(host), from), to, payload);
    host.say(0x21, &packet);
}

/// The payload of the next UDP packet, after its addresses and ports were checked.
fn receive(host: &mut Host, from: (Ipv4Addr, u16), to: u16) -> Vec<u8> {
    host.wait(|host| !host.packets.is_empty());
    let packet = host.packets.remove(0);
    let len = packet.len() - 28;
    assert_eq!(packet, udp_with_id(&packet, from, (address(host), to), &packet[28..]), "{len}");
    packet[28..].to_vec()
}

/// The same packet made by the test, with the identification of the other.
fn udp_with_id(like: &[u8], from: (Ipv4Addr, u16), to: (Ipv4Addr, u16), payload: &[u8]) -> Vec<u8> {
    let mut packet = udp(from, to, payload);
    packet[4..6].copy_from_slice(&like[4..6]);
    packet[10..12].copy_from_slice(&[0, 0]);
    let sum = common::dialup::checksum(&packet[..20]);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    packet
}

#[test]
fn a_datagram_goes_out_and_its_answer_comes_back() {
    let mut host = host();
    host.rig.net.on(SERVER, 7, Peer::Echo);
    for (port, payload) in [(4000, b"one".as_slice()), (4001, b""), (4000, &[7; 1472])] {
        send(&mut host, port, (SERVER, 7), payload);
        assert_eq!(receive(&mut host, (SERVER, 7), port), payload);
    }
    assert_eq!(host.rig.net.udp_ports().len(), 2);
    assert_eq!(host.rig.net.datagrams()[0].from.port(), 4000);
    host.pass(Duration::from_secs(301));
    assert_eq!(host.rig.net.udp_ports().len(), 0);
}

#[test]
fn a_peer_reaches_any_port_of_the_host() {
    let mut host = host();
    let from: SocketAddr = (Ipv4Addr::new(203, 0, 113, 9), 4444).into();
    host.rig.net.push_datagram(from, 5683, b"unasked");
    assert_eq!(receive(&mut host, (Ipv4Addr::new(203, 0, 113, 9), 4444), 5683), b"unasked");
}

#[test]
fn a_long_datagram_goes_in_fragments_both_ways() {
    let mut host = host();
    host.rig.net.on(SERVER, 7, Peer::Echo);
    let payload: Vec<u8> = (0..=255).cycle().take(4000).collect();
    let whole = udp((address(&host), 4000), (SERVER, 7), &payload);
    let body = &whole[20..];
    // Out of order.
    for at in [1480, 0, 2960] {
        let end = body.len().min(at + 1480);
        let from = address(&host);
        host.say(0x21, &ip_fragment(from, SERVER, 17, &body[at..end], 77, at, end < body.len()));
    }
    host.wait(|host| host.packets.len() == 3);
    assert_eq!(host.rig.net.datagrams()[0].payload, payload);
    let mut parts = Vec::new();
    for packet in &host.packets {
        assert!(packet.len() <= 1500);
        parts.extend_from_slice(&packet[20..]);
    }
    assert_eq!(&parts[8..], payload);
}

#[test]
fn a_stranger_s_address_is_not_taken() {
    let mut host = host();
    host.rig.net.on(SERVER, 7, Peer::Echo);
    let packet = udp((Ipv4Addr::new(1, 2, 3, 4), 4000), (SERVER, 7), b"spoofed");
    host.say(0x21, &packet);
    let mut damaged = udp((address(&host), 4000), (SERVER, 7), b"damaged");
    *damaged.last_mut().unwrap() ^= 1;
    host.say(0x21, &damaged);
    host.pass(Duration::from_secs(1));
    assert_eq!(host.rig.net.datagrams(), []);
}

#[test]
fn an_echo_is_answered() {
    let mut host = host();
    let mut message = vec![8, 0, 0, 0, 0x12, 0x34, 0, 1, b'p', b'i', b'n', b'g'];
    let sum = common::dialup::checksum(&message);
    message[2..4].copy_from_slice(&sum.to_be_bytes());
    let from = address(&host);
    host.say(0x21, &ip(from, SERVER, 1, &message));
    host.wait(|host| !host.packets.is_empty());
    let answer = &host.packets[0];
    assert_eq!(answer[12..20], [SERVER.octets(), from.octets()].concat());
    assert_eq!((answer[20], &answer[24..]), (0, &message[4..]));
    assert_eq!(common::dialup::checksum(&answer[20..]), 0);
}

/// A query for this name.
fn query(id: u8, name: &str, kind: u8) -> Vec<u8> {
    let mut out = vec![0, id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        out.push(label.len() as u8);
        out.extend(label.as_bytes());
    }
    out.extend([0, 0, kind, 0, 1]);
    out
}

#[test]
fn names_are_resolved_by_the_servers_that_were_told() {
    let mut host = host();
    let six: IpAddr = "2001:db8::9".parse().unwrap();
    host.rig.net.host("server.example", &[IpAddr::V4(SERVER), six]);
    let cases = [
        ("server.example", 1, 0, SERVER.octets().to_vec()),
        ("SERVER.example", 28, 0, "2001:db8::9".parse::<std::net::Ipv6Addr>().unwrap().octets().to_vec()),
        ("nobody.example", 1, 3, vec![]),
        ("1.2.0.192.in-addr.arpa", 12, 0, b"\x06server\x07example\x00".to_vec()),
        ("9.2.0.192.in-addr.arpa", 12, 3, vec![]),
        ("server.example", 16, 4, vec![]),
    ];
    for (id, (name, kind, code, record)) in cases.into_iter().enumerate() {
        let question = query(id as u8, name, kind);
        let server = host.dns[id % 2].unwrap();
        send(&mut host, 5000, (server, 53), &question);
        let answer = receive(&mut host, (server, 53), 5000);
        assert_eq!(answer[..2], question[..2]);
        assert_eq!((answer[2] & 0x80, answer[3] & 15), (0x80, code), "{name}");
        assert_eq!(usize::from(answer[7]), usize::from(!record.is_empty()), "{name}");
        assert_eq!(answer[12..question.len()], question[12..]);
        assert!(answer.ends_with(&record), "{name}");
    }
    host.rig.net.silent_host("silent.example");
    send(&mut host, 5000, (DNS, 53), &query(9, "silent.example", 1));
    host.pass(Duration::from_secs(100));
    assert!(host.packets.is_empty());
}

#[test]
fn what_is_captured_are_the_packets() {
    use std::sync::{Arc, Mutex};
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut host = Host::new(Model::SaraR42, Options { ..running() });
    host.rig.net.on(SERVER, 7, Peer::Echo);
    let sink = seen.clone();
    host.rig.modem.capture(Box::new(move |at, direction, packet: &[u8]| {
        sink.lock().unwrap().push((at, direction, packet.to_vec()));
    }));
    assert!(host.dial().starts_with("CONNECT"));
    host.negotiate();
    host.wait(|host| host.is_up());
    let packet = udp((address(&host), 4000), (SERVER, 7), b"seen");
    host.say(0x21, &packet);
    host.wait(|host| !host.packets.is_empty());
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 2);
    assert_eq!((seen[0].1, &seen[0].2), (modem_sim::Direction::ToModem, &packet));
    assert_eq!((seen[1].1, &seen[1].2), (modem_sim::Direction::ToHost, &host.packets[0]));
    assert_eq!(seen[1].0 - seen[0].0, Options::default().rtt);
}
