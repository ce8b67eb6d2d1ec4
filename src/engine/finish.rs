//! What the end of a procedure means for link, sockets and users.

use super::Core;
use super::transaction::Job;
use crate::dialect::Procedure;
use crate::error::{Error, Failure};
use crate::link::Change;
use crate::socket::{Kind, State};

impl Core {
    /// Ends the job.
    pub(super) fn conclude(&mut self, result: Result<(), Failure>) {
        let Some(job) = self.job.take() else { return };
        (self.len, self.sent) = (0, 0);
        if let Err(failure) = result {
            debug!("{:?} failed: {:?}", job.procedure, failure);
        }
        match job.procedure {
            Procedure::Setup
            | Procedure::SimStatus
            | Procedure::EnterPin
            | Procedure::RadioOn
            | Procedure::RadioOff
            | Procedure::Registration
            | Procedure::Activate
            | Procedure::Status => {
                // After a restart the link has gone on already.
                if result != Err(Failure::Gone) {
                    let change = self.link.finished(self.now, result, &job.call, &mut self.status, &self.config);
                    self.apply(change);
                }
            }
            Procedure::OpenTcp | Procedure::OpenUdp => self.opened(&job, result),
            Procedure::Send | Procedure::SendDatagram => self.sent(&job, result),
            Procedure::Receive | Procedure::ReceiveDatagram => self.received(&job, result),
            Procedure::Available
            | Procedure::AvailableDatagram
            | Procedure::Check
            | Procedure::CheckDatagram => self.checked(&job, result),
            Procedure::Close => self.closed(&job, result),
            Procedure::ResolveName | Procedure::ResolveAddress => {
                let address = match job.procedure {
                    Procedure::ResolveAddress => Some(job.call.remote.ip()),
                    _ => job.call.found.address.filter(|a| job.call.ipv6.is_none_or(|v6| v6 == a.is_ipv6())),
                };
                let result = match result {
                    Ok(()) => address.ok_or(Error::NameNotFound),
                    Err(Failure::Modem(_) | Failure::NoCarrier | Failure::Unanswered) => Err(Error::NameNotFound),
                    Err(failure) => Err(failure.into()),
                };
                self.lookup.finish(self.now, result);
            }
            Procedure::StoreCredential | Procedure::RemoveCredential => self.upload.finish(result),
        }
        self.waiters.wake();
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
        self.waiters.wake();
    }

    fn opened(&mut self, job: &Job, result: Result<(), Failure>) {
        let (now, limits, notice) = (self.now, self.dialect.limits(), self.dialect.timing().close_notice);
        let Some(place) = job.slot.and_then(|slot| self.table.at(slot)) else { return };
        let slot = place.slot;
        if slot.state != State::Opening {
            // It died on the way: whatever the modem has opened is nobody's.
            self.stale |= job.call.found.id.map_or(0, |id| 1 << (id & 7));
            return;
        }
        let Err(failure) = result else {
            info!("socket {} open", slot.id);
            return slot.opened(now);
        };
        let (id, known, told) = (slot.id, slot.has_id, slot.peer_closed);
        let error = match failure {
            Failure::Modem(_) | Failure::NoCarrier if known => job.call.found.cause.unwrap_or(Error::Refused),
            Failure::Modem(_) => Error::NoSocket,
            failure => failure.into(),
        };
        slot.fail(error);
        if limits.host_keeps_sockets || !known {
            if failure == Failure::Timeout {
                // Whatever the modem makes of the command after all is to be closed.
                self.stale = self.unowned();
            }
        } else if !told {
            // The closing notice must not meet the next socket with this id.
            self.notice = Some((id, now + notice));
        }
    }

    /// One bit for each of the modem's sockets that no slot has.
    fn unowned(&mut self) -> u8 {
        let limits = self.dialect.limits();
        let ids = limits.first_id..limits.first_id + limits.sockets;
        ids.filter(|&id| self.table.by_id(id).is_none()).fold(0, |bits, id| bits | 1 << (id & 7))
    }

    fn sent(&mut self, job: &Job, result: Result<(), Failure>) {
        let now = self.now;
        let Some(place) = job.slot.and_then(|slot| self.table.at(slot)) else { return };
        let slot = place.slot;
        if slot.state != State::Open {
            return;
        }
        match result {
            Ok(()) => {
                let count = usize::from(job.call.found.count.unwrap_or(job.call.len));
                if slot.kind == Kind::Udp {
                    slot.tx_len = 0;
                } else if count == 0 {
                    // The peer has closed; what it sent before can still be read (IADG §5.5).
                    slot.write_closed = true;
                    slot.write_lost = true;
                    slot.tx_len = 0;
                    slot.maybe_unread = true;
                    slot.check = true;
                } else {
                    let count = count.min(slot.tx_len);
                    place.tx.copy_within(count..slot.tx_len, 0);
                    slot.tx_len -= count;
                }
                slot.flowed();
                slot.touch(now);
                // A report that came during the write may have been swallowed.
                slot.writer.wake();
            }
            // A full queue, or a socket that is gone: the next answer tells.
            Err(Failure::Modem(_) | Failure::NoCarrier) if slot.kind == Kind::Tcp => {
                slot.check = true;
                slot.stalled(now);
            }
            Err(Failure::Modem(_) | Failure::NoCarrier) => {
                slot.tx_len = 0;
                slot.write_lost = true;
                slot.check = true;
                slot.writer.wake();
            }
            // How much of it the modem has taken is not known: nothing may follow.
            Err(_) => self.abandon(job, Error::Aborted),
        }
    }

    fn received(&mut self, job: &Job, result: Result<(), Failure>) {
        let (now, limits, counts) = (self.now, self.dialect.limits(), self.counts);
        let Some(place) = job.slot.and_then(|slot| self.table.at(slot)) else { return };
        let slot = place.slot;
        if slot.state != State::Open {
            return slot.rx.rollback();
        }
        match result {
            Ok(()) => {
                slot.rx.commit();
                slot.touch(now);
                slot.unread = slot.unread.saturating_sub(job.read);
                slot.ask = slot.unread == 0;
                // Where the modem cannot tell how much is unread, a full read may not be all.
                let more = counts || job.read >= job.call.len || slot.kind == Kind::Udp;
                slot.maybe_unread |= more && job.read > 0;
                slot.reader.wake();
            }
            Err(Failure::Modem(_) | Failure::NoCarrier) => {
                slot.rx.rollback();
                slot.unread = 0;
                slot.ask = true;
                // Nothing was unread, or the socket is gone.
                slot.check |= !limits.host_keeps_sockets || !slot.maybe_unread;
            }
            Err(_) => {
                slot.rx.rollback();
                self.abandon(job, Error::Aborted);
            }
        }
    }

    /// How much is unread, and whether the socket still stands.
    fn checked(&mut self, job: &Job, result: Result<(), Failure>) {
        if matches!(result, Err(Failure::Timeout | Failure::Gone)) {
            return;
        }
        let keeps = self.dialect.limits().host_keeps_sockets;
        let found = job.call.found;
        let check = matches!(job.procedure, Procedure::Check | Procedure::CheckDatagram);
        if found.count.is_none() && keeps && !check {
            self.counts = false;
        }
        let Some(place) = job.slot.and_then(|slot| self.table.at(slot)) else { return };
        let slot = place.slot;
        if slot.state != State::Open {
            return;
        }
        if let Some(count) = found.count {
            slot.unread = count;
            slot.maybe_unread |= count > 0;
            if count > 0 {
                slot.check |= slot.peer_closed;
                return;
            }
        } else if keeps && !check && !slot.peer_closed {
            return;
        }
        // The modem that keeps no closed sockets answers with an error for one.
        let gone = found.open.map_or(!keeps, |open| !open);
        let closing = slot.peer_closed && keeps && (check || found.count.is_some());
        if !gone && !closing {
            if check {
                // A report about the last socket with this id.
                slot.peer_closed &= keeps;
            }
            return;
        }
        if slot.maybe_unread {
            return;
        }
        if slot.peer_closed || slot.write_closed || check && found.open == Some(false) && !keeps {
            slot.end();
        } else {
            slot.fail(Error::Reset);
        }
        if found.open.is_none() && !keeps {
            slot.closed();
        }
    }

    fn closed(&mut self, job: &Job, result: Result<(), Failure>) {
        if let Some(place) = job.slot.and_then(|slot| self.table.at(slot)) {
            place.slot.closed();
        }
        if result == Err(Failure::Timeout) {
            self.stale |= 1 << (job.call.id & 7);
        }
    }

    /// Gives up the socket of a job; the modem's side is closed.
    fn abandon(&mut self, job: &Job, error: Error) {
        self.stale |= 1 << (job.call.id & 7);
        if let Some(place) = job.slot.and_then(|slot| self.table.at(slot)) {
            place.slot.fail(error);
        }
    }
}

