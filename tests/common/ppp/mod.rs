//! A link in virtual time, and a peer to talk to. The peer's framing is written here a second time,
//! as the RFC has it: bit by bit.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(missing_docs, unreachable_pub)]

pub mod peer;

use cellular_nal::Instant;
use cellular_nal::ppp::{Config, Output, Ppp};

pub const IPV4: u16 = 0x0021;
pub const IPV6: u16 = 0x0057;
pub const IPCP: u16 = 0x8021;
pub const IPV6CP: u16 = 0x8057;
pub const CCP: u16 = 0x80FD;
pub const LCP: u16 = 0xC021;
pub const PAP: u16 = 0xC023;
pub const CHAP: u16 = 0xC223;

pub const ALL: u32 = u32::MAX;

/// RFC 1662 Appendix C.1.
pub fn fcs(bytes: &[u8]) -> u16 {
    let mut fcs = 0xFFFF_u16;
    for byte in bytes {
        fcs ^= u16::from(*byte);
        for _ in 0..8 {
            fcs = if fcs & 1 == 1 { (fcs >> 1) ^ 0x8408 } else { fcs >> 1 };
        }
    }
    !fcs
}

/// Bytes as a frame on the line, between flags.
pub fn stuff(content: &[u8], accm: u32) -> Vec<u8> {
    let mut content = content.to_vec();
    content.extend(fcs(&content).to_le_bytes());
    let mut line = vec![0x7E];
    for byte in content {
        if byte == 0x7D || byte == 0x7E || byte < 0x20 && accm >> byte & 1 == 1 {
            line.extend([0x7D, byte ^ 0x20]);
        } else {
            line.push(byte);
        }
    }
    line.push(0x7E);
    line
}

/// A packet as a frame on the line, with the full header.
pub fn frame(protocol: u16, information: &[u8]) -> Vec<u8> {
    let mut content = vec![0xFF, 0x03];
    content.extend(protocol.to_be_bytes());
    content.extend(information);
    stuff(&content, ALL)
}

/// A control packet.
pub fn control(code: u8, id: u8, data: &[u8]) -> Vec<u8> {
    let mut packet = vec![code, id];
    packet.extend((data.len() as u16 + 4).to_be_bytes());
    packet.extend(data);
    packet
}

/// Contents of the frames in a piece of line, check sequences removed. All of them must be right.
pub fn unstuff(line: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![];
    for piece in line.split(|&byte| byte == 0x7E).filter(|piece| !piece.is_empty()) {
        let mut content = vec![];
        let mut bytes = piece.iter();
        while let Some(&byte) = bytes.next() {
            content.push(if byte == 0x7D { bytes.next().expect("no frame is aborted") ^ 0x20 } else { byte });
        }
        let check = content.split_off(content.len().checked_sub(2).expect("frames have a check sequence"));
        assert_eq!(check, fcs(&content).to_le_bytes(), "{content:02x?}");
        all.push(content);
    }
    all
}

/// Splits a frame's content into protocol and information.
pub fn split(content: &[u8]) -> (u16, Vec<u8>) {
    let rest = content.strip_prefix(&[0xFF, 0x03]).unwrap_or(content);
    match rest {
        [low, rest @ ..] if low & 1 == 1 => (u16::from(*low), rest.to_vec()),
        [high, low, rest @ ..] => (u16::from_be_bytes([*high, *low]), rest.to_vec()),
        _ => panic!("no protocol in {content:02x?}"),
    }
}

/// A link with buffers of this size.
pub fn link_with(config: Config<'static>, rx: usize, tx: usize) -> Ppp<'static> {
    Ppp::new(config, vec![0; rx].leak(), vec![0; tx].leak())
}

/// A link with buffers for two packets each.
pub fn link(config: Config<'static>) -> Ppp<'static> {
    link_with(config, 2 * (1500 + Ppp::OVERHEAD), 2 * (1500 + Ppp::OVERHEAD))
}

pub fn at(millis: u64) -> Instant {
    Instant::from_millis(millis)
}

/// All that the link has to send now, and when it wants to be called.
pub fn drain(ppp: &mut Ppp<'_>, now: Instant) -> (Vec<u8>, Option<Instant>) {
    drain_by(ppp, now, 64)
}

/// The same with a buffer of `size` bytes.
pub fn drain_by(ppp: &mut Ppp<'_>, now: Instant, size: usize) -> (Vec<u8>, Option<Instant>) {
    let (mut all, mut line) = (vec![], vec![0; size]);
    for _ in 0..1_000_000 {
        match ppp.poll_output(now, &mut line) {
            Output::Transmit(count) => all.extend(&line[..count]),
            Output::Timeout(at) => return (all, at),
        }
    }
    panic!("there is no end to what is sent");
}

/// Packets that the link sends now.
pub fn packets(ppp: &mut Ppp<'_>, now: Instant) -> Vec<(u16, Vec<u8>)> {
    unstuff(&drain(ppp, now).0).iter().map(|content| split(content)).collect()
}

/// Gives bytes to the link, and takes the packets that come of them.
pub fn feed(ppp: &mut Ppp<'_>, now: Instant, mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![];
    loop {
        let count = ppp.handle_rx(now, bytes);
        bytes = &bytes[count..];
        let before = all.len();
        while let Some(reception) = ppp.received() {
            all.push(reception.take(<[u8]>::to_vec));
        }
        if bytes.is_empty() {
            return all;
        }
        assert!(all.len() > before || count > 0, "it takes nothing and gives nothing");
    }
}

/// What the link answers to a packet at once.
pub fn answers(ppp: &mut Ppp<'_>, now: Instant, protocol: u16, packet: &[u8]) -> Vec<(u16, Vec<u8>)> {
    feed(ppp, now, &frame(protocol, packet));
    packets(ppp, now)
}

/// Numbers that look like chance (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }
}

/// A packet of `len` bytes that is IPv4 by its first byte and anything by the others.
pub fn ipv4_packet(random: &mut Random, len: usize) -> Vec<u8> {
    let mut packet = random.bytes(len);
    packet[0] = 0x45;
    packet
}
