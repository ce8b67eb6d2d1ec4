//! `+COPS`: the choice of an operator (3GPP TS 27.007 §7.3; RYZ014 use cases §2.3.2.7, §2.3.3.3).

use super::Modem;
use super::exec::{Step, Wait};
use super::general::ok;
use crate::command::{Command, Form};
use crate::radio::Operator;
use crate::reply::{Final, NOT_ALLOWED};

impl Modem {
    /// Operators that are there, that of [`Options::operator`](crate::Options) first.
    fn operators(&self) -> Vec<Operator> {
        let around = &self.options.surroundings;
        let own =
            Operator { name: self.options.operator.clone(), numeric: around.plmn.clone(), allowed: true };
        [&[own], around.neighbours.as_slice()].concat()
    }

    /// The operator that the modem is with, or would be.
    fn chosen(&self) -> Option<Operator> {
        let mut all = self.operators().into_iter();
        match &self.cellular.manual {
            Some(wanted) => all.find(|o| o.numeric == *wanted || o.name == *wanted),
            None => all.next(),
        }
    }

    /// The operator that was chosen by hand is not there.
    pub(super) fn is_alone(&self) -> bool {
        self.chosen().is_none()
    }

    /// The operator that was chosen by hand does not take the SIM.
    pub(super) fn is_unwelcome(&self) -> bool {
        self.chosen().is_some_and(|operator| !operator.allowed)
    }

    pub(super) fn cops(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Read => {
                let mode = self.cellular.cops_mode;
                // RYZ014 use cases §2.3.3.3; 3GPP TS 27.007 has an operator only with a registration.
                let refused_shown = !self.model.is_ublox();
                let text =
                    match self.chosen().filter(|_| self.attached() || (refused_shown && self.is_refused())) {
                        Some(operator) => {
                            let format = self.cellular.cops_format;
                            let name = if format == 2 { &operator.numeric } else { &operator.name };
                            format!("+COPS: {mode},{format},\"{name}\",7")
                        }
                        None => format!("+COPS: {mode}"),
                    };
                self.info(text);
                Ok(ok())
            }
            Form::Test => {
                if self.cellular.cfun != 1 {
                    return Err(NOT_ALLOWED);
                }
                let at = self.now + self.options.surroundings.scan_time;
                let line = format!("+COPS: {}", self.scanned());
                Ok(Step::Wait(Wait::Tell { at, line, result: Final::Ok }))
            }
            Form::Set => self.choose(command),
            Form::Action => Err(Final::Error),
        }
    }

    /// Shipping drivers have seen LF and CR in front of each operator of LENA-R8.
    fn scanned(&self) -> String {
        let lines = self.model.ublox().is_some_and(|traits| traits.short_reports);
        let mut text = String::new();
        for (i, Operator { name, numeric, allowed }) in self.operators().iter().enumerate() {
            let state = match allowed {
                true if i == 0 && self.attached() => 2,
                true => 1,
                false => 3,
            };
            text.push_str(if lines { "\n\r" } else { "" });
            text.push_str(&format!("({state},\"{name}\",\"{name}\",\"{numeric}\",7),"));
        }
        text + ",(0-4),(0-2)"
    }

    fn choose(&mut self, command: &Command) -> Result<Step, Final> {
        let mode = command.within(0, 0, 4)?;
        if mode == 0 && self.model.ublox().is_some_and(|traits| traits.cops_powers) {
            self.cellular.cfun = 1;
        }
        if self.cellular.cfun != 1 {
            // RYZ014 use cases §2.3.2.7.
            return Err(NOT_ALLOWED);
        }
        let format = command.within_or(1, 0, 2, self.cellular.cops_format)?;
        match mode {
            2 => {
                self.cellular.cops_mode = 2;
                self.cellular.wanted = false;
                self.lose_registration();
                return Ok(ok());
            }
            3 => {
                self.cellular.cops_format = format;
                return Ok(ok());
            }
            _ => {}
        }
        let manual = match mode {
            0 => None,
            _ => Some(command.text(2)?),
        };
        self.cellular.cops_format = format;
        self.cellular.cops_mode = mode;
        let other = std::mem::replace(&mut self.cellular.manual, manual.clone()) != manual;
        if other && (self.attached() || self.is_refused() || self.is_searching()) {
            // Another operator: the registration with this one ends.
            self.lose_registration();
        }
        if mode == 4 && self.is_alone() {
            self.cellular.manual = None;
            self.cellular.cops_mode = 0;
        }
        // Cassiopeia use cases §1.2.2: +CGATT=1 attaches afterwards.
        if self.model.is_ublox() || self.autoattach.attach {
            self.cellular.wanted = true;
            self.attach();
        }
        if self.is_alone() && self.model.is_ublox() {
            let at = self.now + self.options.surroundings.scan_time;
            return Ok(Step::Wait(Wait::Until { at, result: Final::Cme(30) }));
        }
        Ok(ok())
    }
}
