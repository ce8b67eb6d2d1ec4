//! What leaves next: derived from the state each time.

use super::channel::State;
use super::control::{dlci_octet, kind};
use super::frame::{self, CR, EA, Kind};
use super::repeat::Repeat;
use super::station::{Station, Step};
use super::{Test, Timer};
use crate::error::Error;
use crate::time::Instant;

impl Station<'_, '_> {
    /// Begins the next frame, if there is one to send: answers first, then commands, then the channels
    /// in turn, one frame each.
    pub(super) fn start_next(&mut self, now: Instant) {
        // Users' bytes leave in many pieces, and seldom there is anything else.
        if !self.quiet || self.next.is_some_and(|(at, _)| now >= at) {
            self.quiet = false;
            if self.start_answer()
                || self.start_step(now)
                || (self.state == State::Open && (self.start_status(now) || self.start_test(now)))
            {
                return;
            }
            self.quiet = true;
            self.next = self.deadline();
        }
        if self.state == State::Open {
            self.start_data();
        }
    }

    fn start_answer(&mut self) -> bool {
        if self.ua | self.dm != 0 {
            let (due, kind) = if self.ua != 0 { (&mut self.ua, Kind::Ua) } else { (&mut self.dm, Kind::Dm) };
            let dlci = due.trailing_zeros();
            *due &= !(1 << dlci);
            self.line.start(dlci as u8, kind, &[]);
            return true;
        }
        let answer = self.answers.first();
        if answer.is_empty() {
            return false;
        }
        self.line.start(0, Kind::Uih, answer);
        self.answers.drop_first();
        true
    }

    /// The step that the states call for.
    fn wanted_step(&self) -> Option<Step> {
        let of_channel = |channel: &super::Channel<'_>| match channel.state {
            State::Opening => Some(Step::Sabm(channel.dlci)),
            State::Closing => Some(Step::Disc(channel.dlci)),
            _ => None,
        };
        match self.state {
            State::Opening => Some(Step::Sabm(0)),
            State::Open => {
                // What is under way is not given up for another.
                let current = self
                    .step
                    .filter(|&step| self.channels.iter().any(|channel| of_channel(channel) == Some(step)));
                current.or_else(|| self.channels.iter().find_map(of_channel))
            }
            State::Closing => self.channels.iter().find_map(of_channel).or(Some(Step::CloseDown)),
            State::Closed | State::Failed(_) => None,
        }
    }

    fn start_step(&mut self, now: Instant) -> bool {
        loop {
            let wanted = self.wanted_step();
            if wanted != self.step {
                self.step = wanted;
                self.stepping = Repeat::IDLE;
            }
            let Some(step) = wanted else { return false };
            if !self.stepping.is_due(now) {
                return false;
            }
            if self.stepping.sent() > self.parameters.n2.into() {
                self.give_up(step);
                continue;
            }
            match step {
                Step::Sabm(dlci) => self.line.start(dlci, Kind::Sabm, &[]),
                Step::Disc(dlci) => self.line.start(dlci, Kind::Disc, &[]),
                Step::CloseDown => self.line.start(0, Kind::Uih, &[kind::CLD | CR, EA]),
            }
            let patience = if step == Step::CloseDown { self.parameters.t2 } else { self.parameters.t1 };
            self.stepping.send(now, patience);
            return true;
        }
    }

    fn give_up(&mut self, step: Step) {
        match step {
            Step::Sabm(0) => self.end(State::Failed(Error::Timeout)),
            Step::Sabm(dlci) => self.enter(dlci, State::Failed(Error::Timeout)),
            // One that does not answer one DISC answers no other: what is left is to close down.
            Step::Disc(_) if self.state == State::Closing => self.drop_channels(),
            Step::Disc(dlci) => self.enter(dlci, State::Closed),
            Step::CloseDown => self.end(State::Closed),
        }
    }

    /// The modem is told signals that have changed. One command for a DLC is under way at a time: an
    /// answer does not say which one it is for.
    fn start_status(&mut self, now: Instant) -> bool {
        let (n2, t2, answers) = (self.parameters.n2, self.parameters.t2, self.answers_status);
        for channel in self.channels.iter_mut().filter(|channel| channel.state == State::Open) {
            let signals = channel.signals();
            let changed = channel.told != Some(signals);
            if !(changed || channel.telling.is_waiting()) || !channel.telling.is_due(now) {
                continue;
            }
            if changed {
                channel.telling = Repeat::IDLE;
            }
            if channel.telling.sent() > n2.into() {
                if !answers {
                    channel.telling = Repeat::IDLE;
                    continue;
                }
                // A channel that stays stopped for ever is worse than a message now and then.
                channel.telling.send_slower(now);
            } else {
                channel.telling.send(now, t2);
            }
            channel.told = Some(signals);
            let message = [kind::MSC | CR, 2 << 1 | EA, dlci_octet(channel.dlci), signals.octet()];
            self.line.start(0, Kind::Uih, &message);
            return true;
        }
        false
    }

    fn start_test(&mut self, now: Instant) -> bool {
        if self.tested != Test::Waiting || !self.testing.is_due(now) {
            return false;
        }
        if self.testing.sent() > self.parameters.n2.into() {
            self.tested = Test::Silent;
            return false;
        }
        self.testing.send(now, self.parameters.t2);
        self.line.start(0, Kind::Uih, &[kind::TEST | CR, 1 << 1 | EA, b'?']);
        true
    }

    fn start_data(&mut self) {
        let count = self.channels.len();
        for i in 0..count {
            let place = (self.turn + i) % count;
            let Some(channel) = self.channels.get(place) else { continue };
            let len = channel.tx.len().min(usize::from(frame::best(channel.n1)));
            if len > 0 && channel.may_send() && !self.halted {
                self.line.start_data(channel.dlci, place, len);
                self.turn = place + 1;
                return;
            }
        }
    }

    /// The bytes that are to leave next. The line is not idle.
    pub(super) fn outgoing(&self) -> &[u8] {
        let edge = self.line.edge();
        if !edge.is_empty() {
            return edge;
        }
        let front = self.channels.get(self.line.channel).map_or(&[][..], |channel| channel.tx.front());
        front.get(..self.line.body).unwrap_or(front)
    }

    pub(super) fn transmitted(&mut self, count: usize) {
        let place = self.line.channel;
        let body = self.line.transmitted(count);
        if let Some(channel) = self.channels.get_mut(place) {
            channel.tx.skip(body);
        }
    }

    /// The next time at which something is to be sent again, or given up.
    fn deadline(&self) -> Option<(Instant, Timer)> {
        let step = self.step.and_then(|step| {
            let timer = if step == Step::CloseDown { Timer::T2 } else { Timer::T1 };
            self.stepping.again().map(|at| (at, timer))
        });
        if self.state != State::Open {
            return step;
        }
        let open = self.channels.iter().filter(|channel| channel.state == State::Open);
        let status = open.filter_map(|channel| channel.telling.again());
        let test = self.testing.again().filter(|_| self.tested == Test::Waiting);
        let others = status.chain(test).map(|at| (at, Timer::T2));
        others.chain(step).min_by_key(|(at, _)| *at)
    }
}
