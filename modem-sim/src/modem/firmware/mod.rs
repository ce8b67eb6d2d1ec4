//! New firmware: over the air at the modem's own initiative, and from the file system.
//!
//! What a server or the host gives is good when it is one of [`Surroundings::images`](crate::Surroundings). The modem
//! installs while it boots; a power cut meanwhile delays that, one during the download ends it (RYZ014 use cases §4.3).

mod files;
mod install;
mod management;
mod upgrade;

use std::time::Duration;

use super::Modem;
use super::exec::Step;
use crate::command::Command;
use crate::reply::Final;

pub(super) use install::Installation;
pub(super) use upgrade::Upgrade;

/// A firmware file that a modem may be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Where it is; empty for one that only the host has.
    pub url: String,
    /// What is in it. Only its length counts for one at a URL.
    pub bytes: Vec<u8>,
    /// The only version that it can be applied to; empty for any.
    pub from: String,
    /// The version that is in it: `5.4.1.1-57830`, or `02.00,A01.23`.
    pub version: String,
    /// The file is damaged.
    pub damaged: bool,
}

/// A device management server (RYZ014 FOTA §4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceServer {
    /// The firmware that it has for the modem.
    pub image: Option<Image>,
}

/// The firmware.
#[derive(Debug, Default)]
pub(super) struct Firmware {
    /// The version, when it is not that of the model's table.
    version: Option<String>,
    /// To be installed with the next boot.
    pending: Option<Image>,
    /// That was done just now.
    fresh: bool,
    upgrade: Upgrade,
    management: management::Management,
    installation: Option<Installation>,
}

impl Modem {
    /// The version of the firmware, as [`Image::version`] has it.
    pub fn firmware_version(&self) -> String {
        match (&self.firmware.version, self.model.ublox()) {
            (Some(version), _) => version.clone(),
            (None, Some(traits)) => format!("{},{}", traits.firmware, traits.application),
            (None, None) => {
                let [_, second] = self.model.sequans().versions;
                second.trim_start_matches("LR").to_owned()
            }
        }
    }

    /// Commands of this chapter; `None` when this is not one.
    pub(super) fn firmware_command(&mut self, command: &Command) -> Option<Result<Step, Final>> {
        match command.name.as_str() {
            "+SQNSUPGRADE" if !self.model.is_ublox() => Some(self.sqnsupgrade(command)),
            "+UFWINSTALL" if self.model.is_ublox() => Some(self.ufwinstall(command)),
            _ if self.model.is_ublox() => self.file_command(command),
            _ => self.management_command(command),
        }
    }

    /// An installation with the next boot is waiting, or under way.
    pub fn has_pending_firmware(&self) -> bool {
        self.firmware.pending.is_some()
    }

    /// The lines of `ATI1` of a Sequans module.
    pub(super) fn sequans_versions(&self) -> Vec<String> {
        match &self.firmware.version {
            None => self.model.sequans().versions.map(str::to_owned).to_vec(),
            Some(version) => {
                let (main, _) = version.split_once('-').unwrap_or((version, ""));
                vec![format!("UE{main}"), format!("LR{version}")]
            }
        }
    }

    /// `+CGMR`.
    pub(super) fn revision(&self) -> String {
        let Some(version) = &self.firmware.version else {
            return self.model.ublox().map_or(self.model.sequans().revision, |t| t.firmware).to_owned();
        };
        if self.model.is_ublox() {
            return version.split(',').next().unwrap_or_default().to_owned();
        }
        // Cassiopeia use cases §2.1.2 have the build in it, RYZ014A has not.
        let build = self.model.sequans().narrates;
        let end = version.find('-').filter(|_| !build).unwrap_or(version.len());
        format!("UE{}", &version[..end])
    }

    /// Whether an image can be applied to what runs now.
    fn suits(&self, image: &Image) -> bool {
        !image.damaged && (image.from.is_empty() || image.from == self.firmware_version())
    }

    /// Time that the boot takes longer because firmware is being installed.
    pub(super) fn installation_time(&self) -> Duration {
        let waits = self.firmware.pending.is_some() || self.has_candidate();
        let sequans = waits && !self.model.is_ublox();
        if sequans { self.options.surroundings.install_time } else { Duration::ZERO }
    }

    /// The boot of a Sequans module is over, and with it the installation.
    pub(super) fn installed(&mut self) {
        let Some(image) = self.firmware.pending.take() else { return };
        self.firmware.version = Some(image.version);
        self.firmware.fresh = true;
        if self.model.sequans().narrates {
            // Cassiopeia use cases §2.3.1: "all the previous settings … will be reset".
            let restarted = self.autoattach.restarted;
            self.autoattach = super::Autoattach::new(self.model.sequans(), &crate::Options::default());
            self.autoattach.restarted = restarted;
            self.settings.stored.clear();
        } else {
            self.urc("+SQNSUPGRADE: \"installed\"");
        }
    }

    /// What a restart or a power cut ends.
    pub(super) fn stop_firmware(&mut self) {
        self.firmware.upgrade = Upgrade::default();
        self.halt_installation();
        self.stop_management();
    }
}
