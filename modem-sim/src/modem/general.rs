//! Commands that both models share (ITU-T V.250, 3GPP TS 27.007 §5), and settings.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Modem;
use crate::Model;
use crate::breach::Rule;
use crate::command::{Command, Form};
use crate::modem::exec::Step;
use crate::options::Options;
use crate::reply::{BAD_PARAMETERS, Final, NOT_ALLOWED, NOT_SUPPORTED};
use crate::ublox::ports::Ports;
use crate::ublox::traits::PortFilter;

/// Settings that all AT interfaces share.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(super) baud: u32,
    /// Takes effect when the final result is out.
    pub(super) next_baud: Option<u32>,
    pub(super) greeting: Option<String>,
    pub(super) speed: Speed,
    /// `ATH` ends a dial-up connection (+CVHU).
    pub(super) hangs_up: bool,
    /// Contexts with user name and password (+UAUTHREQ).
    pub(super) credentials: Vec<u32>,
    /// Those of the modem's own applications (+UEMBPF).
    pub(crate) ports: Ports,
    /// +IPR=0 is in force.
    pub(super) automatic: bool,
    /// Parameters of commands that are stored without any effect.
    pub(super) stored: BTreeMap<String, String>,
}

/// What a modem knows of the line's speed (LENA-R8 application development §5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speed {
    Known,
    /// The first line is there to measure it.
    Unknown,
    /// It was measured; deaf until then.
    Settling(Duration),
}

impl Settings {
    pub(super) fn new(model: Model, options: &Options) -> Self {
        let traits = model.ublox();
        let own = traits.and_then(|t| t.greeting).map(str::to_owned);
        let mut settings = Settings {
            baud: options.baud,
            next_baud: None,
            greeting: options.greeting.clone().or(own).filter(|text| !text.is_empty()),
            speed: Speed::Known,
            hangs_up: true,
            credentials: Vec::new(),
            ports: Ports::new(traits.map_or(PortFilter::Unknown, |t| t.port_filter)),
            automatic: traits.is_some_and(|t| t.finds_speed),
            stored: BTreeMap::new(),
        };
        settings.reset(model);
        settings
    }

    /// Back to what holds after a boot. Line speed and greeting are kept in NVM.
    pub(super) fn reset(&mut self, model: Model) {
        self.next_baud = None;
        self.hangs_up = model.ublox().is_none_or(|traits| traits.hangs_up);
    }
}

/// Line speeds of +IPR; 0 is automatic.
const SPEEDS: &[u32] = &[0, 9600, 19200, 38400, 57600, 115_200, 230_400, 460_800, 921_600, 3_000_000];

/// Commands of both models whose parameters are stored and read back, and do nothing else.
const STORED: &[&str] = &["+CGPIAF", "+ICF", "+IFC"];
const STORED_UBLOX: &[&str] = &["+UCGED", "+UGPIOC"];
/// Those that LENA-R8 has not (LENA-R8 application development §13.1), and those that only it has.
const NOT_LENA: &[&str] = &["+UCGED"];
const ONLY_LENA: &[&str] = &["+CDNSCFG", "+SYSNV"];
const STORED_SEQUANS: &[&str] = &["+CEMODE", "+CGAUTH", "+SQNIBRCFG"];

impl Modem {
    /// Executes a command that both models know; `None` when this is not one of them.
    pub(super) fn general_command(&mut self, command: &Command) -> Option<Result<Step, Final>> {
        let name = command.name.as_str();
        Some(match name {
            "E" => self.flag(command).map(|on| self.terminal.echo = on).map(|()| ok()),
            "V" => self.flag(command).map(|on| self.terminal.verbose = on).map(|()| ok()),
            "Q" | "X" | "&C" | "&K" | "&S" | "&W" | "L" | "M" => Ok(ok()),
            "Z" | "&F" => {
                if name == "&F" && !self.model.is_ublox() {
                    // RYZ014 use cases §5.1: it resets the file system's settings too, "and must not be used".
                    self.breach(Rule::FactoryDefaults, "AT&F".to_owned());
                    self.lose_registration();
                    self.restore_settings();
                    self.sim.power_up();
                }
                self.settings.reset(self.model);
                self.terminal.reset(&self.options);
                Ok(ok())
            }
            "I" => self.identity(command),
            "S2" | "S12" if self.model.is_ublox() => self.escape_register(command),
            "S3" | "S4" | "S5" => self.s_register(command),
            "+CMEE" => self.cmee(command),
            "+GMI" | "+CGMI" => self.tell(self.maker()),
            "+GMM" | "+CGMM" => self.tell(self.type_number()),
            "+GMR" | "+CGMR" => {
                let revision = self.revision();
                self.tell(&revision)
            }
            "+GSN" | "+CGSN" => self.serial(command),
            "+CIMI" => self.cimi(command),
            "+CCID" | "+SQNCCID" => self.ccid(command),
            "+CPIN" => self.cpin(command),
            "+CLCK" => self.clck(command),
            "+CPINR" if !self.model.is_ublox() => self.cpinr(command),
            "+UPINCNT" if self.model.is_ublox() => self.upincnt(command),
            "+USIMSTAT" if self.model.is_ublox() => self.usimstat(command),
            "+CSUS" if !self.model.is_ublox() => self.csus(command),
            "+CPWD" => self.cpwd(command),
            "+CSGT" if self.model.is_ublox() => self.csgt(command),
            "+IPR" => self.ipr(command),
            "+CMUX" => self.cmux(command),
            "+UPING" if self.model.is_ublox() => self.uping(command),
            "+PING" if !self.model.is_ublox() => self.sequans_ping(command),
            _ if self.stores(name) => self.store(command),
            _ => {
                let own = if self.model.is_ublox() { None } else { self.autoattach_command(command) };
                return own
                    .or_else(|| self.status_command(command))
                    .or_else(|| self.sms_command(command))
                    .or_else(|| self.firmware_command(command))
                    .or_else(|| self.band_command(command))
                    .or_else(|| self.factory_command(command))
                    .or_else(|| self.sleep_command(command))
                    .or_else(|| self.psm_command(command))
                    .or_else(|| self.edrx_command(command))
                    .or_else(|| self.cellular_command(command))
                    .or_else(|| self.dial_command(command));
            }
        })
    }

    fn flag(&self, command: &Command) -> Result<bool, Final> {
        command.within_or(0, 0, 1, 0).map(|n| n == 1)
    }

    fn s_register(&mut self, command: &Command) -> Result<Step, Final> {
        let value = match command.name.as_str() {
            "S3" => u32::from(self.terminal.terminator),
            "S4" => 10,
            _ => 8,
        };
        if command.form == Form::Read {
            self.info(format!("{value:03}"));
        } else {
            let wanted = command.within(0, 0, 127)?;
            if command.name == "S3" {
                self.terminal.terminator = wanted as u8;
            } else if wanted != value {
                return Err(NOT_SUPPORTED);
            }
        }
        Ok(ok())
    }

    fn escape_register(&mut self, command: &Command) -> Result<Step, Final> {
        let register = match command.name.as_str() {
            "S2" => &mut self.terminal.escape_character,
            _ => &mut self.terminal.escape_delay,
        };
        if command.form == Form::Read {
            let text = format!("{register:03}");
            self.info(text);
        } else {
            *register = command.within(0, 0, 255)? as u8;
        }
        Ok(ok())
    }

    fn cmee(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Read => self.info(format!("+CMEE: {}", self.terminal.cmee)),
            Form::Test => self.info("+CMEE: (0-2)"),
            Form::Set | Form::Action => self.terminal.cmee = command.within_or(0, 0, 2, 0)?,
        }
        Ok(ok())
    }

    fn serial(&mut self, command: &Command) -> Result<Step, Final> {
        let [imei, imeisv, svn] = self.model.sequans().serial;
        let quote = if self.model.sequans().quotes { "\"" } else { "" };
        match command.form {
            Form::Action => self.info(imei),
            Form::Set => match command.within(0, 0, 3)? {
                0 => self.info(imei),
                1 => self.info(format!("+CGSN: {quote}{imei}{quote}")),
                2 => self.info(format!("+CGSN: {quote}{imeisv}{quote}")),
                _ => self.info(format!("+CGSN: {quote}{svn}{quote}")),
            },
            Form::Test => {}
            Form::Read => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// RYZ014 use cases §2.1.2.1 print the action with a question mark.
    fn cimi(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Test => Ok(ok()),
            Form::Action | Form::Read => {
                self.sim_open()?;
                let imsi = self.imsi().to_owned();
                self.tell(&imsi)
            }
            Form::Set => Err(Final::Error),
        }
    }

    fn ccid(&mut self, command: &Command) -> Result<Step, Final> {
        self.sim_usable()?;
        let number = self.options.iccid.clone();
        match (command.form, command.name.as_str()) {
            (Form::Test, _) => {}
            (_, "+CCID") => self.info(format!("+CCID: {number}")),
            _ if self.model.is_ublox() => return Err(Final::Error),
            _ => self.info(format!("+SQNCCID: \"{number}\",\"\"")),
        }
        Ok(ok())
    }

    /// `AT+CSGT=<mode>,"<text>"`: the greeting.
    fn csgt(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                let on = command.within(0, 0, 1)? == 1;
                let text = match command.arg(1) {
                    Some(_) => Some(command.text(1)?),
                    None => self.settings.greeting.clone(),
                };
                if on && text.is_none() {
                    return Err(BAD_PARAMETERS);
                }
                self.settings.greeting = text.filter(|_| on);
            }
            Form::Read => {
                if self.settings.greeting.is_none()
                    && self.model.ublox().is_some_and(|t| t.greeting_must_be_on)
                {
                    return Err(NOT_ALLOWED);
                }
                let text = self.settings.greeting.clone().unwrap_or_default();
                let mode = u8::from(self.settings.greeting.is_some());
                self.info(format!("+CSGT: \"{text}\",{mode}"));
            }
            Form::Test | Form::Action => {}
        }
        Ok(ok())
    }

    fn ipr(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Read => self.info(format!("+IPR: {}", self.settings.baud)),
            Form::Set => {
                let speed = command.number(0)?;
                if !SPEEDS.contains(&speed) {
                    return Err(BAD_PARAMETERS);
                }
                self.settings.automatic = speed == 0 && self.model.ublox().is_some_and(|t| t.finds_speed);
                // With automatic speed the modem stays where the host already is.
                self.settings.next_baud = Some(speed).filter(|s| *s != 0);
            }
            Form::Test | Form::Action => {}
        }
        Ok(ok())
    }

    fn stores(&self, name: &str) -> bool {
        let own = match self.model.ublox() {
            None => STORED_SEQUANS.contains(&name),
            Some(traits) if traits.mno_profiles => STORED_UBLOX.contains(&name),
            Some(_) => STORED_UBLOX.contains(&name) && !NOT_LENA.contains(&name) || ONLY_LENA.contains(&name),
        };
        own || STORED.contains(&name)
    }

    fn store(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                self.settings.stored.insert(command.name.clone(), command.typed());
            }
            Form::Read => {
                let value = self.settings.stored.get(&command.name).map_or("0", String::as_str);
                self.info(format!("{}: {value}", command.name));
            }
            Form::Test | Form::Action => {}
        }
        Ok(ok())
    }
}

pub(crate) fn ok() -> Step {
    Step::Done(Final::Ok)
}
