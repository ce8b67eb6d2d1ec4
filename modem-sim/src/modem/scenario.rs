//! What happens to the modem from outside, when a test or [`Options::scenario`](crate::Options) says so.

use std::time::Duration;

use super::Modem;
use super::fault::Fault;
use crate::options::Registration;
use crate::radio::Signal;

/// Something that happens around a modem.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// The SIM in the slot that is used is pulled out.
    SimOut,
    /// It is put in.
    SimIn,
    /// There is no SIM in this slot any more: 0 is outside of the module, 1 in it.
    SlotEmpty(u8),
    /// There is one from now on.
    SlotFilled(u8),
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
    /// Something goes wrong in the modem.
    Fault(Fault),
    /// The reception changes.
    Signal(Signal),
    /// The network ends a context.
    ContextEnds(u32),
    /// The power key (u-blox), or WAKE (Sequans).
    PowerOnPin(bool),
    /// The reset pin.
    ResetPin(bool),
    /// DTR of the host.
    Dtr(bool),
    /// RTS of the host.
    Rts(bool),
}

impl Modem {
    /// Lets something happen now.
    pub fn happen(&mut self, now: Duration, what: &Happening) {
        match what {
            Happening::SimOut => self.set_sim_present(now, false),
            Happening::SimIn => self.set_sim_present(now, true),
            Happening::SlotEmpty(slot) => self.set_sim_in_slot(now, *slot, false),
            Happening::SlotFilled(slot) => self.set_sim_in_slot(now, *slot, true),
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
            Happening::Fault(fault) => self.fail(now, *fault),
            Happening::Signal(signal) => self.set_signal(now, *signal),
            Happening::PowerOnPin(on) => self.set_power_on(now, *on),
            Happening::ResetPin(on) => self.set_reset(now, *on),
            Happening::Dtr(on) => self.set_dtr(now, *on),
            Happening::Rts(on) => self.set_rts(now, *on),
            Happening::ContextEnds(cid) => self.end_context(now, *cid),
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
