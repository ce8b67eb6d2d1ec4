//! What the modem says unasked.

use super::{Core, bit};
use crate::at::Final;
use crate::dialect::{Procedure, Urc, cellular};
use crate::error::{CmeCode, Error};
use crate::socket::{Kind, State};
use crate::time::{Duration, Instant};

/// How long the answer to a command may still come behind an error that may be about something else;
/// how long that of a connect may.
const ANSWER: Duration = Duration::from_millis(500);
const CONNECT: Duration = Duration::from_secs(5);

impl Core {
    /// An error that belongs to no command: a Sequans modem says that a receive buffer is full and
    /// that further data are lost (RYZ014 use cases §6.2.5), not in which socket. A stream of which
    /// some is unread may have a gap from here on.
    pub(super) fn on_overflow(&mut self) {
        if !self.limits.host_keeps_sockets {
            return;
        }
        for slot in self.table.all_mut() {
            let unread = slot.maybe_unread || slot.unread > 0;
            if slot.state == State::Open && slot.kind == Kind::Tcp && unread {
                self.stale |= bit(slot.id);
                slot.fail(Error::Aborted);
            }
        }
    }

    /// Until when to wait for another result, where this one may be about a full buffer and not about the
    /// command in flight: an error without number may be, where errors have numbers.
    pub(super) fn doubt(&self, result: Final) -> Option<Instant> {
        let job = self.job.as_ref()?;
        let of_socket = job.slot.is_some() || job.procedure == Procedure::Close;
        let may_be = result == Final::Error(CmeCode::UNKNOWN)
            && of_socket
            && self.limits.host_keeps_sockets
            && !job.is_doubtful();
        may_be.then(|| self.now + if job.opens() { CONNECT } else { ANSWER })
    }

    /// Whoever waits for the modem to start is told that it has.
    pub(super) fn started(&mut self) {
        if let Some(upgrades) = self.extras.upgrades {
            (upgrades.started)(self);
        }
    }

    /// Timers of power saving mode stand in reports of the registration, and with some modems there alone.
    pub(super) fn note_grant(&mut self, line: &[u8]) {
        if self.config.power_saving.is_some()
            && let Some(granted) = cellular::granted_unasked(line)
        {
            self.status.granted = granted;
        }
    }

    pub(super) fn on_urc(&mut self, urc: Urc) {
        match urc {
            Urc::Started => {
                self.restart(true);
                self.started();
            }
            Urc::Registration(stat) => {
                self.link.registration(self.now, stat, &mut self.status);
                self.waiters.wake();
            }
            Urc::Detached { cid } => {
                let change = self.link.detached(self.now, cid, &self.config);
                self.apply(change);
            }
            Urc::Data { id, unread } => {
                let reading = self.job.as_ref().filter(|job| job.read > 0 && job.call.id == id);
                // A count in the middle of an answer may be of before or behind it; one behind the
                // result does not hold what has just been read, which is still to be taken off.
                let known = match reading {
                    None => unread,
                    Some(job) if job.is_due() => unread.map(|unread| unread.saturating_add(job.read)),
                    Some(_) => None,
                };
                let now = self.now;
                if let Some(slot) = self.table.by_id(id) {
                    slot.touch(now);
                    slot.maybe_unread = true;
                    slot.unread = known.unwrap_or(slot.unread);
                } else if let Some(listeners) = self.extras.listeners {
                    (listeners.orphan)(self, id);
                }
            }
            Urc::Closed { id } => {
                self.closing &= !bit(id);
                if self.notice == Some(id) {
                    self.notice = None;
                } else if let Some(slot) = self.table.by_id(id) {
                    slot.peer_closed = true;
                    slot.maybe_unread = true;
                    slot.check = true;
                }
            }
            Urc::Incoming { id, listener, remote } => match self.extras.listeners {
                Some(listeners) => (listeners.incoming)(self, id, listener, remote),
                None => self.stale |= bit(id),
            },
            Urc::Message => {
                if let Some(messages) = self.extras.messages {
                    (messages.arrived)(self);
                }
            }
            Urc::Attached => self.link.attached(self.now),
            Urc::Stopping | Urc::Other => {}
        }
    }
}
