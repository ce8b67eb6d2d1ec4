//! Options of a socket: one at a time on its way to the modem.

use core::task::{Poll, Waker};

use super::{SocketHandle, State};
use crate::dialect::{Procedure, SocketOption};
use crate::engine::Core;
use crate::error::Error;

/// How far an option is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    Idle,
    Wanted(SocketOption),
    Running(SocketOption),
    Done(SocketOption, Result<(), Error>),
}

impl Core {
    /// Sets an option; to be called until it is done. Another option meanwhile waits for the first.
    pub(crate) fn set_option(
        &mut self,
        handle: SocketHandle,
        option: SocketOption,
        waker: &Waker,
    ) -> Poll<Result<(), Error>> {
        if matches!(option, SocketOption::Linger(32768..)) {
            return Poll::Ready(Err(Error::InvalidInput));
        }
        if self.dialect.steps(Procedure::SetOption).is_empty() {
            return Poll::Ready(Err(Error::Unsupported));
        }
        let slot = self.table.of(handle)?.slot;
        if slot.state != State::Open || !slot.has_id {
            return Poll::Ready(Err(slot.error.unwrap_or(Error::NotConnected)));
        }
        match slot.setting {
            Setting::Done(done, result) if done == option => {
                slot.setting = Setting::Idle;
                return Poll::Ready(result);
            }
            Setting::Idle | Setting::Done(..) => slot.setting = Setting::Wanted(option),
            Setting::Wanted(_) | Setting::Running(_) => {}
        }
        slot.writer.register(waker);
        self.use_options();
        self.runner.wake();
        Poll::Pending
    }
}
