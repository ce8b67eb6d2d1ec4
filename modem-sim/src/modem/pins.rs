//! The pins beside the serial line. Inputs are set by methods, outputs are read; a pin is on when it is asserted,
//! whatever its level.
//!
//! How long they must be held is in no document at hand: the times of u-blox modules are those of shipping drivers,
//! those of Sequans modules are RYZ014 use cases §11.1.2.1 and inferred.

use std::time::Duration;

use super::fault::Recovery;
use super::power::Timer;
use super::{Modem, Power};
use crate::Model;

/// For how long the pins of a model are held.
#[derive(Clone, Copy, Debug)]
struct Holds {
    /// Power key, to switch on and to switch off; `None` when there is none.
    key: Option<(Duration, Duration)>,
    reset: Duration,
}

fn holds(model: Model) -> Holds {
    let ms = Duration::from_millis;
    let (on, off, reset) = match model {
        Model::SaraR42 | Model::LexiR422 => (300, 2000, 16_500),
        Model::LenaR8 => (2000, 3100, 50),
        Model::LexiR520 => (150, 2000, 150),
        _ if model.is_ublox() => (1500, 2000, 150),
        // "Only RESETN or a power cycle returns" after a shutdown.
        _ => return Holds { key: None, reset: ms(1) },
    };
    Holds { key: Some((ms(on), ms(off))), reset: ms(reset) }
}

/// The modem's pins.
#[derive(Debug)]
pub(super) struct Pins {
    /// Power key of u-blox modules, WAKE of Sequans modules; since then.
    key: Option<Duration>,
    /// The key has done what it does.
    key_done: bool,
    reset: Option<Duration>,
    reset_done: bool,
    /// DTR and RTS of the host.
    pub(super) dtr: bool,
    pub(super) rts: bool,
    /// RING is on until then.
    ring: Option<Duration>,
}

impl Default for Pins {
    fn default() -> Self {
        Pins { key: None, key_done: false, reset: None, reset_done: false, dtr: true, rts: true, ring: None }
    }
}

impl Pins {
    /// The key, or WAKE, is held.
    pub(super) fn wakes(&self) -> bool {
        self.key.is_some()
    }
}

impl Modem {
    /// Presses or releases the power key (u-blox PWR_ON), or asserts WAKE (Sequans).
    pub fn set_power_on(&mut self, now: Duration, on: bool) {
        self.advance(now);
        if on != self.pins.key.is_some() {
            self.pins.key = on.then_some(self.now);
            self.pins.key_done = false;
        }
        self.tick();
    }

    /// Asserts the reset pin, or releases it: the modem starts with its release.
    pub fn set_reset(&mut self, now: Duration, on: bool) {
        self.advance(now);
        if on {
            self.pins.reset.get_or_insert(self.now);
        } else if self.pins.reset.take().is_some()
            && std::mem::take(&mut self.pins.reset_done)
            && self.supplied
        {
            self.start_boot();
        }
        self.tick();
    }

    /// DTR of the host; it is on at the start. What becomes of a dial-up connection when it goes off says `&D`.
    pub fn set_dtr(&mut self, now: Duration, on: bool) {
        self.advance(now);
        if std::mem::replace(&mut self.pins.dtr, on) && !on {
            self.dtr_drops();
        }
        self.pin_wakes(3, on);
        self.tick();
    }

    /// RTS of the host; it is on at the start. While it is off the modem prints nothing.
    pub fn set_rts(&mut self, now: Duration, on: bool) {
        self.advance(now);
        self.pins.rts = on;
        self.pin_wakes(2, on);
        self.tick();
    }

    /// RING: there is something for the host.
    pub fn ring(&self) -> bool {
        self.pins.ring.is_some_and(|until| self.now < until)
    }

    /// CTS: the modem takes characters.
    pub fn cts(&self) -> bool {
        self.power == Power::Up && !self.uart_is_down() && self.ready_to_receive()
    }

    /// The indicator of the supply inside (u-blox V_INT, Sequans PS_STATUS): it is off without power, and in the deep
    /// sleep of the power saving mode.
    pub fn v_int(&self) -> bool {
        !matches!(self.power, Power::Off | Power::Deep { .. })
    }

    /// RING goes on for this time.
    pub(super) fn start_ringing(&mut self, time: Duration) {
        let until = self.now + time;
        self.pins.ring = Some(self.pins.ring.map_or(until, |old| old.max(until)));
    }

    /// When RING goes off, or a pin was held for long enough.
    pub(super) fn pins_due(&self) -> Option<Duration> {
        let ring = self.pins.ring.filter(|until| *until > self.now);
        [ring, self.key_due(), self.reset_due()].into_iter().flatten().min()
    }

    fn key_due(&self) -> Option<Duration> {
        let idle = !self.pins.key_done && self.supplied && self.pins.reset.is_none();
        let since = self.pins.key.filter(|_| idle)?;
        let wakes = matches!(self.power, Power::Deep { .. });
        let time = match holds(self.model).key {
            None if wakes => Duration::from_micros(100),
            None => return None,
            Some((on, _)) if wakes || self.power == Power::Off => on,
            Some((_, off)) => off,
        };
        Some(since + time)
    }

    fn reset_due(&self) -> Option<Duration> {
        let since = self.pins.reset.filter(|_| !self.pins.reset_done && self.supplied)?;
        Some(since + holds(self.model).reset)
    }

    /// A pin was held for long enough.
    pub(super) fn pins_step(&mut self) -> bool {
        let due = |at: Option<Duration>, now: Duration| at.is_some_and(|at| at <= now);
        if due(self.reset_due(), self.now) {
            self.pins.reset_done = true;
            if self.obeys(Recovery::ResetPin) {
                self.heal(Recovery::ResetPin);
                self.halt();
            }
            return true;
        }
        if !due(self.key_due(), self.now) {
            return false;
        }
        self.pins.key_done = true;
        match self.power {
            Power::Off => self.start_boot(),
            Power::Deep { .. } => self.wake_up(),
            Power::Waking(_) => {}
            Power::Booting(_) => self.halt(),
            Power::Up if self.obeys(Recovery::PowerKey) => {
                self.heal(Recovery::PowerKey);
                self.timer(Duration::ZERO, Timer::SwitchOff);
            }
            Power::Up => {}
        }
        true
    }
}
