//! Finds frames in what comes over the line.
//!
//! A flag may be payload (3GPP TS 27.010 §5.2.6.1), so a flag that is taken for the start of a frame
//! may be wrong. All bytes from it on are held until the frame has proved right. When it has not,
//! the search goes on at the next flag behind it, and nothing that stands there is lost.
//!
//! What has just come is judged behind what is held, so the end of a frame, or all of it, is never copied here.

use super::frame::{FLAG, Kind, Verdict, judge};
use super::ring::Ring;

/// The shortest frame: before there are as many bytes, nothing is gained by a look at them.
const SHORTEST: usize = 6;

/// The information of a frame, in the pieces that it may lie in.
pub(super) type Info<'a> = [&'a [u8]; 3];

/// A valid frame.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) dlci: u8,
    pub(super) kind: Kind,
    /// C/R of its address.
    pub(super) cr: bool,
    pub(super) info: Info<'a>,
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
    pub(super) fn next<'f, 'i: 'f>(&'f mut self, input: &mut &'i [u8]) -> Option<Frame<'f>> {
        self.drop_last();
        loop {
            if self.ring.len() <= 1 {
                self.begin(input);
            }
            let (held, new) = (self.ring.len(), *input);
            let verdict =
                if held + new.len() < self.need { Verdict::Unknown(self.need) } else { self.judge(0, new) };
            match verdict {
                Verdict::Frame { dlci, kind, cr, at, len, total } => {
                    self.done = held.min(total - 1);
                    self.need = SHORTEST;
                    *input = new.get(total - 1 - self.done..).unwrap_or_default();
                    let [first, second] = self.ring.slices(at, len);
                    let begin = (at + first.len() + second.len()).saturating_sub(held);
                    let third = new.get(begin..(at + len).saturating_sub(held)).unwrap_or_default();
                    return Some(Frame { dlci, kind, cr, info: [first, second, third] });
                }
                Verdict::Invalid => self.search(input),
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
        let inner = (1..self.ring.len()).find(|&from| {
            self.ring.at(from) == FLAG && matches!(self.judge(from, &[]), Verdict::Frame { .. })
        });
        if let Some(inner) = inner {
            self.noise = self.noise.wrapping_add(inner as u32);
            self.ring.skip(inner);
            self.need = 0;
        }
    }

    /// Judges what is held from `from` on, and `new` behind it.
    fn judge(&self, from: usize, new: &[u8]) -> Verdict {
        let have = (self.ring.len() + new.len()).saturating_sub(from);
        judge(|i| self.byte(from + i, new), have, self.ring.capacity())
    }

    fn byte(&self, index: usize, new: &[u8]) -> u8 {
        match index.checked_sub(self.ring.len()) {
            Some(index) => new.get(index).copied().unwrap_or(0),
            None => self.ring.at(index),
        }
    }

    /// Drops the first byte, and what else is held up to the next flag.
    fn search(&mut self, input: &mut &[u8]) {
        self.need = 0;
        if self.ring.is_empty() {
            *input = input.get(1..).unwrap_or_default();
        }
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
