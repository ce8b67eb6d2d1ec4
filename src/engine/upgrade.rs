//! New firmware for the modem: what it has reported, and leaving it alone while it installs.
//!
//! What was reported is kept as facts, and how far the upgrade is follows from them: a report that comes
//! twice changes nothing, one that is lost is made good by the next, and nothing goes back.

use core::task::{Poll, Waker};

use super::{Core, Timer};
use crate::at::Final;
use crate::dialect::Procedure;
use crate::dialect::firmware::{Report, report};
use crate::error::{CmeCode, Error};
use crate::socket::WakerCell;
use crate::time::{Duration, Instant};

/// Silence after which the modem is asked how far it is, while somebody wants to know.
const SILENCE: Duration = Duration::from_secs(30);
/// How soon it is asked behind an error that may be about the upgrade.
const DOUBT: Duration = Duration::from_secs(2);
/// The longest from the report of a finished installation to the start of the modem.
const STARTING: Duration = Duration::from_secs(15);
/// How long a modem that restarts to install may still talk of other things before it does.
const LEAVING: Duration = Duration::from_secs(20);
/// How long after the last start the version may stay what it was: a modem may restart more than once in the
/// middle of an installation (RYZ014 FOTA chapter 5).
const VERDICT: Duration = Duration::from_secs(60);

/// How far an upgrade is. It never goes back; what lies between two reports may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Progress {
    /// The image is where it was said to be.
    Available,
    /// So many per cent of it are in the modem.
    Downloading(u8),
    /// All of it is, and was found to be good. Where no restart was asked for, it waits for one.
    Downloaded,
    /// So many per cent of it have been checked (u-blox).
    Validating(u8),
    /// The modem restarts in order to install it.
    Rebooting,
    /// So many per cent are installed.
    Installing(u8),
    /// The modem has its new firmware. This is an end.
    Installed,
    /// The user has cancelled it. This is an end.
    Cancelled,
    /// It has failed, and the modem has the firmware that it had. This is an end. The code is the modem's own: 529
    /// for an image that is damaged or does not fit, 531 for no network (RYZ014 use cases §4.3), 8 for an image
    /// that was not installed (RYZ014 FOTA §4.7.1); [`CmeCode::UNKNOWN`] where the modem has not said why.
    Failed(CmeCode),
}

impl Progress {
    /// Whether nothing comes after it.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Installed | Self::Cancelled | Self::Failed(_))
    }
}

/// What has happened, one bit each.
const BEGUN: u16 = 1;
const AVAILABLE: u16 = 1 << 1;
const DOWNLOADING: u16 = 1 << 2;
const DOWNLOADED: u16 = 1 << 3;
const VALIDATING: u16 = 1 << 4;
const REBOOTING: u16 = 1 << 5;
const INSTALLING: u16 = 1 << 6;
/// "Installed" was heard before any restart.
const STORED: u16 = 1 << 7;
/// The modem has started anew since.
const RESTARTED: u16 = 1 << 8;
/// It has its new firmware.
const DONE: u16 = 1 << 9;
const CANCELLING: u16 = 1 << 10;
const CANCELLED: u16 = 1 << 11;
const FAILED: u16 = 1 << 12;
/// There was none when the modem was asked last.
const IDLE: u16 = 1 << 13;

/// What a user who waits for progress gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// It is so far.
    Progress(Progress),
    /// Nothing was heard for a while: the modem is to be asked.
    Ask,
}

#[derive(Debug)]
pub(crate) struct Tracker {
    facts: u16,
    downloaded: u8,
    validated: u8,
    installed: u8,
    /// The modem is left alone until `until`.
    alone: bool,
    /// A user waits for progress.
    watched: bool,
    /// The modem is to be asked.
    due: bool,
    /// A command is answered when the download is over.
    foreground: bool,
    code: CmeCode,
    until: Instant,
    /// When it was left alone, or has started since.
    since: Instant,
    ask_at: Instant,
    waker: WakerCell,
}

impl Tracker {
    pub(super) const fn new() -> Self {
        Self {
            facts: 0,
            downloaded: 0,
            validated: 0,
            installed: 0,
            alone: false,
            watched: false,
            due: false,
            foreground: false,
            code: CmeCode::UNKNOWN,
            until: Instant::START,
            since: Instant::START,
            ask_at: Instant::START,
            waker: WakerCell::new(),
        }
    }

    /// Whether the modem installs, and must be left alone.
    pub(super) const fn is_alone(&self) -> bool {
        self.alone
    }

    const fn has(&self, facts: u16) -> bool {
        self.facts & facts != 0
    }

    /// How far it is, as far as is known.
    fn progress(&self) -> Option<Progress> {
        Some(match () {
            () if self.has(DONE) => Progress::Installed,
            () if self.has(FAILED) => Progress::Failed(self.code),
            () if self.has(CANCELLED) => Progress::Cancelled,
            () if self.has(INSTALLING) => Progress::Installing(self.installed),
            () if self.has(REBOOTING) || self.is_complete() && self.has(RESTARTED) => Progress::Rebooting,
            () if self.has(VALIDATING) => Progress::Validating(self.validated),
            () if self.has(DOWNLOADED) => Progress::Downloaded,
            () if self.has(DOWNLOADING) => Progress::Downloading(self.downloaded),
            () if self.has(AVAILABLE) => Progress::Available,
            () => return None,
        })
    }

    /// Whether all of the image is in the modem.
    const fn is_complete(&self) -> bool {
        self.has(DOWNLOADED) || self.downloaded == 100
    }

    fn is_over(&self) -> bool {
        self.progress().is_some_and(Progress::is_end)
    }

    /// Notes what was reported.
    fn note(&mut self, report: Report) {
        if self.is_over() {
            return;
        }
        self.facts &= !IDLE;
        self.facts |= match report {
            Report::Idle => IDLE,
            Report::Available => AVAILABLE,
            Report::Downloading(percent) => {
                self.downloaded = self.downloaded.max(percent);
                DOWNLOADING
            }
            Report::Downloaded => DOWNLOADED,
            Report::Validating(percent) => {
                self.validated = self.validated.max(percent);
                VALIDATING
            }
            Report::Rebooting => REBOOTING | DOWNLOADED,
            Report::Installing(percent) => {
                self.installed = self.installed.max(percent);
                INSTALLING | DOWNLOADED
            }
            Report::Installed if self.has(REBOOTING | RESTARTED) => DONE,
            Report::Installed => STORED | DOWNLOADED,
            Report::Done => DONE,
            Report::Cancelled => CANCELLED,
            Report::Failed(code) => {
                self.code = CmeCode(code);
                FAILED
            }
            Report::Other => 0,
        };
    }

    fn begin(&mut self, foreground: bool) {
        self.facts = BEGUN;
        (self.downloaded, self.validated, self.installed) = (0, 0, 0);
        self.code = CmeCode::UNKNOWN;
        self.foreground = foreground;
    }
}

/// What the rest of the engine tells of.
#[derive(Debug)]
pub(super) struct Upgrades {
    /// Whether the line is about an upgrade.
    pub(super) line: fn(&mut Core, &[u8]) -> bool,
    /// The modem has started anew.
    pub(super) started: fn(&mut Core),
    /// Whether the modem is left alone.
    pub(super) alone: fn(&mut Core) -> bool,
    /// Looks whether it is time to ask the modem.
    pub(super) watch: fn(&mut Core),
}

const UPGRADES: Upgrades = Upgrades {
    line: Core::on_upgrade,
    started: Core::started_in_upgrade,
    alone: Core::is_left_alone,
    watch: Core::watch_upgrade,
};

impl Core {
    /// From now on reports about upgrades are heard. What was heard of one that is over is forgotten.
    pub(crate) fn follow_upgrades(&mut self) {
        self.extras.upgrades = Some(&UPGRADES);
        if self.upgrade.is_over() {
            self.upgrade.facts = 0;
        }
    }

    /// An upgrade begins. In the foreground its command is answered when the modem has the image.
    pub(crate) fn begin_upgrade(&mut self, foreground: bool) {
        self.follow_upgrades();
        self.upgrade.begin(foreground);
        self.upgrade.ask_at = self.now + SILENCE;
    }

    /// How far the upgrade is, once that differs from `seen` or is an end.
    pub(crate) fn poll_upgrade(&mut self, seen: Option<Progress>, waker: &Waker) -> Poll<News> {
        let upgrade = &mut self.upgrade;
        if let Some(progress) = upgrade.progress()
            && (Some(progress) != seen || progress.is_end())
        {
            return Poll::Ready(News::Progress(progress));
        }
        if core::mem::take(&mut upgrade.due) {
            upgrade.ask_at = self.now + SILENCE;
            return Poll::Ready(News::Ask);
        }
        upgrade.watched = true;
        upgrade.waker.register(waker);
        self.runner.wake();
        Poll::Pending
    }

    /// How far it is by what was heard last.
    pub(crate) fn upgrade_progress(&self) -> Option<Progress> {
        self.upgrade.progress()
    }

    /// Whether the version that the modem has is of interest.
    pub(crate) fn is_to_be_compared(&self) -> bool {
        self.upgrade.has(RESTARTED | IDLE | STORED)
    }

    /// Whether it can be decided without a version to compare with.
    pub(crate) fn decides_by_word(&self) -> bool {
        self.upgrade.has(STORED) || self.upgrade.has(IDLE) && !self.upgrade.has(RESTARTED)
    }

    /// What a user knows of the upgrade.
    fn note_upgrade(&mut self, report: Report) {
        self.upgrade.note(report);
        self.tell_progress();
    }

    /// The modem has not begun.
    pub(crate) fn upgrade_refused(&mut self) {
        self.upgrade.facts = 0;
    }

    /// The user has cancelled it; the modem says so when it has.
    pub(crate) fn cancelling_upgrade(&mut self) {
        self.upgrade.facts |= CANCELLING;
    }

    /// The command of an upgrade in the foreground has been answered.
    pub(crate) fn foreground_is_over(&mut self, result: Result<(), Error>) {
        self.upgrade.foreground = false;
        // Otherwise the modem goes on, or has restarted. OK need not mean that it has the image: RYZ014 use cases
        // §4.2.1 shows one in front of the reports, too.
        if let Err(Error::Modem(code)) = result {
            self.note_upgrade(Report::Failed(code.0));
        }
    }

    /// What the modem is, and what it was before the upgrade, have been compared.
    pub(crate) fn compared(&mut self, changed: bool) {
        let upgrade = &mut self.upgrade;
        let failed = if upgrade.has(CANCELLING) && !upgrade.is_complete() { CANCELLED } else { FAILED };
        let late = self.now.is_past(upgrade.since, VERDICT);
        upgrade.facts |= match () {
            () if changed => DONE,
            // It may be in the middle of several restarts.
            () if upgrade.has(RESTARTED) && !late => 0,
            () if upgrade.has(RESTARTED) && upgrade.has(STORED) => DONE,
            () if upgrade.has(RESTARTED) => failed,
            // What was downloaded waits for a restart.
            () if upgrade.has(IDLE) && !upgrade.is_complete() => failed,
            () => 0,
        };
        self.tell_progress();
    }

    /// The modem restarts in order to install: nothing is sent until it says that it has started, or for as
    /// long as that may take.
    pub(crate) fn leave_alone(&mut self, reports: Report) {
        self.upgrade.note(reports);
        self.upgrade.until = self.now + self.dialect.firmware().patience();
        if !self.upgrade.alone {
            let facts = self.upgrade.facts;
            self.restart(false);
            self.upgrade.facts = facts;
            self.upgrade.alone = true;
            self.upgrade.since = self.now;
            self.sync = None;
            self.link.installs();
            self.answer_waiters();
        }
        self.tell_progress();
    }

    /// The modem has taken the command to restart and install.
    pub(crate) fn goes_to_install(&mut self) {
        // It may have started already, and then it must not be left alone.
        if self.link.is_set_up() {
            self.leave_alone(Report::Rebooting);
        }
    }

    /// The modem has said this.
    pub(crate) fn report_upgrade(&mut self, report: Report) {
        match report {
            Report::Rebooting | Report::Installing(_) | Report::Validating(_) if !self.upgrade.is_over() => {
                return self.leave_alone(report);
            }
            Report::Installed | Report::Done | Report::Failed(_) if self.upgrade.alone => {
                self.upgrade.until = self.now + STARTING;
            }
            _ => {}
        }
        self.note_upgrade(report);
    }

    fn tell_progress(&mut self) {
        let upgrade = &mut self.upgrade;
        upgrade.ask_at = self.now + SILENCE;
        upgrade.waker.wake();
        self.runner.wake();
    }

    /// A line came.
    fn on_upgrade(&mut self, line: &[u8]) -> bool {
        let upgrade = &mut self.upgrade;
        let Some(report) = report(line) else {
            let foreign = self.now.is_past(upgrade.since, LEAVING);
            if upgrade.alone && foreign && self.dialect.urc(line).is_some() {
                // What talks of something else is no longer installing, and has started in silence.
                upgrade.until = upgrade.until.min(self.now + STARTING);
            }
            return self.is_error_of_upgrade(line);
        };
        self.ready_at = self.ready_at.max(self.now + self.timing.gap);
        if self.upgrade.foreground
            && let Some(job) = &mut self.job
            && job.procedure == Procedure::Exchange
        {
            job.deadline = self.now + job.patience();
        }
        self.report_upgrade(report);
        true
    }

    /// Whether the line is an error that is about an upgrade in the background: "if an error code (529) is received
    /// while the modem is trying to download" (RYZ014 use cases §4.3) does not say in which form.
    fn is_error_of_upgrade(&mut self, line: &[u8]) -> bool {
        let upgrade = &mut self.upgrade;
        let Some(Final::Error(code)) = Final::parse(line) else { return false };
        let busy = self.job.as_ref().is_some_and(|job| !job.is_due());
        let exchange = self.job.as_ref().is_some_and(|job| job.procedure == Procedure::Exchange);
        if !upgrade.has(!0) || upgrade.is_over() || upgrade.foreground || exchange {
            return false;
        }
        if matches!(code, CmeCode(529 | 531)) {
            self.note_upgrade(Report::Failed(code.0));
            return true;
        }
        if !busy {
            // It may be about something else: the modem knows.
            upgrade.ask_at = upgrade.ask_at.min(self.now + DOUBT);
        }
        false
    }

    fn started_in_upgrade(&mut self) {
        let upgrade = &mut self.upgrade;
        upgrade.alone = false;
        upgrade.facts |= RESTARTED;
        upgrade.since = self.now;
        self.tell_progress();
        // As soon as it answers again.
        self.upgrade.ask_at = self.now + DOUBT;
    }

    fn is_left_alone(&mut self) -> bool {
        if !self.upgrade.alone {
            return false;
        }
        if self.now < self.upgrade.until {
            return self.wait(self.upgrade.until, Timer::Upgrade);
        }
        self.started_in_upgrade();
        false
    }

    fn watch_upgrade(&mut self) {
        let upgrade = &mut self.upgrade;
        if !upgrade.watched || !upgrade.has(!0) || upgrade.is_over() || !self.link.is_set_up() {
            return;
        }
        if self.now < upgrade.ask_at {
            let at = upgrade.ask_at;
            self.wait(at, Timer::Upgrade);
            return;
        }
        upgrade.watched = false;
        upgrade.due = true;
        upgrade.waker.wake();
    }

    /// The bit rate of the serial port.
    pub(crate) fn bit_rate(&self) -> u32 {
        self.rate
    }
}
