//! Short messages that have come in, for whoever waits for them.
//!
//! Nothing is counted: there is a flag, and whoever finds it set looks at the modem's store.

use core::task::{Poll, Waker};

use super::{Core, Timer};
use crate::socket::WakerCell;
use crate::time::{Duration, Instant};

/// How long nothing may be reported until the store is looked at all the same: a report may have been lost.
const SILENCE: Duration = Duration::from_secs(600);

/// What whoever waits is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// Have the modem report, and look at the store: the modem has been set up, nobody has waited before, or nothing
    /// was reported for long. So it is until [`Core::messages_seen`] gets this number.
    Unsure(u8),
    /// Look at the store. This is given once.
    Arrived,
}

/// What the rest of the engine tells of.
#[derive(Debug)]
pub(super) struct Messages {
    pub(super) arrived: fn(&mut Core),
    /// The modem has been set up.
    pub(super) set_up: fn(&mut Core),
    /// Looks whether it is time to look at the store.
    pub(super) watch: fn(&mut Core),
}

const MESSAGES: Messages =
    Messages { arrived: Core::message_arrived, set_up: Core::messages_unsure, watch: Core::watch_messages };

#[derive(Debug)]
pub(super) struct Arrivals {
    /// Reasons to be unsure so far, and how many of them have been seen to.
    reasons: u8,
    seen: u8,
    arrived: bool,
    /// Somebody waits.
    awaited: bool,
    /// When the silence has lasted for long.
    due: Instant,
    waker: WakerCell,
}

impl Arrivals {
    pub(super) const fn new() -> Self {
        Self {
            reasons: 1,
            seen: 0,
            arrived: false,
            awaited: false,
            due: Instant::NEVER,
            waker: WakerCell::new(),
        }
    }
}

impl Core {
    /// Waits for news of short messages; one task at a time.
    pub(crate) fn poll_messages(&mut self, waker: &Waker) -> Poll<News> {
        self.extras.messages = Some(&MESSAGES);
        let arrivals = &mut self.arrivals;
        arrivals.awaited = false;
        if arrivals.seen != arrivals.reasons {
            return Poll::Ready(News::Unsure(arrivals.reasons));
        }
        if core::mem::take(&mut arrivals.arrived) {
            arrivals.due = self.now + SILENCE;
            return Poll::Ready(News::Arrived);
        }
        arrivals.awaited = true;
        arrivals.waker.register(waker);
        self.runner.wake();
        Poll::Pending
    }

    /// The modem reports since [`News::Unsure`] was given with this number. `there`: the user is told that there are
    /// messages, and looks at all of them.
    pub(crate) fn messages_seen(&mut self, reason: u8, there: bool) {
        self.arrivals.seen = reason;
        self.arrivals.due = self.now + SILENCE;
        self.arrivals.arrived &= !there;
    }

    fn message_arrived(&mut self) {
        self.arrivals.arrived = true;
        self.arrivals.waker.wake();
    }

    fn messages_unsure(&mut self) {
        self.arrivals.reasons = self.arrivals.reasons.wrapping_add(1);
        self.arrivals.waker.wake();
    }

    fn watch_messages(&mut self) {
        if !self.arrivals.awaited {
            return;
        }
        if self.now < self.arrivals.due {
            self.wait(self.arrivals.due, Timer::Messages);
        } else {
            self.arrivals.awaited = false;
            self.messages_unsure();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use crate::dialect::sequans::RYZ014A;
    use crate::engine::Engine;
    use crate::socket::Table;

    #[test]
    fn an_arrival_is_told_once_and_a_doubt_until_it_is_seen_to() {
        let mut engine: Engine<Table<1, 64, 64>> = Engine::new(&RYZ014A, Config::new());
        let engine: &mut Engine = &mut engine;
        let poll = |engine: &mut Engine| engine.core.poll_messages(Waker::noop());
        assert_eq!(poll(engine), Poll::Ready(News::Unsure(1)));
        assert_eq!(poll(engine), Poll::Ready(News::Unsure(1)));
        engine.core.messages_seen(1, false);
        assert_eq!(poll(engine), Poll::Pending);
        engine.handle_rx(Instant::START, b"\r\n+CMTI: \"ME\",3\r\n+CMTI: \"ME\",4\r\n+CTZV: 4\r\n");
        assert_eq!(poll(engine), Poll::Ready(News::Arrived));
        assert_eq!(poll(engine), Poll::Pending);
        engine.core.messages_unsure();
        assert_eq!(poll(engine), Poll::Ready(News::Unsure(2)));
        // It has been set up once more in the meantime.
        engine.core.messages_unsure();
        engine.core.messages_seen(2, false);
        assert_eq!(poll(engine), Poll::Ready(News::Unsure(3)));
        // What was reported while the store was looked at is found in it.
        engine.handle_rx(Instant::START, b"\r\n+CMTI: \"ME\",5\r\n");
        engine.core.messages_seen(3, true);
        assert_eq!(poll(engine), Poll::Pending);
    }
}
