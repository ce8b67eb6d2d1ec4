//! "Every host MUST implement an ICMP Echo server function" (RFC 1122 §3.2.2.6).
use crate::router;

use router::Link;

/// 10.0.0.1 asks 10.0.0.2, which is the stack's address.
const REQUEST: [u8; 32] = [
    0x45, 0, 0, 32, 0, 1, 0, 0, 64, 1, 0x66, 0xDA, 10, 0, 0, 1, 10, 0, 0, 2, // IPv4
    8, 0, 0xFF, 0xAA, 0, 7, 0, 1, 0xF0, 0x9F, 7, 0xAD, // ICMP: identifier 7, sequence 1, four bytes
];

#[test]
fn a_ping_over_ipv4_is_answered() {
    let mut link = Link::new(|config| config.ipv6 = false);
    link.open();
    link.give_ipv4(&REQUEST);
    let [(_, answer)] = link.packets.as_slice() else { panic!("{:02x?}", link.packets) };
    assert_eq!(answer[12..20], [10, 0, 0, 2, 10, 0, 0, 1], "from the stack to who has asked");
    // An echo reply with what was in the request; its checksum differs by the type.
    assert_eq!(answer[20..22], [0, 0]);
    assert_eq!(answer[24..], REQUEST[24..]);
}

#[test]
fn a_damaged_ping_is_not() {
    let mut link = Link::new(|config| config.ipv6 = false);
    link.open();
    let mut request = REQUEST;
    request[31] ^= 1;
    link.give_ipv4(&request);
    assert!(link.packets.is_empty(), "{:02x?}", link.packets);
}
