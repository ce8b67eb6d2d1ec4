//! What the modem tells about its surroundings: reception, time, events, causes (3GPP TS 27.007 §8.5, §8.10, §8.15,
//! §8.40, §8.41, §8.69, §10.1.19; LENA-R8 application development §8.1).

use std::time::Duration;

use super::Modem;
use super::exec::Step;
use super::general::ok;
use crate::command::{Command, Form};
use crate::radio::Signal;
use crate::reply::{BAD_PARAMETERS, Final};

/// Indicators of `+CIEV`, by the numbers that u-blox modules give them. No document at hand has these.
const SIGNAL: u32 = 2;
const SERVICE: u32 = 3;
const ROAMING: u32 = 7;
const SIM: u32 = 12;

/// Names of causes (3GPP TS 24.301 §9.9.3.9, annex A).
const CAUSES: &[(u8, &str)] = &[
    (3, "Illegal UE"),
    (6, "Illegal ME"),
    (7, "EPS services not allowed"),
    (8, "EPS services and non-EPS services not allowed"),
    (11, "PLMN not allowed"),
    (12, "Tracking area not allowed"),
    (13, "Roaming not allowed in this tracking area"),
    (15, "No suitable cells in tracking area"),
    (19, "ESM failure"),
    (22, "Congestion"),
];

/// What of the surroundings is told, and what was told last.
#[derive(Debug)]
pub(crate) struct Status {
    /// `+CTZU`. Kept in NVM.
    updates: bool,
    /// `+CTZR`.
    zone_reports: u32,
    /// Quarters of an hour.
    zone: i32,
    /// That of the last report.
    zone_told: Option<i32>,
    /// `+CMER=<mode>,0,0,<ind>`.
    indicators: u32,
    told: Vec<(u32, u32)>,
    /// `+CGEREP`.
    events: u32,
    /// Why the network has refused last.
    cause: Option<u8>,
    /// Time since 1970 at the modem's time zero, as the network has it.
    epoch: Option<u64>,
}

impl Default for Status {
    fn default() -> Self {
        Status {
            // LENA-R8 application development §3.2.2, RYZ014 use cases §10.3.2.1.
            updates: true,
            zone_reports: 0,
            zone: 0,
            zone_told: None,
            indicators: 0,
            told: Vec::new(),
            events: 0,
            cause: None,
            epoch: None,
        }
    }
}

impl Status {
    /// What a restart forgets.
    pub(super) fn power_up(&mut self) {
        *self = Status { updates: self.updates, epoch: self.epoch, zone: self.zone, ..Status::default() };
    }

    /// The network's time since 1970.
    pub(super) fn network_time(&self, now: Duration) -> Option<u64> {
        Some(self.epoch? + now.as_secs())
    }

    /// Back to the factory's.
    pub(super) fn factory(&mut self) {
        self.updates = true;
    }
}

impl Modem {
    /// Sets the time that the network tells, and the modem's clock, to a time since 1970.
    pub fn set_time(&mut self, now: Duration, time: Duration) {
        self.advance(now);
        self.status.epoch = Some(time.as_secs().saturating_sub(self.now.as_secs()));
        self.net.set_clock(time.as_secs());
    }

    /// The reception changes.
    pub fn set_signal(&mut self, now: Duration, signal: Signal) {
        self.advance(now);
        self.options.surroundings.signal = signal;
        self.tell_indicators();
        self.tick();
    }

    /// The network ends a context.
    pub fn end_context(&mut self, now: Duration, cid: u32) {
        self.advance(now);
        let used = self.data_context();
        self.cellular.active.retain(|c| *c != cid);
        self.carrier_lost(Some(cid));
        self.context_event(&format!("NW PDN DEACT {cid}"));
        if used.is_some() && used != self.data_context() {
            self.packet_data_lost();
            self.drop_sockets();
        }
        self.tick();
    }

    /// Remembers what the network's time was at the start.
    pub(super) fn note_time(&mut self) {
        self.status.epoch = Some(self.clock.seconds());
        self.status.zone = self.options.surroundings.time_zone;
    }

    /// RYZ014 use cases §10.3.2.1: before the network has told the time it counts from 1970. That it does so after
    /// each start, and with all modules of the vendor, is inferred.
    pub(super) fn start_clock(&mut self) {
        if !self.model.is_ublox() {
            self.net.set_clock(0);
            self.status.zone = 0;
        }
    }

    /// The modem has registered, or is not registered any more.
    pub(super) fn status_changed(&mut self, stat: u8) {
        let around = &self.options.surroundings;
        if stat == 3 {
            self.status.cause = Some(around.reject_cause);
        }
        if matches!(stat, 1 | 5) && around.tells_time {
            let zone = around.time_zone;
            if let Some(epoch) = self.status.epoch.filter(|_| self.status.updates) {
                self.net.set_clock(epoch + self.now.as_secs());
                self.status.zone = zone;
            }
            if self.status.zone_told.replace(zone) != Some(zone) {
                self.tell_zone(zone);
            }
        }
        self.tell_indicators();
    }

    /// +CTZV, +CTZE and +CTZEU (3GPP TS 27.007 §8.41).
    fn tell_zone(&mut self, zone: i32) {
        let time = |clock: &crate::tls::Clock, zone: i32| {
            let seconds = i64::try_from(clock.seconds()).unwrap_or_default() + i64::from(zone) * 900;
            let (year, month, day, hour, minute, second) = crate::credential::calendar(seconds);
            format!("\"{year:04}/{month:02}/{day:02},{hour:02}:{minute:02}:{second:02}\"")
        };
        let text = match self.status.zone_reports {
            1 => format!("+CTZV: \"{zone:+03}\""),
            2 => format!("+CTZE: \"{zone:+03}\",0,{}", time(&self.clock, zone)),
            3 => format!("+CTZEU: \"{zone:+03}\",0,{}", time(&self.clock, 0)),
            _ => return,
        };
        self.urc(&text);
    }

    /// `+CIEV` for each indicator that has changed.
    pub(super) fn tell_indicators(&mut self) {
        let now = self.indicators();
        let before = std::mem::replace(&mut self.status.told, now.clone());
        if self.status.indicators > 0 {
            for (which, value) in now.into_iter().filter(|new| !before.contains(new)) {
                self.urc(&format!("+CIEV: {which},{value}"));
            }
        }
    }

    fn indicators(&self) -> Vec<(u32, u32)> {
        let bars = match self.options.surroundings.signal.rsrp {
            _ if !self.receives() => 0,
            ..-115 => 1,
            -115..-105 => 2,
            -105..-95 => 3,
            -95..-85 => 4,
            _ => 5,
        };
        vec![
            (SIGNAL, bars),
            (SERVICE, u32::from(self.attached())),
            (ROAMING, u32::from(self.is_roaming())),
            (SIM, u32::from(self.sim.present())),
        ]
    }

    /// `+CGEV` (3GPP TS 27.007 §10.1.19).
    pub(super) fn context_event(&mut self, text: &str) {
        if self.status.events > 0 {
            self.urc(&format!("+CGEV: {text}"));
        }
    }

    /// Commands of this chapter; `None` when this is not one.
    pub(super) fn status_command(&mut self, command: &Command) -> Option<Result<Step, Final>> {
        let ublox = self.model.is_ublox();
        Some(match command.name.as_str() {
            "+CSQ" => self.csq(command),
            // Shipping drivers say that LENA-R8 has none.
            "+CESQ" if self.model.ublox().is_none_or(|t| t.default_cid != 0) => self.cesq(command),
            "+CCLK" => self.cclk(command),
            "+CTZU" => self.setting(command, 0, 1, |s| u32::from(s.updates), |s, n| s.updates = n == 1),
            "+CTZR" => self.setting(command, 0, 3, |s| s.zone_reports, |s, n| s.zone_reports = n),
            "+CMER" => self.cmer(command),
            "+CGEREP" => self.setting(command, 0, 2, |s| s.events, |s, n| s.events = n),
            "+CEER" if ublox => self.ceer(command),
            _ => return None,
        })
    }

    fn setting(
        &mut self,
        command: &Command,
        low: u32,
        high: u32,
        get: fn(&Status) -> u32,
        set: fn(&mut Status, u32),
    ) -> Result<Step, Final> {
        match command.form {
            Form::Set => set(&mut self.status, command.within(0, low, high)?),
            Form::Read => {
                let value = get(&self.status);
                self.info(format!("{}: {value}", command.name));
            }
            Form::Test => self.info(format!("{}: ({low}-{high})", command.name)),
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// There is a cell.
    fn receives(&self) -> bool {
        self.attached() || self.is_refused()
    }

    fn csq(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form == Form::Action {
            let strength = (self.options.surroundings.signal.rssi + 113) / 2;
            let strength = if self.receives() { strength.clamp(0, 31) } else { 99 };
            self.info(format!("+CSQ: {strength},99"));
        }
        Ok(ok())
    }

    /// Cassiopeia use cases §1.2.3, §1.2.4; 3GPP TS 27.007 §8.69.
    fn cesq(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form == Form::Action {
            let Signal { rsrp, rsrq, .. } = self.options.surroundings.signal;
            let known = self.receives();
            let quality = if known { (((rsrq + 20.0) * 2.0) as i32).clamp(0, 34) } else { 255 };
            let power = if known { (rsrp + 141).clamp(0, 97) } else { 255 };
            self.info(format!("+CESQ: 99,99,255,255,{quality},{power}"));
        }
        Ok(ok())
    }

    /// The clock by which certificates are valid.
    fn cclk(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Read => {
                let quote = if self.model.sequans().quotes { "\"" } else { "" };
                let time = self.clock.calendar(self.status.zone);
                self.info(format!("+CCLK: {quote}{time}{quote}"));
            }
            Form::Set => {
                let text = command.text(0)?;
                let seconds = crate::credential::moment(&text).ok_or(BAD_PARAMETERS)?;
                self.status.zone = text.get(17..).and_then(|zone| zone.parse().ok()).unwrap_or(0);
                self.net.set_clock(seconds);
            }
            Form::Test | Form::Action => {}
        }
        Ok(ok())
    }

    /// `AT+CMER=<mode>,0,0,<ind>` (LENA-R8 application development §8.1.1).
    fn cmer(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                let mode = command.within_or(0, 0, 3, 0)?;
                let indicators = command.within_or(3, 0, 2, 0)?;
                self.status.indicators = if mode == 0 { 0 } else { indicators };
                self.status.told = self.indicators();
            }
            Form::Read => {
                let on = self.status.indicators;
                self.info(format!("+CMER: {},0,0,{on},0", if on > 0 { 3 } else { 0 }));
            }
            Form::Test => self.info("+CMER: (0-3),(0),(0),(0-2),(0)"),
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// The last cause (LENA-R8 application development §8.1.2).
    fn ceer(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Action {
            return Ok(ok());
        }
        match self.status.cause {
            None => self.info("+CEER: \"No cause information available\""),
            Some(cause) => {
                let known = CAUSES.iter().find(|(number, _)| *number == cause);
                let name = known.map_or("Protocol error, unspecified", |(_, name)| name);
                self.info(format!("+CEER: \"EMM cause\",{cause},\"{name}\""));
            }
        }
        Ok(ok())
    }
}
