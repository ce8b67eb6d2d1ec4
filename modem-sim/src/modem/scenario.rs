//! What happens to the modem from outside, when a test or [`Options::scenario`](crate::Options) says so.

use std::time::Duration;

use super::Modem;
use crate::options::Registration;

/// Something that happens around a modem.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// The SIM is pulled out.
    SimOut,
    /// It is put in.
    SimIn,
    /// It stops answering.
    SimFails,
    /// It answers again.
    SimWorks,
    /// The network changes its mind.
    Network(Registration),
    /// The supply fails.
    PowerOff,
    /// It is there again.
    PowerOn,
    /// The supply fails for a time: a brown-out.
    BrownOut(Duration),
    /// The modem restarts by itself.
    Reboot,
}

impl Modem {
    /// Lets something happen now.
    pub fn happen(&mut self, now: Duration, what: &Happening) {
        match what {
            Happening::SimOut => self.set_sim_present(now, false),
            Happening::SimIn => self.set_sim_present(now, true),
            Happening::SimFails => self.set_sim_failure(now, true),
            Happening::SimWorks => self.set_sim_failure(now, false),
            Happening::Network(registration) => self.set_registration(now, *registration),
            Happening::PowerOff => self.power(now, false),
            Happening::PowerOn => self.power(now, true),
            Happening::BrownOut(time) => {
                self.power(now, false);
                self.plan.push((now + *time, Happening::PowerOn));
            }
            Happening::Reboot => self.reboot(now),
        }
    }

    /// When the next thing happens by plan.
    pub(super) fn scenario_due(&self) -> Option<Duration> {
        self.plan.iter().map(|(at, _)| *at).min()
    }

    /// What the plan has for now, in its order.
    pub(super) fn run_scenario(&mut self) {
        while let Some(i) = self.plan.iter().position(|(at, _)| *at <= self.now) {
            let (_, what) = self.plan.remove(i);
            self.happen(self.now, &what);
        }
    }
}
