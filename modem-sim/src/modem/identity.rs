//! What the modem says about itself.

use super::Modem;
use super::exec::Step;
use super::general::ok;
use crate::command::Command;
use crate::reply::{BAD_PARAMETERS, Final};

impl Modem {
    pub(super) fn maker(&self) -> &'static str {
        if self.model.is_ublox() { "u-blox" } else { self.model.sequans().maker }
    }

    pub(super) fn type_number(&self) -> &'static str {
        self.model.ublox().map_or(self.model.sequans().type_number, |traits| traits.type_number)
    }

    pub(super) fn imsi(&self) -> &str {
        match &self.options.imsi {
            _ if self.sim.slot == 1 => &self.options.soldered_imsi,
            Some(own) => own,
            None => self.model.sequans().imsi,
        }
    }

    pub(super) fn tell(&mut self, text: &str) -> Result<Step, Final> {
        self.info(text);
        Ok(ok())
    }

    /// `ATI`. u-blox modules tell their product with `ATI0` and their firmware with `ATI9` (LENA-R8
    /// application development §8.1.2), Sequans modules their firmware with `ATI1` (RYZ014 FOTA).
    pub(super) fn identity(&mut self, command: &Command) -> Result<Step, Final> {
        let Some(traits) = self.model.ublox() else {
            let table = self.model.sequans();
            let lines = match command.within_or(0, 0, 1, 0)? {
                0 => vec![table.maker.to_owned(), table.type_number.to_owned(), self.revision()],
                _ => self.sequans_versions(),
            };
            lines.into_iter().for_each(|line| self.info(line));
            return Ok(ok());
        };
        match command.within_or(0, 0, 255, 0)? {
            0 if self.options.product_version => {
                self.info([traits.type_number, traits.product_version].concat());
            }
            0 => self.info(traits.type_number),
            9 => self.info(self.firmware_version()),
            _ => return Err(BAD_PARAMETERS),
        }
        Ok(ok())
    }
}
