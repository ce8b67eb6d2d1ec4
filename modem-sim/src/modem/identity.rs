//! What the modem says about itself.

use super::Modem;
use super::exec::Step;
use super::general::ok;
use crate::Model;
use crate::command::Command;
use crate::reply::{BAD_PARAMETERS, Final};

impl Modem {
    pub(super) fn maker(&self) -> &'static str {
        match self.model {
            Model::Ryz014a => "Renesas",
            Model::Cassiopeia | Model::Gm02s => "Sequans",
            _ => "u-blox",
        }
    }

    pub(super) fn type_number(&self) -> &'static str {
        match (self.model.ublox(), self.model) {
            (Some(traits), _) => traits.type_number,
            (None, Model::Cassiopeia) => "CB610L",
            (None, Model::Gm02s) => "GM02S",
            (None, _) => "RYZ014A",
        }
    }

    pub(super) fn version(&self) -> &'static str {
        match (self.model.ublox(), self.model) {
            (Some(traits), _) => traits.firmware,
            (None, Model::Cassiopeia) => "UE4.2.2.0-46115",
            (None, Model::Gm02s) => "UE8.2.0.1",
            (None, _) => "UE5.2.0.3",
        }
    }

    pub(super) fn tell(&mut self, text: &str) -> Result<Step, Final> {
        self.info(text);
        Ok(ok())
    }

    /// `ATI`. u-blox modules tell their product with `ATI0` and their firmware with `ATI9` (LENA-R8
    /// application development §8.1.2); for the others there is one text.
    pub(super) fn identity(&mut self, command: &Command) -> Result<Step, Final> {
        let Some(traits) = self.model.ublox() else {
            self.info(self.maker());
            self.info(self.type_number());
            self.info(self.version());
            return Ok(ok());
        };
        match command.within_or(0, 0, 255, 0)? {
            0 if self.options.product_version => {
                self.info([traits.type_number, traits.product_version].concat());
            }
            0 => self.info(traits.type_number),
            9 => self.info(format!("{},{}", traits.firmware, traits.application)),
            _ => return Err(BAD_PARAMETERS),
        }
        Ok(ok())
    }
}
