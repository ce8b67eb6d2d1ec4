//! Extended discontinuous reception: `+CEDRXS`, `+CEDRXRDP`, `+CEDRXP` (3GPP TS 27.007 §7.40, §7.41), and `+SQNEDRX`, which is in
//! no document at hand and has the form of shipping drivers.

use std::collections::BTreeMap;

use super::Modem;
use super::exec::Step;
use super::general::ok;
use super::psm::bits;
use crate::Model;
use crate::command::{Command, Form};
use crate::reply::{BAD_PARAMETERS, Final};

/// `<AcT-type>`: E-UTRAN in WB-S1 mode, so that of LTE-M too, and in NB-S1 mode.
const WB_S1: u32 = 4;
const NB_S1: u32 = 5;
/// What is asked for where the host says nothing: 20.48 s and 5.12 s (3GPP TS 24.008 §10.5.5.32). Inferred.
const CYCLE: u8 = 0b0010;
const WINDOW: u8 = 0b0011;

/// What the host asks for. Kept in NVM.
#[derive(Debug, Default)]
pub(super) struct Edrx {
    /// 1 is on, 2 is on with `+CEDRXP`.
    mode: u32,
    /// Cycle and window by `<AcT-type>`.
    asked: BTreeMap<u32, (u8, u8)>,
    /// What `+CEDRXP` has told last: asked, granted, window. `Some(None)` is that there is no eDRX.
    told: Option<Option<Grant>>,
}

type Grant = (u8, u8, u8);

/// The technologies that a model has: LENA-R8, RYZ014A and Cassiopeia have no NB-IoT.
fn technologies(model: Model) -> &'static [u32] {
    match model {
        Model::LenaR8 | Model::Ryz014a | Model::Cassiopeia => &[WB_S1],
        _ => &[WB_S1, NB_S1],
    }
}

impl Modem {
    /// Commands of this chapter; `None` when this is not one.
    pub(super) fn edrx_command(&mut self, command: &Command) -> Option<Result<Step, Final>> {
        Some(match command.name.as_str() {
            "+CEDRXS" => self.cedrxs(command),
            "+CEDRXRDP" => self.cedrxrdp(command),
            "+SQNEDRX" if !self.model.is_ublox() => self.sqnedrx(command),
            _ => return None,
        })
    }

    /// What the network has granted. Cells here are those of LTE-M and LTE.
    fn edrx_granted(&self) -> Option<Grant> {
        let around = &self.options.surroundings;
        let on = self.edrx.mode != 0 && self.attached() && around.edrx;
        let (asked, window) = *self.edrx.asked.get(&WB_S1).filter(|_| on)?;
        let (cycle, window) = around.edrx_grant.unwrap_or((asked, window));
        Some((asked, cycle, window))
    }

    /// `+CEDRXP`, when it is wanted and something has changed.
    pub(super) fn tell_edrx(&mut self) {
        if self.edrx.mode != 2 || !self.attached() {
            self.edrx.told = None;
            return;
        }
        let granted = self.edrx_granted();
        if self.edrx.told.replace(granted) != Some(granted) {
            self.urc(&format!("+CEDRXP: {}", fields(granted)));
        }
    }

    /// `<mode>[,<AcT-type>[,"<cycle>"[,"<window>"]]]`. Mode 3 forgets everything, the others hold for all technologies.
    fn ask_for_edrx(&mut self, command: &Command) -> Result<Step, Final> {
        let known = technologies(self.model);
        let mode = command.within_or(0, 0, 3, 0)?;
        let technology = match command.arg(1) {
            None => None,
            Some(_) => Some(command.number(1)?).filter(|own| known.contains(own)),
        };
        if command.arg(1).is_some() && technology.is_none() {
            return Err(BAD_PARAMETERS);
        }
        let coded = |i| command.arg(i).map(|_| command.text(i).and_then(|text| bits(&text, 4))).transpose();
        let (cycle, window) = (coded(2)?, coded(3)?);
        if mode == 3 {
            self.edrx = Edrx::default();
            return Ok(ok());
        }
        self.edrx.mode = mode;
        for own in known.iter().filter(|own| technology.is_none_or(|named| named == **own)) {
            let asked = self.edrx.asked.entry(*own).or_insert((CYCLE, WINDOW));
            *asked = (cycle.unwrap_or(asked.0), window.unwrap_or(asked.1));
        }
        self.tell_edrx();
        Ok(ok())
    }

    fn cedrxs(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set if command.len() <= 3 => return self.ask_for_edrx(command),
            Form::Set | Form::Action => return Err(Final::Error),
            // Shipping drivers have seen a bare name from SARA-R4 while it is off. What others print is in no document.
            Form::Read if self.edrx.mode == 0 => {
                if matches!(self.model, Model::SaraR42 | Model::LexiR422) {
                    self.info("+CEDRXS:");
                }
            }
            Form::Read => {
                for (technology, (cycle, _)) in self.edrx.asked.clone() {
                    self.info(format!("+CEDRXS: {technology},\"{cycle:04b}\""));
                }
            }
            Form::Test => self.info(format!("+CEDRXS: (0-3),({}),(\"0000\"-\"1111\")", self.technologies())),
        }
        Ok(ok())
    }

    fn technologies(&self) -> String {
        let all: Vec<_> = technologies(self.model).iter().map(u32::to_string).collect();
        all.join(",")
    }

    fn cedrxrdp(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Action => self.info(format!("+CEDRXRDP: {}", fields(self.edrx_granted()))),
            Form::Test => {}
            Form::Set | Form::Read => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// `AT+SQNEDRX=<mode>,<AcT-type>,"<cycle>","<window>"`.
    fn sqnedrx(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => return self.ask_for_edrx(command),
            Form::Action => return Err(Final::Error),
            Form::Read if self.edrx.mode == 0 => self.info("+SQNEDRX: 0"),
            Form::Read => {
                let mode = self.edrx.mode;
                for (technology, (cycle, window)) in self.edrx.asked.clone() {
                    self.info(format!("+SQNEDRX: {mode},{technology},\"{cycle:04b}\",\"{window:04b}\""));
                }
            }
            Form::Test => {
                let all = "(\"0000\"-\"1111\")";
                self.info(format!("+SQNEDRX: (0-3),({}),{all},{all}", self.technologies()));
            }
        }
        Ok(ok())
    }
}

/// `<AcT-type>,<asked>,<granted>,<window>`; 0 is "access technology is not using eDRX".
fn fields(granted: Option<Grant>) -> String {
    match granted {
        None => "0".to_owned(),
        Some((asked, cycle, window)) => {
            format!("{WB_S1},\"{asked:04b}\",\"{cycle:04b}\",\"{window:04b}\"")
        }
    }
}
