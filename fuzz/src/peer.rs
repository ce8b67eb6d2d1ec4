//! The other end of a PPP link, as far as a fuzz target needs one: it agrees to everything.

use cellular_nal::ppp::hdlc::{Decoder, Encoder};

pub(crate) const IPV4: u16 = 0x0021;
pub(crate) const IPV6: u16 = 0x0057;
pub(crate) const IPCP: u16 = 0x8021;
pub(crate) const IPV6CP: u16 = 0x8057;
pub(crate) const LCP: u16 = 0xC021;
pub(crate) const PAP: u16 = 0xC023;
pub(crate) const CHAP: u16 = 0xC223;

/// Bytes in a frame with a check sequence that is right.
pub(crate) fn frame(content: &[u8], accm: u32) -> Vec<u8> {
    let mut encoder = Encoder::new();
    encoder.start(&[], accm, true);
    let mut line = vec![0; 2 * content.len() + 6];
    let len = encoder.fill(content, &mut line);
    line.truncate(len);
    line
}

/// A packet of this protocol, with the headers as `form` says: whole, without address and control, with a
/// short protocol.
pub(crate) fn content(protocol: u16, information: &[u8], form: u8) -> Vec<u8> {
    let mut content = Vec::new();
    if form & 1 == 0 {
        content.extend([0xFF, 0x03]);
    }
    if form & 2 == 0 || protocol > 0xFF {
        content.push((protocol >> 8) as u8);
    }
    content.push(protocol as u8);
    content.extend(information);
    content
}

/// A control packet with the length that it has.
pub(crate) fn control(code: u8, id: u8, data: &[u8]) -> Vec<u8> {
    let mut packet = vec![code, id];
    packet.extend((data.len() as u16 + 4).to_be_bytes());
    packet.extend(data);
    packet
}

/// Reads what the link says.
pub(crate) struct Peer {
    decoder: Decoder,
    buffer: Vec<u8>,
    /// Control packets that were not answered, with their protocols.
    pub(crate) heard: Vec<(u16, Vec<u8>)>,
    /// IP packets.
    pub(crate) packets: Vec<Vec<u8>>,
}

impl Peer {
    pub(crate) fn new() -> Self {
        Peer { decoder: Decoder::new(0), buffer: vec![0; 2048], heard: Vec::new(), packets: Vec::new() }
    }

    /// The link is another one: a frame may have been broken off.
    pub(crate) fn reset(&mut self) {
        self.decoder.reset();
        self.heard.clear();
        self.packets.clear();
    }

    /// Takes bytes of the link: every frame has to be whole.
    pub(crate) fn hear(&mut self, mut line: &[u8]) {
        while let Some(len) = self.decoder.feed(&mut line, &mut self.buffer) {
            let mut frame = &self.buffer[..len];
            frame = frame.strip_prefix(&[0xFF, 0x03]).unwrap_or(frame);
            let (protocol, information) = match *frame {
                [low, ref rest @ ..] if low & 1 == 1 => (u16::from(low), rest),
                [high, low, ref rest @ ..] if low & 1 == 1 => (u16::from_be_bytes([high, low]), rest),
                _ => panic!("no protocol: {frame:02x?}"),
            };
            match protocol {
                IPV4 | IPV6 => self.packets.push(information.to_vec()),
                _ => {
                    let [_, _, high, low, ..] = *information else { panic!("{information:02x?}") };
                    assert_eq!(usize::from(u16::from_be_bytes([high, low])), information.len());
                    if self.heard.len() < 16 {
                        self.heard.push((protocol, information.to_vec()));
                    }
                }
            }
        }
        let counters = self.decoder.counters();
        assert_eq!((counters.damaged, counters.aborted, counters.oversized), (0, 0, 0));
    }

    /// What a peer without wishes answers to what it has heard.
    pub(crate) fn answers(&mut self) -> Vec<(u16, Vec<u8>)> {
        let mut answers = Vec::new();
        for (protocol, packet) in self.heard.drain(..) {
            let (code, id, data) = (packet[0], packet[1], &packet[4..]);
            let answer = match (protocol, code) {
                (PAP, 1) => control(2, id, &[0]),
                (CHAP, 2) => control(3, id, &[]),
                // An address, where none is known.
                (IPCP, 1) if data.starts_with(&[3, 6, 0, 0, 0, 0]) => control(3, id, &[3, 6, 10, 0, 2, 15]),
                (LCP | IPCP | IPV6CP, 1) => control(2, id, data),
                (LCP, 5) | (IPCP, 5) | (IPV6CP, 5) => control(6, id, &[]),
                (LCP, 9) => control(10, id, &[0; 4]),
                _ => continue,
            };
            answers.push((protocol, answer));
        }
        answers
    }
}
