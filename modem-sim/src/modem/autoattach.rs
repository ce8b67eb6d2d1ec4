//! Sequans modems that attach by themselves, and what they tell meanwhile (Cassiopeia use cases
//! §1.2.2, §3).

use super::Modem;
use super::exec::{Step, Wait};
use super::general::ok;
use super::power::Timer;
use crate::Options;
use crate::command::{Command, Form};
use crate::reply::{BAD_PARAMETERS, Final, NOT_ALLOWED};
use crate::sequans::Table;
use std::time::Duration;

/// Time that `+BGLTEPLMN=?` takes ("this may need some time").
const SCAN: Duration = Duration::from_secs(5);

/// How a Sequans modem comes to its network.
#[derive(Debug)]
pub(crate) struct Autoattach {
    /// `+SQNAUTOCONNECT`: +CFUN=1 after each boot. Kept in NVM.
    connect: bool,
    /// `^AUTOATT`: attach after +CFUN=1.
    pub(super) attach: bool,
    /// `+SQNBYPASS` as it will be after the next boot; kept in NVM.
    next_bypass: bool,
    bypass: bool,
    /// There is a cell.
    camped: bool,
    /// `+SQNSIMST=1`.
    sim_reports: bool,
    sim_state: u8,
    /// The boot comes from a command.
    pub(super) restarted: bool,
    /// Lines of noise so far.
    noise: usize,
}

impl Autoattach {
    pub(super) fn new(table: &Table, options: &Options) -> Self {
        let bypass = options.bypass.or(table.bypass).unwrap_or(false);
        Autoattach {
            connect: options.autoconnect.unwrap_or(table.autoconnect),
            attach: true,
            next_bypass: bypass,
            bypass,
            camped: false,
            sim_reports: false,
            sim_state: 0,
            restarted: false,
            noise: 0,
        }
    }

    /// "Data over UART will then not be possible" (Cassiopeia use cases §3).
    pub(crate) fn bypassed(&self) -> bool {
        self.bypass
    }
}

impl Modem {
    /// What a Sequans modem does when its line comes alive.
    pub(super) fn sequans_booted(&mut self) {
        let narrates = self.model.sequans().narrates;
        let state = &mut self.autoattach;
        // §1.2.2: "Not persistent, to be done at each reboot".
        state.attach = true;
        state.bypass = state.next_bypass;
        state.camped = false;
        let restarted = std::mem::take(&mut state.restarted);
        let wanted = self.cellular.after_reset.take();
        let connect = wanted.map_or(state.connect, |cfun| cfun == 1);
        if wanted == Some(4) {
            self.cellular.cfun = 4;
        }
        self.start_noise();
        self.start_clock();
        if connect {
            self.cellular.cfun = 1;
            if narrates && self.sim.open() {
                // §2.3.2 show both lines after ^RESET, §1.2.2 the second one after power-on.
                if restarted {
                    self.urc("+IMSSTATE: SIMSTORE,WAIT_STORE");
                }
                self.urc("+IMSSTATE: SIMSTORE,READY");
                self.urc("+SYSSTART");
                self.sim.read = true;
                return self.search();
            }
        }
        self.urc("+SYSSTART");
        self.sim_starts();
    }

    /// The SIM is being read.
    pub(super) fn tell_sim_started(&mut self) {
        if self.model.is_ublox() {
            return;
        }
        if self.model.sequans().narrates && self.sim.open() {
            self.urc("+IMSSTATE: SIMSTORE,WAIT_STORE");
        }
        self.tell_sim_state(1);
    }

    /// The SIM has been read.
    pub(super) fn tell_sim_read(&mut self) {
        if self.model.is_ublox() {
            return;
        }
        if self.model.sequans().narrates && self.sim.open() {
            self.urc("+IMSSTATE: SIMSTORE,READY");
        }
        self.tell_sim_state(5);
    }

    /// RYZ014 use cases §2.1.2.3. That 0 is an empty slot is inferred.
    pub(super) fn tell_sim_state(&mut self, state: u8) {
        if self.model.is_ublox() {
            return;
        }
        self.autoattach.sim_state = state;
        if self.autoattach.sim_reports {
            self.urc(&format!("+SQNSIMST: {state}"));
        }
    }

    /// There is a cell, or there is none any more.
    pub(super) fn camp(&mut self, on: bool, told: bool) {
        let narrates = !self.model.is_ublox() && self.model.sequans().narrates;
        if std::mem::replace(&mut self.autoattach.camped, on) != on && narrates && told {
            // §1.2.2, §1.2.4.
            self.urc(if on { "^MODE: 17,25" } else { "^MODE: 0,0" });
        }
    }

    pub(super) fn start_noise(&mut self) {
        if let Some(interval) = self.options.noise.filter(|_| !self.model.is_ublox()) {
            self.timer(interval, Timer::Noise);
        }
    }

    pub(super) fn make_noise(&mut self) {
        let lines = self.model.sequans().noise;
        let line = lines[self.autoattach.noise % lines.len()];
        self.autoattach.noise += 1;
        self.urc(line);
        self.start_noise();
    }

    /// Commands of Sequans modems about all this; `None` when this is not one.
    pub(super) fn autoattach_command(&mut self, command: &Command) -> Option<Result<Step, Final>> {
        let table = self.model.sequans();
        Some(match command.name.as_str() {
            "+SQNAUTOCONNECT" => self.autoconnect(command),
            "^AUTOATT" if table.narrates => self.autoatt(command),
            "+SQNBYPASS" if table.bypass.is_some() => self.bypass(command),
            "+SQNSIMST" => self.simst(command),
            "+BGLTEPLMN" if table.narrates && command.form == Form::Test => self.scan(),
            "+CNUM" if table.narrates => self.sim_open().map(|()| {
                self.info("+CNUM: 11000000219,1");
                ok()
            }),
            _ => return None,
        })
    }

    fn autoconnect(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => self.autoattach.connect = command.within(0, 0, 1)? == 1,
            Form::Read => self.info(format!("+SQNAUTOCONNECT: {}", u8::from(self.autoattach.connect))),
            Form::Test | Form::Action => {}
        }
        Ok(ok())
    }

    fn autoatt(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => self.autoattach.attach = command.within(0, 0, 1)? == 1,
            Form::Read => self.info(format!("^AUTOATT: {}", u8::from(self.autoattach.attach))),
            Form::Test | Form::Action => {}
        }
        Ok(ok())
    }

    /// §2.3.2, §3: takes effect with the next boot; "enable" but "disabled" are printed.
    fn bypass(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                self.autoattach.next_bypass = match command.text(0)?.as_str() {
                    "enable" => true,
                    "disable" => false,
                    _ => return Err(BAD_PARAMETERS),
                }
            }
            Form::Read if self.autoattach.bypass => self.info("+SQNBYPASS: enable"),
            Form::Read => self.info("+SQNBYPASS: disabled"),
            Form::Test | Form::Action => {}
        }
        Ok(ok())
    }

    fn simst(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => self.autoattach.sim_reports = command.within(0, 0, 1)? == 1,
            Form::Read => {
                let state = if self.sim.read { 5 } else { self.autoattach.sim_state };
                self.info(format!("+SQNSIMST: {},{state}", u8::from(self.autoattach.sim_reports)));
            }
            Form::Test | Form::Action => {}
        }
        Ok(ok())
    }

    /// `AT+BGLTEPLMN=?` (§1.2.2).
    fn scan(&mut self) -> Result<Step, Final> {
        if self.cellular.cfun != 1 {
            return Err(NOT_ALLOWED);
        }
        self.info("+BGLTEPLMN: (1,,,\"00101\",7,-8950),,(0,1,2)");
        Ok(Step::Wait(Wait::Until { at: self.now + SCAN, result: Final::Ok }))
    }
}
