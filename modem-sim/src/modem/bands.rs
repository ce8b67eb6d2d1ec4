//! Bands and operator modes: `+SQNCTM`, `+SQNBANDSEL` (RYZ014 use cases §2.2), `+UMNOPROF` (SARA/LEXI internet applications
//! §2.3), `+UBANDMASK`, `+URAT`. All are kept in NVM.

use super::exec::Step;
use super::general::ok;
use super::{Modem, Timer};
use crate::Model;
use crate::command::{Command, Form};
use crate::reply::{BAD_PARAMETERS, Final, NOT_ALLOWED};

/// Operator modes and the bands that each scans (RYZ014 use cases §2.2.2.2). The list of 17 bands has 16 there.
const MODES: &[(&str, &str)] = &[
    ("3gpp-conformance", ""),
    ("att", "2,4,12"),
    ("docomo", "1,19"),
    ("dtag", "3,8,20"),
    ("kddi", "18,26"),
    ("orange", "20,3"),
    ("softbank", "1,8"),
    ("soracom", "2,4,12"),
    ("sprint", "2,4,5,12,25"),
    ("standard", "1,2,3,4,5,8,12,13,17,18,19,20,25,26,28,66"),
    ("telstra", "3,28"),
    ("telus", "12,4,5"),
    ("truphone", "1,2,4,8,12,20"),
    ("verizon-no-roaming", "4,13"),
    ("verizon", "13,4,5,12,17,20"),
    ("vodafone", "20,8"),
];
/// Modes of `AT+SQNCTM=?` of which §2.2.2.2 do not show the bands.
const OTHERS: &[&str] = &[
    "ais", "aptg", "bell", "cht", "cta", "dialog", "dish", "etisalat", "kpn", "kt", "lgu", "ptcrb",
    "singtel", "skt", "spark", "swisscom", "telenor", "tim", "turkcell",
];
const STANDARD: &str = "standard";
/// Bands of u-blox modules. Inferred.
const UBLOX: &str = "1,2,3,4,5,8,12,13,18,19,20,25,26,28,66,71";
/// The profile "for usage in Europe (LTE bands 3, 8, 20)".
const EUROPE: (u32, &str) = (100, "3,8,20");
/// Numbers of profiles. Inferred.
const PROFILES: &[u32] =
    &[0, 1, 2, 3, 4, 5, 6, 19, 21, 28, 31, 32, 33, 38, 39, 43, 44, 45, 46, 90, 100, 101, 102, 206];

/// What was chosen, and the bands that were looked at since the last start.
#[derive(Debug)]
pub(super) struct Bands {
    mode: String,
    /// `+SQNBANDSEL` by mode.
    chosen: Vec<(String, String)>,
    profile: u32,
    /// `+UBANDMASK` of LTE Cat M1 and of NB-IoT.
    masks: [u128; 2],
    /// `+SETLOCK` of LTE bands is on.
    locked: bool,
    /// `+SETBAND`.
    gsm: u32,
    /// `+URAT`.
    technologies: Vec<u32>,
    /// `+SQNMODEACTIVE`.
    active_mode: u32,
    scanned: Vec<u32>,
}

fn list(text: &str) -> Option<Vec<u32>> {
    text.split(',').filter(|word| !word.is_empty()).map(|word| word.trim().parse().ok()).collect()
}

fn mask(text: &str) -> u128 {
    list(text).unwrap_or_default().into_iter().fold(0, |mask, band| mask | 1 << (band - 1))
}

impl Bands {
    pub(super) fn new(model: Model) -> Self {
        let lena = model == Model::LenaR8;
        let mut bands = Bands {
            mode: STANDARD.to_owned(),
            chosen: Vec::new(),
            profile: 90,
            masks: [mask(UBLOX); 2],
            locked: false,
            gsm: 0,
            technologies: vec![if lena { 3 } else { 7 }],
            active_mode: 1,
            scanned: Vec::new(),
        };
        bands.power_up(model);
        bands
    }

    /// New settings hold from the start on.
    pub(super) fn power_up(&mut self, model: Model) {
        self.scanned = if model.is_ublox() {
            let all = (1..=128).filter(|band| self.masks[0] >> (band - 1) & 1 == 1);
            let of_profile = list(EUROPE.1).unwrap_or_default();
            all.filter(|band| self.profile != EUROPE.0 || of_profile.contains(band)).collect()
        } else {
            self.of_mode()
        };
    }

    /// "It is only possible to decrease the number of bands": others are accepted and ignored (RYZ014 use cases §2.2.3).
    fn of_mode(&self) -> Vec<u32> {
        let all = MODES.iter().find(|(mode, bands)| *mode == self.mode && !bands.is_empty());
        let all = list(all.map_or(MODES[9].1, |(_, bands)| bands)).unwrap_or_default();
        let chosen = self.chosen.iter().find(|(mode, _)| *mode == self.mode);
        let chosen = chosen.and_then(|(_, bands)| list(bands));
        all.into_iter().filter(|band| chosen.as_ref().is_none_or(|c| c.contains(band))).collect()
    }
}

impl Modem {
    /// The bands that the modem looks at.
    pub fn scanned_bands(&self) -> &[u32] {
        &self.bands.scanned
    }

    /// The cell is in a band that the modem does not look at.
    pub(super) fn is_out_of_band(&self) -> bool {
        !self.bands.scanned.contains(&self.options.surroundings.band)
    }

    /// Commands of this chapter; `None` when this is not one.
    pub(super) fn band_command(&mut self, command: &Command) -> Option<Result<Step, Final>> {
        let profiles = self.model.ublox().is_some_and(|traits| traits.mno_profiles);
        Some(match command.name.as_str() {
            "+SQNCTM" if !self.model.is_ublox() => self.operator_mode(command),
            "+SQNBANDSEL" if !self.model.is_ublox() => self.band_selection(command),
            // Shipping drivers of GM02S have it.
            "+SQNMODEACTIVE" if self.model == Model::Gm02s => self.active_mode(command),
            "+UMNOPROF" if profiles => self.umnoprof(command),
            "+UBANDMASK" if profiles => self.ubandmask(command),
            "+SETLOCK" if self.model == Model::LenaR8 => self.setlock(command),
            "+SETBAND" if self.model == Model::LenaR8 => self.setband(command),
            "+URAT" if self.model.is_ublox() => self.urat(command),
            _ => return None,
        })
    }

    /// RYZ014 use cases §2.2.2.2, §2.2.2.3: a new operator mode restarts the modem.
    fn operator_mode(&mut self, command: &Command) -> Result<Step, Final> {
        let mut all: Vec<&str> = MODES.iter().map(|(mode, _)| *mode).chain(OTHERS.iter().copied()).collect();
        match command.form {
            Form::Set => {
                let mode = command.text(0)?;
                if !all.contains(&mode.as_str()) {
                    return Err(BAD_PARAMETERS);
                }
                self.bands.mode = mode;
                self.restart_soon();
            }
            Form::Read => self.info(format!("+SQNCTM: {}", self.bands.mode)),
            Form::Test => {
                // §2.2.2.3 have neither this one nor another order.
                all.retain(|mode| *mode != "verizon-no-roaming");
                all.sort_unstable();
                let all: Vec<_> = all.iter().map(|mode| format!("\"{mode}\"")).collect();
                self.info(format!("+SQNCTM: ({})", all.join(",")));
            }
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// `AT+SQNBANDSEL=<rat>,"<mode>","<bands>"` (RYZ014 use cases §2.2.2.2, §2.2.2.3). It holds from the next search on.
    fn band_selection(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                let technology = command.within(0, 0, 1)?;
                let (mode, bands) = (command.text(1)?, command.text(2)?);
                if !MODES.iter().any(|(known, _)| *known == mode) || list(&bands).is_none() {
                    return Err(BAD_PARAMETERS);
                }
                self.bands.chosen.retain(|(known, _)| *known != mode);
                self.bands.chosen.push((mode.clone(), bands.clone()));
                self.bands.scanned = self.bands.of_mode();
                self.info(format!("+SQNBANDSEL: {technology},{mode},\"{bands}\""));
            }
            Form::Read => {
                for (mode, bands) in MODES {
                    let chosen = self.bands.chosen.iter().find(|(known, _)| known == mode);
                    let bands = chosen.map_or(*bands, |(_, bands)| bands.as_str()).to_owned();
                    self.info(format!("+SQNBANDSEL: 0,{mode},\"{bands}\""));
                }
            }
            Form::Test => {}
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    fn active_mode(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => self.bands.active_mode = command.within(0, 1, 2)?,
            Form::Read => self.info(format!("+SQNMODEACTIVE: {}", self.bands.active_mode)),
            Form::Test => self.info("+SQNMODEACTIVE: (1,2)"),
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// "While setting the network profile and parameters, the radio functionality must be turned off" (SARA/LEXI internet
    /// applications §2.3).
    fn radio_must_be_off(&self) -> Result<(), Final> {
        if self.cellular.cfun == 1 { Err(NOT_ALLOWED) } else { Ok(()) }
    }

    fn umnoprof(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                self.radio_must_be_off()?;
                let profile = command.number(0)?;
                if !PROFILES.contains(&profile) {
                    return Err(BAD_PARAMETERS);
                }
                self.bands.profile = profile;
            }
            Form::Read => self.info(format!("+UMNOPROF: {}", self.bands.profile)),
            Form::Test => {
                let all: Vec<_> = PROFILES.iter().map(u32::to_string).collect();
                self.info(format!("+UMNOPROF: ({})", all.join(",")));
            }
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// `AT+UBANDMASK=<rat>,<bands 1 to 64>[,<bands 65 to 128>]`: bit 0 is band 1.
    fn ubandmask(&mut self, command: &Command) -> Result<Step, Final> {
        let wide = |i: usize| match command.arg(i) {
            Some(arg) => String::from_utf8_lossy(&arg.raw).parse::<u64>().map_err(|_| BAD_PARAMETERS),
            None => Ok(0),
        };
        match command.form {
            Form::Set => {
                self.radio_must_be_off()?;
                let which = command.within(0, 0, 1)? as usize;
                let mask = u128::from(wide(1)?) | u128::from(wide(2)?) << 64;
                if mask == 0 {
                    return Err(BAD_PARAMETERS);
                }
                self.bands.masks[which] = mask;
            }
            Form::Read => {
                let halves = |mask: u128| format!("{},{}", mask as u64, (mask >> 64) as u64);
                let [first, second] = self.bands.masks;
                self.info(format!("+UBANDMASK: 0,{},1,{}", halves(first), halves(second)));
            }
            Form::Test => {}
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// `AT+SETLOCK=0,0` for all LTE bands, `=1,0,<band>…` for some, `=2,0` to read them: not documented at hand, but what
    /// the vendor's own driver does. "Effective only after module reboot" (LENA-R8 application development §7.1.3).
    fn setlock(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                let action = command.within(0, 0, 2)?;
                command.within(1, 0, 0)?;
                let bands: Result<Vec<_>, _> =
                    (2..command.len()).map(|i| command.within(i, 1, 128)).collect();
                let bands = bands?.into_iter().fold(0_u128, |mask, band| mask | 1 << (band - 1));
                match (action, bands) {
                    (0, 0) => (self.bands.masks[0], self.bands.locked) = (mask(UBLOX), false),
                    (1, 1..) if bands & !mask(UBLOX) == 0 => {
                        (self.bands.masks[0], self.bands.locked) = (bands, true);
                    }
                    (2, 0) => {
                        let locked = if self.bands.locked { self.bands.masks[0] } else { 0 };
                        let all = (1..=128).filter(|band| locked >> (band - 1) & 1 == 1);
                        let all: String = all.map(|band: u32| format!(",{band}")).collect();
                        self.info(format!("+SETLOCK: {}{all}", locked.count_ones()));
                    }
                    _ => return Err(BAD_PARAMETERS),
                }
            }
            Form::Test => {}
            Form::Read | Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// `AT+SETBAND=<0 all, 1 E-GSM 900, 2 DCS 1800>`, as the vendor's own driver has it.
    fn setband(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => self.bands.gsm = command.within(0, 0, 2)?,
            Form::Read => self.info(format!("+SETBAND: {}", self.bands.gsm)),
            Form::Test => self.info("+SETBAND: (0-2)"),
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    fn urat(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                if self.model.ublox().is_some_and(|traits| traits.mno_profiles) {
                    self.radio_must_be_off()?;
                }
                let all: Result<Vec<_>, _> = (0..command.len()).map(|i| command.within(i, 0, 9)).collect();
                self.bands.technologies = all?;
            }
            Form::Read => {
                let all: Vec<_> = self.bands.technologies.iter().map(u32::to_string).collect();
                self.info(format!("+URAT: {}", all.join(",")));
            }
            Form::Test => self.info("+URAT: (0-9),(0-9),(0-9)"),
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// Back to the factory's, from the next start on.
    pub(super) fn forget_bands(&mut self) {
        self.bands = Bands::new(self.model);
        self.cancel(Timer::Camped);
    }
}
