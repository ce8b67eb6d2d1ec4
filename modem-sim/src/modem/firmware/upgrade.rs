//! `+SQNSUPGRADE` (RYZ014 use cases §4, Cassiopeia use cases §2.3, RYZ014 FOTA §5).

use std::time::Duration;

use super::Image;
use crate::command::{Command, Form};
use crate::modem::Modem;
use crate::modem::exec::{Step, Wait};
use crate::modem::general::ok;
use crate::modem::power::Timer;
use crate::reply::{Final, NOT_ALLOWED};

/// "If an error code (code:529) is received … a corrupted image" (RYZ014 use cases §4.3).
const BAD_IMAGE: u16 = 529;
/// "If an error (code:531) is received …, check that the modem attaches on the network" (the same).
const NO_NETWORK: u16 = 531;
/// A download without network is given up after this; the document has ten tries to reattach.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often progress is looked at.
const TICK: Duration = Duration::from_millis(100);

/// How far an upgrade is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Idle,
    Downloading,
    /// Complete, and waits for a restart.
    Downloaded,
}

/// An upgrade.
#[derive(Debug, Default)]
pub(in crate::modem) struct Upgrade {
    stage: Stage,
    image: Option<Image>,
    reboots: bool,
    /// Percent between two reports; 0 for none.
    step: u32,
    synchronous: bool,
    /// Bytes that are there, in thousandths.
    got: u64,
    /// The next report.
    next: u32,
    /// No network since.
    stuck: Option<Duration>,
    result: Option<Final>,
}

impl Upgrade {
    fn percent(&self) -> u32 {
        let size = self.image.as_ref().map_or(1, |image| image.bytes.len().max(1)) as u64 * 1000;
        (self.got.min(size) * 100 / size) as u32
    }
}

impl Modem {
    /// `AT+SQNSUPGRADE="<url>",<reboot>[,<report>[,<command>[,<profile>]]]`: command 0 is synchronous, 1 is not, 2 ends
    /// an upgrade that is not.
    pub(in crate::modem) fn sqnsupgrade(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Read => {
                let upgrade = &self.firmware.upgrade;
                let text = match upgrade.stage {
                    Stage::Idle => "\"idle\"".to_owned(),
                    Stage::Downloading => format!("\"downloading\",{}", upgrade.percent()),
                    Stage::Downloaded => "\"downloaded\"".to_owned(),
                };
                self.info(format!("+SQNSUPGRADE: {text}"));
                return Ok(ok());
            }
            Form::Set => {}
            Form::Test | Form::Action => return Ok(ok()),
        }
        let url = command.text(0)?;
        let reboots = command.within_or(1, 0, 1, 1)? == 1;
        let step = command.within_or(2, 0, 100, 0)?;
        let mode = command.within_or(3, 0, 2, 0)?;
        if mode == 2 {
            if self.firmware.upgrade.stage == Stage::Downloading {
                self.cancel(Timer::Download);
                self.firmware.upgrade = Upgrade::default();
                self.urc("+SQNSUPGRADE: \"cancelled\"");
            }
            return Ok(ok());
        }
        if self.firmware.upgrade.stage == Stage::Downloading {
            return Err(NOT_ALLOWED);
        }
        if !self.attached() {
            return Err(Final::Cme(NO_NETWORK));
        }
        let image = self.options.surroundings.images.iter().find(|image| image.url == url);
        let image = image.cloned().ok_or(Final::Cme(BAD_IMAGE))?;
        let synchronous = mode == 0;
        self.firmware.upgrade = Upgrade {
            stage: Stage::Downloading,
            image: Some(image),
            reboots,
            step,
            synchronous,
            ..Upgrade::default()
        };
        if step == 1 {
            // RYZ014 use cases §4.2.2 begin with 1, those with other steps with 0.
            self.firmware.upgrade.next = 1;
        }
        self.timer(TICK, Timer::Download);
        // Cassiopeia use cases §2.3.2 print none.
        let told = !self.model.sequans().narrates;
        if synchronous {
            if told {
                self.info("+SQNSUPGRADE: \"available\"");
            }
            return Ok(Step::Wait(Wait::Upgrade));
        }
        if told {
            self.urc("+SQNSUPGRADE: \"available\"");
        } else {
            // §2.3.2: the first one comes before OK.
            self.report_progress(true);
        }
        Ok(ok())
    }

    /// The result of a synchronous upgrade.
    pub(in crate::modem) fn poll_upgrade(&mut self) -> Option<Final> {
        self.firmware.upgrade.result.take()
    }

    /// More of the file is there.
    pub(in crate::modem) fn download(&mut self) {
        let rate = self.options.surroundings.download_rate;
        let (now, attached) = (self.now, self.attached());
        let upgrade = &mut self.firmware.upgrade;
        if upgrade.stage != Stage::Downloading {
            return;
        }
        if attached {
            upgrade.stuck = None;
            upgrade.got += u64::from(rate) * u64::try_from(TICK.as_millis()).unwrap_or_default();
            self.psm.last = now;
        } else if *upgrade.stuck.get_or_insert(now) + PATIENCE <= now {
            return self.upgrade_fails(NO_NETWORK);
        }
        self.report_progress(self.firmware.upgrade.synchronous);
        if self.firmware.upgrade.percent() < 100 {
            return self.timer(TICK, Timer::Download);
        }
        self.downloaded();
    }

    /// Every percentage that is due. Its lines belong to the command, or come unsolicited.
    fn report_progress(&mut self, here: bool) {
        let percent = self.firmware.upgrade.percent();
        let step = self.firmware.upgrade.step;
        while step > 0 && self.firmware.upgrade.next <= percent {
            let at = self.firmware.upgrade.next;
            let line = format!("+SQNSUPGRADE: \"downloading\",{at}");
            if here {
                self.info(line)
            } else {
                self.urc(&line)
            }
            // With 11: 99, then 100 (Cassiopeia use cases §2.3.2).
            self.firmware.upgrade.next = if at < 100 { (at + step).min(100) } else { 101 };
        }
    }

    fn upgrade_fails(&mut self, code: u16) {
        let synchronous = self.firmware.upgrade.synchronous;
        self.firmware.upgrade = Upgrade::default();
        if synchronous {
            self.firmware.upgrade.result = Some(Final::Cme(code));
        } else {
            // No document shows how an error is told that comes later.
            self.urc(&format!("+SQNSUPGRADE: \"error\",{code}"));
        }
    }

    fn downloaded(&mut self) {
        let Some(image) = self.firmware.upgrade.image.take() else { return };
        if !self.suits(&image) {
            return self.upgrade_fails(BAD_IMAGE);
        }
        let Upgrade { reboots, synchronous, .. } = self.firmware.upgrade;
        self.firmware.pending = Some(image);
        self.firmware.upgrade.stage = Stage::Downloaded;
        let lines: &[&str] = match (self.model.sequans().narrates, reboots) {
            (true, true) => &["+SQNSUPGRADE: \"installed\"", "+SQNSUPGRADE: \"rebooting\""],
            (true, false) => &["+SQNSUPGRADE: \"installed\""],
            (false, true) => &["+SQNSUPGRADE: \"rebooting\""],
            (false, false) => &[],
        };
        // RYZ014 use cases §4.2.2 have OK in front of it, Cassiopeia use cases §2.3.2 behind it.
        let before = synchronous && self.model.sequans().narrates;
        let raising = std::mem::replace(&mut self.raising, synchronous);
        for line in lines {
            if before {
                self.info(line);
            } else {
                self.urc(line);
            }
        }
        self.raising = raising;
        if synchronous {
            self.firmware.upgrade.result = Some(Final::Ok);
        }
        if reboots {
            self.timer(Duration::from_millis(200), Timer::Update);
        }
    }
}
