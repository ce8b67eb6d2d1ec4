//! The pins of the simulated modem, as they are wired to the host.

use std::time::Duration;

use cellular_nal::{Pin, PinSet};
use modem_sim::Modem;

use super::World;

/// Each to the pin of its name. WAKE of Sequans modules is not wired: RTS wakes them.
pub fn wired(modem: &mut Modem, now: Duration, pin: Pin, active: bool) {
    match pin {
        Pin::PowerKey => modem.set_power_on(now, active),
        Pin::Reset => modem.set_reset(now, active),
        Pin::Dtr => modem.set_dtr(now, active),
        Pin::Rts => modem.set_rts(now, active),
        pin => panic!("{pin:?} is not known"),
    }
}

impl World {
    /// The host has these pins.
    pub fn wire(&mut self, pins: &[Pin]) {
        self.engine.borrow_mut().attach(pins.iter().copied().collect::<PinSet>());
    }
}
