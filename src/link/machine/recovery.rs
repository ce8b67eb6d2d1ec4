//! The link on the recovery ladder.

use super::{Link, Phase};
use crate::error::Error;
use crate::link::ladder::Trouble;
use crate::link::{Config, Recovery, Rung, Status};
use crate::time::Instant;

impl Link {
    /// Which rungs of the ladder there are, one bit for each.
    pub(crate) fn offer(&mut self, rungs: u8) {
        self.ladder.offer(rungs);
    }

    /// Climbs the next rung of the recovery ladder, when that is due.
    pub(crate) fn climb(&mut self, now: Instant, config: &Config, status: &mut Status) -> Option<Rung> {
        if now < self.rung_due(config) {
            return None;
        }
        self.climb_on(now, status)
    }

    /// Climbs the next rung, because nothing goes over the link that seems to be up.
    #[cfg(any(feature = "embassy-net", feature = "smoltcp"))]
    pub(crate) fn climb_at_once(&mut self, now: Instant, status: &mut Status) -> Option<Rung> {
        if !matches!(self.phase, Phase::Searching | Phase::Activating | Phase::Up) {
            return None;
        }
        self.ladder.watch(now, Trouble::Data);
        self.climb_on(now, status)
    }

    fn climb_on(&mut self, now: Instant, status: &mut Status) -> Option<Rung> {
        let (rung, trouble) = self.ladder.climb(now)?;
        let denied = self.error == Some(Error::RegistrationDenied) && trouble == Trouble::Registration;
        let reason = if denied { Error::RegistrationDenied } else { trouble.error() };
        // Users who wait for a link that was up need not hear of it: it comes back, or has a reason of its own soon.
        let count = status.recovery.map_or(0, |before| before.count).saturating_add(1);
        status.recovery = Some(Recovery { rung, reason, count });
        if trouble != Trouble::Data {
            self.fail(reason);
        }
        warning!("recovery {}: {}, because: {}", count, rung.name(), reason);
        self.enter(
            now,
            match rung {
                Rung::Context => Phase::Deactivating,
                Rung::Radio => Phase::Reattaching,
                Rung::Restart if trouble != Trouble::Modem => Phase::Restarting,
                Rung::Restart | Rung::Reset | Rung::PowerKey => Phase::Calling,
            },
        );
        Some(rung)
    }

    pub(super) fn rung_due(&self, config: &Config) -> Instant {
        self.ladder.due(config.registration_timeout)
    }

    /// Whether the power key is to be held as long as switches a modem on, and not off.
    pub(crate) const fn switches_on(&self) -> bool {
        self.ladder.switches_on()
    }

    /// Whether the modem has been switched off, and is to be switched on.
    pub(crate) fn has_switched_off(&self) -> bool {
        self.ladder.has_switched_off()
    }

    /// Something has come from the network.
    pub(crate) fn heard(&mut self) {
        self.ladder.heard();
    }

    /// Nothing comes from the network, although all seems to be well.
    pub(crate) fn deaf(&mut self, now: Instant) {
        if self.phase == Phase::Up {
            self.ladder.watch(now, Trouble::Data);
        }
    }
}
