//! Slots and their buffers, with the sizes erased.

use core::cell::Cell;

use heapless::Vec;

use super::{Slot, SocketHandle, State};
use crate::error::Error;
use crate::fill::fill;

/// Slots and buffers of `N` sockets, `RX` bytes to receive into and `TX` to send from each.
#[derive(Debug)]
pub struct Table<const N: usize, const RX: usize, const TX: usize> {
    slots: Vec<Slot, N>,
    rx: Vec<[u8; RX], N>,
    tx: Vec<[u8; TX], N>,
}

impl<const N: usize, const RX: usize, const TX: usize> Table<N, RX, TX> {
    pub(crate) const fn new() -> Self {
        Self { slots: Vec::new(), rx: Vec::new(), tx: Vec::new() }
    }

    /// Makes the slots, in the table's place.
    pub(crate) fn fill(&mut self) {
        fill(&mut self.slots, Slot::new);
        fill(&mut self.rx, || [0; RX]);
        fill(&mut self.tx, || [0; TX]);
    }
}

/// A [`Table`] of any size. The engine is compiled once, not once for each size.
pub trait Slots: sealed::Sealed {}

impl<const N: usize, const RX: usize, const TX: usize> Slots for Table<N, RX, TX> {}

mod sealed {
    #![allow(private_interfaces, reason = "sealed: nobody outside can name or call it")]

    pub trait Sealed {
        fn slots(&self) -> &[super::Slot];
        fn slots_mut(&mut self) -> &mut [super::Slot];
        fn parts(&mut self) -> super::Parts<'_>;
    }

    impl<const N: usize, const RX: usize, const TX: usize> Sealed for super::Table<N, RX, TX> {
        fn slots(&self) -> &[super::Slot] {
            &self.slots
        }

        fn slots_mut(&mut self) -> &mut [super::Slot] {
            &mut self.slots
        }

        fn parts(&mut self) -> super::Parts<'_> {
            super::Parts {
                slots: &mut self.slots,
                rx: self.rx.as_flattened_mut(),
                tx: self.tx.as_flattened_mut(),
            }
        }
    }
}

/// Without what is in it: printing that would put the machinery for it into every firmware.
impl core::fmt::Debug for dyn Slots + '_ {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Slots")
    }
}

/// The table's slots and the buffers of all of them.
#[derive(Debug)]
pub struct Parts<'a> {
    slots: &'a mut [Slot],
    rx: &'a mut [u8],
    tx: &'a mut [u8],
}

/// One slot and its buffers.
pub(crate) struct Place<'a> {
    pub(crate) slot: &'a mut Slot,
    pub(crate) rx: &'a mut [u8],
    pub(crate) tx: &'a mut [u8],
}

impl Place<'_> {
    /// Takes bytes that have left off the front of the transmit buffer.
    pub(crate) fn drop_sent(&mut self, count: usize) {
        let count = count.min(self.slot.tx_len);
        // A plain loop: `copy_within` would bring the 700 bytes of `memmove` with it.
        let bytes = Cell::from_mut(&mut *self.tx).as_slice_of_cells();
        let rest = bytes.get(count..self.slot.tx_len).unwrap_or_default();
        bytes.iter().zip(rest).for_each(|(to, from)| to.set(from.get()));
        self.slot.tx_len -= count;
    }
}

impl dyn Slots + '_ {
    pub(crate) fn all(&self) -> &[Slot] {
        self.slots()
    }

    pub(crate) fn all_mut(&mut self) -> &mut [Slot] {
        self.slots_mut()
    }

    /// The slot at `index` with its buffers.
    pub(crate) fn at(&mut self, index: u8) -> Option<Place<'_>> {
        let parts = self.parts();
        let count = parts.slots.len().max(1);
        let index = usize::from(index);
        let (rx, tx) = (parts.rx.len() / count, parts.tx.len() / count);
        Some(Place {
            slot: parts.slots.get_mut(index)?,
            rx: parts.rx.get_mut(index * rx..(index + 1) * rx)?,
            tx: parts.tx.get_mut(index * tx..(index + 1) * tx)?,
        })
    }

    /// The slot that `handle` names, if it still lives.
    pub(crate) fn of(&mut self, handle: SocketHandle) -> Result<Place<'_>, Error> {
        let place = self.at(handle.index).ok_or(Error::NotConnected)?;
        let lives = place.slot.generation == handle.generation
            && place.slot.state != State::Free
            && !place.slot.released;
        if lives { Ok(place) } else { Err(Error::NotConnected) }
    }

    /// The slot that owns the modem's socket `id`.
    // Out of line it saves 320 bytes.
    #[inline(never)]
    pub(crate) fn by_id(&mut self, id: u8) -> Option<&mut Slot> {
        self.all_mut().iter_mut().find(|slot| slot.has_id && slot.id == id)
    }
}
