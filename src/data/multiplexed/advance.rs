//! How the multiplexer is started, watched and given up, and the data connection on it dialled.

use super::{Line, Link, Phase};
use crate::cmux::{CLOSE_DOWN, Signals, State, Test};
use crate::engine::Engine;
use crate::error::Error;
use crate::link::Progress;
use crate::time::{Duration, Instant};

/// A modem that does not answer for so long may be in multiplexer mode, or out of it.
const SILENCE: Duration = Duration::from_secs(4);
/// How long the channels may take to open.
const OPENING: Duration = Duration::from_secs(10);
/// How long to wait with the next try after the multiplexer was refused.
const AGAIN: Duration = Duration::from_secs(30);
/// How long to wait until a channel that was released is established again.
const REOPEN: Duration = Duration::from_secs(2);

impl<L: Link> Line<'_, L> {
    /// Whether the line carries frames.
    pub(super) const fn is_framed(&self) -> bool {
        matches!(self.phase, Phase::Opening(_) | Phase::Settling(_) | Phase::Open)
    }

    /// Sets time forward. Says when it wants to be called again.
    pub(super) fn advance(&mut self, now: Instant, engine: &mut Engine) -> Option<Instant> {
        match self.phase {
            Phase::Plain => self.advance_plain(now, engine),
            Phase::Parking => match engine.quiet_at() {
                Some(at) if at <= now => {
                    self.starter.start(now);
                    self.phase = Phase::Starting;
                    Some(now)
                }
                at => at,
            },
            Phase::Starting => match self.starter.poll(now, engine.timing()) {
                Progress::Waiting(at) => Some(at),
                Progress::Connected => {
                    self.phase = Phase::Pausing(now + self.modem.map_or(Duration::ZERO, |modem| modem.pause));
                    Some(now)
                }
                Progress::Failed(error) => Some(self.give_up(now, engine, error)),
            },
            Phase::Pausing(until) if now < until => Some(until),
            Phase::Pausing(_) => {
                self.open_channels(now);
                Some(now)
            }
            Phase::Opening(until) => self.advance_opening(now, engine, until),
            Phase::Settling(until) if now < until => Some(until),
            Phase::Settling(_) => {
                engine.begin_anew(now, Duration::ZERO, true);
                (self.phase, self.failure) = (Phase::Open, None);
                Some(now)
            }
            Phase::Open => self.advance_open(now, engine),
        }
    }

    fn advance_plain(&mut self, now: Instant, engine: &mut Engine) -> Option<Instant> {
        self.data.explain(engine.link_error().or(self.failure));
        self.silent = None;
        if !engine.is_set_up() {
            return None;
        }
        if now < self.retry {
            return Some(self.retry);
        }
        let Some(modem) = engine.multiplexer() else {
            self.failure = Some(Error::Unsupported);
            self.retry = now + AGAIN;
            return Some(self.retry);
        };
        self.modem = Some(modem);
        if let Some(memory) = self.memory.take() {
            self.mux = Some(memory.into_mux(modem));
        }
        engine.park();
        self.phase = Phase::Parking;
        Some(now)
    }

    /// Ends multiplexer mode in the modem. One in command mode takes that for the beginning of a line,
    /// which ends here.
    fn call_back(&mut self) {
        self.note.fill(|room| {
            let bytes = CLOSE_DOWN.iter().chain(b"\r");
            room.iter_mut().zip(bytes).map(|(to, &byte)| *to = byte).count()
        });
    }

    fn open_channels(&mut self, now: Instant) {
        let (Some(mux), Some(modem)) = (&mut self.mux, self.modem) else { return };
        // All channels exist, and the multiplexer is opening: neither fails.
        _ = mux.open(0);
        _ = mux.open(modem.at);
        _ = mux.open(modem.data);
        self.phase = Phase::Opening(now + OPENING);
    }

    fn advance_opening(&mut self, now: Instant, engine: &mut Engine, until: Instant) -> Option<Instant> {
        let (Some(mux), Some(modem)) = (&self.mux, self.modem) else { return None };
        match (mux.state(0), mux.state(modem.at)) {
            (State::Open, State::Open) => {
                self.phase = Phase::Settling(now + modem.settle);
                Some(now)
            }
            (State::Failed(error), _) | (_, State::Failed(error)) => Some(self.give_up(now, engine, error)),
            _ if now >= until => Some(self.give_up(now, engine, Error::Timeout)),
            _ => Some(until),
        }
    }

    /// The multiplexer cannot be used, for now. The engine goes on with the plain line.
    fn give_up(&mut self, now: Instant, engine: &mut Engine, error: Error) -> Instant {
        info!("the multiplexer has failed: {:?}", error);
        self.failure = Some(error);
        self.leave(now, engine);
        self.retry = now + AGAIN;
        self.retry
    }

    /// The line is plain again, or is taken for that; whatever stood on the channels is gone.
    fn leave(&mut self, now: Instant, engine: &mut Engine) {
        self.data.drop_line(now);
        if self.phase != Phase::Starting {
            // Whether or not the modem has noticed.
            self.call_back();
        }
        (self.phase, self.silent, self.carrier) = (Phase::Plain, None, false);
        self.retry = now;
        engine.begin_anew(now, self.modem.map_or(Duration::ZERO, |modem| modem.pause), false);
    }

    fn advance_open(&mut self, now: Instant, engine: &mut Engine) -> Option<Instant> {
        let (Some(mux), Some(modem)) = (&mut self.mux, self.modem) else { return None };
        if mux.state(0) != State::Open || mux.state(modem.at) != State::Open || mux.tested() == Test::Silent {
            self.leave(now, engine);
            return Some(now);
        }
        if engine.is_off() && self.data.is_idle() {
            // Whoever uses the modem next expects it in command mode.
            self.leave(now, engine);
            return Some(now);
        }
        let mut next = None;
        if engine.is_calling() {
            // It has restarted, or hangs.
            let at = *self.silent.get_or_insert(now + SILENCE);
            if at <= now && mux.tested() != Test::Waiting {
                mux.test();
                self.silent = Some(now + SILENCE);
            }
            next = self.silent.filter(|&at| at > now);
        } else {
            self.silent = None;
        }
        let down = engine.is_down();
        let signals = mux.signals(modem.data);
        let carrier = signals.is_some_and(|signals| signals.contains(Signals::DV));
        if self.data.is_idle() {
            self.data.explain(engine.link_error());
            let at = self.data.retry_at();
            if mux.state(modem.data) != State::Open {
                if matches!(mux.state(modem.data), State::Failed(_)) && mux.tested() != Test::Waiting {
                    // Perhaps there is no multiplexer any more.
                    mux.test();
                }
                if now >= self.reopen && mux.state(modem.data) != State::Opening {
                    _ = mux.open(modem.data);
                    self.reopen = now + REOPEN;
                }
                next = next.into_iter().chain([self.reopen].into_iter().filter(|&at| at > now)).min();
            } else if engine.is_settled() && now >= at {
                self.carrier = false;
                self.data.begin(now);
                return Some(now);
            } else if engine.is_settled() {
                next = next.into_iter().chain([at]).min();
            }
            return next;
        }
        self.carrier |= carrier;
        let lost = mux.state(modem.data) != State::Open || self.data.carries() && self.carrier && !carrier;
        if lost {
            self.data.lose_carrier(now);
        } else {
            self.data.advance(now, engine, !down);
        }
        if self.data.is_idle() {
            if self.data.is_in_vain() {
                engine.dialled_in_vain(now);
            }
            if !self.data.is_clean() {
                mux.close(modem.data);
                self.reopen = now + REOPEN;
            }
            return Some(now);
        }
        next
    }
}
