//! A certificate or key on its way into the modem.

use core::task::{Poll, Waker};

use super::Core;
use super::extras::Uploads;
use super::job::Job;
use super::payload::Payload;
use crate::dialect::{Call, Credential, CredentialKind, Procedure};
use crate::error::{Error, Failure};
use crate::socket::WakerCell;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Idle,
    Wanted,
    /// The command is on its way, or its payload, or its answer.
    Running,
    /// The digest that the modem has told is in it, as bytes so that it needs no place at a multiple of 8;
    /// 0 is none.
    Done(Result<[u8; 8], Error>),
}

#[derive(Debug)]
pub(crate) struct Upload {
    state: State,
    procedure: Procedure,
    credential: Credential,
    /// How many bytes.
    len: u16,
    /// The user has gone: what the modem stores then is removed.
    abandoned: bool,
    waker: WakerCell,
}

impl Upload {
    pub(super) const fn new() -> Self {
        Self {
            state: State::Idle,
            procedure: Procedure::StoreCredential,
            credential: Credential { kind: CredentialKind::Authority, slot: 0 },
            len: 0,
            abandoned: false,
            waker: WakerCell::new(),
        }
    }

    pub(super) fn wake(&mut self) {
        self.waker.wake();
    }

    /// The link is gone, and the upload with it.
    pub(super) fn fail(&mut self, error: Error) {
        if self.state != State::Idle && !matches!(self.state, State::Done(_)) {
            self.state = if self.abandoned { State::Idle } else { State::Done(Err(error)) };
            self.abandoned = false;
            self.waker.wake();
        }
    }

    pub(super) fn finish(&mut self, result: Result<u64, Failure>) {
        let store = self.procedure == Procedure::StoreCredential;
        if self.abandoned {
            self.abandoned = false;
            self.state = if store { State::Wanted } else { State::Idle };
            self.procedure = Procedure::RemoveCredential;
            self.abandoned = store;
            return;
        }
        self.state = State::Done(result.map(u64::to_ne_bytes).map_err(Error::from));
        self.waker.wake();
    }
}

const UPLOADS: Uploads = Uploads {
    next: Core::next_upload,
    finish: |core: &mut Core, job: &Job, result| {
        core.end_payload();
        core.upload.finish(result.map(|()| job.call.found.digest().unwrap_or_default()));
    },
    fail: |core, error| core.upload.fail(error),
};

impl Core {
    fn next_upload(&mut self) -> Option<(Procedure, Call)> {
        let Upload { state: State::Wanted, procedure, credential, len, .. } = self.upload else {
            return None;
        };
        self.upload.state = State::Running;
        self.announce(Payload { len: len.into(), escapes: false });
        Some((procedure, Call { credential, len, ..Call::new() }))
    }

    /// Begins to store a credential of `total` bytes, or to remove one where that is zero. Waits
    /// while another one is under way.
    pub(crate) fn begin_upload(
        &mut self,
        credential: Credential,
        total: usize,
        waker: &Waker,
    ) -> Poll<Result<(), Error>> {
        // u-blox names no limits; Sequans does, and they are generous: 8 kB for a certificate, 2 kB for a key (RYZ014 use cases §3.1).
        let limit = if credential.kind == CredentialKind::PrivateKey { 2048 } else { 8192 };
        if total > limit {
            return Poll::Ready(Err(Error::Oversized));
        }
        if !(8..=19).contains(&credential.slot) {
            return Poll::Ready(Err(Error::InvalidInput));
        }
        let procedure = if total == 0 { Procedure::RemoveCredential } else { Procedure::StoreCredential };
        self.begin(procedure, credential, total, waker)
    }

    /// Begins to ask which credential is stored. Waits while an upload is under way.
    #[cfg_attr(not(any(feature = "async", feature = "nb")), allow(dead_code, reason = "facades provision"))]
    pub(crate) fn begin_check(&mut self, credential: Credential, waker: &Waker) -> Poll<Result<(), Error>> {
        if !(8..=19).contains(&credential.slot) {
            return Poll::Ready(Err(Error::InvalidInput));
        }
        core::task::ready!(self.begin(Procedure::CheckCredential, credential, 0, waker))?;
        self.use_security();
        Poll::Ready(Ok(()))
    }

    /// The digest of the stored credential, where there is one and the modem tells it.
    #[cfg_attr(not(any(feature = "async", feature = "nb")), allow(dead_code, reason = "facades provision"))]
    pub(crate) fn poll_check(&mut self, waker: &Waker) -> Poll<Result<Option<u64>, Error>> {
        let digest = match self.upload.state {
            State::Done(Ok(digest)) => u64::from_ne_bytes(digest),
            _ => 0,
        };
        self.feed_upload(&[], waker).map_ok(|_| (digest != 0).then_some(digest))
    }

    fn begin(
        &mut self,
        procedure: Procedure,
        credential: Credential,
        total: usize,
        waker: &Waker,
    ) -> Poll<Result<(), Error>> {
        self.takes_commands()?;
        if self.upload.state != State::Idle {
            self.waiters.register(waker);
            return Poll::Pending;
        }
        self.extras.uploads = Some(&UPLOADS);
        self.upload.state = State::Wanted;
        self.upload.procedure = procedure;
        self.upload.credential = credential;
        self.upload.len = total as u16;
        self.runner.wake();
        Poll::Ready(Ok(()))
    }

    /// Gives as much of `bytes` as can be taken now, and says how much; zero when the modem has
    /// all and has answered.
    pub(crate) fn feed_upload(&mut self, bytes: &[u8], waker: &Waker) -> Poll<Result<usize, Error>> {
        match self.upload.state {
            State::Done(result) => {
                self.upload.state = State::Idle;
                self.waiters.wake();
                return Poll::Ready(result.map(|_| 0));
            }
            State::Idle => return Poll::Ready(Err(Error::Aborted)),
            State::Running => {
                if let Poll::Ready(count) = self.give(bytes) {
                    return Poll::Ready(Ok(count));
                }
            }
            State::Wanted => {}
        }
        self.upload.waker.register(waker);
        Poll::Pending
    }

    /// The user does not wait any longer.
    pub(crate) fn abandon_upload(&mut self) {
        match self.upload.state {
            State::Idle => return,
            State::Wanted | State::Done(_) => self.upload.state = State::Idle,
            State::Running => {
                self.upload.abandoned = true;
                self.leave_payload();
            }
        }
        self.waiters.wake();
        self.runner.wake();
    }
}
