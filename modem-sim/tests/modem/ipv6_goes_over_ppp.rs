//! IPV6CP, router advertisements, and packets.

use crate::common;

use std::net::Ipv6Addr;

use common::dialup::{Host, control};
use common::running;
use modem_sim::{DialupOptions, Model, Options, Peer};

const IPV6CP: u16 = 0x8057;
const SERVER: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 9, 9, 0, 0, 0, 9);
const HOST: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 0, 0, 0, 0x77);

fn up(dialup: DialupOptions) -> Host {
    let mut host = Host::new(Model::SaraR42, Options { dialup, ..running() });
    assert!(host.dial().starts_with("CONNECT"));
    host.negotiate();
    host.wait(|host| host.is_up());
    host
}

/// With an interface identifier of its own.
fn up6() -> Host {
    let mut host = up(DialupOptions { ipv6: true, ..Default::default() });
    let request = host.control.iter().find(|(p, data)| (*p, data[0]) == (IPV6CP, 1)).unwrap().1.clone();
    host.say(IPV6CP, &control(2, request[1], &request[4..]));
    host.control.clear();
    host.say(IPV6CP, &control(1, 5, &[1, 10, 0, 0, 0, 0, 0, 0, 0, 0]));
    host.wait(|host| !host.control.is_empty());
    let nak = host.control.remove(0).1;
    assert_eq!((nak[0], nak[4], nak[5]), (3, 1, 10));
    assert_ne!(nak[6..14], [0; 8]);
    host.say(IPV6CP, &control(1, 6, &nak[4..14]));
    host.wait(|host| !host.control.is_empty());
    assert_eq!(host.control.remove(0).1, control(2, 6, &nak[4..14]));
    host
}

fn packet(from: Ipv6Addr, to: Ipv6Addr, protocol: u8, payload: &[u8], sum_at: usize) -> Vec<u8> {
    let mut summed = [from.octets(), to.octets()].concat();
    summed.extend((payload.len() as u32).to_be_bytes());
    summed.extend([0, 0, 0, protocol]);
    let head = summed.len();
    summed.extend(payload);
    let sum = common::dialup::checksum(&summed);
    summed[head + sum_at..head + sum_at + 2].copy_from_slice(&sum.to_be_bytes());
    let mut packet = vec![0x60, 0, 0, 0];
    packet.extend((payload.len() as u16).to_be_bytes());
    packet.extend([protocol, 255]);
    packet.extend([from.octets(), to.octets()].concat());
    packet.extend(&summed[head..]);
    packet
}

#[test]
fn a_router_tells_the_prefix() {
    let mut host = up6();
    let own = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0x77);
    let solicitation = packet(own, "ff02::2".parse().unwrap(), 58, &[133, 0, 0, 0, 0, 0, 0, 0], 2);
    host.say(0x57, &solicitation);
    host.wait(|host| !host.packets.is_empty());
    let answer = &host.packets[0];
    assert_eq!((answer[7], answer[40]), (255, 134));
    assert_eq!(answer[24..40], own.octets());
    let prefix = Options::default().dialup.ipv6_prefix.octets();
    assert_eq!(answer[56..60], [3, 4, 64, 0x40]);
    assert_eq!(answer[72..88], prefix);
}

#[test]
fn a_datagram_is_echoed() {
    let mut host = up6();
    host.rig.net.on(SERVER, 7, Peer::Echo);
    let datagram = packet(HOST, SERVER, 17, &[0x10, 0, 0, 7, 0, 10, 0, 0, b'h', b'i'], 6);
    host.say(0x57, &datagram);
    host.wait(|host| !host.packets.is_empty());
    let answer = &host.packets[0];
    assert_eq!(answer[8..40], [SERVER.octets(), HOST.octets()].concat());
    assert_eq!((&answer[40..44], &answer[48..]), (&[0, 7, 0x10, 0][..], &b"hi"[..]));
}

#[test]
fn a_connection_is_opened() {
    let mut host = up6();
    host.rig.net.on(SERVER, 7, Peer::Echo);
    let syn = [0x10, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0, 0, 0x50, 2, 0x10, 0, 0, 0, 0, 0];
    host.say(0x57, &packet(HOST, SERVER, 6, &syn, 16));
    host.wait(|host| !host.packets.is_empty());
    let answer = &host.packets[0];
    // SYN and ACK of the next number.
    assert_eq!((answer[6], answer[53], &answer[48..52]), (6, 0x12, &[0, 0, 0, 10][..]));
    let syn = [0x10, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0, 0, 0x50, 2, 0x10, 0, 0, 0, 0, 0];
    host.packets.clear();
    host.say(0x57, &packet(HOST, SERVER, 6, &syn, 16));
    host.wait(|host| host.packets.iter().any(|packet| packet[41] == 8));
    let answer = host.packets.iter().find(|packet| packet[41] == 8).unwrap();
    assert_eq!(answer[53], 0x14);
}

#[test]
fn a_modem_may_go_down_at_the_word() {
    let mut host = up(DialupOptions { ipv6cp_kills: true, ..Default::default() });
    host.say(IPV6CP, &control(1, 5, &[1, 10, 0, 0, 0, 0, 0, 0, 0, 1]));
    host.rig.wait_for(b"\r\nNO CARRIER\r\n");
    assert!(!host.rig.modem.is_dialed());
}
