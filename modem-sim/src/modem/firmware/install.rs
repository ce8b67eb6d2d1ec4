//! `+UFWINSTALL` (LENA-R8 application development §11.2.2).

use std::time::Duration;

use super::files::{FOAT, path};
use crate::command::{Command, Form};
use crate::modem::Modem;
use crate::modem::exec::Step;
use crate::modem::general::ok;
use crate::modem::power::Timer;
use crate::reply::{Final, NOT_ALLOWED};

/// "These path and file name are required".
const PACKAGE: &str = "updatePackage.bin";
/// Percent and time between two reports. "The increment can be different from 1".
const STEP: u32 = 20;
const TICK: Duration = Duration::from_secs(1);
/// The end of it; 128 confirms it, the other is inferred.
const DONE: u32 = 128;
const INVALID: u32 = 129;

/// What an installation does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Validating(u32),
    Installing(u32),
    /// "After +UFWINSTALL:100, the module takes few minutes".
    Finishing,
}

/// An installation from the file system.
#[derive(Debug)]
pub(in crate::modem) struct Installation {
    phase: Phase,
}

impl Modem {
    /// The modem hears nothing because it installs.
    pub(in crate::modem) fn is_installing(&self) -> bool {
        self.firmware.installation.is_some()
    }

    fn tells_validation(&self) -> bool {
        self.model.ublox().is_some_and(|traits| traits.default_cid == 0)
    }

    /// `AT+UFWINSTALL[=<port>,<speed>,,<notify>]`. The document shows no final result for LENA-R8, see
    /// [`SupplyOptions::install_result`](crate::SupplyOptions).
    pub(in crate::modem) fn ufwinstall(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form == Form::Test {
            return Ok(ok());
        }
        if self.nvram.file(&path(FOAT, PACKAGE)).is_none() {
            return Err(NOT_ALLOWED);
        }
        self.firmware.installation = Some(Installation { phase: Phase::Validating(0) });
        self.timer(TICK, Timer::Install);
        if self.tells_validation() && !self.options.supply.install_result {
            return Ok(Step::Silent);
        }
        Ok(ok())
    }

    fn tell_phase(&mut self, text: &str) {
        // It is in a mode of its own: nothing else is printed.
        self.raw(format!("\r\n{text}\r\n").as_bytes());
    }

    /// One step.
    pub(in crate::modem) fn install_step(&mut self) {
        let Some(Installation { phase }) = self.firmware.installation.take() else { return };
        let lena = self.tells_validation();
        let name = if lena { "+UFWINSTALL" } else { "+UUFWINSTALL" };
        let (next, wait) = match phase {
            Phase::Validating(percent) => {
                if lena {
                    self.tell_phase(&format!("+UFWPREVAL:{percent}"));
                }
                if percent < 100 {
                    (Phase::Validating(percent + STEP), TICK)
                } else {
                    let bytes = self.nvram.file(&path(FOAT, PACKAGE)).unwrap_or_default();
                    let image = self.options.surroundings.images.iter().find(|image| image.bytes == bytes);
                    match image.cloned().filter(|image| self.suits(image)) {
                        Some(image) => self.firmware.pending = Some(image),
                        // "The module exits … and returns to the normal mode since the firmware is unchanged".
                        None => return self.tell_phase(&format!("{name}: {INVALID}")),
                    }
                    (Phase::Installing(0), TICK)
                }
            }
            Phase::Installing(percent) => {
                let space = if lena { "" } else { " " };
                self.tell_phase(&format!("{name}:{space}{percent}"));
                if percent < 100 {
                    (Phase::Installing(percent + STEP), TICK)
                } else {
                    (Phase::Finishing, self.options.surroundings.install_time)
                }
            }
            Phase::Finishing => {
                self.tell_phase(&format!("{name}: {DONE}"));
                if let Some(image) = self.firmware.pending.take() {
                    self.firmware.version = Some(image.version);
                }
                self.nvram.remove(&path(FOAT, PACKAGE));
                return self.restart_soon();
            }
        };
        self.firmware.installation = Some(Installation { phase: next });
        self.timer(wait, Timer::Install);
    }

    /// A power cut: what was not installed yet is installed after the next boot, validation begins never again.
    pub(in crate::modem) fn halt_installation(&mut self) {
        self.firmware.installation = None;
    }

    /// The boot of a u-blox module is over; an installation that was interrupted goes on.
    pub(in crate::modem) fn resume_installation(&mut self) -> bool {
        let resumes = self.firmware.pending.is_some();
        if resumes {
            self.firmware.installation = Some(Installation { phase: Phase::Installing(0) });
            self.timer(TICK, Timer::Install);
        }
        resumes
    }
}
