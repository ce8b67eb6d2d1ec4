//! Frames on the serial line: octet-stuffed HDLC-like framing (RFC 1662).
//!
//! [`Decoder`] takes the line's bytes in any pieces and puts each frame into a buffer of the caller.
//! [`Encoder`] writes a frame into buffers of the caller, in any pieces. Neither holds a frame, and
//! neither touches a byte twice.

use super::fcs;

const FLAG: u8 = 0x7E;
const ESCAPE: u8 = 0x7D;

/// Whether `byte` stands on the line as it is, when the control characters in `accm` must not.
#[inline(always)]
const fn plain(byte: u8, accm: u32) -> bool {
    if byte >= 0x20 { byte.wrapping_sub(ESCAPE) > 1 } else { (accm >> byte) & 1 == 0 }
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
    fcs: u16,
    escaped: bool,
    oversized: bool,
    counters: Counters,
}

impl Decoder {
    /// A decoder that drops control characters of `accm` (bit n for character n) where they stand
    /// without an escape: the line has put them there (RFC 1662 §7.1).
    pub const fn new(accm: u32) -> Self {
        let counters = Counters { frames: 0, damaged: 0, aborted: 0, oversized: 0 };
        Self { accm, len: 0, fcs: fcs::INITIAL, escaped: false, oversized: false, counters }
    }

    /// Takes bytes from `line` up to the end of a frame, or all of them: gives the length of the
    /// frame at the start of `buffer`, without its check sequence.
    ///
    /// The buffer must have room for the check sequence too, and must be the same one with the same
    /// contents until the frame ends. Behind `None`, `line` is empty.
    pub fn feed(&mut self, line: &mut &[u8], buffer: &mut [u8]) -> Option<usize> {
        loop {
            if self.oversized {
                match line.iter().position(|&byte| byte == FLAG) {
                    Some(at) => *line = line.get(at..).unwrap_or_default(),
                    None => {
                        *line = &[];
                        return None;
                    }
                }
            } else {
                self.run(line, buffer);
            }
            let (&byte, rest) = line.split_first()?;
            *line = rest;
            match byte {
                FLAG => {
                    if let Some(len) = self.end() {
                        return Some(len);
                    }
                }
                _ if self.escaped => self.unescape(byte, buffer),
                ESCAPE => self.escaped = true,
                // The run ended here because there was no room.
                _ if plain(byte, self.accm) => self.oversized = true,
                // A control character that is none of the sender's.
                _ => {}
            }
        }
    }

    /// Takes what stands for itself, and pairs of an escape and what it is for.
    #[inline]
    fn run(&mut self, line: &mut &[u8], buffer: &mut [u8]) {
        if self.escaped {
            return;
        }
        let (accm, mut fcs) = (self.accm, self.fcs);
        let mut slots = buffer.get_mut(self.len..).unwrap_or_default().iter_mut();
        let room = slots.len();
        let mut bytes = line.iter();
        loop {
            let mut ahead = bytes.clone();
            let Some(&(mut byte)) = ahead.next() else { break };
            if !plain(byte, accm) {
                match ahead.next() {
                    // A control character may be the line's own, and a flag ends the frame.
                    Some(&next) if byte == ESCAPE && next >= 0x20 && next != FLAG => byte = next ^ 0x20,
                    _ => break,
                }
            }
            let Some(slot) = slots.next() else { break };
            *slot = byte;
            fcs = fcs::update(fcs, byte);
            bytes = ahead;
        }
        self.fcs = fcs;
        self.len += room - slots.len();
        *line = bytes.as_slice();
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
                self.fcs = fcs::update(self.fcs, byte);
                self.len += 1;
            }
            None => self.oversized = true,
        }
    }

    /// A flag: the length of the frame that it ends, if that is one.
    fn end(&mut self) -> Option<usize> {
        let Self { len, fcs, escaped, oversized, .. } = *self;
        self.reset();
        let counter = match () {
            () if oversized => &mut self.counters.oversized,
            () if escaped => &mut self.counters.aborted,
            // Flags may follow each other (RFC 1662 §4.4.1).
            () if len == 0 => return None,
            () if len > 2 && fcs == fcs::GOOD => &mut self.counters.frames,
            () => &mut self.counters.damaged,
        };
        *counter = counter.wrapping_add(1);
        (!oversized && !escaped && len > 2 && fcs == fcs::GOOD).then(|| len - 2)
    }

    /// Forgets the frame that has begun.
    pub fn reset(&mut self) {
        self.len = 0;
        self.fcs = fcs::INITIAL;
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
        Self {
            stage: Stage::Idle,
            accm: 0,
            fcs: fcs::INITIAL,
            at: 0,
            header: [0; 4],
            header_len: 0,
            pending: None,
        }
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
        self.fcs = fcs::INITIAL;
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
                }
                Stage::Body => line = self.copy(body, line, Stage::Check),
                Stage::Check => {
                    // The check sequence changes while it is written, and is needed as it was.
                    let fcs = self.fcs;
                    let check = (!fcs).to_le_bytes();
                    line = self.copy(&check, line, Stage::Closing);
                    self.fcs = fcs;
                }
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
        let mut slots = line.iter_mut();
        if self.pending.is_some() {
            match slots.next() {
                Some(slot) => *slot = self.pending.take().unwrap_or_default(),
                None => return &mut [],
            }
        }
        let (accm, mut fcs) = (self.accm, self.fcs);
        let mut bytes = from.get(self.at..).unwrap_or_default().iter();
        let before = bytes.len();
        // Neither is taken without the other.
        while bytes.len() > 0
            && let Some(slot) = slots.next()
            && let Some(&byte) = bytes.next()
        {
            fcs = fcs::update(fcs, byte);
            if plain(byte, accm) {
                *slot = byte;
                continue;
            }
            *slot = ESCAPE;
            match slots.next() {
                Some(slot) => *slot = byte ^ 0x20,
                None => self.pending = Some(byte ^ 0x20),
            }
        }
        self.fcs = fcs;
        self.at += before - bytes.len();
        if bytes.len() == 0 && self.pending.is_none() {
            self.next(then);
        }
        slots.into_slice()
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
