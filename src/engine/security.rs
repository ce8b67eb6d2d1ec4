//! Secure sockets: which tables they use, what their commands are made of, what of them is never
//! logged.

use core::task::{Poll, Waker};

use super::Core;
use super::extras::Securities;
use super::job::Job;
use crate::at::{Final, Params, split};
use crate::dialect::{Credential, Dialect, Procedure, Step, security};
use crate::error::{CmeCode, Error, Failure};
use crate::socket::{Slot, Slots, State};

const SECURITIES: Securities = Securities {
    steps: Core::secure_steps,
    secure,
    line: Core::on_secret,
    finish: Core::profiled,
    failure: |cause, late| match cause {
        // A modem that cannot use a profile has a number for that, too, and no time is out yet.
        Some(Error::Timeout) if !late => Error::Handshake,
        cause => cause.unwrap_or(Error::Handshake),
    },
};

/// What the commands about the socket at `index` are made of, while it is being opened.
fn secure<'a>(
    table: &'a mut (dyn Slots + 'static),
    dialect: &'static dyn Dialect,
    index: u8,
) -> Option<security::Secure<'a>> {
    let can = dialect.security()?;
    let place = table.at(index)?;
    let profile = place.slot.profile.filter(|_| place.slot.state == State::Opening)?;
    let name = place.tx.get(..place.slot.server_name.into())?;
    let place = place.slot.place.index();
    Some(security::Secure { profile, can, name, place, write: security::write })
}

impl Core {
    /// Secure sockets, or digests of credentials, are used from now on.
    pub(crate) fn use_security(&mut self) {
        self.extras.security = Some(&SECURITIES);
    }

    fn secure_steps(&self, procedure: Procedure, slot: Option<u8>) -> &'static [Step] {
        let slot = slot.and_then(|index| self.table.all().get(usize::from(index)));
        let secured = slot.is_some_and(|slot| slot.profile.is_some());
        let steps = match self.dialect.security() {
            Some(can) if secured || procedure == Procedure::CheckCredential => {
                security::steps(can, procedure)
            }
            Some(_) => security::plain_steps(self.dialect, procedure),
            None => None,
        };
        let opens = matches!(procedure, Procedure::OpenTcp | Procedure::OpenUdp);
        match steps {
            Some(steps) => steps,
            // Never in plain text.
            None if secured && opens => &[],
            None => self.dialect.steps(procedure),
        }
    }

    /// The modem has taken the profile, or not.
    fn profiled(&mut self, job: &Job, result: Result<(), Failure>) {
        let Some(place) = job.slot.and_then(|slot| self.table.at(slot)) else { return };
        let slot = place.slot;
        if slot.state != State::Opening {
            return;
        }
        slot.state = if slot.released { State::Free } else { State::Wanted };
        match result {
            Ok(()) => slot.place.set_ready(true),
            Err(Failure::Modem(_)) => slot.fail(Error::ProfileRejected),
            Err(failure) => slot.fail(failure.into()),
        }
        self.waiters.wake();
    }

    /// Keeps what a line says about a session. True when the line must not be logged.
    fn on_secret(&mut self, line: &[u8]) -> bool {
        if let Some((place, session)) = security::session(self.dialect, line) {
            self.keep_session(place, session);
            return true;
        }
        let hidden = self.job.as_ref().is_some_and(Job::is_secret);
        // Whatever is not known may be the rest of a key, or a damaged echo.
        let known = line.starts_with(b"+") && split(line).is_some() && !security::is_secret(line);
        Final::parse(line).is_none() && (hidden || !known)
    }

    /// The modem has made a session with the profile at `place`.
    fn keep_session(&self, place: u8, session: &[u8]) {
        let uses = |slot: &&Slot| {
            let open = matches!(slot.state, State::Opening | State::Open);
            open && slot.profile.is_some() && slot.place.index() == place
        };
        let slot = self.table.all().iter().find(uses);
        let Some(store) = slot.and_then(|slot| slot.profile?.session()) else { return };
        let mut params = Params::new(session);
        if let (Some(id), Some(secret)) = (params.text(), params.text()) {
            store.keep(id, secret);
        }
    }
}

/// What [`Engine`]'s users need to put credentials into the modem.
#[cfg_attr(not(any(feature = "async", feature = "nb")), allow(dead_code, reason = "facades provision"))]
impl super::Engine {
    /// Begins to ask which credential is stored. See [`poll_check`](Self::poll_check).
    pub(crate) fn begin_check(&mut self, credential: Credential, waker: &Waker) -> Poll<Result<(), Error>> {
        if self.core.link.is_set_up() && self.core.dialect.security().is_none() {
            return Poll::Ready(Err(Error::Unsupported));
        }
        self.core.begin_check(credential, waker)
    }

    /// Waits for the digest of what is stored.
    pub(crate) fn poll_check(&mut self, waker: &Waker) -> Poll<Result<Option<u64>, Error>> {
        self.core.poll_check(waker)
    }

    /// Why the modem does not take a credential.
    pub(crate) fn rejection(&self, code: CmeCode) -> Error {
        let full = self.core.dialect.security().is_some_and(|can| can.error_is_full);
        match code {
            CmeCode::MEMORY_FULL => Error::StoreFull,
            CmeCode::UNKNOWN if full => Error::StoreFull,
            _ => Error::CredentialRejected,
        }
    }
}
