//! The modems that this crate can be.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A modem type that the simulator knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Model {
    /// u-blox SARA-R5, product version 02B.
    SaraR5,
    /// Renesas RYZ014A, a Sequans Monarch GM01Q under another name.
    Ryz014a,
    /// Sequans Cassiopeia CB610L.
    Cassiopeia,
    /// Sequans Monarch 2 GM02S.
    Gm02s,
}

impl Model {
    /// Every model, in the order in which the program lists them.
    pub const ALL: &[Model] = &[Model::SaraR5, Model::Ryz014a];

    /// One line that tells what of the model is simulated.
    pub fn summary(self) -> &'static str {
        match self {
            Model::SaraR5 => "u-blox SARA-R5 02B: 7 sockets (+USOCR..+USOCL), +UDNSRN, +USECMNG, silent boot",
            Model::Ryz014a => {
                "Renesas RYZ014A (Sequans GM01Q): 6 sockets (+SQNSD..+SQNSH), +SQNDNSLKUP, +SQNSNVW, +SYSSTART"
            }
            Model::Cassiopeia => {
                "Sequans Cassiopeia CB610L: as ryz014a, attaches by itself, sockets only after +SQNBYPASS"
            }
            Model::Gm02s => "Sequans Monarch 2 GM02S: as ryz014a, +SQNSRING tells how much has come",
        }
    }

    /// Time from power to the first character that the modem understands.
    pub(crate) fn boot_time(self) -> Duration {
        match self {
            Model::SaraR5 => Duration::from_millis(4500),
            Model::Ryz014a | Model::Cassiopeia | Model::Gm02s => Duration::from_millis(3000),
        }
    }

    /// Speaks the commands of u-blox; the others speak those of Sequans.
    pub fn is_ublox(self) -> bool {
        matches!(self, Model::SaraR5)
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Model::SaraR5 => "sara-r5",
            Model::Ryz014a => "ryz014a",
            Model::Cassiopeia => "cassiopeia",
            Model::Gm02s => "gm02s",
        })
    }
}

/// The text is not the name of a [`Model`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownModel(pub String);

impl fmt::Display for UnknownModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown model '{}' (known: ", self.0)?;
        for (i, model) in Model::ALL.iter().enumerate() {
            write!(f, "{}{model}", if i == 0 { "" } else { ", " })?;
        }
        f.write_str(")")
    }
}

impl std::error::Error for UnknownModel {}

impl FromStr for Model {
    type Err = UnknownModel;

    fn from_str(text: &str) -> Result<Self, UnknownModel> {
        match text.to_ascii_lowercase().as_str() {
            "sara-r5" | "sara-r5-02b" => Ok(Model::SaraR5),
            "ryz014a" | "ryz014" | "gm01q" => Ok(Model::Ryz014a),
            "cassiopeia" | "cb610l" => Ok(Model::Cassiopeia),
            "gm02s" | "gm02sp" | "monarch2" => Ok(Model::Gm02s),
            _ => Err(UnknownModel(text.to_owned())),
        }
    }
}
