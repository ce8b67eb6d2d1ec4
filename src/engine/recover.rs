//! The recovery ladder, as far as it is the engine's: which rungs there are, and the power key and the reset line.

use core::task::{Poll, Waker};

use super::extras::Keys;
use super::job::Job;
use super::{Core, Engine, Pin, PinSet, Sync, Timer};
use crate::at::CommandWriter;
use crate::dialect::{Args, Call, Power, Procedure, Step};
use crate::error::{Error, Failure};
use crate::link::{LinkState, Rung};
use crate::time::{Duration, Instant};

/// From the end of a reset or of a press of the power key until the modem is called.
const SETTLE: Duration = Duration::from_millis(500);

/// From a restart that nobody has confirmed until the modem is called.
const UNHEARD: Duration = Duration::from_secs(2);

/// Connections in a row that nobody answers, after which the link is taken for deaf.
const TIMEOUTS: u8 = 3;

/// From the answer to a new bit rate until something is said at it.
const RATE_SETTLES: Duration = Duration::from_millis(150);

/// Calls that wake a modem, until its power key is pressed or it is taken for off.
pub(super) const WAKES: u8 = 2;

/// A pin that is held.
#[derive(Clone, Copy, Debug)]
pub(super) struct Press {
    pin: Pin,
    until: Instant,
    /// How long the modem is left alone afterwards.
    quiet: Duration,
}

impl Engine {
    /// Says which pins there are. [`Output::Pin`](super::Output::Pin) comes for these alone.
    pub fn attach(&mut self, pins: PinSet) {
        const KEYS: Keys =
            Keys { press: Core::press, wake: Core::press_to_wake, advance: Core::advance_press };
        self.core.pins = pins;
        self.core.extras.keys = Some(&KEYS);
        self.core.use_dozing();
        self.core.offer_rungs();
        self.core.runner.wake();
    }

    /// Leaves the modem alone, so that it can go into power saving mode: what was written leaves, sockets are closed,
    /// and then nothing is sent until [`link_up`](Self::link_up). It stays registered.
    ///
    /// # Errors
    /// Why the link is not up: then nothing happens.
    pub fn link_sleep(&mut self) -> Result<(), Error> {
        let core = &mut self.core;
        if !core.link.sleep(core.now) {
            return Err(core.link.reason());
        }
        core.drop_sockets(Error::LinkDown);
        core.answer_waiters();
        core.runner.wake();
        Ok(())
    }

    /// Waits until the modem is left alone.
    pub fn poll_asleep(&mut self, waker: &Waker) -> Poll<()> {
        if self.core.link.is_asleep() || self.core.link.is_off() || self.core.link.state() != LinkState::Down
        {
            return Poll::Ready(());
        }
        self.core.waiters.register(waker);
        Poll::Pending
    }

    /// Lets the last try of the SIM card's PIN be spent, once. When it was the wrong one, the card is blocked until
    /// its PUK is given.
    pub fn spend_last_pin_try(&mut self) {
        self.core.link.allow_last_try(self.core.now);
        self.core.runner.wake();
    }
}

impl Core {
    /// Looks which rungs this modem has, now that its dialect or its pins are known.
    pub(super) fn offer_rungs(&mut self) {
        let (config, call, dialect) = (&self.config, Call::new(), self.dialect);
        let args = Args { config, name: &[], call: &call, secure: None };
        let mut rungs = 0;
        for (rung, procedure) in [
            (Rung::Context, Procedure::Deactivate),
            (Rung::Radio, Procedure::Reattach),
            (Rung::Restart, Procedure::Restart),
        ] {
            if dialect.steps(procedure).iter().any(|step| (step.when)(&args)) {
                rungs |= rung.bit();
            }
        }
        let Power { switch_on, reset, .. } = dialect.power();
        for (rung, pin, time) in
            [(Rung::Reset, Pin::Reset, reset), (Rung::PowerKey, Pin::PowerKey, switch_on)]
        {
            if self.pins.has(pin) && time > Duration::ZERO {
                rungs |= rung.bit();
            }
        }
        self.link.offer(rungs);
    }

    /// Climbs the next rung of the ladder, when it is due. True when there was one.
    pub(super) fn climb(&mut self) -> bool {
        let rung = self.link.climb(self.now, &self.config, &mut self.status);
        rung.is_some_and(|rung| self.stand_on(rung))
    }

    /// Climbs the next rung against a link that carries nothing.
    #[cfg(any(feature = "embassy-net", feature = "smoltcp"))]
    pub(super) fn climb_at_once(&mut self) {
        if let Some(rung) = self.link.climb_at_once(self.now, &mut self.status) {
            self.stand_on(rung);
        }
    }

    /// Does what a rung stands for. Always true.
    fn stand_on(&mut self, rung: Rung) -> bool {
        self.drop_sockets(Error::Aborted);
        self.answer_waiters();
        match (rung, self.extras.keys) {
            (Rung::Reset | Rung::PowerKey, Some(keys)) => (keys.press)(self, rung),
            (Rung::Restart, _) if self.link.is_calling() => self.restart_unheard(),
            _ => {}
        }
        true
    }

    /// Wakes a modem that has not heard that it is called, by its power key if there is one. Pressed earlier, the key
    /// would switch off a modem that is awake.
    pub(super) fn wake_by_key(&mut self) -> bool {
        if !self.link.may_sleep() {
            return false;
        }
        self.link.pressed_to_wake();
        self.sync = None;
        if let Some(keys) = self.extras.keys
            && self.pins.has(Pin::PowerKey)
        {
            (keys.wake)(self);
        }
        true
    }

    /// Presses the power key for as long as switches a modem on.
    fn press_to_wake(&mut self) {
        let time = self.dialect.power().switch_on;
        if time > Duration::ZERO {
            self.hold_pin(Pin::PowerKey, time, SETTLE);
        }
    }

    /// Goes along with a setting of the modem's serial port.
    pub(super) fn adjust_port(&mut self, job: &Job, result: Result<(), Failure>) {
        match (job.procedure, self.config.fixed_baud) {
            (Procedure::UartSleep, _) => {
                let (config, call) = (&self.config, Call::new());
                let args = Args { config, name: &[], call: &call, secure: None };
                let has = self.dialect.steps(job.procedure).iter().any(|step| (step.when)(&args));
                self.dozes(has && result.is_ok());
            }
            (Procedure::SetBaud, Some(rate)) if result.is_ok() && job.call.found.total != Some(rate) => {
                self.baud = Some(rate);
                // "Wait for at least 100 ms" (LENA-R8 application development §5.3.1).
                self.begin_sync(Sync::new(self.now + RATE_SETTLES, false, 3));
            }
            _ => {}
        }
    }

    /// The command that starts this modem anew.
    pub(crate) fn restart_step(&self) -> Option<&'static Step> {
        self.dialect.steps(Procedure::Restart).first()
    }

    /// Tells a modem to restart that does not answer: it may listen all the same.
    fn restart_unheard(&mut self) {
        self.sync = None;
        self.forget_job();
        let Some(step) = self.restart_step() else { return };
        let mut writer = CommandWriter::new(&mut self.command);
        writer.text(step.command);
        (self.len, self.sent) = (writer.finish().unwrap_or(0), 0);
        self.quiet_until = self.now + UNHEARD;
    }

    /// A connection was opened, or not. A server that does not answer is nothing special; several of them in a row
    /// are, while nothing else comes either (LENA-R8 application development §8.2: "cannot send / receive data").
    pub(super) fn judge(&mut self, answered: bool) {
        self.timeouts = if answered { 0 } else { self.timeouts.saturating_add(1) };
        if answered {
            self.link.heard();
        } else if self.timeouts >= TIMEOUTS {
            self.link.deaf(self.now);
        }
    }

    /// Begins to hold the pin of a rung.
    fn press(&mut self, rung: Rung) {
        let power = self.dialect.power();
        let (pin, time, quiet) = match rung {
            Rung::Reset => (Pin::Reset, power.reset, SETTLE),
            _ if self.link.switches_on() => (Pin::PowerKey, power.switch_on, SETTLE),
            _ => (Pin::PowerKey, power.switch_off, power.shutdown),
        };
        self.forget_job();
        self.echo_is_off = false;
        self.hold_pin(pin, time, quiet);
    }

    fn hold_pin(&mut self, pin: Pin, time: Duration, quiet: Duration) {
        self.sync = None;
        (self.len, self.sent) = (0, 0);
        self.out_of_step = true;
        self.pin = Some((pin, true));
        self.press = Some(Press { pin, until: self.now + time, quiet });
    }

    /// Goes on with a pin that is held. True while there is one: nothing else can be done then.
    fn advance_press(&mut self) -> bool {
        let Some(press) = self.press else { return false };
        if self.now < press.until {
            return self.wait(press.until, Timer::Press);
        }
        self.press = None;
        self.pin = Some((press.pin, false));
        self.quiet_until = self.now + press.quiet;
        true
    }
}
