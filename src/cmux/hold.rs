//! Finds frames in what comes over the line.
//!
//! A flag may be payload (3GPP TS 27.010 §5.2.6.1), so a flag that is taken for the start of a frame
//! may be wrong. All bytes from it on are held until the frame has proved right. When it has not,
//! the search goes on at the next flag behind it, and nothing that stands there is lost.

use super::frame::{CR, FLAG, Kind, Verdict, judge};
use super::ring::Ring;

/// The shortest frame: before there are as many bytes, nothing is gained by a look at them.
const SHORTEST: usize = 6;

/// A valid frame.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) dlci: u8,
    pub(super) kind: Kind,
    /// C/R of its address.
    pub(super) cr: bool,
    /// The information, in the two pieces that it may lie in.
    pub(super) info: [&'a [u8]; 2],
}

#[derive(Debug)]
pub(super) struct Hold<'b> {
    /// Begins with what is taken for an opening flag, or is empty.
    ring: Ring<'b>,
    /// Bytes of the last frame, but for its closing flag: that may open the next one (§5.2.5).
    done: usize,
    /// So many bytes are needed before more can be said about what is held.
    need: usize,
    /// Bytes that were no part of a frame, and no flags.
    pub(super) noise: u32,
}

impl<'b> Hold<'b> {
    pub(super) const fn new(storage: &'b mut [u8]) -> Self {
        Self { ring: Ring::new(storage), done: 0, need: 0, noise: 0 }
    }

    pub(super) fn clear(&mut self) {
        self.ring.truncate(0);
        self.done = 0;
        self.need = 0;
    }

    /// Takes from `input` until there is a frame, or nothing is left of it.
    pub(super) fn next(&mut self, input: &mut &[u8]) -> Option<Frame<'_>> {
        self.drop_last();
        loop {
            if self.ring.len() <= 1 {
                self.begin(input);
            }
            let verdict =
                if self.ring.len() < self.need { Verdict::Unknown(self.need) } else { self.judge(0) };
            match verdict {
                Verdict::Frame { dlci, kind, at, len, total } => {
                    self.done = total - 1;
                    let cr = self.ring.at(1) & CR != 0;
                    return Some(Frame { dlci, kind, cr, info: self.ring.slices(at, len) });
                }
                Verdict::Invalid => self.search(),
                Verdict::Unknown(need) => {
                    self.need = need;
                    if input.is_empty() {
                        return None;
                    }
                    let taken = self.ring.push(input);
                    *input = input.get(taken..).unwrap_or_default();
                    if taken == 0 {
                        // Storage that is too small for any frame.
                        self.ring.truncate(0);
                        *input = &[];
                    }
                }
            }
        }
    }

    /// Goes to the last flag before something else, when at most a flag is held.
    fn begin(&mut self, input: &mut &[u8]) {
        if self.ring.is_empty() {
            let noise = input.iter().position(|&byte| byte == FLAG).unwrap_or(input.len());
            self.noise = self.noise.wrapping_add(noise as u32);
            *input = input.get(noise..).unwrap_or_default();
        } else if input.first() == Some(&FLAG) {
            self.ring.truncate(0);
        }
        if self.ring.is_empty() {
            while let [FLAG, rest @ ..] = *input
                && rest.first() == Some(&FLAG)
            {
                *input = rest;
            }
        }
    }

    /// Drops the frame that was given last.
    fn drop_last(&mut self) {
        if self.done > 0 {
            self.ring.skip(core::mem::take(&mut self.done));
            self.need = SHORTEST;
        }
    }

    /// Whether a frame has begun, or seems to, and has not ended.
    pub(super) const fn is_open(&self) -> bool {
        self.ring.len() > self.done + 1
    }

    /// The line has been silent in the middle of a frame. When a whole one is found inside of what
    /// is held, that which seemed to be around it is none: its length was damaged.
    pub(super) fn doubt(&mut self) {
        self.drop_last();
        let inner = (1..self.ring.len())
            .find(|&from| self.ring.at(from) == FLAG && matches!(self.judge(from), Verdict::Frame { .. }));
        if let Some(inner) = inner {
            self.noise = self.noise.wrapping_add(inner as u32);
            self.ring.skip(inner);
            self.need = 0;
        }
    }

    fn judge(&self, from: usize) -> Verdict {
        judge(|i| self.ring.at(from + i), self.ring.len().saturating_sub(from), self.ring.capacity())
    }

    /// Drops the first byte and all others up to the next flag.
    fn search(&mut self) {
        self.need = 0;
        self.ring.skip(1);
        // One of several flags: all but the last say nothing.
        while self.ring.at(0) == FLAG && self.ring.at(1) == FLAG && self.ring.len() > 1 {
            self.ring.skip(1);
        }
        while !self.ring.is_empty() {
            let piece = self.ring.front();
            let found = piece.iter().position(|&byte| byte == FLAG);
            let noise = found.unwrap_or(piece.len());
            self.noise = self.noise.wrapping_add(noise as u32);
            self.ring.skip(noise);
            if found.is_some() {
                break;
            }
        }
    }
}
