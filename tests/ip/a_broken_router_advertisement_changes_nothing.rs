//! Advertisements that RFC 4861 §6.1.2 has discarded, and options that RFC 4862 §5.5.3 has ignored.
use crate::router;

use std::net::Ipv6Addr;

use modem_sim::Prng;
use router::{ALL_NODES, Link, ROUTER, advertisement, icmp, is_ours, prefix};

const GLOBAL: Ipv6Addr = Ipv6Addr::new(0x2001, 0xDB8, 1, 2, 0, 0, 0, 1);

fn broken() -> Vec<(&'static str, Vec<u8>)> {
    let options = [prefix(86_400, 43_200)];
    let good = advertisement(ROUTER, ALL_NODES, 1800, &options);
    let changed = |at: usize, to: u8| {
        let mut packet = good.clone();
        packet[at] = to;
        packet
    };
    let message = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut message = good[40..].to_vec();
        message[2..4].fill(0);
        change(&mut message);
        icmp(ROUTER, ALL_NODES, message)
    };
    let option = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut option = prefix(86_400, 43_200);
        change(&mut option);
        advertisement(ROUTER, ALL_NODES, 1800, &[option])
    };
    vec![
        ("a router has passed it on", changed(7, 254)),
        ("the checksum is wrong", changed(43, good[43] ^ 1)),
        ("it is longer than the packet", changed(5, good[5] + 1)),
        ("it is from somebody beyond the link", advertisement(GLOBAL, ALL_NODES, 1800, &options)),
        ("it is from nobody", advertisement(Ipv6Addr::UNSPECIFIED, ALL_NODES, 1800, &options)),
        ("it is for somebody else", advertisement(ROUTER, GLOBAL, 1800, &options)),
        ("the code is not 0", message(&|message| message[1] = 1)),
        ("it is a solicitation", message(&|message| message[0] = 133)),
        ("it is too short", message(&|message| message.truncate(15))),
        ("an option has no length", message(&|message| message.extend([1, 0, 0, 0, 0, 0, 0, 0]))),
        ("an option is cut", message(&|message| message.extend([1, 2, 0, 0, 0, 0, 0, 0]))),
        ("half an option", message(&|message| message.push(1))),
        ("the prefix is not for addresses", option(&|option| option[3] = 0x80)),
        ("the prefix has 48 bits", option(&|option| option[2] = 48)),
        ("it is preferred for longer than it is valid", option(&|option| option[8..12].fill(9))),
        ("the prefix is that of the link", option(&|option| option[16..18].copy_from_slice(&[0xFE, 0x80]))),
        ("the prefix is one of groups", option(&|option| option[16] = 0xFF)),
        ("the prefix is no prefix", option(&|option| option[16..24].fill(0))),
    ]
}

#[test]
fn before_the_first_good_one() {
    for (what, packet) in broken() {
        let mut link = Link::new(|_| {});
        link.open();
        link.give(&packet);
        assert_eq!(link.address(), None, "{what}");
        link.advertise(1800, &[prefix(86_400, 43_200)]);
        assert!(is_ours(link.address()), "{what}");
    }
}

#[test]
fn while_there_is_an_address() {
    for (what, packet) in broken() {
        let mut link = Link::new(|_| {});
        link.open();
        link.advertise(1800, &[prefix(86_400, 43_200)]);
        let before = link.address();
        link.give(&packet);
        assert_eq!(link.address(), before, "{what}");
    }
}

#[test]
fn whatever_comes_the_next_good_one_is_believed() {
    let mut prng = Prng::new(11);
    let mut link = Link::new(|_| {});
    link.open();
    for _ in 0..3_000 {
        let mut options: Vec<Vec<u8>> = Vec::new();
        for _ in 0..prng.below(4) {
            let units = prng.below(6) as usize;
            let mut option = prng.bytes(units * 8);
            if let [kind, length, ..] = option.as_mut_slice() {
                *kind = [3, 5, 25, *kind][prng.below(4) as usize];
                *length = if prng.below(8) > 0 { units as u8 } else { *length };
            }
            options.push(option);
        }
        let lifetime = [0, 1, 1800, u16::MAX][prng.below(4) as usize];
        let mut packet = advertisement(ROUTER, ALL_NODES, lifetime, &options);
        if prng.below(4) == 0 {
            let at = prng.below(packet.len() as u64) as usize;
            packet[at] ^= 1 << prng.below(8);
        }
        link.give(&packet);
        link.run([0, 1, 500, 70_000][prng.below(4) as usize]);
    }
    // Prefixes that were advertised at random may be preferred until they are withdrawn; a new link knows none.
    link.open();
    link.advertise(1800, &[prefix(86_400, 43_200)]);
    assert!(is_ours(link.address()));
}
