//! What a user does with a TCP connection.

use core::net::{IpAddr, SocketAddr};
use core::task::{Poll, Waker};

use super::{Kind, Slot, SocketHandle, State};
use crate::engine::Core;
use crate::error::Error;
use crate::link::{LinkState, family};

impl Core {
    /// Takes a slot for a new socket. Waits while the link is coming up, and while a slot that was
    /// let go is still being closed.
    pub(crate) fn open(
        &mut self,
        kind: Kind,
        remote: SocketAddr,
        local_port: u16,
        waker: &Waker,
    ) -> Poll<Result<SocketHandle, Error>> {
        if remote.port() == 0 || remote.ip().is_unspecified() {
            return Poll::Ready(Err(Error::InvalidInput));
        }
        core::task::ready!(self.poll_link(waker))?;
        if self.lacks_family(remote.ip()) {
            return Poll::Ready(Err(Error::WrongFamily));
        }
        self.occupy(kind, remote, local_port, waker)
    }

    /// Whether the packet connection has no address of this one's family.
    pub(crate) fn lacks_family(&self, address: IpAddr) -> bool {
        self.status.families != 0 && self.status.families & family(address) == 0
    }

    /// Takes a free slot, once the link is up.
    pub(super) fn occupy(
        &mut self,
        kind: Kind,
        remote: SocketAddr,
        local_port: u16,
        waker: &Waker,
    ) -> Poll<Result<SocketHandle, Error>> {
        core::task::ready!(self.poll_link(waker))?;
        let limits = self.limits;
        let limit = usize::from(limits.sockets);
        let port = match local_port {
            0 if limits.host_keeps_sockets => self.next_port(),
            port => port,
        };
        let slots = self.table.all_mut();
        let listens = kind == Kind::Listener;
        let clashes = |slot: &&Slot| {
            let alive = !matches!(slot.state, State::Free | State::Dead) && slot.kind != Kind::Tcp;
            alive && slot.local_port == port && listens == (slot.kind == Kind::Listener)
        };
        if let Some(other) = slots.iter().find(clashes).filter(|_| local_port != 0) {
            if !other.released {
                return Poll::Ready(Err(Error::PortInUse));
            }
            // The modem still has that socket.
            self.waiters.register(waker);
            return Poll::Pending;
        }
        let mut usable = slots.iter_mut().take(limit).enumerate();
        if let Some((index, slot)) = usable.find(|(_, slot)| slot.state == State::Free) {
            slot.occupy(kind, remote, port);
            let handle = SocketHandle { index: index as u8, generation: slot.generation };
            self.runner.wake();
            return Poll::Ready(Ok(handle));
        }
        if slots.iter().any(|slot| slot.released) {
            self.waiters.register(waker);
            return Poll::Pending;
        }
        Poll::Ready(Err(Error::NoSocket))
    }

    /// Whether the socket is open yet.
    pub(crate) fn poll_open(&mut self, handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>> {
        let slot = self.table.of(handle)?.slot;
        match slot.state {
            State::Wanted | State::Opening => {
                slot.writer.register(waker);
                Poll::Pending
            }
            State::Open | State::Incoming => Poll::Ready(Ok(())),
            State::Dead | State::Free => Poll::Ready(slot.error.map_or(Ok(()), Err)),
        }
    }

    /// Takes received bytes; `Ok(0)` at the end of the stream.
    pub(crate) fn read(
        &mut self,
        handle: SocketHandle,
        buffer: &mut [u8],
        waker: &Waker,
    ) -> Poll<Result<usize, Error>> {
        let place = self.table.of(handle)?;
        let slot = place.slot;
        if buffer.is_empty() {
            return Poll::Ready(Ok(0));
        }
        if !slot.rx.is_empty() {
            let count = slot.rx.pop(place.rx, buffer);
            // The engine may have waited for room.
            self.runner.wake();
            return Poll::Ready(Ok(count));
        }
        if slot.eof {
            return Poll::Ready(Ok(0));
        }
        match (slot.state, slot.error) {
            (State::Dead, error) => return Poll::Ready(Err(error.unwrap_or(Error::Reset))),
            (State::Open, _) => {}
            _ => return Poll::Ready(Err(Error::NotConnected)),
        }
        slot.reader.register(waker);
        // Whoever waits for an answer has said all that it had to say.
        if slot.tx_len > 0 && !slot.tx_commit {
            slot.tx_commit = true;
            self.runner.wake();
        }
        Poll::Pending
    }

    /// Whether `read` would return at once.
    pub(crate) fn poll_readable(&mut self, handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>> {
        let slot = self.table.of(handle)?.slot;
        if !slot.rx.is_empty() || slot.has_datagram() || slot.eof || slot.state == State::Dead {
            return Poll::Ready(Ok(()));
        }
        slot.reader.register(waker);
        Poll::Pending
    }

    /// Stages bytes; takes what fits, at least one.
    pub(crate) fn write(
        &mut self,
        handle: SocketHandle,
        bytes: &[u8],
        waker: &Waker,
    ) -> Poll<Result<usize, Error>> {
        let place = self.table.of(handle)?;
        let slot = place.slot;
        if let Some(error) = write_error(slot) {
            return Poll::Ready(Err(error));
        }
        let free = place.tx.get_mut(slot.tx_len..).unwrap_or_default();
        let count = bytes.len().min(free.len());
        if let (Some(to), Some(from)) = (free.get_mut(..count), bytes.get(..count)) {
            to.copy_from_slice(from);
        }
        slot.tx_len += count;
        if slot.tx_len == place.tx.len() {
            slot.tx_commit = true;
        }
        if count > 0 || bytes.is_empty() {
            self.runner.wake();
            return Poll::Ready(Ok(count));
        }
        slot.writer.register(waker);
        self.runner.wake();
        Poll::Pending
    }

    /// Waits until the modem has taken all that was written.
    pub(crate) fn flush(&mut self, handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>> {
        let slot = self.table.of(handle)?.slot;
        if let Some(error) = slot.error {
            return Poll::Ready(Err(error));
        }
        if slot.tx_len == 0 && !slot.verify {
            return Poll::Ready(slot.write_error.take().map_or(Ok(()), Err));
        }
        slot.tx_commit = true;
        slot.writer.register(waker);
        self.runner.wake();
        Poll::Pending
    }

    /// Lets go of a socket. What was written is still sent, for a bounded time; then the modem's
    /// socket is closed. The handle is dead from here on.
    pub(crate) fn release(&mut self, handle: SocketHandle) {
        let Ok(place) = self.table.of(handle) else { return };
        let slot = place.slot;
        slot.released = true;
        let listens = slot.kind == Kind::Listener;
        // A bound socket may have none in the modem yet.
        let unborn = slot.state == State::Open && !slot.has_id && slot.tx_len == 0;
        if matches!(slot.state, State::Wanted | State::Dead) || unborn {
            slot.state = State::Free;
            slot.released = false;
            self.waiters.wake();
        }
        if listens {
            self.release_incoming(handle.index);
        }
        self.runner.wake();
    }

    /// Lets go of a socket without sending what was written.
    pub(crate) fn abort(&mut self, handle: SocketHandle) {
        if let Ok(place) = self.table.of(handle) {
            place.slot.tx_len = 0;
        }
        self.release(handle);
    }

    /// `Ok` when the link is up; waits while it is coming up.
    pub(crate) fn poll_link(&mut self, waker: &Waker) -> Poll<Result<(), Error>> {
        match (self.link.state(), self.link.error()) {
            (LinkState::Up, _) => Poll::Ready(Ok(())),
            (_, Some(error)) => Poll::Ready(Err(error)),
            (LinkState::Down, None) => Poll::Ready(Err(Error::LinkDown)),
            _ => {
                self.waiters.register(waker);
                Poll::Pending
            }
        }
    }

    /// A local port from the dynamic range, another one each time.
    fn next_port(&mut self) -> u16 {
        self.port = self.port.wrapping_add(1) & 0x3fff;
        0xc000 | self.port
    }
}

fn write_error(slot: &Slot) -> Option<Error> {
    match slot.state {
        State::Open if !slot.write_closed => None,
        State::Open => Some(Error::Closed),
        State::Dead => Some(slot.error.unwrap_or(Error::Closed)),
        _ => Some(Error::NotConnected),
    }
}
