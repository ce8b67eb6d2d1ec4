//! What a user does with a listening socket.
//!
//! A listener takes a slot like any socket, and each connection that came to it takes one from
//! then on, accepted or not.

use core::net::SocketAddr;
use core::task::{Poll, Waker};

use super::{Kind, SocketHandle, State};
use crate::dialect::Procedure;
use crate::engine::Core;
use crate::error::Error;

impl Core {
    /// Takes a slot for a socket that listens on `port`.
    pub(crate) fn listen(&mut self, port: u16, waker: &Waker) -> Poll<Result<SocketHandle, Error>> {
        if self.dialect.steps(Procedure::Listen).is_empty() {
            return Poll::Ready(Err(Error::Unsupported));
        }
        if port == 0 {
            return Poll::Ready(Err(Error::InvalidInput));
        }
        self.use_listeners();
        self.occupy(Kind::Listener, super::slot::NOBODY, port, waker)
    }

    /// Takes a connection that has come to a listener.
    pub(crate) fn accept(
        &mut self,
        handle: SocketHandle,
        waker: &Waker,
    ) -> Poll<Result<(SocketHandle, SocketAddr), Error>> {
        let slot = self.table.of(handle)?.slot;
        if slot.kind != Kind::Listener {
            return Poll::Ready(Err(Error::InvalidInput));
        }
        let (state, error) = (slot.state, slot.error);
        let waits = |slot: &super::Slot| slot.state == State::Incoming && slot.listener == handle.index;
        let slots = self.table.all_mut().iter_mut().enumerate();
        if let Some((index, slot)) = { slots }.find(|(_, slot)| waits(slot)) {
            slot.state = State::Open;
            let accepted = SocketHandle { index: index as u8, generation: slot.generation };
            let remote = slot.remote;
            self.runner.wake();
            return Poll::Ready(Ok((accepted, remote)));
        }
        if state == State::Dead {
            return Poll::Ready(Err(error.unwrap_or(Error::Aborted)));
        }
        // Several tasks may wait for the next connection.
        self.waiters.register(waker);
        Poll::Pending
    }

    /// Nobody will accept what has come to a listener.
    pub(super) fn release_incoming(&mut self, listener: u8) {
        for slot in self.table.all_mut() {
            if slot.state == State::Incoming && slot.listener == listener {
                slot.state = State::Open;
                slot.released = true;
            }
        }
    }
}
