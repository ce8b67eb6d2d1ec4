//! The SIM and its PIN (RYZ014 use cases §2.1).

use super::Modem;
use super::power::Timer;
use crate::command::{Command, Form};
use crate::modem::exec::Step;
use crate::options::Options;
use crate::reply::{BAD_PARAMETERS, Final, NOT_ALLOWED};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lock {
    Open,
    Pin,
    Puk,
}

/// The SIM card in its slot.
#[derive(Debug)]
pub(crate) struct Sim {
    pub(super) present: bool,
    /// The modem has read it.
    pub(super) read: bool,
    pin: Option<String>,
    lock: Lock,
    wrong: u8,
}

impl Sim {
    pub(super) fn new(options: &Options) -> Self {
        let lock = if options.pin.is_some() { Lock::Pin } else { Lock::Open };
        Sim { present: options.sim_present, read: false, pin: options.pin.clone(), lock, wrong: 0 }
    }

    pub(super) fn power_up(&mut self) {
        self.read = false;
        if self.lock == Lock::Open && self.pin.is_some() {
            self.lock = Lock::Pin;
        }
    }

    pub(crate) fn ready(&self) -> bool {
        self.present && self.read && self.lock == Lock::Open
    }
}

impl Modem {
    /// The modem begins to read the SIM.
    pub(super) fn sim_starts(&mut self) {
        self.cancel(Timer::SimRead);
        if self.cellular.cfun != 0 && self.sim.present {
            self.timer(self.options.sim_time, Timer::SimRead);
        }
    }

    pub(super) fn sim_was_read(&mut self) {
        self.sim.read = true;
        self.search();
    }

    /// `Err` while the SIM cannot be used.
    pub(super) fn sim_usable(&self) -> Result<(), Final> {
        if !self.model.is_ublox() && self.cellular.cfun == 0 {
            // RYZ014 use cases §2.1.3.
            return Err(Final::Error);
        }
        if !self.sim.present {
            return Err(Final::Cme(10));
        }
        if !self.sim.read {
            return Err(Final::Cme(14));
        }
        Ok(())
    }

    /// As [`Modem::sim_usable`], and the PIN must be in.
    pub(super) fn sim_open(&self) -> Result<(), Final> {
        self.sim_usable()?;
        match self.sim.lock {
            Lock::Open => Ok(()),
            Lock::Pin => Err(Final::Cme(11)),
            Lock::Puk => Err(Final::Cme(12)),
        }
    }

    pub(super) fn cpin(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form == Form::Test {
            return Ok(Final::Ok.into());
        }
        self.sim_usable()?;
        if command.form == Form::Read {
            let state = match self.sim.lock {
                Lock::Open => "READY",
                Lock::Pin => "SIM PIN",
                Lock::Puk => "SIM PUK",
            };
            self.info(format!("+CPIN: {state}"));
            return Ok(Final::Ok.into());
        }
        // Both "0000" and 0000 are in use.
        let code = |i: usize| command.arg(i).map(|a| String::from_utf8_lossy(&a.raw).into_owned());
        let first = code(0).ok_or(BAD_PARAMETERS)?;
        match self.sim.lock {
            Lock::Open => return Err(NOT_ALLOWED),
            Lock::Pin if Some(&first) == self.sim.pin.as_ref() => {}
            Lock::Pin => {
                self.sim.wrong += 1;
                if self.sim.wrong >= self.options.puk_after {
                    self.sim.lock = Lock::Puk;
                }
                return Err(Final::Cme(16));
            }
            // 3GPP TS 27.007 wants a new PIN with the PUK, RYZ014 use cases §2.1.2.7 give none.
            Lock::Puk if first == self.options.puk => {
                if let Some(pin) = code(1) {
                    self.sim.pin = Some(pin);
                }
            }
            Lock::Puk => return Err(Final::Cme(16)),
        }
        self.sim.wrong = 0;
        self.sim.lock = Lock::Open;
        self.search();
        Ok(Final::Ok.into())
    }

    /// `AT+CLCK="SC",<mode>,"<pin>"` (RYZ014 use cases §2.1.2.4, §2.1.2.5).
    pub(super) fn clck(&mut self, command: &Command) -> Result<Step, Final> {
        self.sim_usable()?;
        if command.text(0)? != "SC" {
            return Err(BAD_PARAMETERS);
        }
        match command.within(1, 0, 2)? {
            2 => {
                let locked = u8::from(self.sim.pin.is_some());
                self.info(format!("+CLCK: {locked}"));
            }
            mode => {
                let pin = command.text(2)?;
                match (&self.sim.pin, mode) {
                    (Some(old), _) if *old != pin => return Err(Final::Cme(16)),
                    (_, 0) => {
                        self.sim.pin = None;
                        self.sim.lock = Lock::Open;
                        self.search();
                    }
                    _ => self.sim.pin = Some(pin),
                }
            }
        }
        Ok(Final::Ok.into())
    }
}
