//! The modems that this crate can be.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::mux::Channels;
use crate::ublox::traits::{self, Traits};

/// A modem type that the simulator knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Model {
    /// u-blox SARA-R5, product version 02B.
    SaraR5,
    /// u-blox SARA-R5, product version 00B.
    SaraR500b,
    /// u-blox SARA-R5, product version 01B.
    SaraR501b,
    /// u-blox LEXI-R520.
    LexiR520,
    /// u-blox SARA-R42 series.
    SaraR42,
    /// u-blox LEXI-R422.
    LexiR422,
    /// u-blox LENA-R8 series.
    LenaR8,
    /// Renesas RYZ014A, a Sequans Monarch GM01Q under another name.
    Ryz014a,
    /// Sequans Cassiopeia CB610L.
    Cassiopeia,
    /// Sequans Monarch 2 GM02S.
    Gm02s,
}

impl Model {
    /// One model of each family: what a driver's tests go through.
    pub const ALL: &[Model] = &[Model::SaraR5, Model::Ryz014a];

    /// Every model, in the order in which the program lists them.
    pub const KNOWN: &[Model] = &[
        Model::SaraR5,
        Model::SaraR500b,
        Model::SaraR501b,
        Model::LexiR520,
        Model::SaraR42,
        Model::LexiR422,
        Model::LenaR8,
        Model::Ryz014a,
        Model::Cassiopeia,
        Model::Gm02s,
    ];

    /// One line that tells what of the model is simulated.
    pub fn summary(self) -> &'static str {
        match self {
            Model::SaraR5 => "u-blox SARA-R5 02B: 7 sockets (+USOCR..+USODL), +UDNSRN, +USECMNG, silent boot",
            Model::SaraR500b => {
                "u-blox SARA-R5 00B: as sara-r5, no data before +UPSD and +UPSDA, IPv4 by default"
            }
            Model::SaraR501b => {
                "u-blox SARA-R5 01B: as sara-r5, no data before +UPSD and +UPSDA, hex mode survives a reboot"
            }
            Model::LexiR520 => "u-blox LEXI-R520: as sara-r5",
            Model::SaraR42 => {
                "u-blox SARA-R42: 7 sockets, +UPSD and +CGACT after every attach, +UUSORF, +USOCL=0,1, 16 kB queue"
            }
            Model::LexiR422 => "u-blox LEXI-R422: as sara-r42",
            Model::LenaR8 => {
                "u-blox LENA-R8: 7 sockets, data over an own context beside CID 0, +UUSTATUS: READY, quiet commands"
            }
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
        self.ublox().map_or(Duration::from_millis(3000), |traits| traits.boot_time)
    }

    /// Speaks the commands of u-blox; the others speak those of Sequans.
    pub fn is_ublox(self) -> bool {
        self.ublox().is_some()
    }

    /// The channels of its multiplexer.
    pub(crate) fn channels(self) -> &'static Channels {
        self.ublox().map_or(&crate::sequans::CHANNELS, |traits| traits.channels)
    }

    /// The row of a u-blox module.
    pub(crate) fn ublox(self) -> Option<&'static Traits> {
        Some(match self {
            Model::SaraR5 => &traits::SARA_R5_02B,
            Model::SaraR500b => &traits::SARA_R5_00B,
            Model::SaraR501b => &traits::SARA_R5_01B,
            Model::LexiR520 => &traits::LEXI_R520,
            Model::SaraR42 => &traits::SARA_R42,
            Model::LexiR422 => &traits::LEXI_R422,
            Model::LenaR8 => &traits::LENA_R8,
            Model::Ryz014a | Model::Cassiopeia | Model::Gm02s => return None,
        })
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Model::SaraR5 => "sara-r5",
            Model::SaraR500b => "sara-r5-00b",
            Model::SaraR501b => "sara-r5-01b",
            Model::LexiR520 => "lexi-r520",
            Model::SaraR42 => "sara-r42",
            Model::LexiR422 => "lexi-r422",
            Model::LenaR8 => "lena-r8",
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
        for (i, model) in Model::KNOWN.iter().enumerate() {
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
            "sara-r5-00b" => Ok(Model::SaraR500b),
            "sara-r5-01b" => Ok(Model::SaraR501b),
            "lexi-r520" => Ok(Model::LexiR520),
            "sara-r42" | "sara-r422" => Ok(Model::SaraR42),
            "lexi-r422" => Ok(Model::LexiR422),
            "lena-r8" => Ok(Model::LenaR8),
            "ryz014a" | "ryz014" | "gm01q" => Ok(Model::Ryz014a),
            "cassiopeia" | "cb610l" => Ok(Model::Cassiopeia),
            "gm02s" | "gm02sp" | "monarch2" => Ok(Model::Gm02s),
            _ => Err(UnknownModel(text.to_owned())),
        }
    }
}
