//! The data connection: dialled, used, lost and dialled again.

use core::cell::RefCell;

use super::Link;
use super::wire::Flow;
use crate::drive::Task;
use crate::engine::Engine;
use crate::error::Error;
use crate::link::{Dialler, Goal, Progress};
use crate::ppp::{Failure, Phase};
use crate::time::{Duration, Instant};

/// How long to wait after so many calls that came to nothing.
const PAUSES: [u32; 4] = [1, 2, 5, 15];
/// How long after more than these.
const PAUSE: u32 = 60;
/// So many calls have to fail until users hear of it.
const FAILURES: u8 = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Idle,
    Dialling,
    /// PPP runs.
    Data,
}

/// A data connection on a line, or a channel, that is nobody else's meanwhile.
#[derive(Debug)]
pub(super) struct DataConnection<'d, L> {
    link: &'d RefCell<L>,
    flow: Flow,
    dialler: Dialler,
    stage: Stage,
    /// Commands and sockets of the modem go on beside it.
    beside: bool,
    /// The bytes that were given last were the dialler's.
    dialler_speaks: bool,
    /// IP was up on this connection.
    was_up: bool,
    /// The end was announced.
    closing: bool,
    /// It ends because nothing answers over it.
    deaf: bool,
    /// The peer has agreed to the last end, so that the modem is in command mode again.
    clean: bool,
    failures: u8,
    failure: Option<Error>,
    retry: Instant,
}

impl<'d, L: Link> DataConnection<'d, L> {
    pub(super) const fn new(link: &'d RefCell<L>, beside: bool) -> Self {
        Self {
            link,
            flow: Flow::new(),
            dialler: Dialler::new(),
            stage: Stage::Idle,
            beside,
            dialler_speaks: false,
            was_up: false,
            closing: false,
            deaf: false,
            clean: true,
            failures: 0,
            failure: None,
            retry: Instant::START,
        }
    }

    pub(super) const fn is_idle(&self) -> bool {
        matches!(self.stage, Stage::Idle)
    }

    /// Whether PPP runs.
    pub(super) const fn carries(&self) -> bool {
        matches!(self.stage, Stage::Data)
    }

    /// Whether the last end left the modem in command mode, as far as can be told.
    pub(super) const fn is_clean(&self) -> bool {
        self.clean
    }

    /// Whether calls have just failed so often that the link under them is to be made anew: after 3 of them, 6, 12, 24 and so on
    /// (LENA-R8 application development §8.2: "cannot establish dial-up").
    pub(super) const fn is_in_vain(&self) -> bool {
        self.failures.is_multiple_of(3) && (self.failures / 3).is_power_of_two()
    }

    /// When the next call may be made.
    pub(super) const fn retry_at(&self) -> Instant {
        self.retry
    }

    /// Tells users of the stack why they need not wait, while there is no connection.
    pub(super) fn explain(&self, link: Option<Error>) {
        let failure = self.failure.filter(|_| self.failures >= FAILURES);
        self.link.borrow_mut().set_error(link.or(failure));
    }

    /// The line is this one's now.
    pub(super) fn begin(&mut self, now: Instant) {
        self.stage = Stage::Dialling;
        self.flow.clear();
        (self.was_up, self.closing, self.deaf) = (false, false, false);
        self.dialler.start(now);
    }

    /// The line is gone.
    pub(super) fn drop_line(&mut self, now: Instant) {
        if self.stage != Stage::Idle {
            self.end(now, None);
        }
    }

    /// The modem shows that there is no connection any more.
    pub(super) fn lose_carrier(&mut self, now: Instant) {
        let failure = self.link.borrow().ppp().failure().map_or(Error::NoAddress, Error::from);
        let failure = (!self.was_up).then_some(failure);
        self.end(now, failure);
        self.clean = true;
    }

    fn end(&mut self, now: Instant, failure: Option<Error>) {
        let told =
            matches!(self.link.borrow().ppp().failure(), Some(Failure::Terminated | Failure::NoCarrier));
        self.clean = self.stage == Stage::Dialling || told;
        self.stage = Stage::Idle;
        self.failure = failure;
        self.failures = if failure.is_some() { self.failures.saturating_add(1) } else { 0 };
        let pause = PAUSES.get(usize::from(self.failures)).copied().unwrap_or(PAUSE);
        self.retry = now + Duration::from_secs(pause);
        // Whoever wants to connect waits for the next call.
        let error = failure.filter(|_| self.failures >= FAILURES);
        self.link.borrow_mut().hang_up(error);
        if let Some(failure) = failure {
            info!("the data connection has failed: {:?}", failure);
        }
    }

    /// Sets time forward; `wanted` is false when the connection is to end. True when it has ended.
    pub(super) fn advance(&mut self, now: Instant, engine: &Engine, wanted: bool) -> bool {
        match self.stage {
            Stage::Idle => {}
            Stage::Dialling => match self.dialler.poll(now, engine.timing()) {
                Progress::Waiting(_) => {}
                Progress::Connected => {
                    self.stage = Stage::Data;
                    self.link.borrow_mut().open(now);
                }
                Progress::Failed(error) => self.end(now, Some(error)),
            },
            Stage::Data => {
                let mut link = self.link.borrow_mut();
                self.was_up |= link.is_up();
                match link.hears() {
                    Some(true) => self.failures = 0,
                    Some(false) if !self.closing => self.deaf = true,
                    _ => {}
                }
                if (!wanted || self.deaf) && !core::mem::replace(&mut self.closing, true) {
                    link.close(now);
                }
                let (phase, failure) = (link.ppp().phase(), link.ppp().failure());
                drop(link);
                if phase == Phase::Dead {
                    let error = failure.map_or(Error::Aborted, Error::from);
                    let failed = !self.was_up && !self.closing;
                    let deaf = self.deaf && wanted;
                    self.end(now, if deaf { Some(Error::Timeout) } else { failed.then_some(error) });
                }
            }
        }
        self.stage == Stage::Idle
    }

    pub(super) const fn room(&self) -> usize {
        self.flow.room()
    }

    /// Takes bytes from the line.
    pub(super) fn handle_rx(&mut self, now: Instant, engine: &Engine, mut bytes: &[u8]) {
        if self.stage == Stage::Dialling {
            let count = self.dialler.handle_rx(
                now,
                bytes,
                Goal::Data(engine.data_call(self.beside)),
                engine.config(),
                engine.timing(),
            );
            bytes = bytes.get(count..).unwrap_or_default();
            self.advance(now, engine, true);
        }
        if self.stage == Stage::Data && !bytes.is_empty() {
            self.flow.handle_rx(&mut *self.link.borrow_mut(), now, bytes);
        }
    }

    /// What is to be done now, while it is not idle. See [`advance`](Self::advance), which comes before.
    pub(super) fn poll_output(&mut self, now: Instant, engine: &Engine, chunk: &mut [u8]) -> Task {
        self.dialler_speaks = self.stage == Stage::Dialling || !self.dialler.is_silent();
        if !self.dialler_speaks {
            return self.flow.poll_output(&mut *self.link.borrow_mut(), now, chunk);
        }
        let bytes = self.dialler.outgoing(now);
        let count = bytes.len().min(chunk.len());
        if let (Some(to), Some(from), 1..) = (chunk.get_mut(..count), bytes.get(..count), count) {
            to.copy_from_slice(from);
            return Task::Transmit(count);
        }
        match self.dialler.poll(now, engine.timing()) {
            Progress::Waiting(at) => Task::Timeout(Some(at)),
            _ => Task::Timeout(Some(now)),
        }
    }

    pub(super) fn transmitted(&mut self, count: usize) {
        if self.dialler_speaks {
            self.dialler.transmitted(count);
        } else {
            self.flow.transmitted(count);
        }
    }
}
