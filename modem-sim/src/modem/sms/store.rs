//! Where messages are kept: in the modem (`ME`) and on the card (`SM`).

use super::pdu::Pdu;

/// `REC UNREAD`, `REC READ`, `STO UNSENT`, `STO SENT` (3GPP TS 27.005 §3.1).
pub(super) const STATES: [&str; 4] = ["REC UNREAD", "REC READ", "STO UNSENT", "STO SENT"];
pub(super) const UNREAD: usize = 0;
pub(super) const READ: usize = 1;
pub(super) const UNSENT: usize = 2;
pub(super) const SENT: usize = 3;

/// A message that is kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) state: usize,
    pub(super) pdu: Pdu,
}

/// A memory; its places are counted from 1.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) name: &'static str,
    places: Vec<Option<Kept>>,
}

impl Store {
    pub(super) fn new(name: &'static str, size: usize) -> Self {
        Store { name, places: vec![None; size] }
    }

    pub(super) fn size(&self) -> usize {
        self.places.len()
    }

    pub(super) fn used(&self) -> usize {
        self.places.iter().flatten().count()
    }

    pub(super) fn is_full(&self) -> bool {
        self.used() >= self.size()
    }

    /// The place that it got.
    pub(super) fn add(&mut self, kept: Kept) -> Option<usize> {
        let free = self.places.iter().position(Option::is_none)?;
        self.places[free] = Some(kept);
        Some(free + 1)
    }

    pub(super) fn at(&mut self, index: usize) -> Option<&mut Kept> {
        self.places.get_mut(index.checked_sub(1)?)?.as_mut()
    }

    pub(super) fn remove(&mut self, index: usize) -> Option<Kept> {
        self.places.get_mut(index.checked_sub(1)?)?.take()
    }

    /// Places in use, with their messages.
    pub(super) fn all(&self) -> Vec<(usize, Kept)> {
        let kept = self.places.iter().enumerate();
        kept.filter_map(|(i, place)| Some((i + 1, place.clone()?))).collect()
    }
}
