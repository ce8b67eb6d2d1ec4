//! A procedure under way.

use crate::dialect::{Args, Call, Procedure, Step};
use crate::error::Failure;
use crate::link::Config;
use crate::time::{Duration, Instant};

/// The longest that a prompt takes.
const PROMPT: Duration = Duration::from_secs(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The next step is to begin.
    Due,
    /// The command is on its way, or its answer.
    Answering,
    /// The silence behind the prompt.
    Pausing(Instant),
    /// Payload is on its way.
    Payload,
}

/// A procedure under way.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Job {
    pub(super) procedure: Procedure,
    /// The information text or span that belongs to the command has come.
    pub(super) answered: bool,
    pub(super) damaged: bool,
    /// An error has come that may be about something else.
    pub(super) doubtful: bool,
    pub(super) echoed: bool,
    /// Its payload was cancelled.
    pub(super) cancelled: bool,
    pub(super) slot: Option<u8>,
    /// Bytes of the span that came, as its head counts them.
    pub(super) read: u16,
    /// Bytes of the span that still are to be kept.
    pub(super) keep: u16,
    pub(super) failure: Option<Failure>,
    pub(super) steps: &'static [Step],
    pub(super) index: usize,
    /// Bytes of payload that the serial port took.
    pub(super) paid: usize,
    pub(super) phase: Phase,
    pub(super) deadline: Instant,
    pub(super) begun: Instant,
    pub(super) call: Call,
}

impl Job {
    /// A run of `steps` from `now` on.
    pub(super) const fn new(
        procedure: Procedure,
        slot: Option<u8>,
        call: Call,
        steps: &'static [Step],
        now: Instant,
    ) -> Self {
        Self {
            procedure,
            slot,
            call,
            steps,
            index: 0,
            phase: Phase::Due,
            deadline: now,
            answered: false,
            damaged: false,
            doubtful: false,
            echoed: false,
            cancelled: false,
            failure: None,
            begun: now,
            read: 0,
            keep: 0,
            paid: 0,
        }
    }

    /// Whether it went well, and no step is left.
    pub(super) fn is_done(&self, config: &Config) -> bool {
        let args = Args { config, name: &[], call: &self.call, secure: None };
        let needed = |step: &Step| !step.cleans_up() && (step.when)(&args);
        self.is_due() && self.failure.is_none() && !self.steps.iter().skip(self.index).any(needed)
    }

    /// Whether it opens a socket.
    pub(super) fn opens(&self) -> bool {
        matches!(self.procedure, Procedure::OpenTcp | Procedure::OpenUdp | Procedure::Accept)
    }

    /// Whether an error was answer enough for now.
    pub(super) fn is_doubtful(&self) -> bool {
        self.doubtful
    }

    /// Whether the last command has been answered and the next step is to begin.
    pub(super) fn is_due(&self) -> bool {
        self.phase == Phase::Due
    }

    /// Whether what it says is nobody's business.
    pub(super) fn is_secret(&self) -> bool {
        matches!(self.procedure, Procedure::Secure | Procedure::CheckCredential)
    }

    pub(super) fn step(&self) -> Option<&'static Step> {
        self.steps.get(self.index)
    }

    /// How long the next sign from the modem may take.
    pub(super) fn patience(&self) -> Duration {
        let Some(step) = self.step() else { return Duration::ZERO };
        // A prompt comes at once, whatever the modem does with the payload afterwards. So does the end of what
        // was cancelled, and there may be modems that do not tell it.
        let prompting = step.prompt.is_some() && self.phase == Phase::Answering && self.paid == 0;
        let timeout = Duration::from_secs(step.timeout.into());
        if prompting || self.cancelled { timeout.min(PROMPT) } else { timeout }
    }
}
