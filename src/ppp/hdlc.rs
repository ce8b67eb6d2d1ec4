//! Frames on the serial line: octet-stuffed HDLC-like framing (RFC 1662).
//!
//! [`Decoder`] takes the line's bytes in any pieces and puts each frame into a buffer of the caller.
//! [`Encoder`] writes a frame into buffers of the caller, in any pieces. Neither holds a frame.

use core::slice::{Iter, IterMut};

use super::fcs;

const FLAG: u8 = 0x7E;
const ESCAPE: u8 = 0x7D;

/// Whether `byte` stands on the line as it is, when the control characters in `accm` must not.
#[inline(always)]
const fn plain(byte: u8, accm: u32) -> bool {
    if byte >= 0x20 { byte.wrapping_sub(ESCAPE) > 1 } else { (accm >> byte) & 1 == 0 }
}

/// Copies what stands on the line as it is, four bytes at a time: gives the number of bytes.
///
/// Four that have one in 0x7C–0x7F among them, or a control character unless none is in `accm`, are left to a closer look.
#[inline(never)]
fn copy_words(from: &[u8], to: &mut [u8], accm: u32) -> usize {
    const LOW: u32 = 0x0101_0101;
    const HIGH: u32 = 0x8080_8080;
    let controls = if accm == 0 { 0 } else { LOW * 0x20 };
    let mut count = 0;
    for (to, from) in to.as_chunks_mut().0.iter_mut().zip(from.as_chunks().0) {
        let word = u32::from_le_bytes(*from);
        let marks = (word ^ (LOW * 0x7C)) & (LOW * 0xFC);
        // A byte's highest bit shows that it, or one before it, is less than what is subtracted.
        if (marks.wrapping_sub(LOW) & !marks | word.wrapping_sub(controls) & !word) & HIGH != 0 {
            break;
        }
        *to = *from;
        count += 4;
    }
    count
}

/// How many bytes get a closer look behind so many that did not need it: more where the first four did, as more will.
const fn closer(count: usize) -> usize {
    if count == 0 { 16 } else { 4 }
}

/// What the receiver met.
///
/// All counters wrap around.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Counters {
    /// Frames whose check sequence is right.
    pub frames: u32,
    /// Frames whose check sequence is wrong, or that are too short to have one.
    pub damaged: u32,
    /// Frames that the sender gave up (RFC 1662 §4.3).
    pub aborted: u32,
    /// Frames that did not fit into the buffer.
    pub oversized: u32,
}

/// Finds frames in a stream of bytes.
///
/// Whatever happens to a frame, the next one begins at the next flag: damage costs the frame that it
/// hits, or two where it hits the flag between them. Text between frames is a damaged frame.
///
/// ```
/// use cellular_nal::ppp::hdlc::Decoder;
/// let mut decoder = Decoder::new(0);
/// let mut buffer = [0; 64];
/// let mut line: &[u8] = b"\x7e\xff\x7d\x23\xc0\x21\x05\x01\x00\x04\x3d\xc7\x7e";
/// assert_eq!(decoder.feed(&mut line, &mut buffer), Some(8));
/// assert_eq!(buffer[..8], *b"\xff\x03\xc0\x21\x05\x01\x00\x04");
/// ```
#[derive(Debug)]
pub struct Decoder {
    accm: u32,
    len: usize,
    escaped: bool,
    oversized: bool,
    counters: Counters,
}

impl Decoder {
    /// A decoder that drops control characters of `accm` (bit n for character n) where they stand
    /// without an escape: the line has put them there (RFC 1662 §7.1).
    pub const fn new(accm: u32) -> Self {
        let counters = Counters { frames: 0, damaged: 0, aborted: 0, oversized: 0 };
        Self { accm, len: 0, escaped: false, oversized: false, counters }
    }

    /// Takes bytes from `line` up to the end of a frame, or all of them: gives the length of the
    /// frame at the start of `buffer`, without its check sequence.
    ///
    /// The buffer must have room for the check sequence too, and must be the same one with the same
    /// contents until the frame ends. Behind `None`, `line` is empty.
    pub fn feed(&mut self, line: &mut &[u8], buffer: &mut [u8]) -> Option<usize> {
        loop {
            let (&byte, rest) = line.split_first()?;
            match byte {
                FLAG => {
                    *line = rest;
                    if let Some(len) = self.end(buffer) {
                        return Some(len);
                    }
                    continue;
                }
                _ if self.oversized => {
                    let skip = line.iter().position(|&byte| byte == FLAG).unwrap_or(line.len());
                    *line = line.get(skip..).unwrap_or_default();
                    continue;
                }
                _ if self.escaped => self.unescape(byte, buffer),
                _ if self.run(line, buffer) => continue,
                ESCAPE => self.escaped = true,
                // There was no room for it.
                _ if plain(byte, self.accm) => self.oversized = true,
                // A control character that is none of the sender's.
                _ => {}
            }
            *line = rest;
        }
    }

    /// Takes what stands for itself, and pairs of an escape and what it is for: false where there is none.
    #[inline]
    fn run(&mut self, line: &mut &[u8], buffer: &mut [u8]) -> bool {
        let mut room = buffer.get_mut(self.len..).unwrap_or_default();
        let before = room.len();
        loop {
            let count = copy_words(line, room, self.accm);
            let mut bytes = line.get(count..).unwrap_or_default().iter();
            let mut slots = room.get_mut(count..).unwrap_or_default().iter_mut();
            let more = self.some(&mut bytes, &mut slots, closer(count));
            *line = bytes.as_slice();
            room = slots.into_slice();
            if more.is_none() {
                self.len += before - room.len();
                return before > room.len();
            }
        }
    }

    /// The same for `count` bytes at most, one by one. Nothing at the end of the run.
    #[inline(always)]
    fn some(&self, bytes: &mut Iter<'_, u8>, slots: &mut IterMut<'_, u8>, count: usize) -> Option<()> {
        for _ in 0..count {
            let mut ahead = bytes.clone();
            let mut byte = *ahead.next()?;
            if byte == ESCAPE {
                byte = *ahead.next()?;
                // A control character may be the line's own, and a flag ends the frame.
                if byte < 0x20 || byte == FLAG {
                    return None;
                }
                byte ^= 0x20;
            } else if !plain(byte, self.accm) {
                return None;
            }
            *slots.next()? = byte;
            *bytes = ahead;
        }
        Some(())
    }

    /// A byte behind an escape.
    fn unescape(&mut self, byte: u8, buffer: &mut [u8]) {
        if byte < 0x20 && !plain(byte, self.accm) {
            // The line's own, between the two.
            return;
        }
        self.escaped = false;
        let byte = byte ^ 0x20;
        match buffer.get_mut(self.len) {
            Some(slot) => {
                *slot = byte;
                self.len += 1;
            }
            None => self.oversized = true,
        }
    }

    /// A flag: the length of the frame that it ends, if that is one.
    fn end(&mut self, buffer: &[u8]) -> Option<usize> {
        let Self { len, escaped, oversized, .. } = *self;
        self.reset();
        // Behind the last byte, because four at once take less than four times as long as one.
        let whole = buffer.get(..len).filter(|frame| frame.len() > 2 && !escaped && !oversized);
        let good = whole.is_some_and(|frame| fcs::update(fcs::INITIAL, frame) == fcs::GOOD);
        let counter = match () {
            () if oversized => &mut self.counters.oversized,
            () if escaped => &mut self.counters.aborted,
            // Flags may follow each other (RFC 1662 §4.4.1).
            () if len == 0 => return None,
            () if good => &mut self.counters.frames,
            () => &mut self.counters.damaged,
        };
        *counter = counter.wrapping_add(1);
        good.then(|| len - 2)
    }

    /// Forgets the frame that has begun.
    pub fn reset(&mut self) {
        self.len = 0;
        self.escaped = false;
        self.oversized = false;
    }

    /// How many bytes of a frame that has not ended are in the buffer.
    pub const fn partial(&self) -> usize {
        self.len
    }

    /// Whether no frame has begun: another buffer may be used.
    pub const fn is_idle(&self) -> bool {
        self.len == 0 && !self.escaped && !self.oversized
    }

    /// What was met so far.
    pub const fn counters(&self) -> Counters {
        self.counters
    }
}

/// Writes frames as they stand on the line.
///
/// ```
/// use cellular_nal::ppp::hdlc::Encoder;
/// let mut encoder = Encoder::new();
/// encoder.start(&[0xff, 0x03, 0xc0, 0x21], 0xffff_ffff, true);
/// let mut line = [0; 32];
/// let count = encoder.fill(&[5, 1, 0, 4], &mut line);
/// assert!(encoder.is_idle());
/// assert_eq!(line[..count], *b"\x7e\xff\x7d\x23\xc0\x21\x7d\x25\x7d\x21\x7d\x20\x7d\x24\x3d\xc7\x7e");
/// ```
#[derive(Debug)]
pub struct Encoder {
    stage: Stage,
    accm: u32,
    /// The check sequence, from the end of the header on.
    fcs: u16,
    /// How many bytes of the present stage are done.
    at: usize,
    header: [u8; 4],
    header_len: u8,
    /// The second half of an escape.
    pending: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Idle,
    Opening,
    Header,
    Body,
    Check,
    Closing,
}

impl Encoder {
    /// An encoder without a frame.
    pub const fn new() -> Self {
        Self { stage: Stage::Idle, accm: 0, fcs: 0, at: 0, header: [0; 4], header_len: 0, pending: None }
    }

    /// Begins a frame with `header`, of which four bytes are taken at most: address, control and
    /// protocol fields. Control characters of `accm` (bit n for character n) are escaped. The frame
    /// begins with a flag of its own if `opening`; otherwise the flag that ended the last one is
    /// used (RFC 1662 §3.1).
    pub fn start(&mut self, header: &[u8], accm: u32, opening: bool) {
        self.header_len = header.len().min(4) as u8;
        for (to, from) in self.header.iter_mut().zip(header) {
            *to = *from;
        }
        self.accm = accm;
        self.at = 0;
        self.pending = None;
        self.stage = if opening { Stage::Opening } else { Stage::Header };
    }

    /// Writes more of the frame to `line`: gives the number of bytes. `body` is what follows the
    /// header; it must be the same until the frame ends.
    pub fn fill(&mut self, body: &[u8], line: &mut [u8]) -> usize {
        let room = line.len();
        let mut line = line;
        loop {
            let done = room - line.len();
            if line.is_empty() && self.stage != Stage::Idle {
                return done;
            }
            match self.stage {
                Stage::Idle => return done,
                Stage::Opening => {
                    line = put(line, FLAG);
                    self.next(Stage::Header);
                }
                Stage::Header => {
                    let header = self.header;
                    let header = header.get(..usize::from(self.header_len)).unwrap_or_default();
                    line = self.copy(header, line, Stage::Body);
                    if self.stage == Stage::Body {
                        self.fcs = !fcs::update(fcs::update(fcs::INITIAL, header), body);
                    }
                }
                Stage::Body => line = self.copy(body, line, Stage::Check),
                Stage::Check => line = self.copy(&self.fcs.to_le_bytes(), line, Stage::Closing),
                Stage::Closing => {
                    line = put(line, FLAG);
                    self.next(Stage::Idle);
                }
            }
        }
    }

    /// Whether the frame was written to its end.
    pub fn is_idle(&self) -> bool {
        self.stage == Stage::Idle
    }

    /// Forgets the frame.
    pub fn reset(&mut self) {
        self.next(Stage::Idle);
        self.pending = None;
    }

    fn next(&mut self, stage: Stage) {
        self.at = 0;
        self.stage = stage;
    }

    /// Writes what is left of `from`, as much as fits; goes on to `then` at its end.
    fn copy<'l>(&mut self, from: &[u8], line: &'l mut [u8], then: Stage) -> &'l mut [u8] {
        let mut line = line;
        if !line.is_empty()
            && let Some(byte) = self.pending.take()
        {
            line = put(line, byte);
        }
        let mut left = from.get(self.at..).unwrap_or_default();
        // So that short ones are done at once, and others end with four.
        let mut few = left.len() % 4;
        loop {
            let (mut bytes, mut slots) = (left.iter(), line.iter_mut());
            self.stuff(&mut bytes, &mut slots, few);
            left = bytes.as_slice();
            line = slots.into_slice();
            if left.is_empty() || line.is_empty() {
                break;
            }
            let count = copy_words(left, line, self.accm);
            left = left.get(count..).unwrap_or_default();
            line = line.get_mut(count..).unwrap_or_default();
            few = closer(count);
        }
        self.at = from.len() - left.len();
        if left.is_empty() && self.pending.is_none() {
            self.next(then);
        }
        line
    }

    /// Writes `count` bytes, as far as there are as many and room for them; those that must not stand for themselves are
    /// escaped.
    #[inline(always)]
    fn stuff(&mut self, bytes: &mut Iter<'_, u8>, slots: &mut IterMut<'_, u8>, count: usize) {
        for _ in 0..count {
            // Neither is taken without the other.
            if bytes.len() == 0 {
                return;
            }
            let Some(slot) = slots.next() else { return };
            let Some(&byte) = bytes.next() else { return };
            if plain(byte, self.accm) {
                *slot = byte;
                continue;
            }
            *slot = ESCAPE;
            match slots.next() {
                Some(slot) => *slot = byte ^ 0x20,
                None => self.pending = Some(byte ^ 0x20),
            }
        }
    }
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

/// Writes one byte, where there is room for one.
fn put(line: &mut [u8], byte: u8) -> &mut [u8] {
    match line.split_first_mut() {
        Some((slot, rest)) => {
            *slot = byte;
            rest
        }
        None => &mut [],
    }
}
