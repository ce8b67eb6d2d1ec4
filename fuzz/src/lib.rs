//! What the fuzz targets do with an input: each has a module here, and a `main` in `bin`.
//!
//! An input is a tape of small numbers and bytes. Most modules play it twice, with the bytes of the line cut
//! at other places, and compare.

pub mod at;
pub mod cmux;
pub mod frames;
pub mod hdlc;
pub mod ip;
mod modem;
mod peer;
pub mod ppp;
pub mod sms;

/// An input, read from its start; zeros behind its end.
#[derive(Clone, Debug)]
pub(crate) struct Tape<'t>(&'t [u8]);

impl<'t> Tape<'t> {
    pub(crate) fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((&byte, rest)) => {
                self.0 = rest;
                byte
            }
            None => 0,
        }
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end
    }

    /// Up to `most` bytes: a length, and so many of what follows.
    pub(crate) fn bytes(&mut self, most: usize) -> &'t [u8] {
        let len = self.below(most + 1).min(self.0.len());
        let (bytes, rest) = self.0.split_at(len);
        self.0 = rest;
        bytes
    }

    /// Up to `most` bytes; a long piece repeats what little there is.
    pub(crate) fn long(&mut self, most: usize) -> Vec<u8> {
        let times = [1, 1, 1, 10, 60][self.below(5)];
        let mut bytes = self.bytes(64).repeat(times);
        bytes.truncate(most);
        bytes
    }

    pub(crate) fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'t [u8] {
        self.0
    }
}

/// Where bytes of the line are cut: all in one piece, or at places that depend on a seed.
#[derive(Clone, Debug)]
pub(crate) struct Cuts(u32);

impl Cuts {
    /// Not at all.
    pub(crate) const NONE: Self = Self(0);

    /// At places that depend on `seed`.
    pub(crate) fn new(seed: u8) -> Self {
        Self(u32::from(seed) + 1)
    }

    /// The next piece, which is not empty where `bytes` is not.
    pub(crate) fn take<'b>(&mut self, bytes: &mut &'b [u8]) -> &'b [u8] {
        let len = self.size(bytes.len());
        let (piece, rest) = bytes.split_at(len);
        *bytes = rest;
        piece
    }

    /// A number from 1 to `most`; `most` itself where there are no cuts.
    pub(crate) fn size(&mut self, most: usize) -> usize {
        if self.0 == 0 || most == 0 {
            return most;
        }
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let spread = [1, 2, 8, 64][(self.0 >> 30) as usize];
        (1 + (self.0 >> 16) as usize % spread).min(most)
    }
}
