//! A command that is sent again until it is answered.

use crate::time::{Duration, Instant};

/// The longest pause between repetitions.
const LONGEST: Duration = Duration::from_secs(10);

/// How often a command was sent, and when it is sent again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Repeat {
    sent: u16,
    again: Option<Instant>,
    pause: Duration,
}

impl Repeat {
    /// Nothing is waited for.
    pub(super) const IDLE: Self = Self { sent: 0, again: None, pause: Duration::ZERO };

    /// Whether an answer is outstanding, be it that it is late.
    pub(super) const fn is_waiting(&self) -> bool {
        self.again.is_some()
    }

    /// Whether it may be sent now, for the first time or again.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.again.is_none_or(|again| now >= again)
    }

    /// How often it was sent already.
    pub(super) const fn sent(&self) -> u16 {
        self.sent
    }

    /// It is sent now, and again after `pause`.
    pub(super) fn send(&mut self, now: Instant, pause: Duration) {
        self.sent = self.sent.saturating_add(1);
        self.pause = pause;
        self.again = Some(now + pause);
    }

    /// It is sent now, and again after twice the last pause.
    pub(super) fn send_slower(&mut self, now: Instant) {
        self.send(now, self.pause.doubled(LONGEST));
    }

    /// When it is sent again.
    pub(super) const fn again(&self) -> Option<Instant> {
        self.again
    }
}
