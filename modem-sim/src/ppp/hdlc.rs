//! Octet-stuffed framing on asynchronous lines (RFC 1662 §3, §4).

const FLAG: u8 = 0x7e;
const ESCAPE: u8 = 0x7d;
const FLIP: u8 = 0x20;
/// FCS-16 of nothing (RFC 1662 §C.2).
const FCS_START: u16 = 0xffff;
/// FCS-16 over a frame with its own FCS.
const FCS_GOOD: u16 = 0xf0b8;
/// Longest frame that is taken: 1500 bytes of information and room for a host that ignores the MRU.
const LONGEST: usize = 4096;

/// FCS-16 of `bytes` after `fcs` (RFC 1662 §C.2), bit by bit.
fn fcs(mut fcs: u16, bytes: &[u8]) -> u16 {
    for &byte in bytes {
        fcs ^= u16::from(byte);
        for _ in 0..8 {
            fcs = if fcs & 1 == 1 { fcs >> 1 ^ 0x8408 } else { fcs >> 1 };
        }
    }
    fcs
}

/// The control character has to be escaped, or is to be ignored when it comes without (RFC 1662 §7.1).
fn mapped(accm: u32, byte: u8) -> bool {
    byte < 32 && accm >> byte & 1 == 1
}

/// A frame with its flags; `content` begins with the address or, when that is compressed, with the protocol.
pub(super) fn frame(content: &[u8], accm: u32) -> Vec<u8> {
    let check = !fcs(FCS_START, content);
    let mut out = vec![FLAG];
    for &byte in content.iter().chain(&check.to_le_bytes()) {
        if matches!(byte, FLAG | ESCAPE) || mapped(accm, byte) {
            out.extend([ESCAPE, byte ^ FLIP]);
        } else {
            out.push(byte);
        }
    }
    out.push(FLAG);
    out
}

/// Finds frames among the bytes of the host.
#[derive(Debug)]
pub(super) struct Deframer {
    /// Control characters that the host has to escape: such a one in the clear is not the host's.
    pub(super) accm: u32,
    frame: Vec<u8>,
    escaped: bool,
}

impl Deframer {
    pub(super) fn new() -> Self {
        Deframer { accm: u32::MAX, frame: Vec::new(), escaped: false }
    }

    /// The next byte; the content of a frame that it has ended well, without FCS.
    pub(super) fn push(&mut self, byte: u8) -> Option<Vec<u8>> {
        match byte {
            FLAG => {
                // An escape just before the flag is an abort (RFC 1662 §4.3).
                let aborted = std::mem::take(&mut self.escaped);
                let mut frame = std::mem::take(&mut self.frame);
                let good = frame.len() >= 4 && frame.len() <= LONGEST && fcs(FCS_START, &frame) == FCS_GOOD;
                if aborted || !good {
                    return None;
                }
                frame.truncate(frame.len() - 2);
                return Some(frame);
            }
            _ if mapped(self.accm, byte) => return None,
            ESCAPE => {
                self.escaped = true;
                return None;
            }
            _ => {}
        }
        let byte = if std::mem::take(&mut self.escaped) { byte ^ FLIP } else { byte };
        // One more than the longest is kept, so that its end is known to be none.
        if self.frame.len() <= LONGEST {
            self.frame.push(byte);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deframe(accm: u32, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut deframer = Deframer::new();
        deframer.accm = accm;
        bytes.iter().filter_map(|b| deframer.push(*b)).collect()
    }

    #[test]
    fn the_check_value_of_fcs_16() {
        assert_eq!(!fcs(FCS_START, b"123456789"), 0x906e);
    }

    #[test]
    fn a_configure_request_looks_as_others_send_it() {
        // LCP Configure-Request 1 with nothing but ACCM 0, all control characters escaped.
        let content = [0xff, 0x03, 0xc0, 0x21, 1, 1, 0, 10, 2, 6, 0, 0, 0, 0];
        let bytes = frame(&content, u32::MAX);
        let head = [0x7e, 0xff, 0x7d, 0x23, 0xc0, 0x21, 0x7d, 0x21, 0x7d, 0x21, 0x7d, 0x20, 0x7d, 0x2a];
        assert_eq!(bytes[..head.len()], head);
        assert_eq!(bytes.last(), Some(&0x7e));
        assert_eq!(deframe(u32::MAX, &bytes), [content]);
    }

    #[test]
    fn every_byte_survives_with_every_map() {
        let content: Vec<u8> = (0..=255).chain([0x7d, 0x7e, 0x7d, 0x5e]).collect();
        for accm in [0, u32::MAX, 0x000a_0000] {
            let bytes = frame(&content, accm);
            let inside = &bytes[1..bytes.len() - 1];
            assert!(!inside.iter().any(|b| mapped(accm, *b) || *b == FLAG));
            assert_eq!(deframe(accm, &bytes), [content.as_slice()]);
        }
    }

    #[test]
    fn control_characters_of_the_line_are_ignored() {
        let mut bytes = frame(b"\xff\x03\x00\x21data", u32::MAX);
        for at in (1..bytes.len()).rev() {
            bytes.insert(at, 0x11);
        }
        assert_eq!(deframe(u32::MAX, &bytes), [b"\xff\x03\x00\x21data"]);
        assert_eq!(deframe(0, &bytes), [b""; 0]);
    }

    #[test]
    fn damaged_and_aborted_frames_are_dropped_and_the_next_is_not() {
        let good = frame(b"\xff\x03\x00\x21good", 0);
        let mut damaged = frame(b"\xff\x03\x00\x21evil", 0);
        damaged[6] ^= 4;
        let aborted = [&frame(b"\xff\x03\x00\x21half", 0)[..6], &[0x7d, 0x7e]].concat();
        let bytes = [damaged, aborted, b"\r\nNO CARRIER\r\n".to_vec(), good].concat();
        assert_eq!(deframe(0, &bytes), [b"\xff\x03\x00\x21good"]);
    }
}
