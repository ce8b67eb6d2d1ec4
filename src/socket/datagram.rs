//! What a user does with a UDP socket.
//!
//! The first datagram of a socket is described in its slot, each further one stands in the ring
//! behind a header: bytes stored, bytes that came, sender.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::task::{Poll, Waker};

use super::slot::{Endpoint, NOBODY};
use super::{Kind, Slot, SocketHandle, State};
use crate::dialect::{Procedure, ReleaseAssistance};
use crate::engine::Core;
use crate::error::Error;

/// The most that a datagram's header takes in the ring: two lengths, family, address, port.
pub(crate) const HEADER: usize = 23;

/// A datagram that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Arrived {
    /// Its full length in bytes, which may be more than fitted.
    pub len: usize,
    /// Its sender.
    pub from: SocketAddr,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    stored: u16,
    len: u16,
    from: Endpoint,
}

/// The first datagram of a socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Front {
    #[default]
    None,
    /// It is coming.
    Coming(Header),
    Ready(Header),
}

impl Front {
    pub(super) fn commit(&mut self) {
        if let Self::Coming(header) = *self {
            *self = Self::Ready(header);
        }
    }

    pub(super) fn roll_back(&mut self) {
        if let Self::Coming(_) = self {
            *self = Self::None;
        }
    }
}

impl Slot {
    /// Begins a datagram of `len` bytes, of which as many are kept as fit. Says how many.
    pub(crate) fn begin_datagram(&mut self, storage: &mut [u8], len: u16, from: SocketAddr) -> Option<u16> {
        let first = self.front == Front::None && self.rx.is_unused();
        let mut header = [0; HEADER];
        let size = if first { 0 } else { put_address(&mut header, from) };
        let room = self.rx.free(storage).checked_sub(size)?;
        let stored = len.min(u16::try_from(room).unwrap_or(u16::MAX));
        if first {
            self.front = Front::Coming(Header { stored, len, from: from.into() });
            return Some(stored);
        }
        let [a, b] = stored.to_le_bytes();
        let [c, d] = len.to_le_bytes();
        if let Some(lengths) = header.first_chunk_mut() {
            *lengths = [a, b, c, d];
        }
        self.rx.push(storage, header.get(..size).unwrap_or_default());
        Some(stored)
    }

    /// Takes one datagram.
    pub(crate) fn pop_datagram(&mut self, storage: &[u8], out: &mut [u8]) -> Option<Arrived> {
        let Front::Ready(header) = self.front else { return None };
        let stored = usize::from(header.stored);
        let take = stored.min(out.len());
        self.rx.pop(storage, out.get_mut(..take).unwrap_or_default());
        self.rx.skip(storage, stored - take);
        self.front = Front::None;
        self.advance_front(storage);
        Some(Arrived { len: header.len.into(), from: header.from.into() })
    }

    /// What came in the span that is over counts.
    pub(crate) fn commit_datagram(&mut self, storage: &[u8]) {
        self.rx.commit();
        self.front.commit();
        self.advance_front(storage);
    }

    /// The next datagram becomes the first, where there is no first. One that is still coming when
    /// the first is taken becomes it when it counts.
    fn advance_front(&mut self, storage: &[u8]) {
        if self.front == Front::None {
            self.front = self.next_header(storage).map_or(Front::None, Front::Ready);
        }
    }

    fn next_header(&mut self, storage: &[u8]) -> Option<Header> {
        let mut word = [0; 2];
        let mut take = || (self.rx.pop(storage, &mut word) == 2).then_some(u16::from_le_bytes(word));
        let (stored, len) = (take()?, take()?);
        let mut family = [0];
        self.rx.pop(storage, &mut family);
        let ip = if family == [6] {
            let mut octets = [0; 16];
            self.rx.pop(storage, &mut octets);
            IpAddr::V6(Ipv6Addr::from(octets))
        } else {
            let mut octets = [0; 4];
            self.rx.pop(storage, &mut octets);
            IpAddr::V4(Ipv4Addr::from(octets))
        };
        let mut port = [0; 2];
        self.rx.pop(storage, &mut port);
        Some(Header { stored, len, from: Endpoint(ip, u16::from_le_bytes(port)) })
    }

    /// Whether a datagram can be taken.
    pub(crate) const fn has_datagram(&self) -> bool {
        matches!(self.front, Front::Ready(_))
    }
}

/// Writes family, address and port behind the lengths, and says how long the header is.
fn put_address(header: &mut [u8; HEADER], from: SocketAddr) -> usize {
    let [_, _, _, _, rest @ ..] = header;
    let size = match (from.ip(), &mut *rest) {
        (IpAddr::V4(ip), [family, a, b, c, d, ..]) => {
            *family = 4;
            [*a, *b, *c, *d] = ip.octets();
            5
        }
        (IpAddr::V6(ip), [family, octets @ .., _, _]) => {
            *family = 6;
            *octets = ip.octets();
            17
        }
    };
    if let Some(port) = rest.get_mut(size..size + 2) {
        port.copy_from_slice(&from.port().to_le_bytes());
    }
    size + 6
}

impl Core {
    /// The head of a datagram has come for the socket at `index`: says how much of it is kept.
    pub(crate) fn arrives(&mut self, index: u8, len: u16, from: SocketAddr) -> u16 {
        let Some(place) = self.table.at(index) else { return 0 };
        let slot = place.slot;
        // Whoever is not the peer of a socket that has one is not heard.
        if slot.kind == Kind::Udp && from != slot.remote {
            return 0;
        }
        slot.begin_datagram(place.rx, len, from).unwrap_or(0)
    }

    /// The largest datagram that can be sent.
    pub(crate) fn datagram_limit(&mut self, handle: SocketHandle) -> usize {
        let limit = usize::from(self.limits.write);
        self.table.of(handle).map_or(0, |place| limit.min(place.tx.len()))
    }

    /// Takes a slot for datagrams to and from anybody.
    pub(crate) fn open_bound(&mut self, port: u16, waker: &Waker) -> Poll<Result<SocketHandle, Error>> {
        self.use_datagrams();
        let handle = core::task::ready!(self.occupy(Kind::Bound, NOBODY, port, waker))?;
        if self.limits.host_keeps_sockets
            && let Ok(place) = self.table.of(handle)
        {
            // The modem's socket needs a peer: it is made for the first datagram.
            place.slot.state = State::Open;
        }
        Poll::Ready(Ok(handle))
    }

    /// Stages a whole datagram, once the one before has left.
    pub(crate) fn stage_datagram(
        &mut self,
        handle: SocketHandle,
        to: Option<SocketAddr>,
        bytes: &[u8],
        release: ReleaseAssistance,
        waker: &Waker,
    ) -> Poll<Result<(), Error>> {
        if to.is_some_and(|to| to.port() == 0 || to.ip().is_unspecified()) {
            return Poll::Ready(Err(Error::InvalidInput));
        }
        if let Some(to) = to
            && self.lacks_family(to.ip())
        {
            return Poll::Ready(Err(Error::WrongFamily));
        }
        let assists = !self.dialect.steps(Procedure::SendLastDatagram).is_empty();
        if release != ReleaseAssistance::None && !assists {
            return Poll::Ready(Err(Error::Unsupported));
        }
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
        if let Some(error) = slot.write_error.take() {
            // The one before was refused, and nobody has asked what became of it.
            return Poll::Ready(Err(error));
        }
        if let Some(to) = place.tx.get_mut(..bytes.len()) {
            to.copy_from_slice(bytes);
        }
        slot.tx_len = bytes.len();
        slot.tx_commit = true;
        slot.release = release;
        slot.remote = to.unwrap_or(slot.remote);
        self.runner.wake();
        Poll::Ready(Ok(()))
    }

    /// Takes one datagram.
    pub(crate) fn receive_datagram(
        &mut self,
        handle: SocketHandle,
        buffer: &mut [u8],
        waker: &Waker,
    ) -> Poll<Result<Arrived, Error>> {
        let place = self.table.of(handle)?;
        let slot = place.slot;
        if let Some(arrived) = slot.pop_datagram(place.rx, buffer) {
            self.runner.wake();
            return Poll::Ready(Ok(arrived));
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

    fn bound() -> Slot {
        let mut slot = Slot::new();
        slot.occupy(Kind::Bound, NOBODY, 1);
        slot
    }

    fn datagram(slot: &mut Slot, storage: &mut [u8], len: u16, from: SocketAddr) -> Option<u16> {
        let stored = slot.begin_datagram(storage, len, from)?;
        for byte in 0..stored {
            slot.rx.push(storage, &[byte as u8]);
        }
        slot.commit_datagram(storage);
        Some(stored)
    }

    #[test]
    fn a_datagram_that_does_not_fit_tells_its_full_length() {
        let mut storage = [0; 16];
        let mut slot = bound();
        let from = SocketAddr::from(([10, 0, 0, 7], 7));
        assert_eq!(datagram(&mut slot, &mut storage, 20, from), Some(16));
        assert_eq!(datagram(&mut slot, &mut storage, 1, from), None);
        let mut out = [9; 4];
        assert_eq!(slot.pop_datagram(&storage, &mut out), Some(Arrived { len: 20, from }));
        assert_eq!(out, [0, 1, 2, 3]);
        assert!(slot.rx.is_empty());
        assert_eq!(slot.pop_datagram(&storage, &mut out), None);
    }

    #[test]
    fn a_datagram_is_taken_while_the_next_one_comes() {
        let mut storage = [0; 80];
        let mut slot = bound();
        let from = SocketAddr::from(([10, 0, 0, 7], 7));
        for _ in 0..20 {
            datagram(&mut slot, &mut storage, 5, from);
            assert_eq!(slot.begin_datagram(&mut storage, 3, from), Some(3));
            slot.rx.push(&mut storage, b"a");
            assert_eq!(slot.pop_datagram(&storage, &mut [0; 8]), Some(Arrived { len: 5, from }));
            assert_eq!(slot.pop_datagram(&storage, &mut [0; 8]), None);
            slot.rx.push(&mut storage, b"bc");
            slot.commit_datagram(&storage);
            let mut out = [0; 8];
            assert_eq!(slot.pop_datagram(&storage, &mut out), Some(Arrived { len: 3, from }));
            assert_eq!(&out[..3], b"abc");
            // One that is damaged leaves nothing behind.
            datagram(&mut slot, &mut storage, 2, from);
            slot.begin_datagram(&mut storage, 3, from);
            slot.rx.push(&mut storage, b"xyz");
            slot.pop_datagram(&storage, &mut [0; 8]);
            slot.roll_back();
            assert!(!slot.has_datagram() && slot.rx.is_unused());
        }
    }

    #[test]
    fn datagrams_keep_their_order_their_ends_and_their_senders() {
        let mut storage = [0; 80];
        let mut slot = bound();
        let v4 = SocketAddr::from(([10, 0, 0, 7], 7));
        let v6 = SocketAddr::from((Ipv6Addr::LOCALHOST, 65_535));
        for round in 0..50 {
            for (len, from) in [(3, v4), (round % 5, v6), (7, v4)] {
                assert_eq!(datagram(&mut slot, &mut storage, len, from), Some(len));
            }
            for (len, from) in [(3, v4), (round % 5, v6), (7, v4)] {
                let len = usize::from(len);
                assert_eq!(slot.pop_datagram(&storage, &mut [0; 8]), Some(Arrived { len, from }));
            }
            assert!(!slot.has_datagram());
        }
    }
}
