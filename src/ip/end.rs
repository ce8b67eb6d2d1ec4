//! The end of a peer's stream, where smoltcp 0.14 misses it.
//!
//! A segment with data and FIN that comes before one that is missing has its data kept and its FIN forgotten. When the
//! missing one has come too, the same segment is outside of the window, because smoltcp does not count the FIN as a part
//! of it (RFC 9293 §3.10.7.4: SEG.LEN does): each repetition gets the same acknowledgement, without the FIN, and the stream
//! never ends. A peer that leaves out what was acknowledged repeats the FIN alone, and that is understood. Others get help
//! here: the FIN alone follows their segment when its acknowledgement shows that nothing else is missing.

/// IPv4 or IPv6 with some options, and TCP with any.
const LONGEST: usize = 108;
const TCP: u8 = 6;
const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;

/// The FIN of a segment with data, as a packet of its own.
#[derive(Debug)]
pub(super) struct End {
    packet: [u8; LONGEST],
    len: usize,
    /// Where TCP begins.
    at: usize,
}

impl End {
    /// That of a packet with data and FIN.
    pub(super) fn of(packet: &[u8]) -> Option<Self> {
        let (at, segment) = segment(packet)?;
        // Most have none.
        if segment.get(13)? & (FIN | SYN | RST) != FIN {
            return None;
        }
        let header = usize::from(segment.get(12)? >> 4) * 4;
        let data = segment.get(header..).filter(|data| !data.is_empty())?;
        let mut end = Self { packet: [0; LONGEST], len: at + header, at };
        end.packet.get_mut(..end.len)?.copy_from_slice(packet.get(..end.len)?);
        // Checksums are changed by as much as what they are of, so that one that was wrong stays so (RFC 1624).
        let (old, new) = (segment.len() as u16, header as u16);
        let seq = u32::from_be_bytes(*segment.get(4..)?.first_chunk()?);
        let next = seq.wrapping_add(data.len() as u32);
        let mut change = lose(old) + u32::from(new);
        for half in [16, 0] {
            change += lose((seq >> half) as u16) + (next >> half & 0xFFFF);
        }
        for pair in data.chunks(2) {
            change += lose(u16::from_be_bytes([pair.first().copied()?, pair.get(1).copied().unwrap_or(0)]));
        }
        *end.packet.get_mut(at + 4..)?.first_chunk_mut()? = next.to_be_bytes();
        end.change(at + 16, change)?;
        if packet.first()? >> 4 == 4 {
            let (old, new) = (at as u16 + old, end.len as u16);
            end.put(2, new)?;
            end.change(10, lose(old) + u32::from(new))?;
        } else {
            end.put(4, new)?;
        }
        Some(end)
    }

    fn put(&mut self, at: usize, value: u16) -> Option<()> {
        *self.packet.get_mut(at..)?.first_chunk_mut()? = value.to_be_bytes();
        Some(())
    }

    /// Changes the checksum at `at`.
    fn change(&mut self, at: usize, by: u32) -> Option<()> {
        let checksum = u16::from_be_bytes(*self.packet.get(at..)?.first_chunk()?);
        let mut sum = lose(checksum) + (by & 0xFFFF) + (by >> 16);
        while sum > 0xFFFF {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        self.put(at, !(sum as u16))
    }

    pub(super) fn packet(&self) -> &[u8] {
        self.packet.get(..self.len).unwrap_or_default()
    }

    /// Whether this answer acknowledges everything but the FIN.
    pub(super) fn is_missed_by(&self, answer: &[u8]) -> bool {
        let mine = self.packet.get(self.at..).unwrap_or_default();
        segment(answer).is_some_and(|(_, answer)| {
            answer.get(13).is_some_and(|flags| flags & (RST | ACK) == ACK)
                && answer.get(8..12) == mine.get(4..8)
                && (answer.get(..2), answer.get(2..4)) == (mine.get(2..4), mine.get(..2))
        })
    }
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

    #[test]
    fn it_is_what_the_peer_would_have_sent() {
        for (from, to) in [("192.0.2.1", "10.0.0.2"), ("2001:db8::1", "2001:db8::2")] {
            for seq in [0, 1, 0x7FFF_FFFF, -1, 0x1234_FFF0] {
                for payload in [&b"x"[..], b"xy", &[0xFF; 535], &[0; 100]] {
                    let end = End::of(&packet(from, to, seq, TcpControl::Fin, payload));
                    if !cfg!(feature = "ipv6") && from.contains(':') {
                        assert!(end.is_none());
                        continue;
                    }
                    let next = seq.wrapping_add(payload.len() as i32);
                    let end = end.unwrap();
                    let expected = packet(from, to, next, TcpControl::Fin, b"");
                    // Zero is written in two ways in a checksum.
                    let tcp = end.at;
                    let parsed = TcpRepr::parse(
                        &TcpPacket::new_checked(&end.packet()[tcp..]).unwrap(),
                        &from.parse().unwrap(),
                        &to.parse().unwrap(),
                        &ChecksumCapabilities::default(),
                    );
                    assert_eq!(parsed.unwrap().seq_number, TcpSeqNumber(next));
                    assert_eq!(end.packet()[..tcp], expected[..tcp], "{from} {seq} {}", payload.len());
                    assert_eq!(end.packet().len(), expected.len());
                }
            }
        }
    }

    #[test]
    fn other_packets_have_none() {
        let (from, to) = ("192.0.2.1", "10.0.0.2");
        for (control, payload) in [
            (TcpControl::Fin, &b""[..]),
            (TcpControl::None, b"data"),
            (TcpControl::Syn, b""),
            (TcpControl::Rst, b""),
        ] {
            assert!(End::of(&packet(from, to, 5, control, payload)).is_none(), "{control:?}");
        }
        let whole = packet(from, to, 5, TcpControl::Fin, b"data");
        for len in 0..whole.len() {
            assert!(End::of(&whole[..len]).is_none());
        }
        for (place, byte) in [(0, 0x44), (0, 0x55), (6, 0x20), (7, 1), (9, 17), (32, 0xF0)] {
            let mut other = whole.clone();
            other[place] = byte;
            assert!(End::of(&other).is_none(), "{place}");
        }
    }

    #[test]
    fn an_answer_that_lacks_the_end_alone_has_missed_it() {
        let end = End::of(&packet("192.0.2.1", "10.0.0.2", 3, TcpControl::Fin, b"data")).unwrap();
        let mut answer = packet("10.0.0.2", "192.0.2.1", 100, TcpControl::None, b"");
        answer[20..24].copy_from_slice(&[0xC0, 0, 0, 80]);
        assert!(end.is_missed_by(&answer));
        for (place, byte) in [(20, 0xC1), (23, 81), (31, 8), (31, 6), (33, 0x14), (33, 0)] {
            let mut other = answer.clone();
            other[place] = byte;
            assert!(!end.is_missed_by(&other), "{place}");
        }
    }
}
