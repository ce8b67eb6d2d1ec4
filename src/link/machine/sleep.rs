//! The link of a modem that is left alone so that it can sleep (power saving mode, 3GPP TS 23.682 §4.5.4).

use super::{Link, Phase};
use crate::time::Instant;

/// How a modem is woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waking {
    /// It is not; or it has lost its settings.
    No,
    /// It has its settings, as far as is known.
    Sleeps,
    /// It is called.
    Called,
    /// Its key was pressed.
    Pressed,
}

impl Link {
    /// Leaves the modem alone once its sockets are closed: it stays registered. False where the link is not up.
    pub(crate) fn sleep(&mut self, now: Instant) -> bool {
        match self.phase {
            Phase::Up => {
                self.enter(now, Phase::FallingAsleep);
                self.waking = Waking::Sleeps;
                self.refresh = false;
                true
            }
            Phase::FallingAsleep | Phase::Asleep => true,
            _ => false,
        }
    }

    /// Whether the modem is left alone.
    pub(crate) fn is_asleep(&self) -> bool {
        self.phase == Phase::Asleep
    }

    /// Calls a modem that may be asleep.
    pub(super) fn wake(&mut self, now: Instant) {
        if self.waking == Waking::Sleeps {
            self.waking = Waking::Called;
        }
        self.enter(now, Phase::Calling);
    }

    /// Whether it is called to wake it, and its key has not been pressed.
    pub(crate) fn may_sleep(&self) -> bool {
        self.phase == Phase::Calling && self.waking == Waking::Called
    }

    /// Its key is pressed, if it has one.
    pub(crate) fn pressed_to_wake(&mut self) {
        self.waking = Waking::Pressed;
    }
}
