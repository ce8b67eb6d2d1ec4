//! The states of the link and what leads from one to the next.

mod card;
mod phase;
mod recovery;
mod sleep;

use self::card::Pin;
use self::phase::Phase;
use self::sleep::Waking;
use super::ladder::{ADDRESS, Ladder, Trouble};
use super::{Config, LinkState, Status};
use crate::dialect::{Call, Procedure};
use crate::error::{Error, Failure};
use crate::time::{Duration, Instant};

/// How often the registration is asked for beside its unsolicited reports.
const POLL: Duration = Duration::from_secs(5);
/// How often something that failed for good is looked at again.
const AGAIN: Duration = Duration::from_secs(10);
/// How long a SIM card may be busy, or not yet seen, after the modem has started.
const SIM_SETTLES: Duration = Duration::from_secs(10);
/// How long a denial must last until users hear of it: networks and modems try more than once.
const DENIAL: Duration = Duration::from_secs(10);
/// Answers in a row that no network is searched for, after which the radio is turned on anew.
const IDLE: u8 = 4;
/// Starts of a modem in the middle of its setup after which users need not wait for it.
const RESTARTS: u8 = 4;

/// What a change of the link means for the sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// They live on.
    None,
    /// The connection that they stood on is gone.
    SocketsLost,
}

#[derive(Debug)]
pub(crate) struct Link {
    phase: Phase,
    /// When the next step is due.
    due: Instant,
    /// When the phase began.
    since: Instant,
    /// Why users that wait for the link need not wait longer.
    error: Option<Error>,
    tries: u8,
    /// Answers in a row that no network is searched for.
    idle: u8,
    pin: Pin,
    /// Since when the network denies.
    denied: Instant,
    refresh: bool,
    /// A request has come since the last look at the clock.
    requested: bool,
    /// Starts of the modem in a row before its setup was done.
    restarts: u8,
    /// The user wants the last try of the PIN to be spent.
    last_try: bool,
    /// Tries of the PIN that are left, where the modem tells them.
    pin_tries: Option<u8>,
    waking: Waking,
    /// The modem was told its bit rate since the link was last up.
    rate_told: bool,
    ladder: Ladder,
}

impl Link {
    pub(crate) const fn new() -> Self {
        Self {
            phase: Phase::Off,
            due: Instant::NEVER,
            since: Instant::START,
            error: None,
            tries: 0,
            idle: 0,
            pin: Pin::Untried,
            denied: Instant::NEVER,
            refresh: false,
            requested: false,
            restarts: 0,
            last_try: false,
            pin_tries: None,
            waking: Waking::No,
            rate_told: false,
            ladder: Ladder::new(),
        }
    }

    pub(crate) const fn state(&self) -> LinkState {
        match self.phase {
            Phase::Off | Phase::TurningOff | Phase::FallingAsleep | Phase::Asleep => LinkState::Down,
            Phase::Calling => LinkState::Starting,
            Phase::Setup
            | Phase::Port
            | Phase::Rate
            | Phase::Sim
            | Phase::Tries
            | Phase::Pin
            | Phase::RadioOn
            | Phase::Restarting => LinkState::Configuring,
            Phase::Searching | Phase::Reattaching => LinkState::Searching,
            Phase::Activating | Phase::Deactivating => LinkState::Activating,
            Phase::Up => LinkState::Up,
        }
    }

    pub(crate) const fn error(&self) -> Option<Error> {
        self.error
    }

    /// Why it is not up: where nothing went wrong, it is down.
    pub(crate) fn reason(&self) -> Error {
        self.error.unwrap_or(Error::LinkDown)
    }

    /// Whether the modem must be made to answer before anything else.
    pub(crate) fn is_calling(&self) -> bool {
        self.phase == Phase::Calling
    }

    /// Whether it is down for good.
    pub(crate) fn is_off(&self) -> bool {
        self.phase == Phase::Off
    }

    /// Whether existing sockets may be worked on.
    pub(crate) fn serves_sockets(&self) -> bool {
        matches!(
            self.phase,
            Phase::Searching | Phase::Activating | Phase::Up | Phase::TurningOff | Phase::FallingAsleep
        )
    }

    /// Whether echo has been switched off.
    pub(crate) fn is_set_up(&self) -> bool {
        !matches!(self.phase, Phase::Off | Phase::Calling | Phase::Setup | Phase::Asleep)
    }

    /// Brings the link up, or takes it down.
    pub(crate) fn request(&mut self, now: Instant, up: bool) {
        self.error = None;
        self.requested = true;
        self.denied = Instant::NEVER;
        match (up, self.phase) {
            (true, Phase::FallingAsleep | Phase::Asleep) => self.wake(now),
            (true, Phase::Off | Phase::TurningOff) => {
                self.ladder.well(now);
                self.enter(now, Phase::Calling);
            }
            (true, _) => self.due = self.due.min(now),
            (false, Phase::Off | Phase::Calling) => self.enter(now, Phase::Off),
            (false, _) => self.enter(now, Phase::TurningOff),
        }
    }

    /// Counts the time of a request from now on.
    pub(crate) fn start_clocks(&mut self, now: Instant) {
        if core::mem::take(&mut self.requested) {
            if self.phase == Phase::Calling {
                self.ladder.wanted(now);
            }
            self.since = now;
        }
    }

    /// Asks for signal strength and operator at the next occasion.
    pub(crate) fn refresh(&mut self) {
        self.refresh = true;
    }

    pub(crate) fn is_refreshing(&self) -> bool {
        self.refresh
    }

    /// The procedure that is due.
    pub(crate) fn next(&self, now: Instant) -> Option<Procedure> {
        if self.phase == Phase::Up {
            return self.refresh.then_some(Procedure::Status);
        }
        self.procedure().filter(|_| now >= self.due)
    }

    /// The procedure that leads on from here.
    fn procedure(&self) -> Option<Procedure> {
        match self.phase {
            Phase::Setup => Some(Procedure::Setup),
            Phase::Port => Some(Procedure::UartSleep),
            Phase::Rate => Some(Procedure::SetBaud),
            Phase::Sim => Some(Procedure::SimStatus),
            Phase::Tries => Some(Procedure::PinTries),
            Phase::Pin => Some(Procedure::EnterPin),
            Phase::RadioOn => Some(Procedure::RadioOn),
            Phase::Searching => Some(Procedure::Registration),
            Phase::Activating => Some(Procedure::Activate),
            Phase::TurningOff => Some(Procedure::RadioOff),
            Phase::Deactivating => Some(Procedure::Deactivate),
            Phase::Reattaching => Some(Procedure::Reattach),
            Phase::Restarting => Some(Procedure::Restart),
            Phase::FallingAsleep => Some(Procedure::Sleep),
            Phase::Off | Phase::Asleep | Phase::Calling | Phase::Up => None,
        }
    }

    /// When something is due that does not come from the line.
    pub(crate) fn deadline(&self, config: &Config) -> Instant {
        self.due.min(self.rung_due(config))
    }

    /// The modem answers; whether it has kept its settings since it was last up.
    pub(crate) fn answered(&mut self, now: Instant, kept: bool) {
        if self.phase == Phase::Calling {
            self.error = None;
            self.ladder.answered();
            // One that has kept its settings has slept, and no more.
            let slept = kept && self.waking != Waking::No;
            self.enter(now, if slept { Phase::Searching } else { Phase::Setup });
        }
    }

    /// Nobody knows this modem. It is asked again after a while: another one may have been connected.
    pub(crate) fn unknown(&mut self, now: Instant) {
        self.fail_and_wait(now, Error::UnknownModem);
    }

    /// The modem does not answer. It is called on.
    pub(crate) fn lost(&mut self, now: Instant) {
        self.fail(Error::NoModem);
        if matches!(self.phase, Phase::TurningOff | Phase::FallingAsleep) {
            self.enter(now, Phase::Off);
        } else if self.phase == Phase::Calling {
            self.ladder.watch(now, Trouble::Modem);
        } else {
            self.restarted(now);
        }
    }

    /// The modem has started anew: everything begins again, where it is wanted.
    pub(crate) fn restarted(&mut self, now: Instant) {
        match self.phase {
            Phase::Off => {}
            Phase::Asleep => self.waking = Waking::No,
            Phase::TurningOff => self.enter(now, Phase::Off),
            Phase::FallingAsleep => self.enter(now, Phase::Asleep),
            _ => {
                self.waking = Waking::No;
                self.restarts = match self.phase {
                    Phase::Setup => self.restarts.saturating_add(1),
                    Phase::Calling => self.restarts,
                    _ => 0,
                };
                if self.restarts >= RESTARTS {
                    self.fail(Error::NoModem);
                }
                self.forget_pin();
                self.enter(now, Phase::Calling);
            }
        }
    }

    /// The modem installs firmware, and does not answer while it does.
    pub(crate) fn installs(&mut self) {
        self.fail(Error::Installing);
    }

    /// The SIM card is looked at as soon as possible, where it is waited for.
    #[cfg(any(feature = "async", feature = "nb"))]
    pub(crate) fn look_at_sim(&mut self, now: Instant) {
        if self.phase == Phase::Sim {
            self.due = now;
        }
    }

    /// The line was in other hands: what is known of registration and address is old.
    #[cfg(any(feature = "embassy-net", feature = "smoltcp"))]
    pub(crate) fn look_again(&mut self, now: Instant) {
        if matches!(self.phase, Phase::Searching | Phase::Activating | Phase::Up) {
            self.enter(now, Phase::Searching);
        }
    }

    /// Another command interpreter of the same modem: settings are to be made anew.
    #[cfg(any(feature = "embassy-net", feature = "smoltcp"))]
    pub(crate) fn begin_anew(&mut self, now: Instant) {
        match self.phase {
            Phase::Off | Phase::Asleep => {}
            Phase::TurningOff | Phase::FallingAsleep => self.enter(now, Phase::Off),
            _ => self.enter(now, Phase::Calling),
        }
    }

    /// A registration state came, asked for or not.
    pub(crate) fn registration(&mut self, now: Instant, stat: u8, status: &mut Status) {
        status.registration = stat;
        let registered = status.is_registered();
        match self.phase {
            Phase::Searching if registered => {
                self.error = None;
                self.enter(now, Phase::Activating);
            }
            Phase::Searching if stat == 3 => {
                self.denied = self.denied.min(now);
                if now.is_past(self.denied, DENIAL) {
                    self.fail(Error::RegistrationDenied);
                }
            }
            Phase::Activating | Phase::Up if !registered => {
                self.enter(now, Phase::Searching);
                self.due = now + POLL;
            }
            _ => {}
        }
    }

    /// A packet connection has come up.
    pub(crate) fn attached(&mut self, now: Instant) {
        if self.phase == Phase::Activating {
            self.due = self.due.min(now);
        }
    }

    /// The packet connection of context `cid`, or all of them, is gone.
    pub(crate) fn detached(&mut self, now: Instant, cid: Option<u8>, config: &Config) -> Change {
        if !matches!(self.phase, Phase::Activating | Phase::Up) || cid.is_some_and(|cid| cid != config.cid) {
            return Change::None;
        }
        self.enter(now, Phase::Searching);
        self.due = now + Duration::from_secs(1);
        Change::SocketsLost
    }

    /// A procedure that [`Link::next`] gave is over.
    // Out of line it saves 130 bytes.
    #[inline(never)]
    pub(crate) fn finished(
        &mut self,
        now: Instant,
        procedure: Procedure,
        result: Result<(), Failure>,
        call: &Call,
        status: &mut Status,
        config: &Config,
    ) -> Change {
        if procedure == Procedure::Status {
            self.refresh = false;
            return Change::None;
        }
        if self.procedure() != Some(procedure) {
            // A report or a request has changed the phase meanwhile.
            return Change::None;
        }
        match (self.phase, result) {
            (Phase::Setup, Ok(())) => {
                let next = if config.uart_sleep.is_some() { Phase::Port } else { self.behind_port(config) };
                self.enter(now, next);
            }
            // A modem without such a setting, or that refuses it, is used as it is.
            (Phase::Port, _) => {
                let next = self.behind_port(config);
                self.enter(now, next);
            }
            (Phase::Rate, _) => self.enter(now, Phase::Sim),
            (Phase::Sim, Ok(())) => self.sim(now, call.found.sim, config),
            (Phase::Sim, Err(failure)) => self.sim_error(now, failure, config),
            (Phase::Tries, result) => self.read_tries(now, result, call.found.tries),
            (Phase::Pin, result) => self.gave_pin(now, result),
            (Phase::RadioOn, Ok(())) => self.enter(now, Phase::Searching),
            (Phase::Setup | Phase::RadioOn, Err(failure)) => {
                self.tries = self.tries.saturating_add(1);
                self.due = now + Duration::from_secs(1);
                if self.tries >= 3 {
                    self.ladder.watch(now, Trouble::Settings);
                    self.fail_and_wait(now, failure.into());
                }
            }
            (Phase::Deactivating, _) => self.enter(now, Phase::Activating),
            // The card was without power.
            (Phase::Reattaching, _) => {
                self.forget_pin();
                self.enter(now, Phase::Sim);
            }
            // Where it was carried out, the modem is called by now.
            (Phase::Restarting, _) => self.enter(now, Phase::Sim),
            (Phase::Searching, result) => {
                self.due = now + POLL;
                if let (Ok(()), Some(stat)) = (result, call.found.registration) {
                    self.registration(now, stat, status);
                    // It does not even search: what turned the radio on may have been damaged.
                    self.idle = if stat == 0 { self.idle.saturating_add(1) } else { 0 };
                }
                if self.phase == Phase::Searching && self.idle >= IDLE {
                    self.idle = 0;
                    let since = self.since;
                    // Or the card was pulled.
                    self.enter(now, Phase::Sim);
                    self.since = since;
                }
                if self.phase == Phase::Searching && now.is_past(self.since, config.registration_timeout) {
                    self.fail(Error::NotRegistered);
                }
            }
            (Phase::Activating, result) => match (result, call.found.address) {
                (Ok(()), Some(address)) => {
                    self.error = None;
                    self.enter(now, Phase::Up);
                    self.due = Instant::NEVER;
                    // Whoever has woken for a moment has no time for that.
                    self.refresh = self.waking == Waking::No;
                    self.waking = Waking::No;
                    self.rate_told = false;
                    let before = status.address.replace(address);
                    if before.is_some_and(|before| before != address) {
                        return Change::SocketsLost;
                    }
                }
                (result, _) => {
                    self.due = now + Duration::from_secs(2);
                    if result.is_ok() && self.tries == 0 {
                        // It may have taken minutes, and the report that there is an address follows.
                        (self.tries, self.since) = (1, now);
                        self.ladder.goes_on(now);
                    }
                    if now.is_past(self.since, ADDRESS) {
                        self.fail_and_wait(now, Error::NoAddress);
                    }
                }
            },
            (Phase::TurningOff, _) => {
                status.registration = 0;
                status.address = None;
                self.enter(now, Phase::Off);
                return Change::SocketsLost;
            }
            (Phase::FallingAsleep, _) => {
                status.address = None;
                self.enter(now, Phase::Asleep);
                return Change::SocketsLost;
            }
            (Phase::Off | Phase::Asleep | Phase::Calling | Phase::Up, _) => {}
        }
        Change::None
    }

    // Called from many places.
    #[inline(never)]
    fn enter(&mut self, now: Instant, phase: Phase) {
        if self.phase != phase {
            debug!("link {} -> {}", self.phase.name(), phase.name());
        }
        self.phase = phase;
        self.since = now;
        self.tries = 0;
        self.denied = Instant::NEVER;
        match phase {
            Phase::Searching => self.ladder.watch(now, Trouble::Registration),
            Phase::Activating => self.ladder.watch(now, Trouble::Address),
            Phase::Off | Phase::Asleep | Phase::Up => self.ladder.well(now),
            // A card is looked for again while the network is waited for.
            Phase::Sim | Phase::Tries | Phase::Pin | Phase::RadioOn => {}
            _ => self.ladder.calm(),
        }
        self.due = match phase {
            Phase::Off | Phase::Asleep | Phase::Calling | Phase::Up => Instant::NEVER,
            _ => now,
        };
    }

    fn fail(&mut self, error: Error) {
        if self.error != Some(error) {
            warning!("link: {}", error);
        }
        self.error = Some(error);
    }

    fn fail_and_wait(&mut self, now: Instant, error: Error) {
        self.fail(error);
        self.due = now + AGAIN;
    }
}
