//! The line in other hands: while it carries a data connection, the engine says nothing.

use super::{Engine, Sync};
use crate::dialect::{DataCall, Multiplexer, Timing};
use crate::error::Error;
use crate::link::{Config, LinkState};
use crate::time::{Duration, Instant};

/// How long a modem may take to say that a data connection has ended, and what it wants behind that.
const LAST_WORDS: Duration = Duration::from_millis(100);

impl Engine {
    /// Begins nothing any more. What is under way comes to its end; see [`quiet_at`](Self::quiet_at).
    pub(crate) fn park(&mut self) {
        self.core.parked = true;
    }

    /// From when on somebody else may use the line; `None` while a command is under way.
    pub(crate) fn quiet_at(&self) -> Option<Instant> {
        let core = &self.core;
        let idle = core.parked && core.job.is_none() && core.sync.is_none() && core.sent >= core.len;
        idle.then_some(core.ready_at.max(core.awake_at()))
    }

    /// The line is the engine's again, and it makes sure that the modem is in step. Bytes that came
    /// meanwhile were somebody else's, so the link is looked at anew. `clean`: the modem has ended the data connection
    /// itself.
    pub(crate) fn unpark(&mut self, now: Instant, clean: bool) {
        let core = &mut self.core;
        core.now = now;
        if !core.parked {
            return;
        }
        core.parked = false;
        if !clean {
            core.hang_up();
        }
        core.link.look_again(now);
        if !core.link.is_calling() && !core.link.is_off() {
            core.begin_sync(Sync::new(now + LAST_WORDS, false, 10));
        }
        core.answer_waiters();
        core.runner.wake();
    }

    /// The modem has refused one data call after the other.
    pub(crate) fn dialled_in_vain(&mut self, now: Instant) {
        self.core.now = now;
        self.core.climb_at_once();
        self.core.runner.wake();
    }

    /// The line leads to another command interpreter of the modem, to which nothing was said yet, and nothing is to
    /// be for so long. `shared`: others use the line too.
    pub(crate) fn begin_anew(&mut self, now: Instant, quiet: Duration, shared: bool) {
        let core = &mut self.core;
        core.now = now;
        core.quiet_until = now + quiet;
        core.parked = false;
        core.shared = shared;
        core.echo_is_off = false;
        core.sync = None;
        core.out_of_step = true;
        core.link.begin_anew(now);
        core.runner.wake();
    }

    /// Whether the link is up, and what is to be known of it has been asked.
    pub(crate) fn is_settled(&self) -> bool {
        self.core.link.state() == LinkState::Up && !self.core.link.is_refreshing()
    }

    /// Whether the modem has taken the settings that everything else stands on.
    pub(crate) fn is_set_up(&self) -> bool {
        self.core.link.is_set_up()
    }

    /// Whether the modem is being called and has not answered.
    pub(crate) fn is_calling(&self) -> bool {
        self.core.link.is_calling()
    }

    /// Whether nobody wants the link.
    pub(crate) fn is_down(&self) -> bool {
        self.core.link.state() == LinkState::Down
    }

    /// Whether the radio is off, too, or the modem is left alone.
    pub(crate) fn is_off(&self) -> bool {
        self.core.link.is_off() || self.core.link.is_asleep()
    }

    /// Why users need not wait for the link.
    pub(crate) fn link_error(&self) -> Option<Error> {
        if self.is_down() { Some(Error::LinkDown) } else { self.core.link.error() }
    }

    pub(crate) const fn config(&self) -> &Config {
        &self.core.config
    }

    pub(crate) const fn timing(&self) -> &'static Timing {
        self.core.timing
    }

    /// The call that takes the line, or the one `beside` commands and sockets.
    pub(crate) fn data_call(&self, beside: bool) -> DataCall {
        let call = self.core.dialect.data_call();
        if beside { call.beside(self.core.config.cid) } else { call }
    }

    pub(crate) fn multiplexer(&self) -> Option<&'static Multiplexer> {
        self.core.dialect.multiplexer()
    }
}
