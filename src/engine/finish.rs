//! What the end of a procedure means for link, sockets and users.

use super::extras::{Datagrams, Finish};
use super::job::Job;
use super::{Core, bit};
use crate::dialect::{Identity, Procedure};
use crate::error::{CmeCode, Error, Failure};
use crate::link::{Change, LinkState};
use crate::socket::{Kind, Slot, State};
use crate::time::Duration;

/// Failures to close a socket, in a row, after which it is taken for closed.
const CLOSE_FAILURES: u8 = 6;

/// The longest that the network takes to say that a peer refuses a connection.
const REFUSAL: Duration = Duration::from_secs(15);

/// Damaged answers in a row after which the modem's settings are made anew: one of them may have
/// been damaged itself.
const DAMAGES: u8 = 3;

impl Core {
    /// Ends the job.
    pub(super) fn conclude(&mut self, result: Result<(), Failure>) {
        let Some(job) = self.job.take() else { return };
        (self.len, self.sent) = (0, 0);
        match result {
            Ok(()) if job.read > 0 => self.damages = 0,
            Err(Failure::Damaged | Failure::Unanswered) => self.damages = self.damages.saturating_add(1),
            _ => {}
        }
        if let Err(failure) = result {
            debug!("{:?} failed: {:?}", job.procedure, failure);
        }
        match job.procedure {
            Procedure::Setup
            | Procedure::UartSleep
            | Procedure::SetBaud
            | Procedure::SimStatus
            | Procedure::PinTries
            | Procedure::EnterPin
            | Procedure::RadioOn
            | Procedure::RadioOff
            | Procedure::Registration
            | Procedure::Activate
            | Procedure::Status
            | Procedure::Deactivate
            | Procedure::Reattach
            | Procedure::Sleep
            | Procedure::Restart => {
                if job.procedure == Procedure::Setup && result.is_ok() && self.identified(&job) {
                    return;
                }
                // After a restart the link has gone on already.
                if result != Err(Failure::Gone) {
                    let change = self.link.finished(
                        self.now,
                        job.procedure,
                        result,
                        &job.call,
                        &mut self.status,
                        &self.config,
                    );
                    self.apply(change);
                    self.adjust_port(&job, result);
                }
                if job.procedure == Procedure::Setup
                    && result.is_ok()
                    && let Some(messages) = self.extras.messages
                {
                    (messages.set_up)(self);
                }
            }
            Procedure::Secure => {
                let security = self.extras.security;
                self.finish(security.map(|security| security.finish), &job, result);
            }
            Procedure::OpenTcp | Procedure::OpenUdp | Procedure::Listen => self.opened(&job, result),
            Procedure::Send | Procedure::SendDatagram | Procedure::SendLastDatagram => {
                self.sent(&job, result);
            }
            Procedure::Accept | Procedure::CheckListener => {
                let listeners = self.extras.listeners;
                self.finish(listeners.map(|listeners| listeners.finish), &job, result);
            }
            Procedure::SetOption => self.finish(self.extras.options, &job, result),
            Procedure::Online => {
                let pipes = self.extras.pipes;
                self.finish(pipes.map(|pipes| pipes.finish), &job, result);
            }
            Procedure::Receive | Procedure::ReceiveDatagram => self.received(&job, result),
            Procedure::Available
            | Procedure::AvailableDatagram
            | Procedure::Check
            | Procedure::CheckDatagram => self.checked(&job, result),
            Procedure::Close => self.closed(&job, result),
            Procedure::ResolveName | Procedure::ResolveAddress => {
                self.finish(self.extras.names, &job, result);
            }
            Procedure::CheckCredential | Procedure::StoreCredential | Procedure::RemoveCredential => {
                let uploads = self.extras.uploads;
                self.finish(uploads.map(|uploads| uploads.finish), &job, result);
            }
            Procedure::Exchange => {
                let exchanges = self.extras.exchanges;
                self.finish(exchanges.map(|exchanges| exchanges.finish), &job, result);
            }
        }
        if self.damages >= DAMAGES {
            self.damages = 0;
            self.restart(false);
        }
        self.answer_waiters();
    }

    /// Ends the procedure of a part that not every firmware has.
    fn finish(&mut self, finish: Option<Finish>, job: &Job, result: Result<(), Failure>) {
        if let Some(finish) = finish {
            finish(self, job, result);
        }
    }

    /// A name was resolved, or not.
    fn resolved(&mut self, job: &Job, result: Result<(), Failure>) {
        let address = match job.procedure {
            Procedure::ResolveAddress => Some(job.call.remote.ip()),
            _ => job.call.found.address,
        };
        let result = match result {
            Ok(()) => address.ok_or(Error::NameNotFound),
            Err(Failure::Modem(_) | Failure::NoCarrier | Failure::Unanswered) => Err(Error::NameNotFound),
            Err(failure) => Err(failure.into()),
        };
        self.lookup.finish(self.now, result);
    }

    /// Names are resolved from now on.
    pub(crate) fn use_names(&mut self) {
        self.extras.names = Some(Self::resolved);
    }

    /// Datagrams are used from now on.
    pub(crate) fn use_datagrams(&mut self) {
        const DATAGRAMS: Datagrams = Datagrams { begin: Core::arrives, commit: Slot::commit_datagram };
        self.extras.datagrams = Some(&DATAGRAMS);
    }

    /// After the setup: which modem it is, where that was to be found out, and what it may still
    /// hold. True when the setup has to be made again.
    fn identified(&mut self, job: &Job) -> bool {
        match self.dialect.identify(&job.call) {
            Some(Identity::Known(model)) => {
                info!("the modem is {}", model.name());
                (self.dialect, self.limits, self.timing) = (model, model.limits(), model.timing());
                self.offer_rungs();
                true
            }
            Some(Identity::Unknown) => {
                self.link.unknown(self.now);
                self.answer_waiters();
                true
            }
            None => {
                let limits = self.limits;
                let all = ((1u16 << limits.sockets) - 1) << limits.first_id;
                self.stale = if self.fresh { 0 } else { all as u8 };
                self.fresh = false;
                false
            }
        }
    }

    /// The modem is not there any more to answer the command in flight.
    pub(super) fn forget_job(&mut self) {
        self.conclude(Err(Failure::Gone));
        (self.len, self.sent) = (0, 0);
    }

    pub(super) fn apply(&mut self, change: Change) {
        match change {
            Change::None => {}
            Change::SocketsLost => self.drop_sockets(Error::Aborted),
        }
        self.answer_waiters();
    }

    /// Tells whoever waits for the link when it need not be waited for.
    pub(super) fn answer_waiters(&mut self) {
        self.waiters.wake();
        let error = match (self.link.state(), self.link.error()) {
            (LinkState::Up, _) => return,
            (_, Some(error)) => error,
            (LinkState::Down, None) => Error::LinkDown,
            _ => return,
        };
        for slot in self.table.all_mut().iter_mut().filter(|slot| slot.state == State::Wanted) {
            slot.fail(error);
        }
        self.lookup.fail(error);
        if let (false, Some(uploads)) = (self.link.is_set_up(), self.extras.uploads) {
            (uploads.fail)(self, error);
        }
    }

    fn opened(&mut self, job: &Job, result: Result<(), Failure>) {
        let (now, limits, notice) = (self.now, self.limits, self.timing.close_notice);
        let Some(place) = job.slot.and_then(|slot| self.table.at(slot)) else { return };
        let slot = place.slot;
        let again = slot.state == State::Open && slot.kind == Kind::Bound;
        if slot.state != State::Opening && !again {
            // It died on the way: whatever the modem has opened is nobody's.
            self.stale |= job.call.found.id.map_or(0, bit);
            return;
        }
        let failure = match result {
            Ok(()) if slot.has_id => {
                info!("socket {} open", slot.id);
                let connected = slot.kind == Kind::Tcp;
                slot.opened(now);
                if connected {
                    self.judge(true);
                }
                return;
            }
            // Each step may fail, but not all of them.
            Ok(()) => Failure::Modem(job.call.failed.unwrap_or(CmeCode::UNKNOWN)),
            Err(failure) => failure,
        };
        let (id, known, told) = (slot.id, slot.has_id, slot.peer_closed);
        let error = match failure {
            Failure::Modem(_) | Failure::NoCarrier if known => {
                // A refusal comes at once; what takes long is nobody's answer.
                let late = now.is_past(job.begun, REFUSAL);
                let cause = job.call.found.cause;
                match self.extras.security.filter(|_| slot.profile.is_some()) {
                    Some(security) => (security.failure)(cause, late),
                    None => cause.unwrap_or(if late { Error::Timeout } else { Error::Refused }),
                }
            }
            Failure::Modem(_) => job.call.found.cause.unwrap_or(Error::NoSocket),
            failure => failure.into(),
        };
        let verdict = match error {
            Error::Refused => Some(true),
            Error::Timeout => Some(false),
            _ => None,
        };
        if again {
            // The datagram is lost, the socket is not.
            (slot.has_id, slot.tied, slot.tx_len) = (false, None, 0);
            slot.write_error = Some(error);
            slot.wake();
        } else {
            slot.fail(error);
        }
        if limits.host_keeps_sockets || !known {
            // Or there are sockets in the modem of which nothing is known here.
            let none_left = error == Error::NoSocket;
            if none_left || !matches!(failure, Failure::Modem(_) | Failure::NoCarrier) {
                // Whatever the modem has made of the command after all is to be closed.
                self.stale |= self.unowned();
            }
        } else if !told {
            // The closing notice must not meet the next socket with this id.
            (self.notice, self.notice_by) = (Some(id), now + notice);
        }
        if let Some(answered) = verdict {
            self.judge(answered);
        }
    }

    /// One bit for each of the modem's sockets that no slot has.
    pub(super) fn unowned(&mut self) -> u8 {
        let limits = self.limits;
        let ids = limits.first_id..limits.first_id + limits.sockets;
        ids.filter(|&id| self.table.by_id(id).is_none()).fold(0, |bits, id| bits | bit(id))
    }

    fn sent(&mut self, job: &Job, result: Result<(), Failure>) {
        let now = self.now;
        let Some(mut place) = job.slot.and_then(|slot| self.table.at(slot)) else { return };
        let slot = &mut *place.slot;
        if slot.state != State::Open {
            return;
        }
        let verifies = self.limits.host_keeps_sockets && self.ledger.checks_writes();
        // "+USOSTF (where supported)" (SARA/LEXI internet applications §A.2): the socket is none the worse.
        let unknown = job.procedure == Procedure::SendLastDatagram && !self.limits.host_keeps_sockets;
        match result {
            Ok(()) => {
                let len = job.call.len;
                let count = job.call.found.count.unwrap_or(len);
                if slot.is_datagram() {
                    slot.tx_len = 0;
                    // The count says that the command was damaged, and the datagram with it.
                    slot.write_error = (count != len).then_some(Error::Aborted);
                } else if count == 0 {
                    // The peer has closed; what it sent before can still be read (IADG §5.5).
                    slot.write_closed = true;
                    slot.write_error = Some(Error::Closed);
                    slot.tx_len = 0;
                    slot.maybe_unread = true;
                    slot.check = true;
                } else {
                    // The modem has taken less, or the count has lost a digit on its way: its own
                    // total decides. Where it has none, nothing may follow.
                    let total = job.call.found.total.map(|total| total.wrapping_sub(slot.sent_total));
                    let taken = match total {
                        _ if count == len => len,
                        Some(total) if total == len.into() => len,
                        Some(total) if total == count.into() && count < len => count,
                        _ => {
                            self.abandon(job, Error::Aborted);
                            // What it has not taken may stand in the line as a command.
                            return self.resync();
                        }
                    };
                    slot.sent_total = slot.sent_total.wrapping_add(taken.into());
                    place.drop_sent(taken.into());
                }
                let slot = place.slot;
                slot.flowed();
                slot.touch(now);
                slot.verify = slot.tx_len == 0 && verifies && slot.kind == Kind::Tcp && !slot.uncounted;
                slot.writer.wake();
            }
            // The modem takes raw bytes for hexadecimal digits: the socket is set up wrongly (RYZ014
            // use cases §6.1.5), and no repetition mends that.
            Err(Failure::Modem(CmeCode::NOT_SUPPORTED)) if !unknown => self.abandon(job, Error::Aborted),
            // A full queue, or a socket that is gone: the next answer tells.
            Err(Failure::Modem(_) | Failure::NoCarrier) if slot.kind == Kind::Tcp => {
                slot.check = true;
                slot.stalled(now);
            }
            Err(failure @ (Failure::Modem(_) | Failure::NoCarrier)) => {
                slot.tx_len = 0;
                slot.write_error = Some(failure.into());
                slot.check = true;
                slot.writer.wake();
            }
            // How much of it the modem has taken is not known: nothing may follow.
            Err(_) => self.abandon(job, Error::Aborted),
        }
    }

    fn received(&mut self, job: &Job, result: Result<(), Failure>) {
        let (now, limits, counts) = (self.now, self.limits, self.ledger.is_asked());
        let datagrams = self.extras.datagrams;
        let Some(place) = job.slot.and_then(|slot| self.table.at(slot)) else { return };
        let slot = place.slot;
        if slot.state != State::Open {
            return slot.roll_back();
        }
        match result {
            Ok(()) => {
                match datagrams.filter(|_| slot.is_datagram()) {
                    Some(datagrams) => (datagrams.commit)(slot, place.rx),
                    None => slot.rx.commit(),
                }
                slot.touch(now);
                // Whatever a late report has said, an empty answer says that nothing is unread.
                slot.unread = if job.read == 0 { 0 } else { slot.unread.saturating_sub(job.read) };
                slot.read_total = slot.read_total.wrapping_add(job.read.into());
                slot.ask = slot.unread == 0;
                // Where the modem cannot tell how much is unread, a full read may not be all.
                let more = counts || job.read >= job.call.len || slot.is_datagram();
                slot.maybe_unread |= more && job.read > 0;
                slot.reader.wake();
                if job.read > 0 && self.timeouts > 0 {
                    self.judge(true);
                }
            }
            Err(Failure::Modem(_) | Failure::NoCarrier) => {
                slot.roll_back();
                slot.unread = 0;
                slot.ask = true;
                // Nothing was unread, or the socket is gone.
                slot.check |= !limits.host_keeps_sockets || !slot.maybe_unread;
            }
            Err(_) => {
                slot.roll_back();
                self.abandon(job, Error::Aborted);
            }
        }
    }

    fn closed(&mut self, job: &Job, result: Result<(), Failure>) {
        if let Some(place) = job.slot.and_then(|slot| self.table.at(slot)) {
            place.slot.closed();
        }
        match result {
            Ok(()) | Err(Failure::Modem(CmeCode::NOT_ALLOWED) | Failure::Gone) => {
                self.close_failures = 0;
                let report = self.timing.close_report;
                if result.is_ok() && job.call.tcp && report > Duration::ZERO {
                    self.closing |= bit(job.call.id);
                    self.closing_by = self.now + report;
                }
            }
            // Perhaps the command was damaged; perhaps the modem says so of a socket that is not
            // open. The second must not go on for ever.
            Err(_) if self.close_failures < CLOSE_FAILURES => {
                self.close_failures += 1;
                self.stale |= bit(job.call.id);
            }
            Err(_) => {}
        }
    }

    /// Gives up the socket of a job; the modem's side is closed.
    pub(super) fn abandon(&mut self, job: &Job, error: Error) {
        self.stale |= bit(job.call.id);
        if let Some(place) = job.slot.and_then(|slot| self.table.at(slot)) {
            place.slot.fail(error);
        }
    }
}
