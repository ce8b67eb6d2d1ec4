//! New firmware for the modem: an upgrade, and how far it is.

use core::future::poll_fn;
use core::task::Poll;

use super::turn::{Lines, Turn};
use super::{Control, Text, borrow};

use crate::at::CommandWriter;
use crate::dialect::firmware::{self, Report};
use crate::dialect::security::{self, Secure};
use crate::dialect::{Args, Call, FirmwareUpdate, Procedure, SecurityProfile, Step, template};
use crate::engine::upgrade::News;
use crate::error::Error;
use crate::link::Config;
use crate::time::Duration;

pub use crate::engine::upgrade::Progress;

/// Until the answer that an upgrade in the background has begun, or is cancelled.
const BEGIN: Step = Step::new("+SQNSUPGRADE").timeout(Duration::from_secs(60));
/// In the foreground each report counts anew.
const FOREGROUND: Step = Step::new("+SQNSUPGRADE").timeout(Duration::from_secs(240));
const STATE: Step = Step::new("+SQNSUPGRADE?").lines("+SQNSUPGRADE", false);
const VERSION: Step = Step::new("I1").lines("", true);
const PROFILE: Step = Step::new("+SQNSPCFG").lines("+SQNSPCFG", false);
const RESET: Step = Step::new("^RESET").timeout(Duration::from_secs(60));

/// `<command>` of `+SQNSUPGRADE`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Command {
    Synchronous = 0,
    Asynchronous = 1,
    Cancel = 2,
}

/// How an upgrade is to be made.
///
/// ```
/// use cellular_nal::control::UpgradeOptions;
/// let options = UpgradeOptions::new().report_every(5);
/// # let _ = options;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpgradeOptions {
    reboot: bool,
    report: u8,
    profile: Option<u8>,
    foreground: bool,
}

impl Default for UpgradeOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl UpgradeOptions {
    /// In the background, with a restart of the modem when it has the image, and a report every 10 per cent.
    pub const fn new() -> Self {
        Self { reboot: true, report: 10, profile: None, foreground: false }
    }

    /// The modem reports its progress every so many per cent, 100 at most.
    #[must_use]
    pub const fn report_every(mut self, percent: u8) -> Self {
        self.report = percent;
        self
    }

    /// The modem does not restart by itself when it has the image: [`Upgrade::restart`] does it later, or whatever
    /// else starts it anew.
    #[must_use]
    pub const fn without_restart(mut self) -> Self {
        self.reboot = false;
        self
    }

    /// HTTPS with this profile of the modem, which [`Control::store_security_profile`] has given.
    #[must_use]
    pub const fn security_profile(mut self, number: u8) -> Self {
        self.profile = Some(number);
        self
    }

    /// In the foreground: no other command and no socket is served until the modem has the image, and it cannot
    /// be cancelled.
    #[must_use]
    pub const fn foreground(mut self) -> Self {
        self.foreground = true;
        self
    }
}

/// An upgrade of the modem that is under way. It goes on when this is dropped.
pub struct Upgrade<'u> {
    control: Control<'u>,
    url: &'u str,
    options: UpgradeOptions,
    /// The line, while the upgrade is in the foreground.
    turn: Option<Turn<'u>>,
    seen: Option<Progress>,
    /// The version before.
    before: Option<Text>,
}

impl core::fmt::Debug for Upgrade<'_> {
    /// Without the URL, which may hold a password.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Upgrade")
            .field("options", &self.options)
            .field("seen", &self.seen)
            .finish_non_exhaustive()
    }
}

impl<'d> Control<'d> {
    /// Has the modem fetch new firmware from `url` (HTTP, HTTPS or FTP; RFC 1738) and install it: `+SQNSUPGRADE`
    /// of Sequans modems (RYZ014 use cases chapter 4, Cassiopeia §2.3). The image is a `.dup` or `.sfp` file; a
    /// differential one must be made for the version that the modem has. Its power must stay on meanwhile.
    ///
    /// The URL goes with the rest of the command into 280 bytes. What is not a letter or digit in a name or
    /// password is written as `%40`. URLs are in no log.
    ///
    /// When the modem restarts to install, all sockets end with [`Error::Aborted`]. It is left alone until it
    /// has started, ten minutes at most after its last word, and the link waits with [`Error::Installing`]; then
    /// it comes back by itself.
    ///
    /// ```no_run
    /// # use cellular_nal::{Error, control::{Control, Progress, UpgradeOptions}};
    /// # async fn example(control: Control<'_>) -> Result<(), Error> {
    /// let mut upgrade = control.upgrade("http://192.0.2.1/modem.dup", UpgradeOptions::new()).await?;
    /// loop {
    ///     match upgrade.progress().await {
    ///         Progress::Downloading(percent) => println!("{percent} %"),
    ///         end if end.is_end() => break println!("{end:?}"),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the modem has no such command, before anything is sent; [`Error::InvalidInput`]
    /// for a URL that is too long or has a quote in it; [`Error::Modem`] with code 531 without a network (RYZ014
    /// use cases §4.3), or another; as for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// When the future is dropped in the middle, the upgrade may have begun: see
    /// [`follow_upgrade`](Self::follow_upgrade).
    pub async fn upgrade<'u>(&self, url: &'u str, options: UpgradeOptions) -> Result<Upgrade<'u>, Error>
    where
        'd: 'u,
    {
        self.needs_download()?;
        if url.is_empty() || options.report > 100 {
            return Err(Error::InvalidInput);
        }
        let before = self.version().await;
        let mut upgrade = Upgrade { control: *self, url, options, turn: None, seen: None, before };
        let mut turn: Turn<'u> = upgrade.control.turn();
        if options.foreground {
            turn.begin(&FOREGROUND, &|w| upgrade.write(Command::Synchronous, w), None, &[]).await?;
            borrow(self.engine).core.begin_upgrade(true);
            upgrade.turn = Some(turn);
            return Ok(upgrade);
        }
        turn.begin(&BEGIN, &|w| upgrade.write(Command::Asynchronous, w), None, &[]).await?;
        borrow(self.engine).core.begin_upgrade(false);
        let result = poll_fn(|cx| turn.answer(cx, &mut |_| Some(()))).await;
        if let Err(error) = result {
            borrow(self.engine).core.upgrade_refused();
            return Err(error);
        }
        Ok(upgrade)
    }

    /// The upgrade that is under way, whoever has begun it, or the next one: a server of LwM2M (see
    /// [`report_fota`](Self::report_fota)), or this program before it was restarted. Reports are heard from
    /// the first call on.
    ///
    /// # Cancel safety
    /// Reports are heard all the same.
    pub async fn follow_upgrade<'u>(&self) -> Upgrade<'u>
    where
        'd: 'u,
    {
        borrow(self.engine).core.follow_upgrades();
        let before = self.version().await;
        Upgrade { control: *self, url: "", options: UpgradeOptions::new(), turn: None, seen: None, before }
    }

    /// Asks the modem how far an upgrade is that it fetches; `None` without one (`+SQNSUPGRADE?`, RYZ014 use
    /// cases §4.2.4, §4.2.7).
    ///
    /// # Errors
    /// As for [`upgrade`](Self::upgrade).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn upgrade_state(&self) -> Result<Option<Progress>, Error> {
        self.needs_download()?;
        let read = |lines: Lines<'_>| lines.iter().filter_map(firmware::report).last();
        let report = self.ask(&STATE, &|w| _ = w.text("+SQNSUPGRADE?"), read).await?;
        let core = &mut borrow(self.engine).core;
        core.report_upgrade(report);
        Ok(core.upgrade_progress().filter(|_| report != Report::Idle))
    }

    /// Puts a security profile into the modem and gives its number, for
    /// [`UpgradeOptions::security_profile`] (`+SQNSPCFG`, RYZ014 use cases §4.2.2). It is the last one that the modem
    /// has; as many secure sockets at a time as it allows at most would take it away.
    ///
    /// # Errors
    /// [`Error::Unsupported`] and [`Error::UnsupportedProfile`] before anything is sent;
    /// [`Error::ProfileRejected`]; as for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// It may be set, or not.
    pub async fn store_security_profile(&self, profile: &'static SecurityProfile) -> Result<u8, Error> {
        self.needs_download()?;
        let can = {
            let core = &mut borrow(self.engine).core;
            core.use_security();
            core.dialect.security().ok_or(Error::Unsupported)?
        };
        profile.check(can, false)?;
        let step = security::steps(can, Procedure::Secure).and_then(<[Step]>::first);
        let template = step.ok_or(Error::Unsupported)?.command;
        let secure = Secure { profile, can, name: &[], place: can.connections - 1, write: security::write };
        let (config, call) = (Config::new(), Call::new());
        let args = Args { config: &config, name: &[], call: &call, secure: Some(&secure) };
        let write = |w: &mut CommandWriter<'_>| template::write(template, &args, w);
        match self.tell(&PROFILE, &write).await {
            Ok(()) => Ok(can.connections),
            Err(Error::Modem(_)) => Err(Error::ProfileRejected),
            Err(error) => Err(error),
        }
    }

    /// All that the modem tells of its version: on Sequans modems the second line of `ATI1` has the build.
    pub(super) async fn version(&self) -> Option<Text> {
        if !self.is_sequans() {
            return self.revision().await.ok();
        }
        let read = |lines: Lines<'_>| super::identity::text(lines.iter().last()?);
        self.ask(&VERSION, &|w| _ = w.text("I1"), read).await.ok()
    }

    /// It fetches firmware itself.
    fn needs_download(&self) -> Result<(), Error> {
        match self.firmware()? {
            FirmwareUpdate::Download { .. } => Ok(()),
            _ => Err(Error::Unsupported),
        }
    }

    /// How the modem gets new firmware.
    pub(super) fn firmware(&self) -> Result<FirmwareUpdate, Error> {
        self.of_dialect(FirmwareUpdate::None, |dialect| dialect.firmware())
    }

    /// An upgrade by a file that the modem has.
    pub(super) fn upgrade_by_file<'u>(&self, before: Option<Text>) -> Upgrade<'u>
    where
        'd: 'u,
    {
        Upgrade { control: *self, url: "", options: UpgradeOptions::new(), turn: None, seen: None, before }
    }
}

impl Upgrade<'_> {
    /// Waits until the upgrade is farther than when this was called last, and says how far. The latest counts:
    /// what lies between two calls may be left out. After an end ([`Progress::is_end`]) it is given again at once.
    ///
    /// Lost reports do no harm: after 30 s of silence the modem is asked. After a restart the version of its
    /// firmware decides (`ATI1` on Sequans modems, RYZ014 FOTA §4.5.3: `+CGMR` leaves the build out there), where "installed" is not reported; where that has not
    /// changed 60 s after the modem has started, the upgrade has failed. An image with the version that the modem
    /// has already is therefore taken for installed only when the modem says so.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn progress(&mut self) -> Progress {
        loop {
            let news = poll_fn(|cx| {
                if let Some(turn) = &self.turn
                    && let Poll::Ready(result) = turn.answer(cx, &mut |_| Some(()))
                {
                    borrow(self.control.engine).core.foreground_is_over(result);
                    self.turn = None;
                }
                borrow(self.control.engine).core.poll_upgrade(self.seen, cx.waker())
            });
            match news.await {
                News::Progress(progress) => {
                    self.seen = Some(progress);
                    return progress;
                }
                News::Ask => self.ask().await,
            }
        }
    }

    /// Cancels it: possible until the modem restarts, and not in the foreground (RYZ014 use cases §4.1, §4.2.5).
    /// [`progress`](Self::progress) says when it is.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where it cannot be cancelled: in the foreground, by a file, by a server; before
    /// anything is sent. The modem's own when it is too late.
    ///
    /// # Cancel safety
    /// It may be cancelled, or not.
    pub async fn cancel(&self) -> Result<(), Error> {
        if self.url.is_empty() || self.options.foreground {
            return Err(Error::Unsupported);
        }
        self.control.tell(&BEGIN, &|w| self.write(Command::Cancel, w)).await?;
        borrow(self.control.engine).core.cancelling_upgrade();
        Ok(())
    }

    /// Asks the modem how far it is; see [`Control::upgrade_state`].
    ///
    /// # Errors
    /// As for [`Control::upgrade`].
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn state(&self) -> Result<Option<Progress>, Error> {
        self.control.upgrade_state().await
    }

    /// Restarts the modem so that it installs what it has downloaded, where
    /// [`without_restart`](UpgradeOptions::without_restart) was chosen (`AT^RESET`, Cassiopeia §2.3.2).
    ///
    /// # Errors
    /// As for [`Control::upgrade`].
    ///
    /// # Cancel safety
    /// Once the command has left it restarts.
    pub async fn restart(&self) -> Result<(), Error> {
        self.control.needs_download()?;
        match self.control.tell(&RESET, &|w| _ = w.text("^RESET")).await {
            Ok(()) => borrow(self.control.engine).core.goes_to_install(),
            // It has started already.
            Err(Error::Aborted) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Finds out how far it is, where nothing was heard.
    async fn ask(&self) {
        if let Err(Error::Modem(code)) = self.state().await
            && matches!(code.0, 529 | 531)
        {
            borrow(self.control.engine).core.report_upgrade(Report::Failed(code.0));
        }
        if !borrow(self.control.engine).core.is_to_be_compared() {
            return;
        }
        let now = self.control.version().await;
        let core = &mut borrow(self.control.engine).core;
        match (&self.before, now) {
            (Some(before), Some(now)) => core.compared(*before != now),
            // There is nothing to compare with: what the modem has said counts.
            (None, _) if core.decides_by_word() => core.compared(false),
            _ => {}
        }
    }

    fn write(&self, command: Command, w: &mut CommandWriter<'_>) {
        w.text("+SQNSUPGRADE=").quoted(self.url.as_bytes());
        w.text(",").number(self.options.reboot.into());
        w.text(",").number(self.options.report.into());
        w.text(",").number(command as u32);
        if let Some(profile) = self.options.profile.filter(|_| command != Command::Cancel) {
            w.text(",").number(profile.into());
        }
    }
}
