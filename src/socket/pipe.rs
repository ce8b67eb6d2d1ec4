//! A TCP connection as a raw pipe.

use core::task::{Poll, Waker};

use super::{Kind, SocketHandle, State};
use crate::dialect::Procedure;
use crate::engine::Core;
use crate::error::Error;

/// How far a connection is on its way into the pipe, or out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pipe {
    Off,
    Wanted,
    On,
    Leaving,
    Failed(Error),
}

impl Core {
    /// Turns a connection into a raw pipe.
    pub(crate) fn enter_pipe(&mut self, handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>> {
        if self.dialect.steps(Procedure::Online).is_empty() {
            return Poll::Ready(Err(Error::Unsupported));
        }
        let slot = self.table.of(handle)?.slot;
        if slot.kind != Kind::Tcp {
            return Poll::Ready(Err(Error::Unsupported));
        }
        if slot.state != State::Open || slot.eof {
            return Poll::Ready(Err(slot.error.unwrap_or(Error::NotConnected)));
        }
        match slot.pipe {
            Pipe::On => return Poll::Ready(Ok(())),
            Pipe::Failed(error) => {
                slot.pipe = Pipe::Off;
                return Poll::Ready(Err(error));
            }
            Pipe::Off => slot.pipe = Pipe::Wanted,
            Pipe::Wanted | Pipe::Leaving => {}
        }
        slot.tx_commit |= slot.tx_len > 0;
        slot.writer.register(waker);
        self.use_pipes();
        self.runner.wake();
        Poll::Pending
    }

    /// Has the pipe left, after what was written; the connection goes on with commands.
    pub(crate) fn request_leave(&mut self, handle: SocketHandle) {
        if let Ok(place) = self.table.of(handle) {
            place.slot.pipe = match place.slot.pipe {
                Pipe::On | Pipe::Leaving => Pipe::Leaving,
                Pipe::Off | Pipe::Wanted | Pipe::Failed(_) => Pipe::Off,
            };
            self.runner.wake();
        }
    }

    /// Waits until the pipe has been left.
    pub(crate) fn poll_leave(&mut self, handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>> {
        let slot = self.table.of(handle)?.slot;
        if slot.state != State::Open {
            return Poll::Ready(Err(slot.error.unwrap_or(Error::Closed)));
        }
        if slot.pipe != Pipe::Leaving {
            return Poll::Ready(Ok(()));
        }
        slot.writer.register(waker);
        Poll::Pending
    }
}
