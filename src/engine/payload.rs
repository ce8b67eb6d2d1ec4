//! Payload that is not a socket's, behind the prompt of a command: a credential, or what a user's own command
//! carries.
//!
//! The user gives it in pieces as the modem takes them, so that nobody needs a buffer for all of it.

use core::task::Poll;

use super::Core;
use super::extras::Feeds;

/// What follows a command behind the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Payload {
    /// How many bytes.
    pub(crate) len: u32,
    /// Whether ESC cancels it; otherwise the modem takes everything until the count is reached.
    pub(crate) escapes: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// There is none.
    None,
    /// The command is on its way.
    Announced,
    /// The modem waits for more.
    Wanted,
    /// The modem has all of it.
    Given,
}

#[derive(Debug)]
pub(super) struct Feed {
    stage: Stage,
    escapes: bool,
    /// Its user has gone.
    alone: bool,
    /// Bytes that have not been given yet.
    left: u32,
}

impl Feed {
    pub(super) const fn new() -> Self {
        Self { stage: Stage::None, escapes: false, alone: false, left: 0 }
    }

    /// Whether the modem waits for it, and for nothing else.
    pub(super) fn is_wanted(&self) -> bool {
        self.stage == Stage::Wanted
    }
}

const FEEDS: Feeds = Feeds { prompted: Core::payload_wanted, transmitted: Core::payload_left };

impl Core {
    /// A command with payload begins.
    pub(super) fn announce(&mut self, payload: Payload) {
        self.extras.feeds = Some(&FEEDS);
        let Payload { len, escapes } = payload;
        self.feed = Feed { stage: Stage::Announced, escapes, alone: false, left: len };
    }

    /// The command is over.
    pub(super) fn end_payload(&mut self) {
        self.feed = Feed::new();
    }

    /// Gives as much of `bytes` as can be taken now, and says how much.
    pub(super) fn give(&mut self, bytes: &[u8]) -> Poll<usize> {
        if self.feed.stage != Stage::Wanted || self.sent < self.len || bytes.is_empty() {
            return Poll::Pending;
        }
        let count = bytes.len().min(self.room_for_payload());
        if let (Some(to), Some(from)) = (self.command.get_mut(..count), bytes.get(..count)) {
            to.copy_from_slice(from);
        }
        self.send_payload(count);
        Poll::Ready(count)
    }

    /// There is nobody any more to give it.
    pub(super) fn leave_payload(&mut self) {
        self.feed.alone = true;
        if self.feed.stage == Stage::Wanted && self.sent >= self.len {
            self.give_anything();
        }
    }

    fn room_for_payload(&self) -> usize {
        self.command.len().min(usize::try_from(self.feed.left).unwrap_or(usize::MAX))
    }

    fn send_payload(&mut self, count: usize) {
        (self.len, self.sent) = (count, 0);
        self.feed.left = self.feed.left.saturating_sub(count as u32);
        self.runner.wake();
    }

    /// It is cancelled, or what was announced is filled up: the modem must get so many bytes, whatever they are.
    fn give_anything(&mut self) {
        if self.feed.escapes {
            self.command.fill(0x1B);
            self.feed.left = 1;
            if let Some(job) = &mut self.job {
                job.cancelled = true;
            }
        } else {
            self.command.fill(b' ');
        }
        self.send_payload(self.room_for_payload());
    }

    /// The modem wants it.
    fn payload_wanted(&mut self) {
        if self.feed.stage == Stage::Announced {
            self.feed.stage = Stage::Wanted;
            if self.feed.alone {
                self.give_anything();
            }
            self.wake_feeders();
        }
    }

    /// What was given last has left.
    fn payload_left(&mut self) {
        if self.feed.stage != Stage::Wanted {
            return;
        }
        if self.feed.left == 0 {
            self.feed.stage = Stage::Given;
            self.payload_complete();
        } else if self.feed.alone {
            self.give_anything();
        }
        self.wake_feeders();
    }

    fn wake_feeders(&mut self) {
        self.upload.wake();
        self.exchange.wake();
    }
}
