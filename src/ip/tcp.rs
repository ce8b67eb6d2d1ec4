//! What a user does with a TCP connection.

use core::net::SocketAddr;
use core::task::{Poll, Waker};

use smoltcp::socket::tcp::{RecvError, Socket, State as Tcp};

use super::device::OWN_PORTS;
use super::slot::State;
use super::{CONNECT, FAREWELL, Ip, endpoint, plain};
use crate::error::Error;
use crate::socket::SocketHandle;
use crate::time::Duration;

/// What is left of a connect's time after 5 s: one that its user gives up later had no answer.
const LEFT: Duration = Duration::from_millis(CONNECT.as_millis() - 5000);

impl<'d> Ip<'d> {
    /// Waits while the link is coming up.
    pub(super) fn poll_up(&mut self, waker: &Waker) -> Poll<Result<(), Error>> {
        match (self.up, self.error) {
            (true, _) => Poll::Ready(Ok(())),
            (false, Some(error)) => Poll::Ready(Err(error)),
            (false, None) => {
                self.waiters.register(waker);
                Poll::Pending
            }
        }
    }

    /// The place that `handle` names, if it still lives.
    // Called from many places.
    #[inline(never)]
    pub(super) fn place(&self, handle: SocketHandle) -> Result<usize, Error> {
        let index = usize::from(handle.index);
        let lives = self.slots.get(index).is_some_and(|slot| {
            slot.generation == handle.generation && matches!(slot.state, State::Opening | State::Open)
        });
        if lives { Ok(index) } else { Err(Error::NotConnected) }
    }

    pub(super) fn handle(&self, index: usize) -> SocketHandle {
        let generation = self.slots.get(index).map_or(0, |slot| slot.generation);
        SocketHandle { index: index as u8, generation }
    }

    /// The TCP socket at a place; `None` where it is one for datagrams.
    pub(super) fn tcp(&mut self, index: usize) -> Option<&mut Socket<'d>> {
        let inner = self.slots.get(index).filter(|_| index < self.tcp)?.inner?;
        Some(self.sockets.get_mut(inner))
    }

    /// A TCP socket that nobody has, where there is one; or one that is as good as closed.
    pub(super) fn free_tcp(&mut self) -> Option<usize> {
        let free = (0..self.tcp).find(|&index| self.state(index) == Some(State::Free));
        if free.is_some() {
            return free;
        }
        // Everything that its user wrote has arrived; what the peer still says interests nobody.
        let done = (0..self.tcp).find(|&index| {
            self.state(index) == Some(State::Released)
                && self.tcp(index).is_some_and(|socket| socket.state() == Tcp::FinWait2)
        })?;
        self.tcp(done)?.abort();
        self.slots.get_mut(done)?.free();
        Some(done)
    }

    pub(super) fn state(&self, index: usize) -> Option<State> {
        self.slots.get(index).map(|slot| slot.state)
    }

    /// Whether a socket is on its way to be free.
    pub(super) fn is_any_leaving(&self) -> bool {
        self.slots.iter().any(|slot| slot.state == State::Released)
    }

    pub(super) fn connect(&mut self, remote: SocketAddr, waker: &Waker) -> Poll<Result<SocketHandle, Error>> {
        if remote.port() == 0 || remote.ip().is_unspecified() {
            return Poll::Ready(Err(Error::InvalidInput));
        }
        core::task::ready!(self.poll_way_to(remote.ip(), waker))?;
        let remote = plain(remote);
        let Some(endpoint) = endpoint(remote) else { return Poll::Ready(Err(Error::WrongFamily)) };
        let Some(index) = self.free_tcp() else {
            if !self.slots.iter().take(self.tcp).any(|slot| slot.state == State::Released) {
                return Poll::Ready(Err(Error::NoSocket));
            }
            self.waiters.register(waker);
            return Poll::Pending;
        };
        let port = self.next_port();
        let Some(inner) = self.slots.get(index).and_then(|slot| slot.inner) else {
            return Poll::Ready(Err(Error::NoSocket));
        };
        let socket = self.sockets.get_mut::<Socket<'_>>(inner);
        if socket.is_open() {
            socket.abort();
        }
        if socket.connect(self.interface.context(), endpoint, port).is_err() {
            return Poll::Ready(Err(Error::InvalidInput));
        }
        if let Some(slot) = self.slots.get_mut(index) {
            slot.occupy(State::Opening, Some(remote), port);
            slot.limit(CONNECT);
        }
        self.runner.wake();
        Poll::Ready(Ok(self.handle(index)))
    }

    /// A port that no socket of ours has.
    pub(super) fn next_port(&mut self) -> u16 {
        loop {
            self.port = match self.port {
                0 => OWN_PORTS + (self.seed % 16_000) as u16,
                u16::MAX => OWN_PORTS,
                port => port + 1,
            };
            let port = self.port;
            if !self.slots.iter().any(|slot| slot.state != State::Free && slot.local_port == port) {
                return port;
            }
        }
    }

    pub(super) fn poll_connected(&mut self, index: usize, waker: &Waker) -> Poll<Result<(), Error>> {
        let Some(state) = self.tcp(index).map(|socket| socket.state()) else {
            return Poll::Ready(Ok(()));
        };
        let Some(slot) = self.slots.get_mut(index) else { return Poll::Ready(Err(Error::NotConnected)) };
        if let Some(error) = slot.error {
            return Poll::Ready(Err(error));
        }
        if slot.state == State::Open {
            return Poll::Ready(Ok(()));
        }
        match state {
            Tcp::SynSent | Tcp::SynReceived => {
                slot.writer.register(waker);
                Poll::Pending
            }
            Tcp::Closed => {
                slot.error = Some(Error::Refused);
                Poll::Ready(Err(Error::Refused))
            }
            _ => {
                slot.state = State::Open;
                slot.deadline = crate::time::Instant::NEVER;
                Poll::Ready(Ok(()))
            }
        }
    }

    pub(super) fn read_stream(
        &mut self,
        index: usize,
        buffer: &mut [u8],
        waker: &Waker,
    ) -> Poll<Result<usize, Error>> {
        if buffer.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let Some(socket) = self.tcp(index) else { return Poll::Ready(Err(Error::NotConnected)) };
        match socket.recv_slice(buffer) {
            Ok(0) => self.wait_to_read(index, waker),
            Ok(count) => {
                // The peer may have waited for room.
                self.runner.wake();
                Poll::Ready(Ok(count))
            }
            Err(RecvError::Finished) => Poll::Ready(Ok(0)),
            Err(RecvError::InvalidState) => Poll::Ready(Err(self.end_of(index))),
        }
    }

    fn wait_to_read<T>(&mut self, index: usize, waker: &Waker) -> Poll<Result<T, Error>> {
        let Some(slot) = self.slots.get_mut(index) else { return Poll::Ready(Err(Error::NotConnected)) };
        if let Some(error) = slot.error {
            return Poll::Ready(Err(error));
        }
        slot.reader.register(waker);
        Poll::Pending
    }

    /// Why a connection is over that was not closed here.
    fn end_of(&self, index: usize) -> Error {
        self.slots.get(index).and_then(|slot| slot.error).unwrap_or(Error::Reset)
    }

    pub(super) fn poll_stream(&mut self, index: usize, waker: &Waker) -> Poll<Result<(), Error>> {
        let Some(socket) = self.tcp(index) else { return Poll::Ready(Err(Error::NotConnected)) };
        match socket.peek(1) {
            Ok([]) => self.wait_to_read(index, waker),
            // The next read tells what it is.
            _ => Poll::Ready(Ok(())),
        }
    }

    pub(super) fn write_stream(
        &mut self,
        index: usize,
        bytes: &[u8],
        waker: &Waker,
    ) -> Poll<Result<usize, Error>> {
        let Some(slot) = self.slots.get(index) else { return Poll::Ready(Err(Error::NotConnected)) };
        if let Some(error) = slot.error {
            return Poll::Ready(Err(error));
        }
        if slot.shut {
            return Poll::Ready(Err(Error::Closed));
        }
        let Some(socket) = self.tcp(index) else { return Poll::Ready(Err(Error::NotConnected)) };
        match socket.send_slice(bytes) {
            Ok(0) if !bytes.is_empty() => {
                if let Some(slot) = self.slots.get_mut(index) {
                    slot.writer.register(waker);
                }
                Poll::Pending
            }
            Ok(count) => {
                self.runner.wake();
                Poll::Ready(Ok(count))
            }
            Err(_) => Poll::Ready(Err(self.end_of(index))),
        }
    }

    /// Waits until the peer has everything.
    pub(super) fn flush_stream(&mut self, index: usize, waker: &Waker) -> Poll<Result<(), Error>> {
        let Some(socket) = self.tcp(index) else { return Poll::Ready(Err(Error::NotConnected)) };
        let (left, open) = (socket.send_queue(), socket.state() != Tcp::Closed);
        let Some(slot) = self.slots.get_mut(index) else { return Poll::Ready(Err(Error::NotConnected)) };
        match (slot.error, left) {
            (Some(error), _) => Poll::Ready(Err(error)),
            (None, 0) if open => Poll::Ready(Ok(())),
            (None, _) if open => {
                slot.writer.register(waker);
                Poll::Pending
            }
            (None, _) => Poll::Ready(Err(Error::Reset)),
        }
    }

    /// The user does not want it any more.
    pub(super) fn release_stream(&mut self, index: usize) {
        let Some(state) = self.state(index) else { return };
        if state == State::Opening
            && self.slots.get(index).is_some_and(|slot| self.now + LEFT >= slot.deadline)
        {
            // Its user has waited for long enough.
            self.missed_an_answer();
        }
        let Some(socket) = self.tcp(index) else { return };
        if state == State::Open {
            socket.close();
        } else {
            socket.abort();
        }
        if let Some(slot) = self.slots.get_mut(index) {
            slot.state = State::Released;
            slot.limit(FAREWELL);
        }
        self.runner.wake();
    }
}
