//! Messages on the control channel (3GPP TS 27.010 §5.4.6.3): type, length, value.

use super::frame::{CR, EA};
use super::hold::Info;
use super::ring::to_front;

/// Type octets of commands, with EA and without C/R.
pub(super) mod kind {
    /// DLC parameter negotiation (§5.4.6.3.1).
    pub(in crate::cmux) const PN: u8 = 0x81;
    /// Multiplexer close down (§5.4.6.3.3).
    pub(in crate::cmux) const CLD: u8 = 0xC1;
    /// Test (§5.4.6.3.4).
    pub(in crate::cmux) const TEST: u8 = 0x21;
    /// Flow control on: this side can take data again (§5.4.6.3.5).
    pub(in crate::cmux) const FCON: u8 = 0xA1;
    /// Flow control off: no data on any DLC (§5.4.6.3.6).
    pub(in crate::cmux) const FCOFF: u8 = 0x61;
    /// Modem status (§5.4.6.3.7).
    pub(in crate::cmux) const MSC: u8 = 0xE1;
    /// Non supported command (§5.4.6.3.8), a response.
    pub(in crate::cmux) const NSC: u8 = 0x11;
    /// Remote port negotiation (§5.4.6.3.9).
    pub(in crate::cmux) const RPN: u8 = 0x91;
    /// Remote line status (§5.4.6.3.10).
    pub(in crate::cmux) const RLS: u8 = 0x51;
    /// Service negotiation (§5.4.6.3.11).
    pub(in crate::cmux) const SNC: u8 = 0xD1;
}

/// The octet that names a DLC in a value.
pub(super) const fn dlci_octet(dlci: u8) -> u8 {
    dlci << 2 | CR | EA
}

/// Where a message stands in the information of a frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'a> {
    info: Info<'a>,
    /// The type without C/R. One of several octets has no EA in the first and so is none that is known.
    pub(super) kind: u8,
    /// The same as it came.
    pub(super) octet: u8,
    pub(super) is_command: bool,
    at: usize,
    pub(super) len: usize,
}

impl Message<'_> {
    /// An octet of the value.
    pub(super) fn value(&self, index: usize) -> Option<u8> {
        if index < self.len { byte(self.info, self.at + index) } else { None }
    }

    /// The DLC that the value names first.
    pub(super) fn dlci(&self) -> Option<u8> {
        self.value(0).map(|octet| octet >> 2)
    }
}

fn byte(info: Info<'_>, mut index: usize) -> Option<u8> {
    for piece in info {
        if let Some(byte) = piece.get(index) {
            return Some(*byte);
        }
        index -= piece.len();
    }
    None
}

/// The messages of one frame, one behind the other.
#[derive(Debug)]
pub(super) struct Messages<'a> {
    info: Info<'a>,
    at: usize,
}

impl<'a> Messages<'a> {
    pub(super) const fn new(info: Info<'a>) -> Self {
        Self { info, at: 0 }
    }

    fn octet(&mut self) -> Option<u8> {
        let octet = byte(self.info, self.at)?;
        self.at += 1;
        Some(octet)
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Message<'a>;

    /// Ends at the first message that is not all there.
    fn next(&mut self) -> Option<Message<'a>> {
        let octet = self.octet()?;
        let mut last = octet;
        while last & EA == 0 {
            last = self.octet()?;
        }
        // Close down has been seen without its length.
        let mut len = 0usize;
        let mut shift = 0;
        while let Some(octet) = self.octet() {
            if shift > 14 {
                return None;
            }
            len |= usize::from(octet >> 1) << shift;
            shift += 7;
            if octet & EA != 0 {
                break;
            }
        }
        let at = self.at;
        if self.info.iter().map(|piece| piece.len()).sum::<usize>() - at < len {
            return None;
        }
        self.at += len;
        Some(Message { info: self.info, kind: octet & !CR, octet, is_command: octet & CR != 0, at, len })
    }
}

/// Room for responses that have not left yet.
const ANSWERS: usize = 64;

/// Responses in the order of their commands. When there is no room a command is not answered; it
/// comes again (§5.4.6.2).
#[derive(Debug)]
pub(super) struct Answers {
    octets: [u8; ANSWERS],
    len: usize,
}

impl Answers {
    pub(super) const fn new() -> Self {
        Self { octets: [0; ANSWERS], len: 0 }
    }

    pub(super) const fn clear(&mut self) {
        self.len = 0;
    }

    /// Adds a response of type `kind` whose value is given octet by octet.
    pub(super) fn add(&mut self, kind: u8, len: usize, value: impl Iterator<Item = u8>) {
        let room = self.octets.get_mut(self.len..).and_then(|room| room.get_mut(..len + 2));
        let Some([kind_octet, len_octet, octets @ ..]) = room else { return };
        *kind_octet = kind & !CR;
        *len_octet = (len << 1) as u8 | EA;
        for (to, from) in octets.iter_mut().zip(value) {
            *to = from;
        }
        self.len += len + 2;
    }

    /// The first response, if there is one.
    pub(super) fn first(&self) -> &[u8] {
        let octets = self.octets.get(..self.len).unwrap_or_default();
        let len = octets.get(1).map_or(0, |len| usize::from(len >> 1) + 2);
        octets.get(..len).unwrap_or_default()
    }

    pub(super) fn drop_first(&mut self) {
        let len = self.first().len();
        to_front(&mut self.octets, len);
        self.len -= len;
    }
}
