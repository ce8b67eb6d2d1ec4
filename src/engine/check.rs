//! What the answer to a question about a socket means: how much is unread, whether it still stands,
//! and whether the modem's counters agree with what was sent and read.

use super::job::Job;
use super::ledger::Verdict;
use super::{Core, bit};
use crate::dialect::Procedure;
use crate::error::{Error, Failure};
use crate::socket::{Kind, State};

/// Times that a modem is asked for a count that is too low, or not given, until bytes count as lost.
const DOUBTS: u8 = 5;

impl Core {
    /// How much is unread, and whether the socket still stands.
    pub(super) fn checked(&mut self, job: &Job, result: Result<(), Failure>) {
        if matches!(result, Err(Failure::Timeout | Failure::Gone)) {
            return;
        }
        let keeps = self.limits.host_keeps_sockets;
        let found = job.call.found;
        let check = matches!(job.procedure, Procedure::Check | Procedure::CheckDatagram);
        if keeps && !self.counts_agree(job, check) {
            return;
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
        }
        // The modem that keeps no closed sockets answers with an error for one.
        let gone = found.open.map_or(!keeps, |open| !open);
        // Where the modem tells the state of its sockets, that decides; a report may be a late one
        // about the last socket with this id.
        let closing = slot.peer_closed && keeps && check && found.open.is_none();
        if !gone && !closing {
            slot.peer_closed &= !check;
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
            if !slot.peer_closed {
                // Should the error have been about something else, nothing is left behind.
                self.stale |= bit(slot.id);
            }
            slot.closed();
        }
    }

    /// Compares what the modem counts with what is known here. False when the answer leads to nothing
    /// else.
    fn counts_agree(&mut self, job: &Job, check: bool) -> bool {
        let (now, found) = (self.now, job.call.found);
        let Some(place) = job.slot.and_then(|slot| self.table.at(slot)) else { return false };
        let slot = place.slot;
        if slot.state != State::Open {
            return false;
        }
        if let Some(count) = found.count {
            self.ledger.answered();
            // A socket that is gone has counted nothing; what is written always counts something.
            let counts = slot.kind == Kind::Tcp && !slot.peer_closed && !slot.uncounted;
            let sent = match found.total.filter(|&total| counts && total > 0) {
                Some(total) => self.ledger.compare_sent(total, slot.sent_total),
                None => Verdict::Fine,
            };
            // What is in the modem's buffer has been received, too.
            let known = slot.read_total.wrapping_add(count.into());
            let received = match found.received.filter(|&received| counts && received > 0) {
                Some(received) => self.ledger.compare_received(received, known),
                None => Verdict::Fine,
            };
            slot.check |= slot.verify && found.total == Some(0);
            if received == Verdict::Wrong {
                self.abandon(job, Error::Aborted);
                return false;
            }
            let odd = sent == Verdict::Odd;
            slot.verify = odd;
            if !odd {
                // Once wrong is a damaged answer; wrong for a while and then right is a count that
                // comes later.
                if slot.doubts > 1 {
                    self.ledger.distrust_sent();
                }
                slot.doubts = 0;
                slot.writer.wake();
            } else if slot.doubts < DOUBTS {
                // A count that moves is asked for all the longer.
                slot.doubts = if slot.counted == found.total { slot.doubts } else { slot.doubts.min(1) };
                slot.counted = found.total;
                slot.doubt(now);
            } else if found.total.is_some_and(|total| total > slot.sent_total) {
                self.ledger.distrust_sent();
                slot.verify = false;
                slot.writer.wake();
            } else {
                self.abandon(job, Error::Aborted);
                return false;
            }
        } else if !check {
            slot.verify = self.ledger.refused() && slot.verify;
            slot.maybe_unread |= slot.rx.is_empty();
            slot.ask = true;
            slot.check = true;
            slot.doubts = slot.doubts.saturating_add(1);
            if slot.verify && slot.doubts > DOUBTS {
                self.abandon(job, Error::Aborted);
                return false;
            }
            slot.writer.wake();
            self.resync();
            return false;
        }
        true
    }
}
