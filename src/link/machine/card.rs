//! The SIM card and its PIN.

use super::{Link, Phase, SIM_SETTLES};
use crate::dialect::SimState;
use crate::error::{CmeCode, Error, Failure};
use crate::link::Config;
use crate::link::ladder::Trouble;
use crate::time::{Duration, Instant};

/// What became of the configured PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pin {
    Untried,
    Accepted,
    Refused,
    /// One try is left, and it is the user's.
    Spared,
}

impl Link {
    /// The last try of the PIN may be spent, once.
    pub(crate) fn allow_last_try(&mut self, now: Instant) {
        self.last_try = true;
        if self.pin == Pin::Spared {
            self.pin = Pin::Untried;
            self.error = None;
            self.due = self.due.min(now);
        }
    }

    /// Tries of the PIN are known, or the modem cannot tell them: then it is given once.
    pub(super) fn read_tries(&mut self, now: Instant, result: Result<(), Failure>, tries: Option<u8>) {
        if result.is_err() {
            self.due = now + Duration::from_secs(1);
            return;
        }
        self.pin_tries = tries;
        if tries.is_some_and(|tries| tries < 2) && !self.last_try {
            self.pin = Pin::Spared;
            self.enter(now, Phase::Sim);
        } else {
            self.last_try = false;
            self.enter(now, Phase::Pin);
        }
    }

    /// The PIN was given.
    pub(super) fn gave_pin(&mut self, now: Instant, result: Result<(), Failure>) {
        self.pin = match result {
            Ok(()) => Pin::Accepted,
            // The modem has not said that it is wrong, and how many tries are left is looked at before each.
            Err(Failure::Timeout | Failure::Unanswered | Failure::Damaged) if self.pin_tries.is_some() => {
                Pin::Untried
            }
            // Whatever went wrong, a second try could cost the card.
            Err(_) => Pin::Refused,
        };
        self.enter(now, Phase::Sim);
        if self.pin == Pin::Refused {
            self.fail_and_wait(now, Error::WrongPin);
        }
    }

    /// The card has lost its power: it wants its PIN again, and may be another one.
    pub(super) fn forget_pin(&mut self) {
        if matches!(self.pin, Pin::Accepted | Pin::Spared) {
            self.pin = Pin::Untried;
        }
    }

    pub(super) fn sim(&mut self, now: Instant, sim: Option<SimState>, config: &Config) {
        if matches!(sim, Some(SimState::Pin | SimState::Puk | SimState::Locked)) {
            // Nothing but the user helps there.
            self.ladder.calm();
        }
        let settling = !now.is_past(self.since, SIM_SETTLES);
        match sim {
            Some(SimState::Ready) => {
                self.error = None;
                self.pin = Pin::Untried;
                self.ladder.has_card();
                self.enter(now, Phase::RadioOn);
            }
            Some(SimState::Pin) => match self.pin {
                _ if config.pin.is_empty() => self.fail_and_wait(now, Error::PinRequired),
                Pin::Untried => self.enter(now, Phase::Tries),
                Pin::Accepted if settling => self.due = now + Duration::from_millis(500),
                Pin::Accepted | Pin::Refused => self.fail_and_wait(now, Error::WrongPin),
                Pin::Spared => self.fail_and_wait(now, Error::LastPinTry),
            },
            Some(SimState::Puk) => self.fail_and_wait(now, Error::PukRequired),
            Some(SimState::Locked) => self.fail_and_wait(now, Error::Modem(CmeCode(5))),
            None if settling => self.due = now + Duration::from_millis(500),
            None => {
                self.ladder.watch(now, Trouble::Card);
                self.fail_and_wait(now, Error::NoSim);
            }
        }
    }

    pub(super) fn sim_error(&mut self, now: Instant, failure: Failure, config: &Config) {
        let state = match failure {
            Failure::Modem(CmeCode::SIM_PIN_REQUIRED) => Some(SimState::Pin),
            Failure::Modem(CmeCode::SIM_PUK_REQUIRED) => Some(SimState::Puk),
            _ => None,
        };
        self.sim(now, state, config);
    }
}
