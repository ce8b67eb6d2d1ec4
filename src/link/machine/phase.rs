//! The states of the link.

use super::Link;
use crate::link::Config;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Off,
    Calling,
    Setup,
    /// Settings of the serial port.
    Port,
    Rate,
    Sim,
    Tries,
    Pin,
    RadioOn,
    Searching,
    Activating,
    Up,
    TurningOff,
    /// As `TurningOff`, but the radio is left on.
    FallingAsleep,
    /// Nothing is sent, so that the modem can sleep.
    Asleep,
    /// Rungs of the ladder.
    Deactivating,
    Reattaching,
    Restarting,
}

impl Link {
    /// What follows the settings of the serial port.
    pub(super) fn behind_port(&mut self, config: &Config) -> Phase {
        // Told again and again, a modem that does not follow would never come up.
        let tells = config.fixed_baud.is_some() && !self.rate_told;
        self.rate_told |= tells;
        if tells { Phase::Rate } else { Phase::Sim }
    }
}

#[cfg_attr(not(any(feature = "log", feature = "defmt")), allow(dead_code, reason = "for logs"))]
impl Phase {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Calling => "calling",
            Self::Setup => "setup",
            Self::Port => "port",
            Self::Rate => "rate",
            Self::Sim => "SIM",
            Self::Tries => "tries",
            Self::Pin => "PIN",
            Self::RadioOn => "radio on",
            Self::Searching => "searching",
            Self::Activating => "activating",
            Self::Up => "up",
            Self::TurningOff => "turning off",
            Self::FallingAsleep => "falling asleep",
            Self::Asleep => "asleep",
            Self::Deactivating => "deactivating",
            Self::Reattaching => "reattaching",
            Self::Restarting => "restarting",
        }
    }
}
