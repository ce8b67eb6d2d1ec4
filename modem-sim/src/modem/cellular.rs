//! Radio and registration (RYZ014 use cases §2.3, SARA/LEXI internet applications
//! §2.3).

use std::collections::BTreeMap;

use super::Modem;
use super::exec::{Step, Wait};
use super::fault::Recovery;
use super::general::ok;
use super::power::Timer;
use crate::Model;
use crate::command::{Command, Form};
use crate::options::{Options, Registration};
use crate::reply::{Final, NOT_ALLOWED, NOT_SUPPORTED};
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
    pub(super) wanted: bool,
    /// When the registration came; `None` when that was long ago.
    pub(super) since: Option<Duration>,
    /// +CFUN of a Sequans modem after the restart that is coming.
    pub(super) after_reset: Option<u32>,
    /// +CFUN=4 is kept.
    flight: bool,
    pub(super) cops_format: u32,
    pub(super) cops_mode: u32,
    /// The operator that the host has chosen.
    pub(super) manual: Option<String>,
    /// PDP type and APN of the contexts. Kept in NVM.
    pub(super) contexts: BTreeMap<u32, (String, String)>,
    /// Contexts that the host has activated, in that order.
    pub(super) active: Vec<u32>,
}

impl Cellular {
    pub(super) fn new(model: Model) -> Self {
        let (kind, apn) = match model.ublox() {
            // LENA-R8 application development §7.2.1.
            Some(traits) if traits.default_cid == 0 => ("IP", "default-lte"),
            Some(_) => ("IPV4V6", "internet"),
            None => (model.sequans().pdp_type, "internet"),
        };
        let cid = model.ublox().map_or(1, |traits| traits.default_cid);
        let contexts = BTreeMap::from([(cid, (kind.to_owned(), apn.to_owned()))]);
        Cellular {
            cfun: 0,
            stat: 0,
            mode: [0; 3],
            wanted: true,
            since: None,
            after_reset: None,
            flight: false,
            cops_format: 0,
            cops_mode: 0,
            manual: None,
            contexts,
            active: Vec::new(),
        }
    }

    pub(super) fn power_up(&mut self, model: Model, options: &Options) {
        self.cfun = match model.ublox() {
            Some(traits) if traits.keeps_flight_mode && self.flight => 4,
            traits => u32::from(traits.is_some()),
        };
        self.stat = 0;
        let own = if model.is_ublox() { 0 } else { model.sequans().cereg_mode };
        self.mode = [options.cereg_mode.unwrap_or(own), 0, 0];
        self.wanted = true;
        self.cops_mode = 0;
        self.manual = None;
        self.active.clear();
    }

    /// After the deep sleep of the power saving mode: the reports are those of a boot.
    pub(super) fn woken(&mut self, model: Model, options: &Options) {
        let own = if model.is_ublox() { 0 } else { model.sequans().cereg_mode };
        self.mode = [options.cereg_mode.unwrap_or(own), 0, 0];
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

    /// The registration is so fresh.
    pub(crate) fn attached_within(&self, time: Duration) -> bool {
        self.cellular.since.is_some_and(|since| since + time > self.now)
    }

    pub(super) fn is_refused(&self) -> bool {
        self.cellular.stat == 3
    }

    pub(super) fn is_searching(&self) -> bool {
        self.cellular.stat == 2
    }

    pub(super) fn is_roaming(&self) -> bool {
        self.cellular.stat == 5
    }

    /// Whether anything gets over the air.
    pub(super) fn update_reach(&mut self) {
        let covered = !matches!(self.cellular.stat, 2 | 4 | 80);
        let reached = covered && self.context_works();
        self.net.set_reached(reached);
    }

    /// +CFUN=0.
    pub(crate) fn radio_off(&self) -> bool {
        self.cellular.cfun == 0
    }

    /// Starts to look for a network by itself, if everything for that is there.
    pub(super) fn search(&mut self) {
        let sequans = !self.model.is_ublox();
        if sequans && !self.autoattach.attach {
            if self.cellular.cfun == 1 && self.sim.ready() {
                self.timer(self.options.registration_time, Timer::Camped);
            }
            return;
        }
        if self.may_attach() {
            // Cassiopeia use cases §1.2.2: the search of +CGATT=1 is told, that after a boot is not.
            if sequans && self.model.sequans().narrates {
                self.cellular.stat = 2
            } else {
                self.set_stat(2)
            }
            self.timer(self.options.registration_time, Timer::Registered);
        }
    }

    fn may_attach(&self) -> bool {
        self.cellular.cfun == 1 && self.sim.ready() && self.cellular.wanted && self.cellular.stat == 0
    }

    /// Looks for a network because the host wants it.
    pub(super) fn attach(&mut self) {
        if self.may_attach() {
            // Cassiopeia use cases §1.2.2: +CEREG: 2 comes before OK, RYZ014 use cases §2.3.2.7: after.
            let narrates = !self.model.is_ublox() && self.model.sequans().narrates;
            let raising = std::mem::replace(&mut self.raising, !narrates);
            self.set_stat(2);
            self.raising = raising;
            self.timer(self.options.registration_time, Timer::Registered);
        }
    }

    /// The network gives its answer.
    pub(super) fn settle_registration(&mut self) {
        let stat = match self.options.registration {
            _ if self.cannot_register() || self.is_alone() || self.is_out_of_band() => 2,
            _ if self.is_unwelcome() => 3,
            Registration::Home => 1,
            Registration::Roaming => 5,
            Registration::Denied => 3,
            Registration::Never => 2,
            Registration::Unknown => 4,
            Registration::Lost => 80,
        };
        self.camp(matches!(stat, 1 | 3 | 5), true);
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
        self.cancel(Timer::Camped);
        self.camp(self.cellular.cfun == 1 && !self.cellular.wanted, false);
        if self.cellular.stat != 0 {
            // Sockets vanish with the bearer, without a word.
            self.drop_sockets();
        }
        self.cellular.active.clear();
        self.packet_data_lost();
        self.set_stat(0);
    }

    fn set_stat(&mut self, stat: u8) {
        if self.cellular.stat == stat {
            return;
        }
        let before = self.attached();
        self.cellular.stat = stat;
        if self.cellular.registered() {
            self.cellular.since = Some(self.now);
        } else {
            self.carrier_lost(None);
            self.cellular.active.clear();
            self.packet_data_lost();
        }
        if stat == 3 {
            // A refusal ends the bearers, without a word about the sockets.
            self.drop_sockets();
        }
        self.update_reach();
        self.negotiate_psm();
        self.status_changed(stat);
        if before {
            match stat {
                3 => self.context_event("NW DETACH"),
                0 => self.context_event("ME DETACH"),
                _ => {}
            }
        }
        self.tell_registration();
        self.tell_edrx();
        match stat {
            2 => self.tell_outcome(),
            1 | 5 => self.management_may_start(),
            _ => {}
        }
    }

    /// The timers of the power saving mode are others.
    pub(super) fn tell_timers(&mut self) {
        if self.cellular.mode[0] >= 4 {
            let text = format!("+CEREG: {}", self.report(self.cellular.mode[0], true));
            self.urc(&text);
        }
    }

    /// The reports of the registration.
    pub(super) fn tell_registration(&mut self) {
        for (i, name) in REPORTS.iter().enumerate() {
            let mode = self.cellular.mode[i];
            if mode > 0 {
                let space = if self.options.urc_space { " " } else { "" };
                let location = i != 2 || !self.short_reports();
                let text = format!("{name}:{space}{}", self.report(mode, location));
                self.urc(&text);
            }
        }
    }

    /// Fields of +CEREG from `<stat>` on (3GPP TS 27.007 §10.1.22).
    fn report(&self, mode: u32, location: bool) -> String {
        let stat = self.cellular.stat;
        let mut text = stat.to_string();
        if self.cellular.registered() && mode >= 2 && location {
            let [area, cell] = self.model.sequans().location;
            let quote = if self.model.sequans().quotes { "\"" } else { "" };
            text.push_str(&format!(",{quote}{area}{quote},{quote}{cell}{quote},7"));
            if mode >= 4 {
                text.push_str(&self.timer_fields());
            }
        } else if stat == 3 && matches!(mode, 3 | 5) {
            let cause = self.options.surroundings.reject_cause;
            text.push_str(&format!(",,,,0,{cause}"));
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
            "+CGATT" => self.cgatt(command),
            "+CFGDFTPDN" if self.model.ublox().is_some_and(|t| t.default_cid == 0) => self.cfgdftpdn(command),
            "+CGDCONT" => self.cgdcont(command),
            "+CGACT" => self.cgact(command),
            "+CGPADDR" => self.cgpaddr(command),
            "+CGCONTRDP" => self.cgcontrdp(command),
            _ => return None,
        })
    }

    fn short_reports(&self) -> bool {
        self.model.ublox().is_some_and(|traits| traits.short_reports)
    }

    fn switch_off(&mut self) -> Result<Step, Final> {
        self.switch_off_soon();
        Ok(ok())
    }

    fn cereg(&mut self, command: &Command, which: usize) -> Result<Step, Final> {
        let name = REPORTS[which];
        let most = match which {
            0 => 5,
            // LENA-R8 application development §8.1.1: AT+CREG=3.
            1 if self.model.is_ublox() => 3,
            _ => 2,
        };
        match command.form {
            Form::Set => self.cellular.mode[which] = command.within_or(0, 0, most, 0)?,
            Form::Read => {
                let mode = self.cellular.mode[which];
                let location = self.options.cereg_read_location;
                // RYZ014 use cases §2.3.2.2 and §8.1.2: with the timers there is all of it.
                let location = location.unwrap_or(self.model.is_ublox() || mode >= 4);
                let shown =
                    if which == 1 && self.short_reports() { String::new() } else { format!("{mode},") };
                let text = format!("{name}: {shown}{}", self.report(mode, location));
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
        let restarts = match self.options.restart_cfun {
            Some(own) => ublox && own == wanted,
            None => self.model.ublox().is_some_and(|traits| traits.restarts.contains(&wanted)),
        };
        if wanted <= 4 {
            self.cellular.flight = wanted == 4;
        }
        if matches!(wanted, 0 | 1 | 4) && command.within_or(1, 0, 1, 0)? == 1 {
            // "Reset the MT prior to setting it" (RYZ014 FOTA §4.3.3).
            self.cellular.after_reset = Some(wanted);
            self.restart_soon();
            return Ok(ok());
        }
        match wanted {
            0 | 4 => {
                let attached = self.attached();
                self.cellular.cfun = wanted;
                self.heal(Recovery::Radio);
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
            // Manufacturing mode (RYZ014 use cases §5.3).
            5 if !ublox => {
                self.cellular.cfun = 5;
                self.lose_registration();
            }
            _ if restarts => self.restart_soon(),
            _ => return Err(NOT_SUPPORTED),
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
                    self.attach();
                }
            },
            Form::Test | Form::Action => {}
        }
        Ok(ok())
    }
}
