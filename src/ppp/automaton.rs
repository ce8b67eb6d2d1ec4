//! The option negotiation automaton (RFC 1661 §4), the same for LCP and each NCP.

use super::config::Timing;
use crate::time::{Duration, Instant};

/// States (RFC 1661 §4.2), in the order of the columns of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Initial,
    Starting,
    Closed,
    Stopped,
    Closing,
    Stopping,
    ReqSent,
    AckRcvd,
    AckSent,
    Opened,
}

const STATES: [State; 10] = {
    use State::*;
    [Initial, Starting, Closed, Stopped, Closing, Stopping, ReqSent, AckRcvd, AckSent, Opened]
};

/// Events (RFC 1661 §4.3), in the order of the rows of the table. RUC and RXR change no state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Up,
    Down,
    Open,
    Close,
    /// TO+
    Timeout,
    /// TO-
    TimeoutLast,
    /// RCR+
    GoodRequest,
    /// RCR-
    BadRequest,
    /// RCA
    Ack,
    /// RCN
    NakOrReject,
    /// RTR
    TerminateRequest,
    /// RTA
    TerminateAck,
    /// RXJ+
    Rejected,
    /// RXJ-
    RejectedFatally,
}

/// Actions (RFC 1661 §4.4), a bit each.
pub(super) mod action {
    pub(in crate::ppp) const TLU: u16 = 1 << 4;
    pub(in crate::ppp) const TLD: u16 = 1 << 5;
    /// There is nothing to start below: no bit is acted upon, but the table is the RFC's.
    pub(in crate::ppp) const TLS: u16 = 1 << 6;
    pub(in crate::ppp) const TLF: u16 = 1 << 7;
    pub(in crate::ppp) const IRC: u16 = 1 << 8;
    pub(in crate::ppp) const ZRC: u16 = 1 << 9;
    pub(in crate::ppp) const SCR: u16 = 1 << 10;
    pub(in crate::ppp) const SCA: u16 = 1 << 11;
    pub(in crate::ppp) const SCN: u16 = 1 << 12;
    pub(in crate::ppp) const STR: u16 = 1 << 13;
    pub(in crate::ppp) const STA: u16 = 1 << 14;
}

/// The state transition table (RFC 1661 §4.1): the next state and the actions. Where the RFC has a
/// dash, nothing happens.
#[rustfmt::skip]
const TABLE: [[u16; 10]; 14] = {
    use action::*;
    const ICR: u16 = IRC | SCR;
    const IST: u16 = IRC | STR;
    [
        // Initial   Starting Closed   Stopped        Closing  Stopping Req-Sent Ack-Rcvd Ack-Sent Opened
        [2,          ICR|6,   2,       3,             4,       5,       6,       7,       8,       9              ], // Up
        [0,          1,       0,       TLS|1,         0,       1,       1,       1,       1,       TLD|1          ], // Down
        [TLS|1,      1,       ICR|6,   3,             5,       5,       6,       7,       8,       9              ], // Open
        [0,          TLF,     2,       2,             4,       4,       IST|4,   IST|4,   IST|4,   TLD|IST|4      ], // Close
        [0,          1,       2,       3,             STR|4,   STR|5,   SCR|6,   SCR|6,   SCR|8,   9              ], // TO+
        [0,          1,       2,       3,             TLF|2,   TLF|3,   TLF|3,   TLF|3,   TLF|3,   9              ], // TO-
        [0,          1,       STA|2,   ICR|SCA|8,     4,       5,       SCA|8,   SCA|TLU|9, SCA|8, TLD|SCR|SCA|8  ], // RCR+
        [0,          1,       STA|2,   ICR|SCN|6,     4,       5,       SCN|6,   SCN|7,   SCN|6,   TLD|SCR|SCN|6  ], // RCR-
        [0,          1,       STA|2,   STA|3,         4,       5,       IRC|7,   SCR|6,   IRC|TLU|9, TLD|SCR|6    ], // RCA
        [0,          1,       STA|2,   STA|3,         4,       5,       ICR|6,   SCR|6,   ICR|8,   TLD|SCR|6      ], // RCN
        [0,          1,       STA|2,   STA|3,         STA|4,   STA|5,   STA|6,   STA|6,   STA|6,   TLD|ZRC|STA|5  ], // RTR
        [0,          1,       2,       3,             TLF|2,   TLF|3,   6,       6,       8,       TLD|SCR|6      ], // RTA
        [0,          1,       2,       3,             4,       5,       6,       6,       8,       9              ], // RXJ+
        [0,          1,       TLF|2,   TLF|3,         TLF|2,   TLF|3,   TLF|3,   TLF|3,   TLF|3,   TLD|IST|5      ], // RXJ-
    ]
};

/// The entry of the table.
pub(super) fn entry(event: Event, state: State) -> (u16, State) {
    let entry = TABLE.get(event as usize).and_then(|row| row.get(state as usize)).copied().unwrap_or(0);
    (entry & !0xF, STATES.get(usize::from(entry & 0xF)).copied().unwrap_or(State::Initial))
}

/// A packet that is sent on the automaton's own account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owed {
    Nothing,
    ConfigureRequest,
    TerminateRequest,
}

/// One protocol's negotiation.
#[derive(Debug)]
pub(super) struct Automaton {
    state: State,
    /// The restart counter (RFC 1661 §4.6).
    count: u8,
    /// Identifier of the last request.
    id: u8,
    /// The last request was answered, or is not to be repeated: the next one needs a new identifier.
    answered: bool,
    /// Configure-Naks since the last Configure-Ack (Max-Failure, RFC 1661 §4.6).
    pub(super) naks: u8,
    /// Identifier of the last Code-Reject.
    pub(super) code_rejects: u8,
    /// Requests that were acknowledged without giving up the opened state.
    pub(super) tolerated: u8,
    /// What is to be sent as soon as there is room. It is written then, from the options as they are.
    pub(super) owed: Owed,
    period: Duration,
    deadline: Option<Instant>,
}

impl Automaton {
    pub(super) const fn new() -> Self {
        Self {
            state: State::Initial,
            count: 0,
            id: 0,
            answered: true,
            naks: 0,
            code_rejects: 0,
            tolerated: 0,
            owed: Owed::Nothing,
            period: Duration::ZERO,
            deadline: None,
        }
    }

    pub(super) const fn state(&self) -> State {
        self.state
    }

    /// Whether something is to be sent.
    pub(super) fn owes(&self) -> bool {
        self.owed != Owed::Nothing
    }

    pub(super) fn is_opened(&self) -> bool {
        self.state == State::Opened
    }

    pub(super) const fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    pub(super) const fn id(&self) -> u8 {
        self.id
    }

    /// Whether an answer with this identifier belongs to the request that is out.
    pub(super) fn awaits(&self, id: u8) -> bool {
        id == self.id && !self.answered && self.owed != Owed::ConfigureRequest
    }

    /// The request is answered: no other answer belongs to it (RFC 1661 §5.1).
    pub(super) fn answered(&mut self) {
        self.answered = true;
    }

    /// Carries an event out and gives the actions that are left to others.
    pub(super) fn apply(&mut self, event: Event, now: Instant, timing: &Timing) -> u16 {
        let (actions, next) = entry(event, self.state);
        self.state = next;
        if actions & (action::TLD | action::TLU) != 0 {
            self.answered = true;
            self.tolerated = 0;
        }
        if actions & action::IRC != 0 {
            let terminating = actions & action::STR != 0;
            self.count = if terminating { timing.max_terminate } else { timing.max_configure };
            self.period = timing.restart_first;
        }
        if actions & action::ZRC != 0 {
            self.count = 0;
            self.period = timing.restart_first;
            self.deadline = Some(now + self.period);
        }
        match next {
            State::Closing | State::Stopping | State::ReqSent | State::AckRcvd | State::AckSent => {}
            _ => {
                self.owed = Owed::Nothing;
                self.deadline = None;
            }
        }
        if actions & action::SCR != 0 {
            if self.answered {
                self.id = self.id.wrapping_add(1);
                self.answered = false;
            }
            self.send(Owed::ConfigureRequest, now);
        }
        if actions & action::STR != 0 {
            self.id = self.id.wrapping_add(1);
            self.answered = true;
            self.send(Owed::TerminateRequest, now);
        }
        actions
    }

    fn send(&mut self, what: Owed, now: Instant) {
        self.owed = what;
        self.count = self.count.saturating_sub(1);
        self.deadline = Some(now + self.period);
    }

    /// The restart timer: gives the actions when it has run out.
    pub(super) fn poll(&mut self, now: Instant, timing: &Timing) -> u16 {
        if self.deadline.is_none_or(|deadline| now < deadline) {
            return 0;
        }
        self.period = self.period.doubled(timing.restart);
        let event = if self.count > 0 { Event::Timeout } else { Event::TimeoutLast };
        self.apply(event, now, timing)
    }
}

#[cfg(test)]
mod tests;
