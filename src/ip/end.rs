//! The end of a peer's stream, where smoltcp 0.14 misses it.
//!
//! A segment with data and FIN that comes before one that is missing has its data kept and its FIN forgotten. When the
//! missing one has come too, the same segment is outside of the window, because smoltcp does not count the FIN as a part
//! of it (RFC 9293 §3.10.7.4: SEG.LEN does): each repetition gets the same acknowledgement, without the FIN, and the stream
//! never ends. A peer that leaves out what was acknowledged repeats the FIN alone, and that is understood. Others get help
//! here: the FIN alone follows their segment when its acknowledgement shows that nothing else is missing.

const TCP: u8 = 6;
const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;

/// Leaves nothing but the FIN of a segment with data and FIN, when so much `acknowledged` is all of it but that. Its packet
/// gets shorter by its own account. Nothing where it is another packet.
pub(super) fn leave_fin(packet: &mut [u8], acknowledged: u32) -> Option<()> {
    let (tcp, segment) = segment(packet)?;
    // Most have none.
    if segment.get(13)? & (FIN | SYN | RST) != FIN {
        return None;
    }
    let header = usize::from(segment.get(12)? >> 4) * 4;
    let data = segment.get(header..)?;
    let seq = number(segment, 4)?;
    if data.is_empty() || seq.wrapping_add(data.len() as u32) != acknowledged {
        return None;
    }
    // Checksums are changed by as much as what they are of, so that one that was wrong stays so (RFC 1624).
    let shorter = lose(segment.len() as u16) + header as u32;
    let mut change = shorter;
    for half in [16, 0] {
        change += lose((seq >> half) as u16) + (acknowledged >> half & 0xFFFF);
    }
    for pair in data.chunks(2) {
        change += lose(u16::from_be_bytes([pair.first().copied()?, pair.get(1).copied().unwrap_or(0)]));
    }
    *packet.get_mut(tcp + 4..)?.first_chunk_mut()? = acknowledged.to_be_bytes();
    adjust(packet, tcp + 16, change)?;
    if packet.first()? >> 4 == 4 {
        put(packet, 2, (tcp + header) as u16)?;
        // What the length loses is the same as in TCP's.
        adjust(packet, 10, shorter)
    } else {
        put(packet, 4, header as u16)
    }
}

/// What an answer acknowledges.
pub(super) fn acknowledged(answer: &[u8]) -> Option<u32> {
    let (_, segment) = segment(answer)?;
    if segment.get(13)? & (RST | ACK) == ACK { number(segment, 8) } else { None }
}

fn number(segment: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*segment.get(at..)?.first_chunk()?))
}

fn put(packet: &mut [u8], at: usize, value: u16) -> Option<()> {
    *packet.get_mut(at..)?.first_chunk_mut()? = value.to_be_bytes();
    Some(())
}

/// Changes the checksum at `at`.
fn adjust(packet: &mut [u8], at: usize, by: u32) -> Option<()> {
    let checksum = u16::from_be_bytes(*packet.get(at..)?.first_chunk()?);
    let mut sum = lose(checksum) + (by & 0xFFFF) + (by >> 16);
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    put(packet, at, !(sum as u16))
}

/// A number that is taken out of a sum (RFC 1624 §3).
const fn lose(value: u16) -> u32 {
    !value as u32
}

/// Where TCP begins in a packet, and all of it there.
fn segment(packet: &[u8]) -> Option<(usize, &[u8])> {
    let word = |at: usize| Some(u16::from_be_bytes(*packet.get(at..)?.first_chunk()?));
    let (at, end) = match packet.first()? {
        first @ 0x45..=0x4F if packet.get(9) == Some(&TCP) && word(6)? & 0x3FFF == 0 => {
            (usize::from(first & 15) * 4, word(2)?.into())
        }
        0x60..=0x6F if cfg!(feature = "ipv6") && packet.get(6) == Some(&TCP) => {
            (40, 40 + usize::from(word(4)?))
        }
        _ => return None,
    };
    Some((at, packet.get(at..end)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use smoltcp::phy::ChecksumCapabilities;
    use smoltcp::wire::{IpAddress, IpProtocol, IpRepr, TcpControl, TcpPacket, TcpRepr, TcpSeqNumber};

    fn packet(from: &str, to: &str, seq: i32, control: TcpControl, payload: &[u8]) -> Vec<u8> {
        let (from, to): (IpAddress, IpAddress) = (from.parse().unwrap(), to.parse().unwrap());
        let segment = TcpRepr {
            src_port: 80,
            dst_port: 49152,
            control,
            seq_number: TcpSeqNumber(seq),
            ack_number: Some(TcpSeqNumber(7)),
            window_len: 4096,
            window_scale: None,
            max_seg_size: None,
            sack_permitted: false,
            sack_ranges: [None; 3],
            timestamp: None,
            payload,
        };
        let ip = IpRepr::new(from, to, IpProtocol::Tcp, segment.buffer_len(), 64);
        let mut packet = vec![0; ip.buffer_len()];
        let all = ChecksumCapabilities::default();
        ip.emit(&mut packet, &all);
        segment.emit(&mut TcpPacket::new_unchecked(&mut packet[ip.header_len()..]), &from, &to, &all);
        packet
    }

    const ALL: [(&str, &str); 2] = [("192.0.2.1", "10.0.0.2"), ("2001:db8::1", "2001:db8::2")];

    #[test]
    fn it_is_what_the_peer_would_have_sent() {
        for (from, to) in ALL {
            for seq in [0, 1, 0x7FFF_FFFF, -1, 0x1234_FFF0] {
                for payload in [&b"x"[..], b"xy", &[0xFF; 535], &[0; 100]] {
                    let mut whole = packet(from, to, seq, TcpControl::Fin, payload);
                    let next = seq.wrapping_add(payload.len() as i32);
                    let left = leave_fin(&mut whole, next as u32);
                    if !cfg!(feature = "ipv6") && from.contains(':') {
                        assert!(left.is_none());
                        continue;
                    }
                    assert_eq!(left, Some(()));
                    let expected = packet(from, to, next, TcpControl::Fin, b"");
                    // Zero is written in two ways in a checksum.
                    let alone = &mut whole[..expected.len()];
                    let tcp = expected.len() - 20;
                    let parsed = TcpRepr::parse(
                        &TcpPacket::new_checked(&alone[tcp..]).unwrap(),
                        &from.parse().unwrap(),
                        &to.parse().unwrap(),
                        &ChecksumCapabilities::default(),
                    );
                    assert_eq!(parsed.unwrap().seq_number, TcpSeqNumber(next));
                    assert_eq!(alone[..tcp], expected[..tcp], "{from} {seq} {}", payload.len());
                    assert_eq!(leave_fin(alone, next as u32), None, "once is enough");
                }
            }
        }
    }

    #[test]
    fn other_packets_have_none() {
        let (from, to) = ALL[0];
        let stays = |packet: &[u8], acknowledged| {
            let mut left = packet.to_vec();
            leave_fin(&mut left, acknowledged).is_none() && left == packet
        };
        for (control, payload) in [
            (TcpControl::Fin, &b""[..]),
            (TcpControl::None, b"data"),
            (TcpControl::Syn, b""),
            (TcpControl::Rst, b""),
        ] {
            let len = payload.len() as u32;
            assert!(stays(&packet(from, to, 5, control, payload), 5 + len), "{control:?}");
        }
        let whole = packet(from, to, 5, TcpControl::Fin, b"data");
        for len in 0..whole.len() {
            assert!(stays(&whole[..len], 9));
        }
        for acknowledged in [5, 8, 10] {
            assert!(stays(&whole, acknowledged));
        }
        for (place, byte) in [(0, 0x44), (0, 0x55), (6, 0x20), (7, 1), (9, 17), (32, 0xF0)] {
            let mut other = whole.clone();
            other[place] = byte;
            assert!(stays(&other, 9), "{place}");
        }
        let mut left = whole.clone();
        assert_eq!(leave_fin(&mut left, 9), Some(()));
    }

    #[test]
    fn an_answer_tells_what_it_acknowledges() {
        let mut answer = packet("10.0.0.2", "192.0.2.1", 100, TcpControl::None, b"");
        answer[20..24].copy_from_slice(&[0xC0, 0, 0, 80]);
        assert_eq!(acknowledged(&answer), Some(7));
        for (place, byte) in [(9, 1), (33, 0x14), (33, 0)] {
            let mut other = answer.clone();
            other[place] = byte;
            assert_eq!(acknowledged(&other), None, "{place}");
        }
    }
}
