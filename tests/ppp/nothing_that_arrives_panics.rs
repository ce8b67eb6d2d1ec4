//! Garbage, and packets that are nearly right, from seeds: the link survives, answers not more than
//! it is asked, and works afterwards. `cargo test --test ppp nothing_that_arrives -- --ignored`
//! runs a million of each.
use crate::ppp;

use cellular_nal::ppp::hdlc::Decoder;
use cellular_nal::ppp::{Config, Phase, Ppp};
use ppp::peer::{Demand, Manners, Wire};
use ppp::{
    CCP, CHAP, IPCP, IPV4, IPV6, IPV6CP, LCP, PAP, Random, at, control, drain, feed, frame, link, stuff,
};

/// Interesting values of a byte.
const EDGES: [u8; 20] =
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0x20, 0x7D, 0x7E, 0x7F, 0x80, 0xC0, 0xFE, 0xFF];

fn byte(random: &mut Random) -> u8 {
    if random.below(2) == 0 { random.next() as u8 } else { EDGES[random.below(EDGES.len())] }
}

/// Options that are right, or nearly.
fn options(random: &mut Random) -> Vec<u8> {
    let mut all = vec![];
    for _ in 0..random.below(6) {
        let known = [1, 2, 3, 5, 7, 8, 129, 130, 131];
        let kind = if random.below(4) > 0 { known[random.below(known.len())] } else { byte(random) };
        let size = match random.below(8) {
            0 => random.below(20),
            1 => 0,
            2 => 8,
            3 => 2,
            _ => 4,
        };
        let len = if random.below(10) == 0 { byte(random) } else { size as u8 + 2 };
        all.extend([kind, len]);
        all.extend((0..size).map(|_| byte(random)));
    }
    all
}

/// A packet that is right, or nearly, with the identifiers that the link has used lately.
fn packet(random: &mut Random) -> (u16, Vec<u8>) {
    let protocols = [LCP, LCP, IPCP, IPCP, IPV6CP, PAP, CHAP, CCP, IPV4, IPV6, 0x0001, 0xFFFF];
    let protocol = protocols[random.below(protocols.len())];
    let code = if random.below(8) == 0 { byte(random) } else { 1 + random.below(13) as u8 };
    let data = if random.below(4) == 0 {
        let size = [0, 1, 3, 4, 5, 20, 130, 300, 1600][random.below(9)];
        (0..size).map(|_| byte(random)).collect()
    } else {
        options(random)
    };
    let mut packet = control(code, random.below(4) as u8, &data);
    match random.below(12) {
        0 => packet.truncate(random.below(packet.len() + 1)),
        1 => packet[2] = byte(random),
        2 => packet[3] = byte(random),
        3 => packet.extend([0; 9]),
        _ => {}
    }
    (protocol, packet)
}

/// A piece of line with whatever can be on it.
fn piece(random: &mut Random) -> Vec<u8> {
    let mut line = match random.below(10) {
        0 => (0..random.below(40)).map(|_| byte(random)).collect(),
        1 => vec![0x7E; random.below(4)],
        2 => [&b"\r\nNO CARR"[..], b"IER\r\n", b"\r\nERROR\r\n", b"}~", b"~}", b"~\xff"][random.below(6)]
            .to_vec(),
        _ => {
            let (protocol, packet) = packet(random);
            let content = match random.below(6) {
                0 => [&protocol.to_be_bytes()[..], &packet].concat(),
                1 => [&[protocol as u8][..], &packet].concat(),
                _ => [&[0xFF, 3][..], &protocol.to_be_bytes(), &packet].concat(),
            };
            stuff(&content, if random.below(2) == 0 { ppp::ALL } else { 0 })
        }
    };
    if random.below(10) == 0 && !line.is_empty() {
        let at = random.below(line.len());
        line[at] ^= 1 << random.below(8);
    }
    line
}

fn config(random: &mut Random) -> Config<'static> {
    let mut config = Config::new(random.next() as u32).credentials("user", "secret").expect("that is short");
    config.ipv6 = random.below(2) == 0;
    config.accm = [0, 0x000A_0000, ppp::ALL][random.below(3)];
    config.compression = random.below(2) == 0;
    config.mru = [68, 296, 1500][random.below(3)];
    config
}

/// One link's life among such pieces.
fn live(seed: u64, pieces: usize) {
    let mut random = Random(seed);
    let mut ppp = link(config(&mut random));
    let mut now = 0;
    ppp.open(at(now));
    for _ in 0..pieces {
        let line = piece(&mut random);
        let chunk = 1 + random.below(40);
        for bytes in line.chunks(chunk) {
            feed(&mut ppp, at(now), bytes);
        }
        if random.below(3) > 0 {
            let (said, next) = drain(&mut ppp, at(now));
            assert!(said.len() < 4000, "{} bytes", said.len());
            if random.below(4) == 0 {
                now = next.map_or(now + 1, |next| now.max(next.as_micros().div_ceil(1000)));
            }
        }
        now += random.below(50) as u64;
        match random.below(400) {
            0 => ppp.close(at(now)),
            1 => ppp.hang_up(),
            2 => ppp.open(at(now)),
            3 => {
                let _ = ppp.send(&[&[0x45; 60]]);
            }
            _ if ppp.phase() == Phase::Dead => ppp.open(at(now)),
            _ => {}
        }
    }
}

/// A link that has heard garbage comes up with a peer.
fn recovers(seed: u64) {
    let mut random = Random(seed);
    let demand = [Demand::Nothing, Demand::Pap, Demand::Chap][random.below(3)];
    let mut wire = Wire::new(config(&mut random), Manners { demand, ..Manners::default() });
    wire.open();
    for _ in 0..30 {
        let line = piece(&mut random);
        feed(&mut wire.ppp, at(0), &line);
        drain(&mut wire.ppp, at(0));
    }
    wire.bring_up(30_000);
    wire.works();
}

/// The decoder among random bytes finds the frame behind them.
fn finds(seed: u64) {
    let mut random = Random(seed);
    let mut decoder = Decoder::new(0);
    let mut buffer = vec![0; random.below(200)];
    let garbage = (0..random.below(300)).map(|_| byte(&mut random)).collect::<Vec<_>>();
    let mut line = &garbage[..];
    while decoder.feed(&mut line, &mut buffer).is_some() {}
    let good = stuff(b"\xff\x03good", 0);
    let mut line = &good[..];
    let mut found = false;
    while let Some(len) = decoder.feed(&mut line, &mut buffer) {
        found |= buffer[..len] == *b"\xff\x03good";
    }
    assert_eq!(found, buffer.len() >= 8, "{seed}");
}

#[test]
fn nearly_right_packets() {
    (0..300).for_each(|seed| live(seed, 200));
}

#[test]
fn garbage_before_the_peer() {
    (0..300).for_each(recovers);
}

#[test]
fn garbage_before_a_frame() {
    (0..20_000).for_each(finds);
}

#[test]
#[ignore = "takes half a minute, optimised"]
fn a_million_of_each() {
    (1_000_000..1_010_000).for_each(|seed| live(seed, 200));
    (1_000_000..1_010_000).for_each(recovers);
    (1_000_000..2_000_000).for_each(finds);
}

/// Each of these made another implementation panic.
#[test]
fn frames_that_others_did_not_survive() {
    let lines = [
        // No content; one byte of protocol; none that is whole.
        stuff(&[], 0),
        stuff(&[0x21], 0),
        stuff(&[0xFF, 3], 0),
        stuff(&[0xFF, 3, 0x21], 0),
        stuff(&[0xFF, 3, 0xC0], 0),
        // Options without length, with too much, and too many.
        frame(LCP, &control(1, 1, &[5, 0, 0, 0])),
        frame(LCP, &control(1, 1, &[5, 200, 0, 0])),
        frame(LCP, &control(1, 1, &[20, 2, 21, 2, 22, 2, 23, 2, 24, 2, 25, 2, 26, 2, 27, 2, 28, 2])),
        frame(LCP, &control(1, 1, &[19, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])),
        frame(LCP, &[1, 1, 0, 0]),
        // Large packets of unknown protocols.
        frame(IPV6, &[0x60; 1400]),
        frame(CHAP, &[1; 1400]),
        frame(LCP, &control(9, 1, &[7; 200])),
        // Packets larger than was agreed, and bytes that never end.
        frame(IPV4, &[0x45; 1600]),
        vec![0x55; 100_000],
        vec![0x7D; 100_000],
    ];
    for line in lines {
        let mut wire = Wire::new(Config::new(1), Manners::default());
        wire.bring_up(1000);
        let now = at(wire.now);
        feed(&mut wire.ppp, now, &line);
        feed(&mut wire.ppp, now, &[0x7E]);
        drain(&mut wire.ppp, now);
        assert_ne!(wire.ppp.phase(), Phase::Dead);
        if wire.ppp.ipv4().is_none() {
            // A request that cannot be granted takes the link down (RFC 1661 §4.1): the peer goes on.
            wire.peer = ppp::peer::Peer::new(Manners::default());
            assert!(wire.run_until(5000, |wire| wire.ppp.ipv4().is_some() && wire.peer.is_up()));
        }
        wire.works();
    }
}

#[test]
fn buffers_of_any_size_will_do() {
    for size in (0..40).chain([100, 600]) {
        let mut ppp: Ppp<'static> = ppp::link_with(Config::new(1), size, size);
        ppp.open(at(0));
        let mut random = Random(size as u64);
        for now in 0..300 {
            ppp.handle_rx(at(now), &piece(&mut random));
            while let Some(reception) = ppp.received() {
                reception.take(|_| ());
            }
            let _ = ppp.send(&[&[0x45; 30]]);
            if let Some(transmission) = ppp.transmission() {
                transmission.fill(30, |to| to.fill(0x45));
            }
            drain(&mut ppp, at(now));
        }
    }
}
