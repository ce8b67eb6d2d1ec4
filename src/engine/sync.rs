//! Makes sure that the next answer belongs to the next command.
//!
//! Bare `AT` is repeated until the modem answers at all. Then one question follows whose answer
//! cannot be mistaken for anything else (`AT+CMEE?`). Answers to older commands come before it and
//! are dropped, so that a late one never reaches the command that follows.

use super::{Core, Timer};
use crate::at::{Final, Params, split};
use crate::time::{Duration, Instant};

/// Silence after which bare `AT` is repeated.
const CALL_AGAIN: Duration = Duration::from_secs(1);
/// The same behind the last call of a round at the configured bit rate: any character may stop a modem that is slow.
const LISTEN: Duration = Duration::from_secs(3);
/// Silence in seconds after which the marked question is repeated, and as much longer each time.
const ASK_AGAIN: u32 = 2;
/// Time for answers that are still under way.
const SETTLE: Duration = Duration::from_millis(100);
/// The same when the question went out more than once.
const SETTLE_LONG: Duration = Duration::from_secs(1);

/// Bit rates that are tried when the modem is silent at the configured one.
const RATES: [u32; 7] = [115_200, 921_600, 9_600, 57_600, 460_800, 230_400, 38_400];

/// A modem that waits for the rest of a payload takes everything for it. Empty lines are nothing
/// to one that does not, and so many of them are more than any payload.
const FILLS: u8 = 7;

/// ESC for a modem that waits for the text of a message (3GPP TS 27.005 §3.5.1), "close down" for one that is in
/// multiplexer mode (see `cmux::CLOSE_DOWN`), and the end of the line that another one takes it for.
const CALL_BACK: &[u8] = b"\x1B\xF9\xF9\x03\xEF\x05\xC3\x01\xF2\xF9\xF9\x03\xFF\x05\xC3\x01\xE7\xF9\r";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Calling,
    Asking,
    /// The marked answer came; its final result is next.
    Marked,
    Settling,
}

/// The configured bit rate, the one that the modem is told to have, and that of the serial port now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    configured: u32,
    fixed: Option<u32>,
    now: u32,
}

/// What the engine is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Send this command.
    Send(&'static [u8]),
    /// Send a command line's worth of empty lines.
    Fill,
    /// Change the bit rate of the serial port, then go on.
    Baud(u32),
    /// Users need to know that nothing answers.
    Silent,
    /// The modem is in step.
    Done,
    /// Wait.
    Wait(Instant),
}

#[derive(Debug)]
pub(crate) struct Sync {
    stage: Stage,
    due: Instant,
    calls: u8,
    questions: u8,
    refusals: u8,
    /// `OK` has come behind the last question, and no mark.
    unmarked: bool,
    /// Calls at one bit rate until the next is tried.
    patience: u8,
    rate: u8,
    booting: bool,
    round_over: bool,
    /// Fills that are left to send.
    fills: u8,
    /// How far the escape from the multiplexer and from a data connection is: "close down", silence,
    /// then `+++`.
    escape: u8,
    /// The number in the answer to the last marked question.
    mark: Option<u8>,
}

impl Sync {
    /// Begins. `booting`: the modem may be off, starting, or at another bit rate; otherwise it
    /// answered a moment ago.
    pub(crate) const fn new(now: Instant, booting: bool, patience: u8) -> Self {
        Self {
            stage: Stage::Calling,
            due: now,
            calls: 0,
            questions: 0,
            refusals: 0,
            unmarked: false,
            patience,
            rate: 0,
            booting,
            round_over: false,
            fills: 0,
            escape: 0,
            mark: None,
        }
    }

    /// Begins with a modem that has just gone over to a data connection.
    pub(crate) const fn escaping(now: Instant) -> Self {
        Self { calls: 3, ..Self::new(now, false, 10) }
    }

    /// The modem said that it has started: what was asked before is forgotten there, too.
    pub(crate) fn started(&mut self, now: Instant) {
        self.stage = Stage::Calling;
        self.calls = 0;
        self.questions = 0;
        // Just called back, it may be busy with what it takes for a line.
        self.due = now + if self.escape == 1 { CALL_AGAIN } else { SETTLE };
    }

    pub(crate) fn line(&mut self, now: Instant, line: &[u8]) {
        let marked = split(line).is_some_and(|(prefix, _)| prefix == b"+CMEE");
        if marked && matches!(self.stage, Stage::Asking) {
            self.stage = Stage::Marked;
            self.mark = split(line).and_then(|(_, rest)| Params::new(rest).byte());
        }
        let Some(result) = Final::parse(line) else { return };
        match (self.stage, result) {
            (Stage::Calling, Final::Ok) => {
                self.stage = Stage::Asking;
                self.questions = 0;
                // A modem that answers late may be busy with what it takes for a line.
                let busy = if self.escape == 1 { self.due } else { now };
                self.due = busy.max(now + SETTLE);
            }
            (Stage::Asking, Final::Error(_)) => {
                // A modem that does not know the question has answered all the same.
                self.refusals = self.refusals.saturating_add(1);
                self.due = now + SETTLE;
                if self.refusals >= 3 {
                    self.settle(now);
                }
            }
            (Stage::Asking, Final::Ok) => self.unmarked = true,
            (Stage::Marked, _) => self.settle(now),
            _ => {}
        }
    }

    fn settle(&mut self, now: Instant) {
        self.stage = Stage::Settling;
        self.due = now + if self.questions > 1 { SETTLE_LONG } else { Duration::ZERO };
    }

    /// `guard` is the silence that the modem wants around `+++`.
    pub(crate) fn poll(&mut self, now: Instant, rates: Rates, guard: Duration) -> Action {
        if core::mem::take(&mut self.round_over) {
            return Action::Silent;
        }
        if now < self.due {
            return Action::Wait(self.due);
        }
        match self.stage {
            Stage::Settling => Action::Done,
            Stage::Calling => self.call(now, rates, guard),
            // One that answers the question with nothing but `OK` has nothing else to say.
            Stage::Asking if self.questions >= 3 && self.unmarked => {
                self.settle(now);
                Action::Wait(self.due)
            }
            Stage::Asking | Stage::Marked if self.questions >= 3 => {
                self.stage = Stage::Calling;
                self.calls = 0;
                self.call(now, rates, guard)
            }
            Stage::Asking | Stage::Marked => {
                self.stage = Stage::Asking;
                self.questions += 1;
                self.unmarked = false;
                self.due = now + Duration::from_secs(ASK_AGAIN * u32::from(self.questions));
                Action::Send(b"AT+CMEE?\r")
            }
        }
    }

    fn call(&mut self, now: Instant, rates: Rates, guard: Duration) -> Action {
        if self.calls >= self.patience {
            self.calls = 0;
            self.escape = 0;
            if !self.booting {
                self.booting = true;
                self.patience = 5;
                return Action::Silent;
            }
            return self.next_rate(rates);
        }
        if self.calls == 2 && self.fills == 0 {
            self.fills = FILLS;
        }
        if self.fills > 1 {
            self.fills -= 1;
            return Action::Fill;
        }
        self.fills = 0;
        if self.calls == 3 && self.escape < 3 {
            self.escape += 1;
            self.due = now + if self.escape == 1 { CALL_AGAIN } else { guard };
            return match self.escape {
                1 => Action::Send(CALL_BACK),
                2 => Action::Wait(self.due),
                _ => Action::Send(b"+++"),
            };
        }
        self.calls += 1;
        let is_last = self.calls == self.patience && rates.now == rates.configured;
        self.due = now + if is_last { LISTEN } else { CALL_AGAIN };
        Action::Send(b"AT\r")
    }

    /// After each round of the other rates the configured one has its turn again.
    fn next_rate(&mut self, rates: Rates) -> Action {
        let Rates { configured, fixed, now } = rates;
        // A modem that has restarted may have forgotten its rate, or may be the only one that has not.
        let first =
            if now != configured && Some(now) == fixed { configured } else { fixed.unwrap_or(configured) };
        let all = [first].into_iter().chain(RATES);
        for (index, rate) in (0..).zip(all).skip(self.rate.into()) {
            let again = index > 0 && (rate == configured || rate == first);
            if !again && rate != now {
                self.rate = index + 1;
                self.patience = 2;
                return Action::Baud(rate);
            }
        }
        self.rate = 0;
        self.patience = 5;
        self.round_over = true;
        Action::Baud(configured)
    }
}

impl Core {
    /// Goes on with the synchronisation. True when nothing else can be done now.
    pub(super) fn advance_sync(&mut self) -> bool {
        let Some(sync) = &mut self.sync else { return false };
        if !self.link.is_calling()
            && self.link.state() == crate::LinkState::Down
            && self.link.next(self.now).is_none()
        {
            // Switched off in the meantime.
            self.sync = None;
            return false;
        }
        let rates = Rates { configured: self.config.baud, fixed: self.config.fixed_baud, now: self.rate };
        match sync.poll(self.now, rates, self.timing.escape) {
            Action::Send(command) => {
                self.spoil_answer();
                if let Some(to) = self.command.get_mut(..command.len()) {
                    to.copy_from_slice(command);
                }
                (self.len, self.sent) = (command.len(), 0);
                true
            }
            Action::Fill => {
                self.spoil_answer();
                self.command.fill(b'\r');
                (self.len, self.sent) = (self.command.len(), 0);
                true
            }
            Action::Baud(rate) => {
                self.baud = Some(rate);
                true
            }
            Action::Silent => {
                if !self.wake_by_key() {
                    self.lost();
                }
                // Users know. It goes on at once: nothing else would bring it back here.
                self.advance_sync()
            }
            Action::Done => {
                // After a start errors have no numbers: the modem would have lost all other settings, too.
                let kept = sync.mark == Some(1) && self.echo_is_off;
                self.sync = None;
                self.ready_at = self.now + self.timing.gap;
                if self.link.is_calling() {
                    self.offer_rungs();
                    self.link.answered(self.now, kept);
                }
                self.waiters.wake();
                false
            }
            Action::Wait(at) => self.wait(at, Timer::Sync),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cmux::CLOSE_DOWN;

    /// The rates of one round, from `now` on.
    fn round(configured: u32, fixed: Option<u32>, mut now: u32) -> Vec<u32> {
        let mut sync = Sync::new(Instant::START, true, 1);
        let mut rates = Vec::new();
        while !sync.round_over {
            if let Action::Baud(rate) = sync.next_rate(Rates { configured, fixed, now }) {
                rates.push(rate);
                now = rate;
            }
        }
        rates
    }

    #[test]
    fn each_rate_has_its_turn_and_the_likely_ones_first() {
        let others = [921_600, 9_600, 57_600, 460_800, 230_400, 38_400];
        let expected: Vec<u32> = others.into_iter().chain([115_200]).collect();
        assert_eq!(round(115_200, None, 115_200), expected);
        // The modem has forgotten the rate that it was set to, or has not taken it.
        assert_eq!(round(115_200, Some(3_000_000), 3_000_000)[0], 115_200);
        // It has kept it, and the host has started anew.
        assert_eq!(round(115_200, Some(3_000_000), 115_200)[0], 3_000_000);
        assert_eq!(round(115_200, Some(3_000_000), 115_200).last(), Some(&115_200));
    }

    #[test]
    fn a_modem_in_multiplexer_mode_is_closed_down() {
        assert_eq!(
            CALL_BACK.strip_prefix(b"\x1B").and_then(|rest| rest.strip_suffix(b"\r")),
            Some(CLOSE_DOWN)
        );
    }
}
