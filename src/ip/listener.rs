//! Ports at which connections are waited for, and the places that change without their users.

use core::net::SocketAddr;
use core::task::{Poll, Waker};

use smoltcp::socket::tcp::State as Tcp;

use super::Ip;
use super::slot::{Listener, State};
use crate::error::Error;
use crate::socket::SocketHandle;
use crate::time::Instant;

/// What is reached only once somebody listens. Where nobody does, the linker drops it.
pub(super) struct Listening {
    /// A socket that waits, or that a connection has come to. True when it is free now.
    look: fn(&mut Ip<'_>, usize, State) -> bool,
    go_on: fn(&mut Ip<'_>),
    release: fn(&mut Ip<'_>, usize),
    drop: fn(&mut Ip<'_>),
}

const LISTENING: &Listening = &Listening {
    look: |ip, index, state| ip.look_for_connection(index, state),
    go_on: |ip| ip.listen_on(),
    release: |ip, index| ip.end_listening(index),
    drop: |ip| ip.end_all(),
};

impl Ip<'_> {
    /// Listeners have the places behind those of all sockets.
    pub(super) fn listener(&self, handle: SocketHandle) -> Option<usize> {
        let index = usize::from(handle.index).checked_sub(self.slots.len())?;
        let listener = self.listeners.get(index)?;
        (listener.port != 0 && listener.generation == handle.generation).then_some(index)
    }

    pub(super) fn begin_to_listen(&mut self, port: u16, waker: &Waker) -> Poll<Result<SocketHandle, Error>> {
        if port == 0 {
            return Poll::Ready(Err(Error::InvalidInput));
        }
        core::task::ready!(self.poll_up(waker))?;
        if self.listeners.iter().any(|listener| listener.port == port) {
            return Poll::Ready(Err(Error::PortInUse));
        }
        if self.free_tcp().is_none() {
            if !self.is_any_leaving() {
                return Poll::Ready(Err(Error::NoSocket));
            }
            self.waiters.register(waker);
            return Poll::Pending;
        }
        let free = self.listeners.iter_mut().enumerate().find(|(_, listener)| listener.port == 0);
        let Some((index, listener)) = free else { return Poll::Ready(Err(Error::NoSocket)) };
        listener.port = port;
        listener.generation = listener.generation.wrapping_add(1);
        self.listening = Some(LISTENING);
        let generation = listener.generation;
        self.sweep();
        Poll::Ready(Ok(SocketHandle { index: (self.slots.len() + index) as u8, generation }))
    }

    pub(super) fn take_incoming(
        &mut self,
        handle: SocketHandle,
        waker: &Waker,
    ) -> Poll<Result<(SocketHandle, SocketAddr), Error>> {
        let Some(listener) = self.listener(handle) else {
            return Poll::Ready(Err(self.error.unwrap_or(Error::NotConnected)));
        };
        self.sweep();
        let wanted = State::Incoming(listener as u8);
        let incoming = self.slots.iter().position(|slot| slot.state == wanted);
        let remote = |ip: &mut Self, index| ip.tcp(index)?.remote_endpoint();
        let Some((index, remote)) = incoming.and_then(|index| Some((index, remote(self, index)?))) else {
            if let Some(listener) = self.listeners.get_mut(listener) {
                listener.waker.register(waker);
            }
            return Poll::Pending;
        };
        let remote = SocketAddr::from(remote);
        let port = self.listeners.get(listener).map_or(0, |listener| listener.port);
        if let Some(slot) = self.slots.get_mut(index) {
            slot.occupy(State::Open, Some(remote), port);
        }
        Poll::Ready(Ok((self.handle(index), remote)))
    }

    pub(super) fn release_listener(&mut self, index: usize) {
        if let Some(listening) = self.listening {
            (listening.release)(self, index);
        }
    }

    /// Nobody listens any more; connections that nobody has taken end.
    fn end_listening(&mut self, index: usize) {
        if let Some(listener) = self.listeners.get_mut(index) {
            listener.port = 0;
            listener.waker.wake();
        }
        self.end_waiting(index);
        self.runner.wake();
    }

    fn end_waiting(&mut self, listener: usize) {
        let listener = listener as u8;
        for index in 0..self.tcp {
            let state = self.state(index);
            if state == Some(State::Listening(listener)) || state == Some(State::Incoming(listener)) {
                if let Some(socket) = self.tcp(index) {
                    socket.abort();
                }
                if let Some(slot) = self.slots.get_mut(index) {
                    slot.free();
                }
            }
        }
    }

    /// Looks at what changes without a user: connections that come, sockets that are closed.
    pub(super) fn sweep(&mut self) {
        let now = self.now;
        let mut freed = false;
        for index in 0..self.slots.len() {
            let Some(slot) = self.slots.get_mut(index) else { continue };
            if let Some(patience) = slot.patience.take() {
                slot.deadline = now + patience;
            }
            let (state, late) = (slot.state, slot.deadline <= now);
            match state {
                State::Free => {}
                State::Listening(_) | State::Incoming(_) => {
                    freed |= self.listening.is_some_and(|listening| (listening.look)(self, index, state));
                }
                State::Opening => {
                    if late {
                        self.missed_an_answer();
                        self.fail(index, Error::Timeout);
                    }
                }
                State::Open => {
                    // The time of a question; who asked goes on.
                    if late {
                        slot.deadline = Instant::NEVER;
                        slot.wake();
                    }
                }
                State::Released => freed |= self.has_left(index, late),
            }
        }
        if freed {
            self.waiters.wake();
        }
        if let Some(listening) = self.listening {
            (listening.go_on)(self);
        }
    }

    fn free(&mut self, index: usize) {
        if let Some(slot) = self.slots.get_mut(index) {
            slot.free();
        }
    }

    fn look_for_connection(&mut self, index: usize, state: State) -> bool {
        let Some(connection) = self.tcp(index).map(|socket| socket.state()) else { return false };
        match (connection, state) {
            (Tcp::Closed, _) => {
                self.free(index);
                // The peer has changed its mind.
                matches!(state, State::Incoming(_))
            }
            (Tcp::Listen | Tcp::SynReceived, _) => false,
            (_, State::Listening(listener)) => {
                if let Some(slot) = self.slots.get_mut(index) {
                    slot.state = State::Incoming(listener);
                }
                if let Some(listener) = self.listeners.get_mut(usize::from(listener)) {
                    listener.waker.wake();
                }
                false
            }
            _ => false,
        }
    }

    /// Whether a socket that was let go is free now.
    fn has_left(&mut self, index: usize, late: bool) -> bool {
        let gone = if let Some(socket) = self.tcp(index) {
            // Nobody reads it, and a full buffer would keep the peer from its end.
            _ = socket.recv(|bytes| (bytes.len(), ()));
            if late {
                socket.abort();
            }
            // What TIME-WAIT is for goes on while the socket is free.
            matches!(socket.state(), Tcp::Closed | Tcp::TimeWait)
        } else {
            self.have_datagrams_left(index, late)
        };
        if gone {
            self.free(index);
        }
        gone
    }

    /// Each listener has one socket that waits, as long as there are any.
    fn listen_on(&mut self) {
        for place in 0..self.listeners.len() {
            let port = self.listeners.get(place).map_or(0, |listener| listener.port);
            let listening = State::Listening(place as u8);
            let waits = |ip: &mut Self, index| {
                ip.state(index) == Some(listening)
                    && ip.tcp(index).is_some_and(|socket| socket.state() == Tcp::Listen)
            };
            if port == 0 || !self.up || (0..self.tcp).any(|index| waits(self, index)) {
                continue;
            }
            let Some(index) = self.free_tcp() else { continue };
            let Some(socket) = self.tcp(index) else { continue };
            if socket.is_open() {
                socket.abort();
            }
            if socket.listen(port).is_ok()
                && let Some(slot) = self.slots.get_mut(index)
            {
                slot.occupy(listening, None, port);
            }
        }
    }

    /// A socket is dead for a reason of ours.
    pub(super) fn fail(&mut self, index: usize, error: Error) {
        if let Some(socket) = self.tcp(index) {
            socket.abort();
        } else {
            self.close_datagrams(index);
        }
        let Some(slot) = self.slots.get_mut(index) else { return };
        match slot.state {
            State::Free => {}
            State::Opening | State::Open => {
                slot.error = Some(slot.error.unwrap_or(error));
                (slot.patience, slot.deadline) = (None, Instant::NEVER);
                slot.wake();
            }
            State::Listening(_) | State::Incoming(_) | State::Released => slot.free(),
        }
    }

    /// All listeners end with the link.
    pub(super) fn drop_listeners(&mut self) {
        if let Some(listening) = self.listening {
            (listening.drop)(self);
        }
    }

    fn end_all(&mut self) {
        for listener in &mut self.listeners {
            let Listener { port, waker, .. } = listener;
            *port = 0;
            waker.wake();
        }
    }
}
