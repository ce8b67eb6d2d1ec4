//! Where packets come out and go in.

use super::fifo::Fifo;
use super::packet;
use super::session::Ppp;
use super::status::Phase;
use crate::error::Error;

/// A packet that has come. It stays until it is [taken](Self::take).
#[derive(Debug)]
pub struct Reception<'p> {
    fifo: &'p mut Fifo,
    store: &'p mut [u8],
}

impl Reception<'_> {
    /// The packet: IPv4 or IPv6, as its first four bits say.
    pub fn packet(&self) -> &[u8] {
        let frame = self.fifo.front(self.store).unwrap_or_default();
        let skip = packet::header(frame).map_or(0, |(_, skip)| skip);
        frame.get(skip..).unwrap_or_default()
    }

    /// Lets `read` have the packet, and makes room for others.
    pub fn take<R>(self, read: impl FnOnce(&[u8]) -> R) -> R {
        self.take_if(|packet| (read(packet), true))
    }

    /// As [`take`](Self::take), but the packet, changed or not, stays where `read` says that it is not done with.
    pub fn take_if<R>(self, read: impl FnOnce(&mut [u8]) -> (R, bool)) -> R {
        let frame = self.fifo.front_mut(self.store).unwrap_or_default();
        let skip = packet::header(frame).map_or(0, |(_, skip)| skip);
        let (result, done) = read(frame.get_mut(skip..).unwrap_or_default());
        if done {
            self.fifo.pop(self.store);
        }
        result
    }
}

/// Room for a packet of the largest size.
#[derive(Debug)]
pub struct Transmission<'p> {
    fifo: &'p mut Fifo,
    store: &'p mut [u8],
    mtu: u16,
}

impl Transmission<'_> {
    /// Lets `write` write a packet of `len` bytes, and sends it. Its first four bits have to say
    /// whether it is IPv4 or IPv6. Where `len` is more than the link's
    /// [`mtu`](Ppp::mtu), `write` gets that much and nothing is sent.
    pub fn fill<R>(self, len: usize, write: impl FnOnce(&mut [u8]) -> R) -> R {
        self.fill_if(len, |room| (write(room), true))
    }

    /// As [`fill`](Self::fill), but what is written is sent only where `write` says so.
    pub fn fill_if<R>(self, len: usize, write: impl FnOnce(&mut [u8]) -> (R, bool)) -> R {
        let room = self.fifo.room(self.store);
        let fits = len <= usize::from(self.mtu) && len <= room.len();
        let size = len.min(room.len());
        let (result, wanted) = write(room.get_mut(..size).unwrap_or_default());
        if fits && wanted && len > 0 {
            self.fifo.push(self.store, len);
        }
        result
    }
}

impl Ppp<'_> {
    /// The packet that has waited longest.
    pub fn received(&mut self) -> Option<Reception<'_>> {
        self.ports().0
    }

    /// Room for a packet, while the link carries packets and has room for one of the largest size.
    pub fn transmission(&mut self) -> Option<Transmission<'_>> {
        self.ports().1
    }

    /// Both at once: a packet that has waited and room for one that answers it.
    pub fn ports(&mut self) -> (Option<Reception<'_>>, Option<Transmission<'_>>) {
        let (mtu, largest) = (self.mtu(), self.largest());
        let up = self.phase == Phase::Network && (self.ipcp.0.is_opened() || self.ipv6cp.0.is_opened());
        let received = !self.received.is_empty();
        // For what a stack may write that does not know what the peer takes.
        let room = up && self.waiting.make_room(self.tx, largest.into());
        let reception = received.then_some(Reception { fifo: &mut self.received, store: self.rx });
        let transmission = room.then_some(Transmission { fifo: &mut self.waiting, store: self.tx, mtu });
        (reception, transmission)
    }

    /// As [`Transmission::fill`] on what [`transmission`](Self::transmission) gives; nothing is sent where that is
    /// nothing.
    #[cfg(feature = "embassy-net")]
    pub(crate) fn fill<R>(&mut self, len: usize, write: impl FnOnce(&mut [u8]) -> R) -> R {
        let mtu = if self.transmission().is_some() { self.mtu() } else { 0 };
        Transmission { fifo: &mut self.waiting, store: self.tx, mtu }.fill(len, write)
    }

    /// Sends a packet that stands in several pieces, one behind the other.
    ///
    /// # Errors
    ///
    /// [`Error::LinkDown`] while the link carries no packets, [`Error::Oversized`] for more than
    /// [`mtu`](Self::mtu) bytes, [`Error::NoSocket`] where there is no room until others have left.
    pub fn send(&mut self, pieces: &[&[u8]]) -> Result<(), Error> {
        if self.ipv4().is_none() && self.ipv6().is_none() {
            return Err(Error::LinkDown);
        }
        let len = pieces.iter().map(|piece| piece.len()).sum::<usize>();
        if len > usize::from(self.mtu()) {
            return Err(Error::Oversized);
        }
        if !self.waiting.make_room(self.tx, len) {
            return Err(Error::NoSocket);
        }
        let mut writer = packet::Writer::new(self.waiting.room(self.tx));
        for piece in pieces {
            writer.put(piece);
        }
        self.waiting.push(self.tx, len);
        Ok(())
    }
}
