//! Radio, registration and packet data (RYZ014 use cases §2.3, SARA/LEXI internet applications
//! §2.3).

use std::collections::BTreeMap;

use super::Modem;
use super::exec::{Step, Wait};
use super::general::ok;
use super::power::Timer;
use crate::Model;
use crate::command::{Command, Form};
use crate::options::Registration;
use crate::reply::{BAD_PARAMETERS, Final, NOT_ALLOWED, NOT_SUPPORTED};
use std::time::Duration;

/// `+CEREG`, `+CREG` or `+CGREG`.
const REPORTS: [&str; 3] = ["+CEREG", "+CREG", "+CGREG"];

/// State of radio and packet data.
#[derive(Debug)]
pub(crate) struct Cellular {
    pub(super) cfun: u32,
    /// What +CEREG shows.
    stat: u8,
    /// Reporting mode of [`REPORTS`].
    mode: [u32; 3],
    /// The host has not asked to stay detached (+CGATT=0, +COPS=2).
    wanted: bool,
    cops_format: u32,
    cops_mode: u32,
    /// PDP type and APN of the contexts. Kept in NVM.
    contexts: BTreeMap<u32, (String, String)>,
    /// Active contexts beside the one that the registration brings along.
    active: Vec<u32>,
}

impl Cellular {
    pub(super) fn new() -> Self {
        let contexts = BTreeMap::from([(1, ("IPV4V6".to_owned(), "internet".to_owned()))]);
        Cellular {
            cfun: 0,
            stat: 0,
            mode: [0; 3],
            wanted: true,
            cops_format: 0,
            cops_mode: 0,
            contexts,
            active: Vec::new(),
        }
    }

    pub(super) fn power_up(&mut self, model: Model) {
        self.cfun = u32::from(model.is_ublox());
        self.stat = 0;
        // RYZ014 use cases §2.3.2.1: +CEREG has 2 by default.
        self.mode = [if model.is_ublox() { 0 } else { 2 }, 0, 0];
        self.wanted = true;
        self.cops_mode = 0;
        self.active.clear();
    }

    fn registered(&self) -> bool {
        matches!(self.stat, 1 | 5)
    }
}

impl Modem {
    /// Sockets can be used.
    pub(crate) fn attached(&self) -> bool {
        self.cellular.registered()
    }

    /// +CFUN=0.
    pub(crate) fn radio_off(&self) -> bool {
        self.cellular.cfun == 0
    }

    /// Starts to look for a network if everything for that is there.
    pub(super) fn search(&mut self) {
        if self.cellular.cfun == 1 && self.sim.ready() && self.cellular.wanted && self.cellular.stat == 0 {
            self.set_stat(2);
            self.timer(self.options.registration_time, Timer::Registered);
        }
    }

    /// The network gives its answer.
    pub(super) fn settle_registration(&mut self) {
        let stat = match self.options.registration {
            Registration::Home => 1,
            Registration::Roaming => 5,
            Registration::Denied => 3,
            Registration::Never => 2,
        };
        self.set_stat(stat);
    }

    /// The network's opinion has changed.
    pub(super) fn registration_changed(&mut self) {
        let waiting = self.timers.iter().any(|&(_, t)| t == Timer::Registered);
        if self.cellular.stat != 0 && !waiting {
            self.settle_registration();
        }
    }

    /// Not registered and not searching.
    pub(super) fn lose_registration(&mut self) {
        self.cancel(Timer::Registered);
        if self.cellular.stat != 0 {
            // Sockets vanish with the bearer, without a word.
            self.drop_sockets();
        }
        self.cellular.active.clear();
        self.set_stat(0);
    }

    fn set_stat(&mut self, stat: u8) {
        if self.cellular.stat == stat {
            return;
        }
        self.cellular.stat = stat;
        if !self.cellular.registered() {
            self.cellular.active.clear();
        }
        if stat == 3 {
            // A refusal ends the bearers, without a word about the sockets.
            self.drop_sockets();
        }
        for (i, name) in REPORTS.iter().enumerate() {
            let mode = self.cellular.mode[i];
            if mode > 0 {
                let space = if self.options.urc_space { " " } else { "" };
                let text = format!("{name}:{space}{}", self.report(mode, true));
                self.urc(&text);
            }
        }
    }

    /// Fields of +CEREG from `<stat>` on (3GPP TS 27.007 §10.1.22).
    fn report(&self, mode: u32, location: bool) -> String {
        let stat = self.cellular.stat;
        let mut text = stat.to_string();
        if self.cellular.registered() && mode >= 2 && location {
            text.push_str(",\"0002\",\"01A22002\",7");
            if mode >= 4 {
                text.push_str(",,,\"00000000\",\"00000000\"");
            }
        } else if stat == 3 && matches!(mode, 3 | 5) {
            text.push_str(",,,,0,15");
        }
        text
    }

    /// Commands of this chapter; `None` when this is not one.
    pub(super) fn cellular_command(&mut self, command: &Command) -> Option<Result<Step, Final>> {
        Some(match command.name.as_str() {
            "+CEREG" => self.cereg(command, 0),
            "+CREG" => self.cereg(command, 1),
            "+CGREG" => self.cereg(command, 2),
            "+CFUN" => self.cfun(command),
            "^RESET" if !self.model.is_ublox() => {
                self.restart_soon();
                Ok(ok())
            }
            "+SQNSSHDN" if !self.model.is_ublox() => self.switch_off(),
            "+CPWROFF" if self.model.is_ublox() => self.switch_off(),
            "+COPS" => self.cops(command),
            "+CSQ" if self.attached() => self.say("+CSQ: 18,99"),
            "+CSQ" => self.say("+CSQ: 99,99"),
            "+CESQ" => self.say("+CESQ: 99,99,255,255,20,50"),
            "+CGATT" => self.cgatt(command),
            "+CGDCONT" => self.cgdcont(command),
            "+CGACT" => self.cgact(command),
            "+CGPADDR" => self.cgpaddr(command),
            "+CGCONTRDP" => self.cgcontrdp(command),
            _ => return None,
        })
    }

    fn say(&mut self, text: &str) -> Result<Step, Final> {
        self.info(text);
        Ok(ok())
    }

    fn switch_off(&mut self) -> Result<Step, Final> {
        self.switch_off_soon();
        Ok(ok())
    }

    fn cereg(&mut self, command: &Command, which: usize) -> Result<Step, Final> {
        let name = REPORTS[which];
        let most = if which == 0 { 5 } else { 2 };
        match command.form {
            Form::Set => self.cellular.mode[which] = command.within_or(0, 0, most, 0)?,
            Form::Read => {
                let mode = self.cellular.mode[which];
                let location = self.options.cereg_read_location.unwrap_or(self.model.is_ublox());
                let text = format!("{name}: {mode},{}", self.report(mode, location));
                self.info(text);
            }
            Form::Test => self.info(format!("{name}: (0-{most})")),
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// CFUN=1 answers at once; CFUN=0 answers when the modem is detached (RYZ014 use cases
    /// §2.3.2.1, §2.3.2.6).
    fn cfun(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Read => {
                let tail = if self.model.is_ublox() { ",0" } else { "" };
                self.info(format!("+CFUN: {}{tail}", self.cellular.cfun));
                return Ok(ok());
            }
            Form::Set => {}
            Form::Test | Form::Action => return Ok(ok()),
        }
        let wanted = command.number(0)?;
        let ublox = self.model.is_ublox();
        match wanted {
            0 | 4 => {
                let attached = self.attached();
                self.cellular.cfun = wanted;
                self.lose_registration();
                if wanted == 4 && !self.sim.read {
                    self.sim_starts();
                }
                if !ublox && wanted == 0 {
                    self.sim.power_up();
                    self.cancel(Timer::SimRead);
                }
                if attached {
                    // The detach takes the time of a word with the network.
                    let at = self.now + self.options.rtt.max(Duration::from_millis(100));
                    return Ok(Step::Wait(Wait::Until { at, result: Final::Ok }));
                }
            }
            1 => {
                self.cellular.cfun = 1;
                if self.sim.read {
                    self.search();
                } else {
                    self.sim_starts();
                }
            }
            15 | 16 if ublox => self.restart_soon(),
            _ => return Err(NOT_SUPPORTED),
        }
        if command.within_or(1, 0, 1, 0)? == 1 {
            self.restart_soon();
        }
        Ok(ok())
    }

    fn cops(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Read => {
                let mode = self.cellular.cops_mode;
                let text = if self.attached() {
                    let format = self.cellular.cops_format;
                    let name = if format == 2 { "00101" } else { &self.options.operator };
                    format!("+COPS: {mode},{format},\"{name}\",7")
                } else {
                    format!("+COPS: {mode}")
                };
                self.info(text);
            }
            Form::Set => {
                if self.cellular.cfun != 1 {
                    // RYZ014 use cases §2.3.2.7.
                    return Err(NOT_ALLOWED);
                }
                let mode = command.within(0, 0, 4)?;
                let format = command.within_or(1, 0, 2, self.cellular.cops_format)?;
                self.cellular.cops_format = format;
                match mode {
                    2 => {
                        self.cellular.cops_mode = 2;
                        self.cellular.wanted = false;
                        self.lose_registration();
                    }
                    3 => {}
                    mode => {
                        self.cellular.cops_mode = mode;
                        self.cellular.wanted = true;
                        self.search();
                    }
                }
            }
            Form::Test => {
                let name = self.options.operator.clone();
                self.info(format!("+COPS: (2,\"{name}\",\"{name}\",\"00101\",7),,(0-4),(0-2)"));
            }
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    fn cgatt(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Read => {
                let attached = u8::from(self.attached());
                self.info(format!("+CGATT: {attached}"));
            }
            Form::Set => match command.within(0, 0, 1)? {
                0 => {
                    self.cellular.wanted = false;
                    self.lose_registration();
                }
                _ if self.cellular.cfun != 1 => return Err(NOT_ALLOWED),
                _ => {
                    self.cellular.wanted = true;
                    self.search();
                }
            },
            Form::Test | Form::Action => {}
        }
        Ok(ok())
    }

    fn cgdcont(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Read => {
                for (cid, (kind, apn)) in self.cellular.contexts.clone() {
                    let active = self.is_active(cid);
                    let text = if self.model.is_ublox() {
                        // SARA/LEXI internet applications §2.3.
                        let address = if active { self.options.address.to_string() } else { String::new() };
                        format!("+CGDCONT: {cid},\"{kind}\",\"{apn}\",\"{address}\",0,0,0,0,0,0")
                    } else {
                        // RYZ014 use cases §2.3.3.5.
                        format!("+CGDCONT: {cid},\"{kind}\",\"{apn}\",,,,0,0,0,0,0,0,0,,0")
                    };
                    self.info(text);
                }
            }
            Form::Set => {
                let cid = self.cid(command, 0)?;
                if command.len() == 1 {
                    self.cellular.contexts.remove(&cid);
                    return Ok(ok());
                }
                let kind = command.text(1)?.to_ascii_uppercase();
                if !matches!(kind.as_str(), "IP" | "IPV6" | "IPV4V6" | "NONIP") {
                    return Err(BAD_PARAMETERS);
                }
                let apn = if command.arg(2).is_some() { command.text(2)? } else { String::new() };
                self.cellular.contexts.insert(cid, (kind, apn));
            }
            Form::Test | Form::Action => {}
        }
        Ok(ok())
    }

    fn cid(&self, command: &Command, i: usize) -> Result<u32, Final> {
        if self.model.is_ublox() { command.within(i, 0, 11) } else { command.within(i, 1, 8) }
    }

    /// Context 1 comes with the registration (SARA/LEXI internet applications §2.1).
    pub(crate) fn is_active(&self, cid: u32) -> bool {
        self.attached() && (cid == 1 || self.cellular.active.contains(&cid))
    }

    fn cgact(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Read => {
                let all: Vec<u32> = self.cellular.contexts.keys().copied().collect();
                for cid in all {
                    let active = u8::from(self.is_active(cid));
                    self.info(format!("+CGACT: {cid},{active}"));
                }
            }
            Form::Set => {
                let state = command.within(0, 0, 1)?;
                let cid = self.cid(command, 1)?;
                if !self.cellular.contexts.contains_key(&cid) {
                    return Err(NOT_ALLOWED);
                }
                match state {
                    1 if !self.attached() => return Err(Final::Cme(30)),
                    1 if !self.is_active(cid) => self.cellular.active.push(cid),
                    1 => {}
                    // The context of the registration stays as long as that does.
                    _ if cid == 1 => return Err(NOT_ALLOWED),
                    _ => self.cellular.active.retain(|c| *c != cid),
                }
            }
            Form::Test | Form::Action => {}
        }
        Ok(ok())
    }

    fn cgpaddr(&mut self, command: &Command) -> Result<Step, Final> {
        let cids = match command.form {
            Form::Action => self.cellular.contexts.keys().copied().collect(),
            Form::Set => vec![self.cid(command, 0)?],
            Form::Test => Vec::new(),
            Form::Read => return Err(Final::Error),
        };
        for cid in cids {
            let text = if self.is_active(cid) {
                format!("+CGPADDR: {cid},\"{}\"", self.options.address)
            } else {
                // RYZ014 use cases §2.3.2.5: no address, no field.
                format!("+CGPADDR: {cid}")
            };
            self.info(text);
        }
        Ok(ok())
    }

    fn cgcontrdp(&mut self, command: &Command) -> Result<Step, Final> {
        let wanted = match command.form {
            Form::Set => Some(self.cid(command, 0)?),
            _ => None,
        };
        for (cid, (_, apn)) in self.cellular.contexts.clone() {
            if wanted.is_none_or(|w| w == cid) && self.is_active(cid) {
                let address = self.options.address;
                self.info(format!(
                    "+CGCONTRDP: {cid},5,\"{apn}\",\"{address}.255.255.255.0\",\"\",\"10.0.0.1\",\"10.0.0.2\""
                ));
            }
        }
        Ok(ok())
    }
}
