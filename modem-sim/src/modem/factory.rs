//! Back to the factory's settings: `+UFACTORY` (LENA-R8 application development §6.2), `+SQNSFACTORYRESET` (RYZ014 use cases
//! §5).

use super::exec::Step;
use super::general::ok;
use super::{Cellular, Modem, Psm, Settings};
use crate::command::{Command, Form};
use crate::reply::{BAD_PARAMETERS, Final, NOT_ALLOWED};

/// What the next boot brings back. Kept in NVM.
#[derive(Debug, Default)]
pub(super) struct Factory {
    /// Files, and settings.
    files: u32,
    settings: u32,
    /// RYZ014 use cases §5.3: there is something to go back to.
    saved: bool,
}

impl Factory {
    pub(super) fn new(saved: bool) -> Self {
        Factory { saved, ..Factory::default() }
    }
}

impl Modem {
    /// Commands of this chapter; `None` when this is not one.
    pub(super) fn factory_command(&mut self, command: &Command) -> Option<Result<Step, Final>> {
        let ublox = self.model.is_ublox();
        Some(match command.name.as_str() {
            "+UFACTORY" if ublox => self.ufactory(command),
            "+SQNSFACTORYRESET" if !ublox => self.factory_reset(command),
            "+SQNHWCFGSAVE" | "+SQNFACTORYSAVE" if !ublox => self.save_factory(command),
            _ => return None,
        })
    }

    /// "Writes a flag in NVM and does not perform any restoring action"; 0,0 takes it back.
    fn ufactory(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                let (files, settings) = (command.within(0, 0, 2)?, command.within(1, 0, 2)?);
                (self.factory.files, self.factory.settings) = (files, settings);
            }
            Form::Read => {
                let Factory { files, settings, .. } = self.factory;
                self.info(format!("+UFACTORY: {files},{settings}"));
            }
            Form::Test => self.info("+UFACTORY: (0-2),(0-2)"),
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// "Device reboot is required to complete the operation"; without a restoration point it is an error.
    fn factory_reset(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form == Form::Action {
            if !self.factory.saved {
                return Err(Final::Error);
            }
            (self.factory.files, self.factory.settings) = (2, 2);
        }
        Ok(ok())
    }

    /// RYZ014 use cases §5.3 and RYZ014 FOTA §4.3.1.3, both in +CFUN=5.
    fn save_factory(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form == Form::Set {
            if self.cellular.cfun != 5 {
                return Err(NOT_ALLOWED);
            }
            if !command.text(0)?.eq_ignore_ascii_case("oem") {
                return Err(BAD_PARAMETERS);
            }
            self.factory.saved = true;
        }
        Ok(ok())
    }

    /// The boot does what was asked for. Messages stay (LENA-R8 application development §6.2).
    pub(super) fn restore_factory(&mut self) {
        let Factory { files, settings, saved } = std::mem::take(&mut self.factory);
        self.factory.saved = saved;
        if files > 0 {
            let folder = if self.model.is_ublox() { "ublox/file/" } else { "sequans/" };
            let names: Vec<_> = self.nvram.under(folder).map(|(name, _)| format!("{folder}{name}")).collect();
            for name in names {
                self.nvram.remove(&name);
            }
        }
        if settings > 0 {
            self.restore_settings();
        }
    }

    /// What is kept in NVM.
    pub(super) fn restore_settings(&mut self) {
        // The line keeps its speed where it was never changed.
        self.settings = Settings::new(self.model, &self.options);
        self.cellular = Cellular::new(self.model);
        let restarted = self.autoattach.restarted;
        self.autoattach = super::Autoattach::new(self.model.sequans(), &crate::Options::default());
        self.autoattach.restarted = restarted;
        self.psm = Psm::default();
        self.edrx = super::Edrx::default();
        self.sms.forget();
        self.status.factory();
        self.sleep = super::Sleep::new(0);
        self.sequans.forget(self.model.sequans(), &self.options);
        self.forget_bands();
    }
}
