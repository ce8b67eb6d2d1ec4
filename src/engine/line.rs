//! The engine at its serial port: bytes that come, bytes that go, and time.

use super::{Engine, Output, Timer};
use crate::at::Token;
use crate::time::Instant;

impl Engine {
    /// Takes bytes from the modem.
    pub fn handle_rx(&mut self, now: Instant, bytes: &[u8]) {
        self.core.now = now;
        self.core.stirs();
        if !self.core.out_of_step && self.framer.hold(bytes) {
            self.core.held = true;
            return;
        }
        self.take(bytes);
    }

    // Out of line, so that the few instructions above are few.
    #[inline(never)]
    fn take(&mut self, mut bytes: &[u8]) {
        self.core.runner.wake();
        self.core.held = false;
        let held = self.framer.held();
        if !held.is_empty() && !self.core.out_of_step {
            self.core.on_raw(held);
        }
        loop {
            if let Some(pipes) = self.core.pipe() {
                bytes = (pipes.receive)(&mut self.core, bytes);
            }
            if core::mem::take(&mut self.core.out_of_step) {
                self.framer.reset();
            }
            let Some(token) = self.framer.next(&mut bytes, self.core.watch()) else { break };
            match token {
                Token::Line => self.core.on_line(self.framer.line(), self.framer.gap()),
                Token::Prompt => self.core.on_prompt(),
                Token::Span(span) => self.core.on_span(span),
                Token::Raw(raw) => self.core.on_raw(raw),
                Token::SpanEnd { intact } => self.core.on_span_end(intact),
            }
        }
    }

    /// How many bytes from the modem can be taken now. Without end but while a connection is a raw
    /// pipe: then more would be lost, and the serial port must hold the modem back (RTS).
    pub fn room(&mut self) -> usize {
        self.core.extras.pipes.map_or(usize::MAX, |pipes| (pipes.room)(&mut self.core))
    }

    /// Takes note that time has passed.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.core.runner.wake();
        self.core.advance(now);
    }

    /// What is to be done now.
    pub fn poll_output(&mut self, now: Instant) -> Output<'_> {
        let deadline = self.core.deadline;
        // Nothing has happened: bytes of payload that were put by are looked at together.
        if self.core.runner.rests() && now < deadline.0 {
            // While payload is put by, it is the time when that came.
            if !self.core.held {
                self.core.now = now;
            }
            return Output::Timeout((deadline.0 < Instant::NEVER).then_some(deadline));
        }
        self.look(now)
    }

    #[inline(never)]
    fn look(&mut self, now: Instant) -> Output<'_> {
        self.core.runner.set_rests(false);
        self.core.advance(now);
        if let Some((pin, active)) = self.core.pin.take() {
            return Output::Pin { pin, active };
        }
        if let Some(baud) = self.core.baud.take() {
            self.framer.reset();
            self.core.rate = baud;
            return Output::Baud(baud);
        }
        let mut deadline = self.core.deadline;
        if let Some(dozing) = self.core.extras.dozing {
            if let Some(output) = (dozing.before)(&mut self.core) {
                return output;
            }
            deadline = deadline.min(((dozing.until)(&self.core), Timer::Wake));
        }
        if !self.core.outgoing().is_empty() {
            return Output::Transmit(self.core.outgoing());
        }
        self.core.deadline = deadline;
        self.core.runner.set_rests(true);
        Output::Timeout((deadline.0 < Instant::NEVER).then_some(deadline))
    }

    /// The serial port took `count` bytes of the last [`Output::Transmit`].
    pub fn transmitted(&mut self, count: usize) {
        if self.core.knocked() {
            return;
        }
        match self.core.pipe() {
            Some(pipes) => (pipes.transmitted)(&mut self.core, count),
            None => self.core.on_transmitted(count),
        }
    }

    /// Notes the task that drives this engine: it is woken when users have set something going.
    pub fn register_runner(&mut self, waker: &core::task::Waker) {
        self.core.runner.register(waker);
    }

    /// Wakes the task that drives this engine.
    pub fn wake_runner(&mut self) {
        self.core.runner.wake();
    }
}
