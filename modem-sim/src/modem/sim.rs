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
        self.open() && self.read
    }

    /// There is a card that wants no PIN.
    pub(super) fn open(&self) -> bool {
        self.present && self.lock == Lock::Open
    }
}

impl Modem {
    /// The modem begins to read the SIM.
    pub(super) fn sim_starts(&mut self) {
        self.cancel(Timer::SimRead);
        if self.cellular.cfun != 0 && self.sim.present {
            self.timer(self.options.sim_time, Timer::SimRead);
            self.tell_sim_started();
        }
    }

    pub(super) fn sim_was_read(&mut self) {
        self.sim.read = true;
        self.tell_sim_read();
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
            // 3GPP TS 27.007 wants a new PIN with the PUK, and so do Cassiopeia use cases §1.1.2;
            // RYZ014 use cases §2.1.2.7 give none.
            Lock::Puk if first == self.options.puk && (code(1).is_some() || !self.puk_with_pin()) => {
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

    fn puk_with_pin(&self) -> bool {
        !self.model.is_ublox() && self.model.sequans().puk_with_pin
    }

    /// `AT+CPINR`: tries that are left (Cassiopeia use cases §1.1.2).
    pub(super) fn cpinr(&mut self) -> Result<Step, Final> {
        self.sim_usable()?;
        let most = self.options.puk_after;
        let left = most - self.sim.wrong.min(most);
        self.info(format!("+CPINR: SIM PIN,{left},{most}"));
        for line in ["SIM PUK,10,10", "SIM PIN2,3,3", "SIM PUK2,10,10"] {
            self.info(format!("+CPINR: {line}"));
        }
        Ok(Final::Ok.into())
    }

    /// `AT+CPWD="SC","<old>","<new>"` (Cassiopeia use cases §1.1.2).
    pub(super) fn cpwd(&mut self, command: &Command) -> Result<Step, Final> {
        self.sim_open()?;
        if command.text(0)? != "SC" {
            return Err(BAD_PARAMETERS);
        }
        let (old, new) = (command.text(1)?, command.text(2)?);
        match &mut self.sim.pin {
            None => Err(NOT_ALLOWED),
            Some(pin) if *pin != old => Err(Final::Cme(16)),
            Some(pin) => {
                *pin = new;
                Ok(Final::Ok.into())
            }
        }
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
