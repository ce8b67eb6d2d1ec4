//! IP packets, UDP datagrams and ICMP messages (RFC 791, RFC 768, RFC 792, RFC 8200, RFC 4443).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

pub(super) const ICMP: u8 = 1;
pub(super) const TCP: u8 = 6;
pub(super) const UDP: u8 = 17;
pub(super) const ICMP6: u8 = 58;

/// Hop limit, or time to live.
const HOPS: u8 = 64;

/// What matters of an IP packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parsed {
    pub(super) from: IpAddr,
    pub(super) to: IpAddr,
    pub(super) protocol: u8,
    pub(super) payload: Vec<u8>,
    /// Identification, offset in bytes, and whether more follow, when this is a part of a packet.
    pub(super) fragment: Option<(u16, usize, bool)>,
}

/// The Internet checksum over `parts` (RFC 1071), each of even length but for the last.
fn checksum(parts: &[&[u8]]) -> u16 {
    let mut sum = 0_u32;
    for part in parts {
        for pair in part.chunks(2) {
            sum += u32::from(u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]));
        }
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// The header that UDP and ICMPv6 add in their minds.
fn pseudo_header(from: IpAddr, to: IpAddr, protocol: u8, length: usize) -> Vec<u8> {
    let mut header = Vec::new();
    for address in [from, to] {
        match address {
            IpAddr::V4(address) => header.extend(address.octets()),
            IpAddr::V6(address) => header.extend(address.octets()),
        }
    }
    header.extend((length as u32).to_be_bytes());
    header.extend([0, 0, 0, protocol]);
    header
}

/// Takes an IP packet apart; `None` when it is none, or damaged.
pub(super) fn parse(packet: &[u8]) -> Option<Parsed> {
    match packet.first()? >> 4 {
        4 => {
            let header = usize::from(packet[0] & 15) * 4;
            let length = usize::from(u16::from_be_bytes([*packet.get(2)?, *packet.get(3)?]));
            if header < 20 || length < header || checksum(&[packet.get(..header)?]) != 0 {
                return None;
            }
            let address = |at: usize| <[u8; 4]>::try_from(&packet[at..at + 4]).map(Ipv4Addr::from).ok();
            let word = |at| u16::from_be_bytes([packet[at], packet[at + 1]]);
            let (more, offset) = (word(6) >> 13 & 1 == 1, usize::from(word(6) & 0x1fff) * 8);
            Some(Parsed {
                from: address(12)?.into(),
                to: address(16)?.into(),
                protocol: packet[9],
                payload: packet.get(header..length)?.to_vec(),
                fragment: (more || offset > 0).then_some((word(4), offset, more)),
            })
        }
        6 => {
            let length = usize::from(u16::from_be_bytes([*packet.get(4)?, *packet.get(5)?]));
            let address = |at: usize| <[u8; 16]>::try_from(packet.get(at..at + 16)?).map(Ipv6Addr::from).ok();
            Some(Parsed {
                from: address(8)?.into(),
                to: address(24)?.into(),
                // Extension headers are beyond this network.
                protocol: packet[6],
                payload: packet.get(40..40 + length)?.to_vec(),
                fragment: None,
            })
        }
        _ => None,
    }
}

/// One packet, or its fragments when it is longer than `mtu`; IPv6 has no room for longer ones.
pub(super) fn build(
    from: IpAddr,
    to: IpAddr,
    protocol: u8,
    payload: &[u8],
    mtu: usize,
    id: u16,
) -> Vec<Vec<u8>> {
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let most = (mtu - 20) / 8 * 8;
            let whole = payload.len() + 20 <= mtu;
            let step = if whole { payload.len().max(1) } else { most };
            let count = payload.len().div_ceil(step).max(1);
            let parts = (0..count).map(|i| {
                let part = &payload[i * step..payload.len().min((i + 1) * step)];
                let flags = (u16::from(i + 1 < count) << 13) | (i * step / 8) as u16;
                let mut packet = vec![0x45, 0];
                packet.extend(((part.len() + 20) as u16).to_be_bytes());
                packet.extend(id.to_be_bytes());
                packet.extend(flags.to_be_bytes());
                packet.extend([HOPS, protocol, 0, 0]);
                packet.extend(from.octets());
                packet.extend(to.octets());
                let sum = checksum(&[&packet]);
                packet[10..12].copy_from_slice(&sum.to_be_bytes());
                packet.extend(part);
                packet
            });
            parts.collect()
        }
        (IpAddr::V6(from), IpAddr::V6(to)) if payload.len() + 40 <= mtu => {
            let mut packet = vec![0x60, 0, 0, 0];
            packet.extend((payload.len() as u16).to_be_bytes());
            // Router advertisements are believed with this hop limit only (RFC 4861 §6.1.2).
            packet.extend([protocol, if protocol == ICMP6 { 255 } else { HOPS }]);
            packet.extend(from.octets());
            packet.extend(to.octets());
            packet.extend(payload);
            vec![packet]
        }
        _ => Vec::new(),
    }
}

/// Ports and payload of a UDP datagram; `None` when it is damaged.
pub(super) fn udp_parse(packet: &Parsed) -> Option<(u16, u16, &[u8])> {
    let data = packet.payload.as_slice();
    let word = |at: usize| Some(u16::from_be_bytes([*data.get(at)?, *data.get(at + 1)?]));
    let datagram = data.get(..usize::from(word(4)?))?;
    let summed = word(6)? != 0 || packet.from.is_ipv6();
    let pseudo = pseudo_header(packet.from, packet.to, UDP, datagram.len());
    if summed && checksum(&[&pseudo, datagram]) != 0 {
        return None;
    }
    Some((word(0)?, word(2)?, datagram.get(8..)?))
}

/// A UDP datagram as the payload of a packet.
pub(super) fn udp(from: SocketAddr, to: SocketAddr, payload: &[u8]) -> Vec<u8> {
    let length = payload.len() + 8;
    let mut datagram = Vec::with_capacity(length);
    datagram.extend(from.port().to_be_bytes());
    datagram.extend(to.port().to_be_bytes());
    datagram.extend((length as u16).to_be_bytes());
    datagram.extend([0, 0]);
    datagram.extend(payload);
    let sum = match checksum(&[&pseudo_header(from.ip(), to.ip(), UDP, length), &datagram]) {
        0 => 0xffff,
        sum => sum,
    };
    datagram[6..8].copy_from_slice(&sum.to_be_bytes());
    datagram
}

/// An ICMP or ICMPv6 message with its checksum; that in `message` is 0.
pub(super) fn icmp(from: IpAddr, to: IpAddr, mut message: Vec<u8>) -> (u8, Vec<u8>) {
    let (protocol, sum) = if from.is_ipv4() {
        (ICMP, checksum(&[&message]))
    } else {
        (ICMP6, checksum(&[&pseudo_header(from, to, ICMP6, message.len()), &message]))
    };
    message[2..4].copy_from_slice(&sum.to_be_bytes());
    (protocol, message)
}

/// The checksum of a received ICMP or ICMPv6 message is right.
pub(super) fn icmp_is_good(packet: &Parsed) -> bool {
    let message = &packet.payload;
    let pseudo = pseudo_header(packet.from, packet.to, ICMP6, message.len());
    let sum = if packet.from.is_ipv4() { checksum(&[message]) } else { checksum(&[&pseudo, message]) };
    message.len() >= 8 && sum == 0
}

/// The answer to a segment that belongs to no connection (RFC 9293 §3.10.7.1); `None` when it is a reset.
pub(super) fn reset(packet: &Parsed) -> Option<Vec<u8>> {
    let segment = packet.payload.as_slice();
    let word = |at: usize| Some(u32::from_be_bytes(segment.get(at..at + 4)?.try_into().ok()?));
    let (sequence, acknowledgement, flags) = (word(4)?, word(8)?, *segment.get(13)?);
    let header = usize::from(segment[12] >> 4) * 4;
    let (fin, syn, rst, ack) = (flags & 1 != 0, flags & 2 != 0, flags & 4 != 0, flags & 16 != 0);
    if rst {
        return None;
    }
    let length = segment.len().checked_sub(header)? as u32 + u32::from(fin) + u32::from(syn);
    let mut answer = [&segment[2..4], &segment[..2]].concat();
    if ack {
        answer.extend(acknowledgement.to_be_bytes());
        answer.extend([0, 0, 0, 0, 0x50, 4]);
    } else {
        answer.extend([0; 4]);
        answer.extend(sequence.wrapping_add(length).to_be_bytes());
        answer.extend([0x50, 4 | 16]);
    }
    answer.extend([0; 6]);
    let sum = checksum(&[&pseudo_header(packet.to, packet.from, TCP, answer.len()), &answer]);
    answer[16..18].copy_from_slice(&sum.to_be_bytes());
    build(packet.to, packet.from, TCP, &answer, 1500, 0).pop()
}

/// The checksum of a segment is right.
pub(super) fn tcp_is_good(packet: &Parsed) -> bool {
    let segment = &packet.payload;
    let pseudo = pseudo_header(packet.from, packet.to, TCP, segment.len());
    segment.len() >= 20 && checksum(&[&pseudo, segment]) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datagram_is_put_together_and_taken_apart() {
        for (from, to) in [("192.0.2.1:53", "10.0.0.7:4000"), ("[2001:db8::1]:53", "[2001:db8::2]:4000")] {
            let (from, to): (SocketAddr, SocketAddr) = (from.parse().unwrap(), to.parse().unwrap());
            let packets = build(from.ip(), to.ip(), UDP, &udp(from, to, b"odd"), 1500, 1);
            let parsed = parse(&packets[0]).unwrap();
            assert_eq!((parsed.from, parsed.to, parsed.fragment), (from.ip(), to.ip(), None));
            assert_eq!(udp_parse(&parsed), Some((53, 4000, b"odd".as_slice())));
            let mut damaged = parsed;
            *damaged.payload.last_mut().unwrap() ^= 1;
            assert_eq!(udp_parse(&damaged), None);
        }
    }

    #[test]
    fn what_is_longer_than_the_mtu_goes_in_fragments() {
        let address = |last| IpAddr::from([10, 0, 0, last]);
        let payload: Vec<u8> = (0..=255).cycle().take(3000).collect();
        let packets = build(address(1), address(2), UDP, &payload, 1500, 7);
        let parts: Vec<Parsed> = packets.iter().map(|p| parse(p).unwrap()).collect();
        let fragments: Vec<_> = parts.iter().map(|p| p.fragment).collect();
        assert_eq!(fragments, [Some((7, 0, true)), Some((7, 1480, true)), Some((7, 2960, false))]);
        assert_eq!(parts.iter().flat_map(|p| p.payload.clone()).collect::<Vec<_>>(), payload);
        assert!(packets.iter().all(|p| p.len() <= 1500));
    }

    #[test]
    fn any_bytes_are_no_packet_or_one() {
        for seed in 0..2000 {
            let mut prng = crate::Prng::new(seed);
            let len = prng.below(80) as usize;
            let mut bytes = prng.bytes(len);
            if let Some(first) = bytes.first_mut() {
                *first = if seed % 2 == 0 { 0x45 } else { 0x60 };
            }
            if let Some(parsed) = parse(&bytes) {
                let _ = (udp_parse(&parsed), icmp_is_good(&parsed));
            }
        }
    }
}
