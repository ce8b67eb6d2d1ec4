//! Power saving mode: `+CPSMS` (3GPP TS 27.007 §7.38), `+UPSMR`; RYZ014 use cases §8.
//!
//! The modem falls asleep when it is registered, the network has granted the timers, no traffic was for the inactivity of
//! the network and T3324, and the host lets it: "all wake sources are released, all UART buffers are empty" (§8.2). It
//! wakes with a pin, or when T3412 is over. Its registration and its contexts are then what they were.

use std::time::Duration;

use super::exec::Step;
use super::general::{Speed, ok};
use super::{Modem, Power};
use crate::command::{Command, Form};
use crate::radio::{NoTimers, PsmGrant};
use crate::reply::{BAD_PARAMETERS, Final};

/// "If a timer is scheduled to fire within a few tenths of a second" it does not sleep (RYZ014 use cases §8.2).
const SHORTEST: Duration = Duration::from_millis(500);
/// "Deactivated", of either timer.
const OFF: u8 = 0b1110_0000;

/// Power saving mode and eDRX.
#[derive(Debug)]
pub(super) struct Psm {
    /// `<mode>` of `+CPSMS`, and the timers that are asked for: T3412 extended and T3324. Kept in NVM.
    on: bool,
    tau: u8,
    active: u8,
    /// Coded T3324 and T3412 extended.
    granted: Option<(u8, u8)>,
    /// The last traffic over the air.
    pub(super) last: Duration,
    /// `+UPSMR`. Kept in NVM.
    reports: bool,
}

impl Default for Psm {
    fn default() -> Self {
        Psm {
            on: false,
            tau: 0b0000_0110,
            active: 0b0000_0101,
            granted: None,
            last: Duration::ZERO,
            reports: false,
        }
    }
}

/// T3324 as it is coded (3GPP TS 24.008 §10.5.7.4a, RYZ014 use cases §8.1.1); `None` is deactivated.
fn active_time(coded: u8) -> Option<Duration> {
    let seconds = match coded >> 5 {
        0 => 2,
        1 => 60,
        2 => 360,
        7 => return None,
        // "Other values shall be interpreted as multiples of 1 minute".
        _ => 60,
    };
    Some(Duration::from_secs(seconds * u64::from(coded & 31)))
}

/// T3412 extended (3GPP TS 24.008 §10.5.7.4a); `None` is deactivated.
fn periodic_time(coded: u8) -> Option<Duration> {
    let seconds = match coded >> 5 {
        0 => 600,
        1 => 3600,
        2 => 36_000,
        3 => 2,
        4 => 30,
        5 => 60,
        6 => 320 * 3600,
        _ => return None,
    };
    Some(Duration::from_secs(seconds * u64::from(coded & 31)))
}

pub(super) fn bits(text: &str, len: usize) -> Result<u8, Final> {
    if text.len() != len {
        return Err(BAD_PARAMETERS);
    }
    u8::from_str_radix(text, 2).map_err(|_| BAD_PARAMETERS)
}

impl Modem {
    /// The modem is in the deep sleep of the power saving mode.
    pub fn is_in_deep_sleep(&self) -> bool {
        matches!(self.power, Power::Deep { .. })
    }

    /// The timers that the network has granted: T3324 and T3412 extended.
    pub fn psm_timers(&self) -> Option<(Duration, Duration)> {
        let (active, tau) = self.psm.granted?;
        Some((active_time(active)?, periodic_time(tau)?))
    }

    /// The modem asks the network, with the registration or a tracking area update.
    pub(super) fn negotiate_psm(&mut self) {
        let asked = (self.psm.active, self.psm.tau);
        self.psm.granted = match self.options.surroundings.psm {
            _ if !self.psm.on || !self.attached() => None,
            PsmGrant::Refused => None,
            PsmGrant::AsRequested if asked.0 >> 5 == 7 => None,
            PsmGrant::AsRequested => Some(asked),
            PsmGrant::Fixed(active, tau) => Some((active, tau)),
        };
        self.psm.last = self.now;
    }

    /// The last fields of `+CEREG` in mode 4 and 5.
    pub(super) fn timer_fields(&self) -> String {
        let (active, tau) = match (self.psm.granted, self.options.surroundings.no_timers) {
            (Some(granted), _) => granted,
            (None, NoTimers::Zero) => (0, 0),
            (None, NoTimers::Deactivated) => (OFF, OFF),
            (None, NoTimers::Absent) => return String::new(),
        };
        format!(",,,\"{active:08b}\",\"{tau:08b}\"")
    }

    /// When the modem falls asleep, if the host does nothing; `None` while it does not.
    pub(super) fn deep_sleep_due(&self) -> Option<Duration> {
        let (active, tau) = self.psm.granted?;
        let (active, tau) = (active_time(active)?, periodic_time(tau)?);
        if self.power != Power::Up || !self.attached() || tau <= SHORTEST || self.multiplexer.is_some() {
            return None;
        }
        // LENA-R8 application development §5.6.2: with +UPSV: 0 "the module does not enter in power save mode".
        let allowed = match self.model.is_ublox() {
            true => self.is_asleep(),
            false => !self.pins.rts && !self.pins.wakes() && self.uart_is_idle(),
        };
        allowed.then(|| self.psm.last + self.options.surroundings.inactivity + active)
    }

    pub(super) fn psm_step(&mut self) -> bool {
        if self.deep_sleep_due().is_none_or(|due| due > self.now) {
            return false;
        }
        let tau = self.psm.granted.and_then(|(_, tau)| periodic_time(tau)).unwrap_or_default();
        if !self.options.supply.keeps_sockets_asleep {
            self.drop_sockets();
        }
        self.drop_call();
        self.timers.clear();
        self.ping = None;
        self.terminal.halt();
        self.power = Power::Deep { until: self.psm.last.max(self.now) + tau };
        self.net.set_reached(false);
        true
    }

    /// The UART comes back, and the modem is registered as it was.
    pub(super) fn wake_up(&mut self) {
        if self.is_in_deep_sleep() {
            let time = self.options.boot_time.unwrap_or(self.model.boot_time());
            self.power = Power::Waking(self.now + time);
        }
    }

    /// The line is alive again.
    pub(super) fn awoken(&mut self) {
        self.terminal.reset(&self.options);
        self.settings.reset(self.model);
        self.sleep.power_up(self.now, self.options.supply.keeps_uart_sleep);
        self.cellular.woken(self.model, &self.options);
        if self.settings.automatic {
            self.settings.speed = Speed::Unknown;
        }
        self.update_reach();
        if self.model.is_ublox() {
            if let Some(greeting) = self.settings.greeting.clone() {
                self.urc(&greeting);
            }
            if self.psm.reports {
                self.urc("+UUPSMR: 0");
            }
        } else {
            self.urc("+SYSSTART");
        }
        self.negotiate_psm();
        self.tell_registration();
        // Before what the host has held back.
        self.print_urcs();
    }

    /// Commands of this chapter; `None` when this is not one.
    pub(super) fn psm_command(&mut self, command: &Command) -> Option<Result<Step, Final>> {
        Some(match command.name.as_str() {
            "+CPSMS" => self.cpsms(command),
            "+UPSMR" if self.model.ublox().is_some_and(|t| t.mno_profiles) => self.upsmr(command),
            _ => return None,
        })
    }

    /// `AT+CPSMS=<mode>[,,,"<T3412>","<T3324>"]` (RYZ014 use cases §8.1.2).
    fn cpsms(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                let mode = command.within_or(0, 0, 2, 0)?;
                let timer = |i: usize, old: u8| match command.arg(i) {
                    Some(_) => command.text(i).and_then(|text| bits(&text, 8)),
                    None => Ok(old),
                };
                let (tau, active) = (timer(3, self.psm.tau)?, timer(4, self.psm.active)?);
                (self.psm.tau, self.psm.active) = (tau, active);
                if mode == 2 {
                    let Psm { tau, active, .. } = Psm::default();
                    (self.psm.tau, self.psm.active) = (tau, active);
                }
                self.psm.on = mode == 1;
                if self.attached() {
                    let before = self.psm.granted;
                    self.negotiate_psm();
                    if before != self.psm.granted {
                        self.tell_timers();
                    }
                }
            }
            Form::Read if !self.psm.on => self.info("+CPSMS: 0"),
            Form::Read => {
                let Psm { tau, active, .. } = self.psm;
                self.info(format!("+CPSMS: 1,,,\"{tau:08b}\",\"{active:08b}\""));
            }
            Form::Test => {
                self.info("+CPSMS: (0-2),,,(\"00000000\"-\"11111111\"),(\"00000000\"-\"11111111\")");
            }
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// `AT+UPSMR=<mode>`; `+UUPSMR` tells of the deep sleep. Their form is that of shipping drivers.
    fn upsmr(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => self.psm.reports = command.within(0, 0, 1)? == 1,
            Form::Read => self.info(format!("+UPSMR: {}", u8::from(self.psm.reports))),
            Form::Test => self.info("+UPSMR: (0,1)"),
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_timers_are_those_of_the_documents_example() {
        // RYZ014 use cases §8.1.2.
        assert_eq!(periodic_time(0b1010_0011), Some(Duration::from_secs(180)));
        assert_eq!(active_time(0b0010_0001), Some(Duration::from_secs(60)));
        assert_eq!(active_time(0b0000_0101), Some(Duration::from_secs(10)));
        assert_eq!(periodic_time(0b0001_0010), Some(Duration::from_secs(180 * 60)));
        assert_eq!(active_time(OFF), None);
        assert_eq!(periodic_time(0b1101_1111), Some(Duration::from_secs(31 * 320 * 3600)));
    }
}
