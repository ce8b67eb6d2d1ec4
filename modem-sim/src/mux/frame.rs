//! Frames of the basic option (3GPP TS 27.010 §5.2).

use std::time::Duration;

/// Opens and closes a frame; it may stand inside one as well.
pub(crate) const FLAG: u8 = 0xf9;
/// Longest information field that `+CMUX` of any module allows.
const LONGEST: usize = 1509;
/// A frame whose end does not come within this time after its last byte is none.
const SILENCE: Duration = Duration::from_millis(100);

/// What the control octet says, without its P/F bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Sabm,
    Ua,
    Dm,
    Disc,
    Uih,
    Ui,
}

impl Kind {
    fn of(octet: u8) -> Option<Self> {
        Some(match octet & !0x10 {
            0x2f => Kind::Sabm,
            0x63 => Kind::Ua,
            0x0f => Kind::Dm,
            0x43 => Kind::Disc,
            0xef => Kind::Uih,
            0x03 => Kind::Ui,
            _ => return None,
        })
    }

    /// The octet as this end sends it: P is set where an answer is wanted, F in one.
    fn octet(self) -> u8 {
        match self {
            Kind::Sabm => 0x3f,
            Kind::Ua => 0x73,
            Kind::Dm => 0x1f,
            Kind::Disc => 0x53,
            Kind::Uih => 0xef,
            Kind::Ui => 0x03,
        }
    }
}

/// One frame without its flags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) dlci: u8,
    /// The C/R bit.
    pub(crate) command: bool,
    pub(crate) kind: Kind,
    pub(crate) info: Vec<u8>,
}

/// The remainder of §5.2.1.6: x⁸ + x² + x + 1, least significant bit first, ones complement.
fn fcs<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> u8 {
    let mut register = 0xffu8;
    for byte in bytes {
        register ^= byte;
        for _ in 0..8 {
            register = if register & 1 == 1 { register >> 1 ^ 0xe0 } else { register >> 1 };
        }
    }
    !register
}

impl Frame {
    /// Address to FCS; flags are the sender's affair.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let len = self.info.len();
        let mut bytes = vec![self.dlci << 2 | u8::from(self.command) << 1 | 1, self.kind.octet()];
        match u8::try_from(len) {
            Ok(len) if len < 0x80 => bytes.push(len << 1 | 1),
            _ => bytes.extend([(len & 0x7f) as u8 * 2, (len >> 7) as u8]),
        }
        let check = if self.kind == Kind::Uih { fcs(&bytes) } else { fcs(bytes.iter().chain(&self.info)) };
        bytes.extend_from_slice(&self.info);
        bytes.push(check);
        bytes
    }
}

/// What stands behind an opening flag.
enum Look {
    /// No frame.
    Nothing,
    /// Perhaps one; more has to come.
    More,
    /// A frame was there, but one of its bytes is wrong.
    Damaged,
    /// A frame, and the position of its closing flag.
    Whole(Frame, usize),
}

/// Finds the frames in what comes over the line.
///
/// There is no transparency in the basic option: a flag inside a frame looks like any other. Wherever
/// a frame turns out to be none, the search goes on behind its first byte.
#[derive(Debug, Default)]
pub(crate) struct Deframer {
    bytes: Vec<u8>,
    last: Duration,
    /// Frames with a wrong FCS, or without a flag at their end.
    pub(crate) damaged: u64,
    /// Bytes that were part of no frame.
    pub(crate) ignored: u64,
}

impl Deframer {
    pub(crate) fn push(&mut self, now: Duration, bytes: &[u8]) {
        self.give_up(now);
        self.bytes.extend_from_slice(bytes);
        self.last = now;
    }

    /// When a frame that is not complete is no frame any more.
    pub(crate) fn due(&self) -> Option<Duration> {
        (self.bytes.len() > 1).then(|| self.last + SILENCE)
    }

    /// Time has passed; there may be frames behind the one that never ended.
    pub(crate) fn give_up(&mut self, now: Duration) {
        if self.due().is_some_and(|due| due <= now) {
            self.skip(1);
            self.last = now;
        }
    }

    /// Takes everything that was no frame yet.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    fn skip(&mut self, count: usize) {
        self.ignored += count as u64;
        self.bytes.drain(..count);
    }

    pub(crate) fn next_frame(&mut self) -> Option<Frame> {
        loop {
            let start = self.bytes.iter().position(|b| *b == FLAG).unwrap_or(self.bytes.len());
            self.skip(start);
            let flags = self.bytes.iter().take_while(|b| **b == FLAG).count();
            if flags > 1 {
                self.bytes.drain(..flags - 1);
            }
            match look(&self.bytes) {
                Look::More => return None,
                Look::Nothing => self.skip(1),
                Look::Damaged => {
                    self.damaged += 1;
                    self.skip(1);
                }
                Look::Whole(frame, end) => {
                    // The closing flag may open the next frame.
                    self.bytes.drain(..end);
                    return Some(frame);
                }
            }
        }
    }
}

fn look(bytes: &[u8]) -> Look {
    let Some((&[_, address, control, length], tail)) = bytes.split_first_chunk::<4>() else {
        let wrong =
            bytes.get(1).is_some_and(|a| a & 1 == 0) || bytes.get(2).is_some_and(|c| Kind::of(*c).is_none());
        return if wrong { Look::Nothing } else { Look::More };
    };
    let Some(kind) = Kind::of(control).filter(|_| address & 1 == 1) else {
        return Look::Nothing;
    };
    let (header, len) = match (length & 1, tail.first()) {
        (1, _) => (4, usize::from(length >> 1)),
        (_, Some(high)) => (5, usize::from(length >> 1) | usize::from(*high) << 7),
        (_, None) => return Look::More,
    };
    if len > LONGEST {
        return Look::Nothing;
    }
    let (info, end) = (header + len, header + len + 1);
    let (Some(check), Some(flag)) = (bytes.get(info), bytes.get(end)) else {
        return Look::More;
    };
    let covered = if kind == Kind::Uih { header } else { info };
    if *flag != FLAG || *check != fcs(&bytes[1..covered]) {
        return Look::Damaged;
    }
    let info = bytes[header..info].to_vec();
    Look::Whole(Frame { dlci: address >> 2, command: address & 2 != 0, kind, info }, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(deframer: &mut Deframer) -> Vec<Frame> {
        std::iter::from_fn(|| deframer.next_frame()).collect()
    }

    fn frame(dlci: u8, command: bool, kind: Kind, info: &[u8]) -> Frame {
        Frame { dlci, command, kind, info: info.to_vec() }
    }

    #[test]
    fn frames_have_the_bytes_that_captures_show() {
        let known: &[(Frame, &[u8])] = &[
            (frame(0, true, Kind::Sabm, b""), &[0x03, 0x3f, 0x01, 0x1c]),
            (frame(1, true, Kind::Sabm, b""), &[0x07, 0x3f, 0x01, 0xde]),
            (frame(2, true, Kind::Sabm, b""), &[0x0b, 0x3f, 0x01, 0x59]),
            (frame(0, true, Kind::Ua, b""), &[0x03, 0x73, 0x01, 0xd7]),
            (frame(1, true, Kind::Ua, b""), &[0x07, 0x73, 0x01, 0x15]),
            (frame(1, true, Kind::Disc, b""), &[0x07, 0x53, 0x01, 0x3f]),
            (frame(0, true, Kind::Uih, &[0xc3, 0x01]), &[0x03, 0xef, 0x05, 0xc3, 0x01, 0xf2]),
        ];
        for (frame, bytes) in known {
            assert_eq!(&frame.to_bytes(), bytes);
            let mut deframer = Deframer::default();
            deframer.push(Duration::ZERO, &[&[FLAG], *bytes, &[FLAG]].concat());
            assert_eq!(all(&mut deframer), std::slice::from_ref(frame));
        }
    }

    #[test]
    fn p_and_f_may_be_set_or_not() {
        let mut deframer = Deframer::default();
        deframer.push(Duration::ZERO, &[FLAG, 0x03, 0xff, 0x05, 0xc3, 0x01, 0xe7, FLAG]);
        assert_eq!(all(&mut deframer), [frame(0, true, Kind::Uih, &[0xc3, 0x01])]);
    }

    #[test]
    fn flags_are_shared_or_repeated_and_come_in_any_pieces() {
        let frames = [frame(1, true, Kind::Uih, b"AT\r"), frame(2, true, Kind::Uih, &[FLAG; 200])];
        for flags in 1..4 {
            let mut bytes = vec![FLAG; flags];
            for frame in &frames {
                bytes.extend(frame.to_bytes());
                bytes.extend(vec![FLAG; flags]);
            }
            for size in [1, 2, 3, 7, 64, 1000] {
                let mut deframer = Deframer::default();
                let mut got = Vec::new();
                for piece in bytes.chunks(size) {
                    deframer.push(Duration::ZERO, piece);
                    got.extend(all(&mut deframer));
                }
                assert_eq!(got, frames, "{flags} flags, pieces of {size}");
                assert_eq!((deframer.damaged, deframer.ignored), (0, 0));
            }
        }
    }

    #[test]
    fn a_false_flag_costs_no_frame() {
        let good = frame(1, true, Kind::Uih, b"AT+CSQ\r").to_bytes();
        let mut deframer = Deframer::default();
        // The start of a frame whose end is missing, and then a good one.
        deframer
            .push(Duration::ZERO, &[&[FLAG, 0x07, 0xef, 0x0b, b'x'], &[FLAG][..], &good, &[FLAG]].concat());
        assert_eq!(all(&mut deframer), [frame(1, true, Kind::Uih, b"AT+CSQ\r")]);
        assert_eq!(deframer.damaged, 1);
    }

    #[test]
    fn a_frame_that_never_ends_is_given_up() {
        let good = frame(1, true, Kind::Uih, b"AT\r").to_bytes();
        let mut deframer = Deframer::default();
        // It pretends to have 1000 octets.
        deframer
            .push(Duration::ZERO, &[&[FLAG, 0x07, 0xef, 0xd0, 0x07], &[FLAG][..], &good, &[FLAG]].concat());
        assert_eq!(all(&mut deframer), []);
        let due = deframer.due().unwrap();
        deframer.give_up(due);
        assert_eq!(all(&mut deframer), [frame(1, true, Kind::Uih, b"AT\r")]);
    }
}
