//! The SIM and its codes (RYZ014 use cases §2.1, Cassiopeia use cases §1.1; `+UPINCNT` and `+USIMSTAT` are in no
//! document at hand and have the form that shipping drivers expect).

use std::time::Duration;

use super::Modem;
use super::card::{Card, Lock, PIN2_TRIES, PUK_TRIES, Verdict, is_pin};
use super::power::Timer;
use crate::Model;
use crate::breach::Rule;
use crate::command::{Command, Form};
use crate::modem::exec::Step;
use crate::options::Options;
use crate::reply::{BAD_PARAMETERS, Final, NOT_ALLOWED};

/// "incorrect password".
const WRONG: Final = Final::Cme(16);

/// The slots, and the cards in them.
#[derive(Debug)]
pub(crate) struct Sim {
    /// The card does not answer.
    failed: bool,
    /// The modem has read it.
    pub(super) read: bool,
    card: Card,
    /// The card in the slot that is not used, if there are two.
    other: Card,
    /// The slot that is used: 0 is outside of the module, 1 in it. Kept in NVM.
    pub(super) slot: u32,
    slots: u32,
    /// `<n>` of `+USIMSTAT`.
    reports: u32,
}

impl Sim {
    pub(super) fn new(model: Model, options: &Options) -> Self {
        let own = if model == Model::Ryz014a { 2 } else { 1 };
        let slots = if options.sim_slots == 0 { own } else { u32::from(options.sim_slots) };
        let soldered = options.sim_slots > 1;
        let in_module = Options { pin: None, sim_present: soldered, ..options.clone() };
        let mut sim = Sim {
            failed: false,
            read: false,
            card: Card::new(options),
            other: Card::new(&in_module),
            slot: u32::from(soldered),
            slots,
            reports: 0,
        };
        if soldered {
            std::mem::swap(&mut sim.card, &mut sim.other);
        }
        sim
    }

    /// The card loses power and gets it again.
    pub(super) fn power_up(&mut self) {
        self.read = false;
        self.card.restart();
    }

    /// What a restart forgets.
    pub(super) fn forget(&mut self) {
        self.reports = 0;
    }

    pub(crate) fn ready(&self) -> bool {
        self.open() && self.read
    }

    /// There is a card in the slot that is used.
    pub(super) fn present(&self) -> bool {
        self.card.present
    }

    /// There is a card that wants no PIN.
    pub(super) fn open(&self) -> bool {
        self.present() && !self.failed && self.card.lock() == Lock::Open
    }
}

impl Modem {
    /// Tries left of the card's PIN and of its PUK.
    pub fn sim_tries(&self) -> (u8, u8) {
        let (pin, puk, _) = self.sim.card.tries();
        (pin, puk)
    }

    /// Puts a SIM into a slot, or takes it out: 0 is the slot outside of the module, 1 that in it. A slot that the
    /// module has not stays empty.
    pub fn set_sim_in_slot(&mut self, now: Duration, slot: u8, present: bool) {
        if u32::from(slot) == self.sim.slot {
            return self.set_sim_present(now, present);
        }
        self.advance(now);
        if u32::from(slot) < self.sim.slots {
            self.sim.other.present = present;
            self.sim.other.restart();
        }
        self.tick();
    }

    /// Puts the SIM in, or takes it out. It is that in the slot that is used.
    pub fn set_sim_present(&mut self, now: Duration, present: bool) {
        self.advance(now);
        self.sim.card.present = present;
        self.sim.power_up();
        if present {
            self.sim_starts();
        } else {
            self.cancel(Timer::SimRead);
            self.tell_sim_state(0);
            self.sim_status();
            self.lose_registration();
        }
        self.tick();
    }

    /// The SIM stops answering, as behind a bad contact (+CME ERROR: 13), or answers again.
    pub fn set_sim_failure(&mut self, now: Duration, failed: bool) {
        self.advance(now);
        self.sim.failed = failed;
        self.sim.power_up();
        if failed {
            self.cancel(Timer::SimRead);
            self.sim_status();
            self.lose_registration();
        } else {
            self.sim_starts();
        }
        self.tick();
    }

    /// Puts in a card that is locked with a PIN, or one that is not.
    pub fn set_pin(&mut self, now: Duration, pin: Option<&str>) {
        self.advance(now);
        self.options.pin = pin.map(str::to_owned);
        let present = self.sim.present();
        self.sim.card = Card::new(&self.options);
        self.sim.card.present = present;
        self.sim.power_up();
        if pin.is_some() {
            self.lose_registration();
        }
        self.sim_starts();
        self.tick();
    }

    /// The modem begins to read the SIM.
    pub(super) fn sim_starts(&mut self) {
        self.cancel(Timer::SimRead);
        if self.sim_has_power() && self.sim.present() && !self.sim.failed {
            self.timer(self.options.sim_time, Timer::SimRead);
            self.tell_sim_started();
        }
    }

    /// RYZ014 use cases §2.1.3: "only when the modem is in CFUN=1 or CFUN=4".
    fn sim_has_power(&self) -> bool {
        matches!(self.cellular.cfun, 1 | 4)
    }

    pub(super) fn sim_was_read(&mut self) {
        self.sim.read = true;
        self.tell_sim_read();
        self.sim_status();
        self.search();
    }

    /// `+UUSIMSTAT`.
    fn sim_status(&mut self) {
        let state = match self.sim.card.lock() {
            _ if !self.sim.present() => 0,
            _ if self.sim.failed => 4,
            Lock::Pin => 1,
            Lock::Puk => 2,
            Lock::Blocked => 3,
            Lock::Open => 6,
        };
        if self.sim.reports & 1 == 1 {
            self.urc(&format!("+UUSIMSTAT: {state}"));
        }
        self.tell_indicators();
    }

    /// `Err` while the SIM cannot be used.
    pub(super) fn sim_usable(&self) -> Result<(), Final> {
        if !self.model.is_ublox() && !self.sim_has_power() {
            // RYZ014 use cases §2.1.3.
            return Err(Final::Error);
        }
        if !self.sim.present() {
            return Err(Final::Cme(10));
        }
        // That a card without tries is a failure is inferred.
        if self.sim.failed || self.sim.card.lock() == Lock::Blocked {
            return Err(Final::Cme(13));
        }
        if !self.sim.read {
            return Err(Final::Cme(14));
        }
        Ok(())
    }

    /// As [`Modem::sim_usable`], and the PIN must be in.
    pub(super) fn sim_open(&self) -> Result<(), Final> {
        self.sim_usable()?;
        match self.sim.card.lock() {
            Lock::Open => Ok(()),
            Lock::Pin => Err(Final::Cme(11)),
            Lock::Puk | Lock::Blocked => Err(Final::Cme(12)),
        }
    }

    pub(super) fn cpin(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form == Form::Test {
            return Ok(Final::Ok.into());
        }
        self.sim_usable()?;
        if command.form == Form::Read {
            let state = match self.sim.card.lock() {
                Lock::Open => "READY",
                Lock::Pin => "SIM PIN",
                Lock::Puk | Lock::Blocked => "SIM PUK",
            };
            self.info(format!("+CPIN: {state}"));
            return Ok(Final::Ok.into());
        }
        // Both "0000" and 0000 are in use.
        let code = |i: usize| command.arg(i).map(|a| String::from_utf8_lossy(&a.raw).into_owned());
        let first = code(0).ok_or(BAD_PARAMETERS)?;
        match self.sim.card.lock() {
            Lock::Open | Lock::Blocked => return Err(NOT_ALLOWED),
            Lock::Pin => self.verify(&first)?,
            Lock::Puk => {
                // 3GPP TS 27.007 wants a new PIN with the PUK, and so do Cassiopeia use cases §1.1.2;
                // RYZ014 use cases §2.1.2.7 give none.
                let new = code(1);
                if new.as_deref().is_some_and(|pin| !is_pin(pin)) {
                    return Err(BAD_PARAMETERS);
                }
                if new.is_none() && self.puk_with_pin() {
                    return Err(WRONG);
                }
                let verdict = self.sim.card.unblock(&first, new);
                self.judge(verdict, "PUK")?;
            }
        }
        self.sim_status();
        self.search();
        Ok(Final::Ok.into())
    }

    fn puk_with_pin(&self) -> bool {
        !self.model.is_ublox() && self.model.sequans().puk_with_pin
    }

    fn verify(&mut self, pin: &str) -> Result<(), Final> {
        let verdict = self.sim.card.verify(pin);
        self.judge(verdict, "PIN")
    }

    /// A wrong code is an error; who spends the last try is noted.
    fn judge(&mut self, verdict: Verdict, code: &str) -> Result<(), Final> {
        match verdict {
            Verdict::Right => return Ok(()),
            Verdict::Wrong => {}
            Verdict::Last => {
                self.breach(Rule::LastTry, format!("a wrong {code} was the last try"));
                self.sim_status();
            }
        }
        Err(WRONG)
    }

    /// `AT+CPINR[=<code>]`: tries that are left (Cassiopeia use cases §1.1.2, 3GPP TS 27.007 §8.65).
    pub(super) fn cpinr(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form == Form::Test {
            return Ok(Final::Ok.into());
        }
        self.sim_usable()?;
        let wanted = match command.form {
            Form::Set => command.text(0)?,
            _ => "*".to_owned(),
        };
        let (pin, puk, most) = self.sim.card.tries();
        let all = [
            ("SIM PIN", pin, most),
            ("SIM PUK", puk, PUK_TRIES),
            ("SIM PIN2", PIN2_TRIES, PIN2_TRIES),
            ("SIM PUK2", PUK_TRIES, PUK_TRIES),
        ];
        let fits = |name: &str| match wanted.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == wanted,
        };
        for (name, left, most) in all.into_iter().filter(|(name, ..)| fits(name)) {
            self.info(format!("+CPINR: {name},{left},{most}"));
        }
        Ok(Final::Ok.into())
    }

    /// `AT+UPINCNT`: tries of PIN, PIN2, PUK and PUK2.
    pub(super) fn upincnt(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form == Form::Action {
            self.sim_usable()?;
            let (pin, puk, _) = self.sim.card.tries();
            self.info(format!("+UPINCNT: {pin},{PIN2_TRIES},{puk},{PUK_TRIES}"));
        }
        Ok(Final::Ok.into())
    }

    /// `AT+USIMSTAT=<n>`: bit 0 asks for `+UUSIMSTAT` with each new state of the card.
    pub(super) fn usimstat(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => self.sim.reports = command.within(0, 0, 7)?,
            Form::Read => self.info(format!("+USIMSTAT: {}", self.sim.reports)),
            Form::Test => self.info("+USIMSTAT: (0-7)"),
            Form::Action => return Err(Final::Error),
        }
        Ok(Final::Ok.into())
    }

    /// `AT+CSUS=<slot>`: only in +CFUN=0, and it "survives reboots" (RYZ014 use cases §2.1.2.1, §2.1.3).
    pub(super) fn csus(&mut self, command: &Command) -> Result<Step, Final> {
        let slots = self.sim.slots;
        match command.form {
            Form::Test => self.info(format!("+CSUS: {slots}")),
            Form::Read => self.info(format!("+CSUS: {}", self.sim.slot)),
            Form::Set if self.radio_off() => {
                let slot = command.number(0)?;
                if slot >= slots {
                    return Err(Final::Error);
                }
                if std::mem::replace(&mut self.sim.slot, slot) != slot {
                    std::mem::swap(&mut self.sim.card, &mut self.sim.other);
                    self.sim.power_up();
                }
            }
            Form::Set | Form::Action => return Err(Final::Error),
        }
        Ok(Final::Ok.into())
    }

    /// `AT+CPWD="SC","<old>","<new>"` (Cassiopeia use cases §1.1.2).
    pub(super) fn cpwd(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form == Form::Test {
            self.info("+CPWD: (\"SC\",8)");
            return Ok(Final::Ok.into());
        }
        self.sim_open()?;
        if command.text(0)? != "SC" {
            return Err(BAD_PARAMETERS);
        }
        let (old, new) = (command.text(1)?, command.text(2)?);
        if !self.sim.card.locked {
            return Err(NOT_ALLOWED);
        }
        if !is_pin(&new) {
            return Err(BAD_PARAMETERS);
        }
        self.verify(&old)?;
        self.sim.card.change(new);
        Ok(Final::Ok.into())
    }

    /// `AT+CLCK="SC",<mode>[,"<pin>"]` (RYZ014 use cases §2.1.2.4, §2.1.2.5).
    pub(super) fn clck(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form == Form::Test {
            self.info("+CLCK: (\"SC\")");
            return Ok(Final::Ok.into());
        }
        self.sim_usable()?;
        if command.text(0)? != "SC" {
            return Err(BAD_PARAMETERS);
        }
        let mode = command.within(1, 0, 2)?;
        if mode == 2 {
            self.info(format!("+CLCK: {}", u8::from(self.sim.card.locked)));
            return Ok(Final::Ok.into());
        }
        self.sim_open()?;
        let pin = command.text(2)?;
        self.verify(&pin)?;
        self.sim.card.locked = mode == 1;
        Ok(Final::Ok.into())
    }
}
