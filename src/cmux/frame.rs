//! Frames of the basic option (3GPP TS 27.010 §5.2, §5.3): flag, address, control, length,
//! information, FCS, flag.

/// Opens and closes a frame (§5.2.1.1). It may stand inside of a frame, too: nothing is escaped.
pub(super) const FLAG: u8 = 0xF9;

/// Extension bit: this is the last octet of its field (§5.2.1.2).
pub(super) const EA: u8 = 0x01;

/// Command/response bit (§5.2.1.2). A station that has initiated the multiplexer sets it in
/// commands and clears it in responses.
pub(super) const CR: u8 = 0x02;

/// Poll/final bit (§5.4.3.1).
const PF: u8 = 0x10;

/// The highest DLCI for a user (§5.6): the address octet of 62 would be a flag.
pub(super) const LAST_DLCI: u8 = 61;

/// The most information that a frame can have: 15 bits of length (§5.2.1.5).
pub(super) const LONGEST: u16 = 0x7FFF;

/// What a frame has beside its information, with the longer form of the length.
pub(super) const OVERHEAD: usize = 7;

/// How much information is put into a frame where `n1` is allowed. Up to 127 bytes, one octet tells the
/// length (§5.2.1.5); the second one is worth it from 149 bytes on, where 7 octets around these cost less
/// than 6 around 127.
pub(super) const fn best(n1: u16) -> u16 {
    match n1 {
        0 => 1,
        128..=148 => 127,
        LONGEST.. => LONGEST,
        n1 => n1,
    }
}

/// Types of frames that the UIH subset has (§5.2.1.3, §5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Set asynchronous balanced mode: establishes a DLC.
    Sabm,
    /// Unnumbered acknowledgement.
    Ua,
    /// Disconnected mode.
    Dm,
    /// Disconnect.
    Disc,
    /// Unnumbered information with header check.
    Uih,
}

impl Kind {
    /// The control octet as it is sent: P is set in a command that wants a response, F in the
    /// response.
    const fn octet(self) -> u8 {
        match self {
            Self::Sabm => 0x2F | PF,
            Self::Ua => 0x63 | PF,
            Self::Dm => 0x0F | PF,
            Self::Disc => 0x43 | PF,
            Self::Uih => 0xEF,
        }
    }

    /// P/F is not looked at: modems differ.
    const fn from_octet(octet: u8) -> Option<Self> {
        Some(match octet & !PF {
            0x2F => Self::Sabm,
            0x63 => Self::Ua,
            0x0F => Self::Dm,
            0x43 => Self::Disc,
            0xEF => Self::Uih,
            _ => return None,
        })
    }

    const fn is_response(self) -> bool {
        matches!(self, Self::Ua | Self::Dm)
    }
}

/// Address, control and length of a frame that is sent.
#[derive(Debug)]
pub(super) struct Header {
    octets: [u8; 4],
    len: usize,
}

impl Header {
    /// `len` is that of the information; at most 15 bits.
    pub(super) const fn new(dlci: u8, kind: Kind, len: usize) -> Self {
        let cr = if kind.is_response() { 0 } else { CR };
        let (low, high) = ((len << 1) as u8, (len >> 7) as u8);
        let address = dlci << 2 | cr | EA;
        if len <= 127 {
            Self { octets: [address, kind.octet(), low | EA, 0], len: 3 }
        } else {
            Self { octets: [address, kind.octet(), low, high], len: 4 }
        }
    }

    pub(super) fn octets(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }

    pub(super) fn fcs(&self) -> u8 {
        fcs(self.octets())
    }
}

/// The frame checking sequence (§5.2.1.6): for UIH, and for frames without information, of address,
/// control and length only.
pub(super) fn fcs(header: &[u8]) -> u8 {
    0xFF - header.iter().fold(0xFF, |crc, octet| {
        let crc = crc ^ octet;
        let crc = nibble(crc) ^ crc >> 4;
        nibble(crc) ^ crc >> 4
    })
}

/// What the low four bits do to the remainder of x^8 + x^2 + x + 1, least significant bit first.
fn nibble(crc: u8) -> u8 {
    const TABLE: [u8; 16] =
        [0x00, 0x1C, 0x38, 0x24, 0x70, 0x6C, 0x48, 0x54, 0xE0, 0xFC, 0xD8, 0xC4, 0x90, 0x8C, 0xA8, 0xB4];
    TABLE.get(usize::from(crc & 15)).copied().unwrap_or(0)
}

/// What the bytes behind an opening flag turn out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Too few of them to tell: so many are needed.
    Unknown(usize),
    /// No frame.
    Invalid,
    /// A frame of `total` bytes with both flags; its information stands at `at`.
    Frame { dlci: u8, kind: Kind, cr: bool, at: usize, len: usize, total: usize },
}

/// Judges what begins with a flag; `have` bytes are there, and no frame is longer than `room`.
///
/// A frame is valid when its fields are possible, its FCS fits and its closing flag stands where the
/// length says (§5.2.3). C/R is only told: modems differ in it.
pub(super) fn judge(byte: impl Fn(usize) -> u8, have: usize, room: usize) -> Verdict {
    if have < 2 {
        return Verdict::Unknown(2);
    }
    let address = byte(1);
    let dlci = address >> 2;
    if address & EA == 0 || dlci > LAST_DLCI {
        return Verdict::Invalid;
    }
    if have < 3 {
        return Verdict::Unknown(3);
    }
    let control = byte(2);
    let Some(kind) = Kind::from_octet(control) else { return Verdict::Invalid };
    if have < 5 {
        return Verdict::Unknown(5);
    }
    let header = [address, control, byte(3), byte(4)];
    let (low, high) = (usize::from(header[2] >> 1), usize::from(header[3]) << 7);
    let (len, at) = if header[2] & EA != 0 { (low, 4) } else { (low | high, 5) };
    let total = at + len + 2;
    if total > room || (kind != Kind::Uih && len != 0) {
        return Verdict::Invalid;
    }
    if have < total {
        return Verdict::Unknown(total);
    }
    if byte(total - 1) != FLAG || byte(total - 2) != fcs(header.get(..at - 1).unwrap_or_default()) {
        return Verdict::Invalid;
    }
    Verdict::Frame { dlci, kind, cr: address & CR != 0, at, len, total }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(dlci: u8, kind: Kind) -> Vec<u8> {
        let header = Header::new(dlci, kind, 0);
        [&[FLAG], header.octets(), &[header.fcs(), FLAG]].concat()
    }

    #[test]
    fn frames_are_those_that_modems_exchange() {
        assert_eq!(frame(0, Kind::Sabm), [0xF9, 0x03, 0x3F, 0x01, 0x1C, 0xF9]);
        assert_eq!(frame(1, Kind::Sabm), [0xF9, 0x07, 0x3F, 0x01, 0xDE, 0xF9]);
        assert_eq!(frame(2, Kind::Sabm), [0xF9, 0x0B, 0x3F, 0x01, 0x59, 0xF9]);
        assert_eq!(frame(1, Kind::Disc), [0xF9, 0x07, 0x53, 0x01, 0x3F, 0xF9]);
        // Responses of a responder have C/R set, so the initiator's differ in the address.
        assert_eq!(fcs(&[0x03, 0x73, 0x01]), 0xD7);
        assert_eq!(fcs(&[0x07, 0x73, 0x01]), 0x15);
        // Close down, as UIH with and without P.
        assert_eq!(fcs(&[0x03, 0xEF, 0x05]), 0xF2);
        assert_eq!(fcs(&[0x03, 0xFF, 0x05]), 0xE7);
    }

    #[test]
    fn the_length_takes_two_octets_from_128_on() {
        assert_eq!(Header::new(1, Kind::Uih, 127).octets(), [0x07, 0xEF, 0xFF]);
        assert_eq!(Header::new(1, Kind::Uih, 128).octets(), [0x07, 0xEF, 0x00, 0x01]);
        assert_eq!(Header::new(1, Kind::Uih, 1509).octets(), [0x07, 0xEF, 0xCA, 0x0B]);
        assert_eq!(Header::new(1, Kind::Uih, 32767).octets(), [0x07, 0xEF, 0xFE, 0xFF]);
    }

    #[test]
    fn no_smaller_frame_costs_less_of_the_line() {
        let around = |len| Header::new(1, Kind::Uih, usize::from(len)).octets().len() + 3;
        for n1 in 1..=600 {
            let (best, cost) = (best(n1), around(best(n1)));
            assert!(best <= n1);
            // Shares are compared without division.
            for len in 1..=n1 {
                assert!(around(len) * usize::from(best) >= cost * usize::from(len), "{n1}: {len} and {best}");
            }
        }
        assert_eq!((best(0), best(u16::MAX)), (1, LONGEST));
    }
}
