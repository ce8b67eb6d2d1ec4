//! Echo requests whose replies are reported behind the result.
//!
//! Reports do not say to which command they belong: one command is under way at a time, and one that its user has
//! left is heard to its end before the next begins.

use core::net::{IpAddr, Ipv4Addr};
use core::task::{Poll, Waker};

use super::{Core, Timer};
use crate::dialect::ping::{Reply, Report, report};
use crate::error::{CmeCode, Error};
use crate::socket::WakerCell;
use crate::time::{Duration, Instant};

/// The longest that nothing may be reported: the host's name is resolved, then the modem waits for the reply.
const SILENCE: Duration = Duration::from_secs(75);

/// What has come so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) received: u8,
    /// Time to live of the last reply.
    pub(crate) ttl: u8,
    /// Milliseconds.
    pub(crate) min: u16,
    pub(crate) max: u16,
    pub(crate) sum: u32,
}

impl Tally {
    pub(crate) const fn new() -> Self {
        Self { received: 0, ttl: 0, min: u16::MAX, max: 0, sum: 0 }
    }

    pub(crate) fn add(&mut self, reply: Reply) {
        self.received = self.received.saturating_add(1);
        self.ttl = reply.ttl;
        self.min = self.min.min(reply.time);
        self.max = self.max.max(reply.time);
        self.sum += u32::from(reply.time);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Idle,
    /// Reports are heard.
    Running,
    /// Nobody wants to know any more.
    Left,
    Over,
}

/// What the rest of the engine tells of.
#[derive(Debug)]
pub(super) struct Pings {
    /// A line has come.
    pub(super) line: fn(&mut Core, &[u8]),
    /// Looks whether it has been silent for too long.
    pub(super) watch: fn(&mut Core),
    /// The connection is gone, or the modem has restarted.
    pub(super) lost: fn(&mut Core, Error),
}

const PINGS: Pings =
    Pings { line: Core::on_line_of_ping, watch: Core::look_at_ping, lost: Core::ping_is_over };

// What a firmware has that never pings.
impl Core {
    pub(super) fn hear_of_ping(&mut self, line: &[u8]) {
        if let Some(pings) = self.extras.pings {
            (pings.line)(self, line);
        }
    }

    pub(super) fn watch_ping(&mut self) {
        if let Some(pings) = self.extras.pings {
            (pings.watch)(self);
        }
    }

    pub(super) fn end_ping(&mut self, error: Error) {
        if let Some(pings) = self.extras.pings {
            (pings.lost)(self, error);
        }
    }
}

#[derive(Debug)]
pub(super) struct Pinging {
    state: State,
    /// Reports that are still to come.
    left: u8,
    /// Such commands know IPv4 alone (SARA/LEXI internet applications §2.4.1).
    from: Option<Ipv4Addr>,
    tally: Tally,
    /// Why there are no more.
    error: Error,
    until: Instant,
    waker: WakerCell,
}

impl Pinging {
    pub(super) const fn new() -> Self {
        Self {
            state: State::Idle,
            left: 0,
            from: None,
            tally: Tally::new(),
            error: Error::Timeout,
            until: Instant::NEVER,
            waker: WakerCell::new(),
        }
    }

    const fn is_heard(&self) -> bool {
        matches!(self.state, State::Running | State::Left)
    }
}

impl Core {
    /// Begins to hear `count` reports. Waits while others are heard; whoever has begun has to leave.
    pub(crate) fn poll_begin_ping(&mut self, count: u8, waker: &Waker) -> Poll<()> {
        self.extras.pings = Some(&PINGS);
        if self.pinging.state != State::Idle {
            self.waiters.register(waker);
            return Poll::Pending;
        }
        self.pinging = Pinging { state: State::Running, left: count, ..Pinging::new() };
        Poll::Ready(())
    }

    /// The modem has the command.
    pub(crate) fn ping_has_begun(&mut self) {
        self.pinging.until = self.now + SILENCE;
        self.runner.wake();
    }

    /// Who has answered, what has come, and why there is no more; ready when no more comes.
    pub(crate) fn poll_ping(&mut self, waker: &Waker) -> Poll<(Option<IpAddr>, Tally, Error)> {
        let pinging = &mut self.pinging;
        if pinging.state == State::Running {
            pinging.waker.register(waker);
            return Poll::Pending;
        }
        Poll::Ready((pinging.from.map(IpAddr::V4), pinging.tally, pinging.error))
    }

    /// Nobody wants to know any more. `refused`: the modem has not taken the command.
    pub(crate) fn leave_ping(&mut self, refused: bool) {
        let pinging = &mut self.pinging;
        if pinging.state == State::Running && !refused {
            pinging.state = State::Left;
            return self.ping_has_begun();
        }
        pinging.state = State::Idle;
        self.waiters.wake();
    }

    fn on_line_of_ping(&mut self, line: &[u8]) {
        if !self.pinging.is_heard() {
            return;
        }
        let Some(report) = report(line) else { return };
        let pinging = &mut self.pinging;
        match report {
            Report::Reply(reply) => {
                if let Some(IpAddr::V4(from)) = reply.from {
                    pinging.from = Some(from);
                }
                pinging.tally.add(reply);
            }
            Report::Lost => {}
            // "Cannot resolve host", "connection not established" (AT commands manuals, appendix on ping).
            Report::Failed(Some(8)) => return self.ping_is_over(Error::NameNotFound),
            Report::Failed(Some(17)) => return self.ping_is_over(Error::NoAddress),
            Report::Failed(code) => {
                return self.ping_is_over(Error::Modem(code.map_or(CmeCode::UNKNOWN, CmeCode)));
            }
        }
        pinging.left = pinging.left.saturating_sub(1);
        pinging.until = self.now + SILENCE;
        if pinging.left == 0 {
            self.ping_is_over(Error::Timeout);
        }
    }

    fn look_at_ping(&mut self) {
        if !self.pinging.is_heard() {
            return;
        }
        if self.now < self.pinging.until {
            self.wait(self.pinging.until, Timer::Ping);
        } else {
            self.ping_is_over(Error::Timeout);
        }
    }

    fn ping_is_over(&mut self, error: Error) {
        let pinging = &mut self.pinging;
        match pinging.state {
            State::Running => pinging.state = State::Over,
            State::Left => pinging.state = State::Idle,
            State::Idle | State::Over => return,
        }
        pinging.error = error;
        pinging.waker.wake();
        self.waiters.wake();
    }
}
