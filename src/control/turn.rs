//! A user's turn with the modem: commands and their answers.

use core::cell::RefCell;
use core::future::poll_fn;
use core::task::{Context, Poll, ready};

use super::{Control, borrow};
use crate::at::{CommandWriter, Params, is_one_of, split};
use crate::dialect::Step;
use crate::engine::Engine;
use crate::engine::payload::Payload;
use crate::error::Error;
use crate::time::Duration;

const RADIO_OFF: Step = Step::new("+CFUN=0").lines("", false).timeout(Duration::from_secs(180));

/// Writes a command behind `AT`.
pub(super) type Write<'a> = &'a dyn Fn(&mut CommandWriter<'_>);

/// The line, for as long as nobody else is to come between commands. It is given back when this is
/// dropped; a command that is under way then comes to its end unheard.
pub(super) struct Turn<'d> {
    engine: &'d RefCell<Engine>,
    ticket: Option<u8>,
}

impl<'d> Control<'d> {
    pub(super) const fn turn(&self) -> Turn<'d> {
        Turn { engine: self.engine, ticket: None }
    }

    /// A number that differs from those that were given not long before.
    pub(super) fn next_reference(&self) -> u8 {
        borrow(self.engine).core.turns()
    }

    /// One command that is answered by `OK` alone.
    pub(super) async fn tell(&self, step: &'static Step, write: Write<'_>) -> Result<(), Error> {
        self.turn().tell(step, write).await
    }

    /// One command, and what `read` makes of its answer.
    pub(super) async fn ask<T>(
        &self,
        step: &'static Step,
        write: Write<'_>,
        read: impl FnMut(Lines<'_>) -> Option<T>,
    ) -> Result<T, Error> {
        self.turn().ask(step, write, read).await
    }
}

impl Turn<'_> {
    /// One command that is answered by `OK` alone.
    pub(super) async fn tell(&mut self, step: &'static Step, write: Write<'_>) -> Result<(), Error> {
        self.begin(step, write, None, &[]).await?;
        poll_fn(|cx| self.answer(cx, &mut |_| Some(()))).await
    }

    /// One command, and what `read` makes of its answer.
    pub(super) async fn ask<T>(
        &mut self,
        step: &'static Step,
        write: Write<'_>,
        read: impl FnMut(Lines<'_>) -> Option<T>,
    ) -> Result<T, Error> {
        self.ask_about(step, write, &[], read).await
    }

    /// One command whose answer may be long, and what `read` makes of those lines that hold `about`.
    pub(super) async fn ask_about<T>(
        &mut self,
        step: &'static Step,
        write: Write<'_>,
        about: &[u8],
        mut read: impl FnMut(Lines<'_>) -> Option<T>,
    ) -> Result<T, Error> {
        self.begin(step, write, None, about).await?;
        poll_fn(|cx| self.answer(cx, &mut read)).await
    }

    /// One command with payload behind its prompt, and what `read` makes of its answer.
    pub(super) async fn give<T>(
        &mut self,
        step: &'static Step,
        write: Write<'_>,
        payload: Payload,
        mut source: impl FnMut(usize, &mut [u8]) -> usize,
        mut read: impl FnMut(Lines<'_>) -> Option<T>,
    ) -> Result<T, Error> {
        self.begin(step, write, Some(payload), &[]).await?;
        let mut given = 0;
        let mut chunk = [0; 64];
        loop {
            let len = source(given, &mut chunk);
            let bytes = chunk.get(..len).unwrap_or_default();
            let count = self.feed(bytes).await;
            if count == 0 {
                break;
            }
            given += count;
        }
        poll_fn(|cx| self.answer(cx, &mut read)).await
    }

    /// Turns the radio off, for settings that want it so.
    pub(super) async fn radio_off(&mut self) -> Result<(), Error> {
        self.tell(&RADIO_OFF, &|w| _ = w.text("+CFUN=0")).await
    }

    /// Starts the modem anew, by the command that its documents have for that.
    pub(super) async fn restart(&mut self) -> Result<(), Error> {
        let step = borrow(self.engine).core.restart_step().ok_or(Error::LinkDown)?;
        self.restart_by(step, &|w| _ = w.text(step.command)).await
    }

    /// Gives a command after whose OK the modem starts anew.
    pub(super) async fn restart_by(&mut self, step: &'static Step, write: Write<'_>) -> Result<(), Error> {
        match self.tell(step, write).await {
            // The answer to it is the last thing that the modem has said.
            Err(Error::Aborted) => Ok(()),
            other => other,
        }
    }

    /// More may come than the answer that was read.
    pub(super) fn resync(&self) {
        borrow(self.engine).core.resync();
    }

    /// Gives as much of the payload as can be taken now, and says how much; zero when the modem has answered.
    pub(super) async fn feed(&self, bytes: &[u8]) -> usize {
        poll_fn(|cx| borrow(self.engine).core.poll_feed(self.ticket, bytes, cx.waker())).await
    }

    /// Begins with a command, whose answer is still to be waited for.
    pub(super) async fn begin(
        &mut self,
        step: &'static Step,
        write: Write<'_>,
        payload: Option<Payload>,
        about: &[u8],
    ) -> Result<(), Error> {
        poll_fn(|cx| {
            let mut engine = borrow(self.engine);
            ready!(engine.core.poll_turn(&mut self.ticket, cx.waker()))?;
            Poll::Ready(engine.core.begin_exchange(step, payload, write, about))
        })
        .await
    }

    /// The answer to what was begun.
    pub(super) fn answer<T>(
        &self,
        cx: &Context<'_>,
        read: &mut impl FnMut(Lines<'_>) -> Option<T>,
    ) -> Poll<Result<T, Error>> {
        let mut engine = borrow(self.engine);
        let answer = ready!(engine.core.poll_answer(self.ticket, cx.waker()))?;
        Poll::Ready(read(Lines(answer)).ok_or(Error::UnexpectedAnswer))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        borrow(self.engine).core.release_turn(self.ticket);
    }
}

/// The lines of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines<'a>(pub(super) &'a [u8]);

impl<'a> Lines<'a> {
    /// All of them.
    pub(super) fn iter(self) -> impl Iterator<Item = &'a [u8]> + Clone {
        self.0.split(|&byte| byte == b'\n').filter(|line| !line.is_empty())
    }

    /// The parameters of each line that has one of these prefixes, which have bars between them.
    pub(super) fn all(self, prefixes: &str) -> impl Iterator<Item = Params<'a>> {
        self.iter().filter_map(move |line| {
            let (prefix, rest) = split(line)?;
            is_one_of(prefix, prefixes.as_bytes()).then(|| Params::new(rest))
        })
    }

    /// The parameters of the first such line.
    pub(super) fn first(self, prefixes: &str) -> Option<Params<'a>> {
        self.all(prefixes).next()
    }
}
