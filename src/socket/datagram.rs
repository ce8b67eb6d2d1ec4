//! What a user does with a UDP socket that has one peer.
//!
//! A datagram stands in the ring behind a header: bytes stored, bytes that came.

use core::task::{Poll, Waker};

use super::{Ring, SocketHandle, State};
use crate::engine::Core;
use crate::error::Error;

/// Bytes of a datagram's header in the ring.
pub(super) const HEADER: usize = 4;

impl Ring {
    /// Begins a datagram of `len` bytes, of which as many are kept as fit. Says how many.
    pub(crate) fn begin_datagram(&mut self, storage: &mut [u8], len: u16) -> Option<u16> {
        let room = self.free(storage).checked_sub(HEADER)?;
        let stored = len.min(u16::try_from(room).unwrap_or(u16::MAX));
        self.push(storage, &stored.to_le_bytes());
        self.push(storage, &len.to_le_bytes());
        Some(stored)
    }

    /// Takes one datagram. Gives its full length, which may be more than what was kept of it or
    /// than what fits.
    fn pop_datagram(&mut self, storage: &[u8], out: &mut [u8]) -> Option<usize> {
        let mut header = [0; HEADER];
        if self.pop(storage, &mut header) < HEADER {
            return None;
        }
        let [a, b, c, d] = header;
        let stored = usize::from(u16::from_le_bytes([a, b]));
        let take = stored.min(out.len());
        self.pop(storage, out.get_mut(..take).unwrap_or_default());
        self.skip(storage, stored - take);
        Some(usize::from(u16::from_le_bytes([c, d])))
    }
}

impl Core {
    /// The largest datagram that can be sent.
    pub(crate) fn datagram_limit(&mut self, handle: SocketHandle) -> usize {
        let limit = usize::from(self.dialect.limits().write);
        self.table.of(handle).map_or(0, |place| limit.min(place.tx.len()))
    }

    /// Stages a whole datagram, once the one before has left.
    pub(crate) fn stage_datagram(
        &mut self,
        handle: SocketHandle,
        bytes: &[u8],
        waker: &Waker,
    ) -> Poll<Result<(), Error>> {
        if bytes.is_empty() {
            return Poll::Ready(Err(Error::Unsupported));
        }
        if bytes.len() > self.datagram_limit(handle) {
            return Poll::Ready(self.table.of(handle).and(Err(Error::Oversized)));
        }
        let place = self.table.of(handle)?;
        let slot = place.slot;
        if slot.state != State::Open {
            return Poll::Ready(Err(slot.error.unwrap_or(Error::NotConnected)));
        }
        if slot.tx_len > 0 {
            slot.writer.register(waker);
            return Poll::Pending;
        }
        if let Some(to) = place.tx.get_mut(..bytes.len()) {
            to.copy_from_slice(bytes);
        }
        slot.tx_len = bytes.len();
        slot.tx_commit = true;
        slot.write_error = None;
        self.runner.wake();
        Poll::Ready(Ok(()))
    }

    /// Takes one datagram and gives its full length.
    pub(crate) fn receive_datagram(
        &mut self,
        handle: SocketHandle,
        buffer: &mut [u8],
        waker: &Waker,
    ) -> Poll<Result<usize, Error>> {
        let place = self.table.of(handle)?;
        let slot = place.slot;
        if let Some(len) = slot.rx.pop_datagram(place.rx, buffer) {
            self.runner.wake();
            return Poll::Ready(Ok(len));
        }
        match slot.state {
            State::Open if !slot.eof => {
                slot.reader.register(waker);
                Poll::Pending
            }
            State::Open => Poll::Ready(Err(Error::Closed)),
            _ => Poll::Ready(Err(slot.error.unwrap_or(Error::NotConnected))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datagram_that_does_not_fit_tells_its_full_length() {
        let mut storage = [0; 16];
        let mut ring = Ring::new();
        assert_eq!(ring.begin_datagram(&mut storage, 20), Some(12));
        ring.push(&mut storage, b"abcdefghijkl");
        ring.commit();
        assert_eq!(ring.begin_datagram(&mut storage, 1), None);
        let mut out = [0; 4];
        assert_eq!(ring.pop_datagram(&storage, &mut out), Some(20));
        assert_eq!(&out, b"abcd");
        assert!(ring.is_empty());
        assert_eq!(ring.pop_datagram(&storage, &mut out), None);
    }
}
