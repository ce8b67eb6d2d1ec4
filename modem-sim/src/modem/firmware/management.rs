//! The client of a device management server, which brings firmware: `+SQNDMCFG`, `+SQNFOTACFG`, `+SQNDMST`, `+SQNFOTA`
//! (RYZ014 FOTA §4, §6). The server is [`Surroundings::device_server`](crate::Surroundings).

use std::time::Duration;

use crate::command::{Arg, Command, Form};
use crate::modem::Modem;
use crate::modem::exec::Step;
use crate::modem::general::ok;
use crate::modem::power::Timer;
use crate::reply::{BAD_PARAMETERS, Final, NOT_ALLOWED};

use super::Image;

/// Between two steps of a conversation with the server.
const STEP: Duration = Duration::from_secs(1);
/// The server that the bootstrap gives, and its lifetime. Inferred from §6.3.3.
const SERVER: u32 = 101;
const LIFETIME: u32 = 86_400;

/// One server of `+SQNDMCFG`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Server {
    id: u32,
    lifetime: u32,
    url: String,
    cid: u32,
    kind: String,
}

/// `+SQNDMCFG` and `+SQNFOTACFG`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Config {
    profile: String,
    service: bool,
    servers: Vec<Server>,
    /// Identifier, identity, secret.
    keys: Vec<(u32, String, String)>,
    /// Parameters of `+SQNFOTACFG` after the profile: mode, state, download, timer, timeout, certificate.
    fota: Option<[Option<u32>; 6]>,
}

/// How far the client is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Off,
    /// Waits for the end of the hold-off timer.
    Holding(Duration),
    /// Until the next look for firmware.
    Idle(Duration),
    Downloading(u32),
}

/// The client.
#[derive(Debug, Default)]
pub(in crate::modem) struct Management {
    /// For the next start; kept in NVM.
    next: Config,
    config: Config,
    phase: Phase,
    /// The service was activated before; kept in NVM.
    onboarded: bool,
    /// Registered with the server at that time.
    registered: Option<Duration>,
    /// What the installation at the start has come to: the version, or nothing.
    outcome: Option<Option<String>>,
    /// To be applied with the start.
    candidate: Option<Image>,
}

fn shown(arg: Option<&Arg>) -> Option<String> {
    arg.map(|arg| String::from_utf8_lossy(&arg.raw).into_owned())
}

/// A number, in quotes or not: RYZ014 FOTA §4.3.1.2 have both.
fn number(command: &Command, i: usize) -> Result<Option<u32>, Final> {
    shown(command.arg(i)).map(|text| text.parse().map_err(|_| BAD_PARAMETERS)).transpose()
}

impl Modem {
    /// Commands of this chapter; `None` when this is not one.
    pub(super) fn management_command(&mut self, command: &Command) -> Option<Result<Step, Final>> {
        Some(match command.name.as_str() {
            "+SQNDMCFG" => self.sqndmcfg(command),
            "+SQNFOTACFG" => self.sqnfotacfg(command),
            "+SQNDMST" => self.sqndmst(command),
            _ => return None,
        })
    }

    /// RYZ014 FOTA §6.2: "Configuration update is done in device manufacturing mode and applied at the next module reboot".
    fn sqndmcfg(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(ok());
        }
        let (profile, group) = (command.text(0)?, command.text(1)?);
        if profile.len() > 32 {
            return Err(BAD_PARAMETERS);
        }
        let writes = command.len() > 2 || group == "delete-profile-config";
        if writes && self.cellular.cfun != 5 {
            return Err(NOT_ALLOWED);
        }
        let config = &mut self.firmware.management.next;
        if writes && config.profile != profile {
            *config = Config { profile: profile.clone(), ..Config::default() };
        }
        let head = format!("+SQNDMCFG=\"{profile}\",\"{group}\"");
        let mut lines = Vec::new();
        match group.as_str() {
            "delete-profile-config" => *config = Config::default(),
            "service" if writes => config.service = command.within(2, 0, 1)? == 1,
            "service" => lines.push(format!("{head},{}", u8::from(config.service))),
            "server" if writes => {
                let server = Server {
                    id: command.within(2, 1, 65_535)?,
                    lifetime: number(command, 3)?.unwrap_or(LIFETIME),
                    url: command.text(4)?,
                    cid: number(command, 5)?.unwrap_or(1),
                    kind: shown(command.arg(6)).unwrap_or_else(|| "dm".to_owned()),
                };
                if !matches!(server.kind.as_str(), "bs" | "dm") {
                    return Err(BAD_PARAMETERS);
                }
                config.servers.retain(|old| old.id != server.id);
                config.servers.push(server);
            }
            "server" => lines.extend(config.servers.iter().map(|server| {
                let Server { id, lifetime, url, cid, kind } = server;
                format!("{head},{id},{lifetime},\"{url}\",{cid},\"{kind}\"")
            })),
            "psk" if writes => {
                let id = command.within(2, 1, 65_535)?;
                let identity = shown(command.arg(3)).unwrap_or_default();
                let secret = shown(command.arg(4)).unwrap_or_default();
                if secret.len() > 64 || !secret.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return Err(BAD_PARAMETERS);
                }
                config.keys.retain(|(old, ..)| *old != id);
                if !identity.is_empty() {
                    config.keys.push((id, identity, secret));
                }
            }
            // "Only the first four hexadecimal of the PSK secret are displayed".
            "psk" => lines.extend(config.keys.iter().map(|(id, identity, secret)| {
                format!("{head},{id},\"{identity}\",\"{}\"", secret.get(..4).unwrap_or(secret))
            })),
            _ => return Err(BAD_PARAMETERS),
        }
        for line in lines {
            self.info(line);
        }
        Ok(ok())
    }

    /// RYZ014 FOTA §6.1.
    fn sqnfotacfg(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                let profile = command.text(0)?;
                let config = &mut self.firmware.management.next;
                if !config.profile.is_empty() && config.profile != profile {
                    return Err(BAD_PARAMETERS);
                }
                let mut fota = [Some(0), Some(2), Some(0), None, None, None];
                let most = [0, 2, 100, 32_000_000, 65_535, 65_535];
                for (i, most) in most.into_iter().enumerate() {
                    if command.arg(i + 1).is_some() {
                        fota[i] = Some(command.within(i + 1, 0, most)?);
                    }
                }
                if fota[3].is_some_and(|seconds| seconds < 60) || fota[4].is_some_and(|s| s < 60) {
                    return Err(BAD_PARAMETERS);
                }
                config.fota = Some(fota);
            }
            Form::Read => {
                let Config { profile, fota, .. } = self.firmware.management.next.clone();
                if let Some([mode, state, download, timer, timeout, certificate]) = fota {
                    let text = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
                    let actual = text(timer.or(Some(LIFETIME)));
                    let (mode, state, download) = (text(mode), text(state), text(download));
                    let (timer, timeout, certificate) = (text(timer), text(timeout), text(certificate));
                    self.info(format!(
                        "+SQNFOTACFG: \"{profile}\",{mode},{state},{download},{timer},{actual},{timeout},{certificate}"
                    ));
                }
            }
            Form::Test => {
                self.info("+SQNFOTACFG: 32[,(0,1)[,(0-2)[,(0-100)[,(60-32000000)[,(60-65535)[,(11-19)]]]]]]")
            }
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// RYZ014 FOTA §6.3: an error "if the UE is not attached … or if LwM2M client is not enabled".
    fn sqndmst(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Action {
            return Ok(ok());
        }
        let Management { config, phase, registered, .. } = &self.firmware.management;
        let bootstrap = config.servers.iter().find(|server| server.kind == "bs");
        let (Some(server), true) = (bootstrap, self.attached() && *phase != Phase::Off) else {
            return Err(Final::Error);
        };
        let (id, hold) = (server.id, server.lifetime);
        let (status, left) = match phase {
            Phase::Holding(until) => ("BS_HOLD_OFF", until.saturating_sub(self.now).as_secs().to_string()),
            _ => ("BS_FINISHED", "-1".to_owned()),
        };
        let line = format!("+SQNDMST: \"bs\",{id},\"{status}\",{hold},{left}");
        let (status, left) = match registered {
            None => ("DEREGISTERED", u64::from(LIFETIME)),
            Some(at) => (
                "REGISTERED",
                u64::from(LIFETIME) - self.now.saturating_sub(*at).as_secs() % u64::from(LIFETIME),
            ),
        };
        self.info(line);
        self.info(format!("+SQNDMST: \"dm\",{SERVER},\"{status}\",{LIFETIME},{left}"));
        Ok(ok())
    }

    fn fota(&self, i: usize) -> Option<u32> {
        self.firmware.management.config.fota.and_then(|all| all[i])
    }

    /// `+SQNFOTA`, if state changes are reported.
    fn tell_fota(&mut self, text: &str) {
        if self.fota(1).unwrap_or(0) > 0 {
            self.urc(&format!("+SQNFOTA: {text}"));
        }
    }

    /// A start: the configuration is that of the last commands, and firmware that was downloaded is applied.
    pub(in crate::modem) fn start_management(&mut self) {
        let management = &mut self.firmware.management;
        management.config = management.next.clone();
        management.phase = Phase::Off;
        management.registered = None;
        if let Some(image) = management.candidate.take() {
            let good = self.suits(&image);
            let management = &mut self.firmware.management;
            management.outcome = Some(good.then(|| image.version.clone()));
            if good {
                self.firmware.version = Some(image.version);
            }
        }
    }

    /// The modem searches: what the start has brought about is told now (RYZ014 FOTA §4.5.2, §4.7.1).
    pub(in crate::modem) fn tell_outcome(&mut self) {
        match self.firmware.management.outcome.take() {
            None => {}
            Some(Some(version)) => {
                self.tell_fota("8");
                self.tell_fota(&format!("\"installed\",\"{version}\""));
            }
            Some(None) => {
                self.tell_fota("3");
                if self.fota(1) == Some(2) {
                    self.tell_fota("3,8");
                }
            }
        }
    }

    /// The modem has registered: the client starts, if there is one.
    pub(in crate::modem) fn management_may_start(&mut self) {
        let Management { config, phase, onboarded, .. } = &mut self.firmware.management;
        let bootstrap = config.servers.iter().find(|server| server.kind == "bs");
        let key = bootstrap.is_some_and(|server| config.keys.iter().any(|(id, ..)| *id == server.id));
        let (Some(server), Phase::Off, true, true) = (bootstrap, *phase, config.service, key) else { return };
        let hold = Duration::from_secs(u64::from(server.lifetime));
        *phase = Phase::Holding(self.now + hold);
        if !std::mem::replace(onboarded, true) {
            for state in ["1", "2", "3"] {
                self.tell_fota(state);
            }
        }
        self.timer(hold, Timer::Management);
    }

    /// The next step of the conversation with the server.
    pub(in crate::modem) fn management_step(&mut self) {
        let check = Duration::from_secs(u64::from(self.fota(3).unwrap_or(LIFETIME)));
        let server = self.options.surroundings.device_server.clone();
        let wait = match self.firmware.management.phase {
            Phase::Off => return,
            _ if !self.attached() || server.is_none() => check,
            Phase::Holding(_) => {
                self.firmware.management.registered = Some(self.now);
                self.firmware.management.phase = Phase::Idle(self.now + check);
                check
            }
            Phase::Idle(_) => {
                self.tell_fota("4");
                self.tell_fota("3");
                match server.and_then(|server| server.image) {
                    Some(image) if image.version != self.firmware_version() && self.fota(0).is_some() => {
                        for state in ["\"available\"", "4", "3", "5"] {
                            self.tell_fota(state);
                        }
                        self.firmware.management.candidate = Some(image);
                        self.firmware.management.phase = Phase::Downloading(0);
                        STEP
                    }
                    _ => check,
                }
            }
            Phase::Downloading(percent) => {
                let step = self.fota(2).unwrap_or(0);
                if step > 0 && percent % step == 0 {
                    self.urc(&format!("+SQNFOTA: 5,3,{percent}"));
                }
                self.psm.last = self.now;
                if percent < 100 {
                    self.firmware.management.phase = Phase::Downloading(percent + 1);
                    STEP / 10
                } else {
                    for state in ["\"downloaded\"", "6", "7", "\"install\""] {
                        self.tell_fota(state);
                    }
                    self.firmware.management.phase = Phase::Off;
                    return self.timer(STEP, Timer::Update);
                }
            }
        };
        self.timer(wait, Timer::Management);
    }

    /// A power cut: a download that was not complete begins anew.
    pub(super) fn stop_management(&mut self) {
        let management = &mut self.firmware.management;
        if matches!(management.phase, Phase::Downloading(_)) {
            management.candidate = None;
        }
        management.phase = Phase::Off;
    }

    /// Firmware waits for the start.
    pub(super) fn has_candidate(&self) -> bool {
        self.firmware.management.candidate.is_some()
    }
}
