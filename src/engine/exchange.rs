//! Commands that are written by users: what is neither a socket nor a step of the link.
//!
//! A user asks for the line, gets it for a moment, writes a command straight into the engine's buffer,
//! and reads the answer from there. So neither has to be kept anywhere else, and a user who goes away
//! leaves nothing behind.

use core::task::{Poll, Waker};

use super::extras::Exchanges;
use super::job::Job;
use super::payload::Payload;
use super::{Core, Timer};
use crate::at::{CommandWriter, Final, hexadecimal, is_one_of, split};
use crate::dialect::{Answer, Bare, Call, Procedure, Step};
use crate::error::{Error, Failure};
use crate::socket::WakerCell;
use crate::time::{Duration, Instant};

/// How long sockets are served before a user who waits for the line.
const PATIENCE: Duration = Duration::from_millis(200);

/// How long a user may take who has the line, or whose answer has come. Then it is somebody else's.
const TURN: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Idle,
    /// A user waits for the line.
    Wanted,
    /// The line is the user's, and the engine's buffer.
    Granted,
    /// The command is on its way, or its payload, or its answer.
    Running,
    /// The answer is in the buffer.
    Answered(Result<(), Failure>),
}

#[derive(Debug)]
pub(crate) struct Exchange {
    state: State,
    /// Whose turn it is.
    ticket: u8,
    /// Bytes of the command, then of its answer.
    len: u16,
    /// Bytes at the end of the buffer that a line must hold to be kept.
    about: u8,
    /// Characters that are still to come, whatever they look like.
    owed: u16,
    /// The answer did not fit.
    cut: bool,
    /// The user has gone.
    abandoned: bool,
    /// From when on the wish comes before sockets; until when the line is the user's.
    at: Instant,
    waker: WakerCell,
}

impl Exchange {
    pub(super) const fn new() -> Self {
        Self {
            state: State::Idle,
            ticket: 0,
            len: 0,
            about: 0,
            owed: 0,
            cut: false,
            abandoned: false,
            at: Instant::START,
            waker: WakerCell::new(),
        }
    }

    pub(super) fn wake(&mut self) {
        self.waker.wake();
    }

    /// The length of the command that a user has written. From now on its answer is counted.
    pub(super) const fn take_written(&mut self) -> usize {
        core::mem::replace(&mut self.len, 0) as usize
    }
}

const EXCHANGES: Exchanges =
    Exchanges { turn: Core::take_turns, line: Core::collect, finish: Core::exchanged, spoil: Core::spoil };

impl Core {
    /// Whether users can have commands given, or why not.
    pub(super) fn takes_commands(&self) -> Result<(), Error> {
        if !self.link.is_set_up() {
            return Err(self.link.reason());
        }
        if self.parked && self.link.state() == crate::LinkState::Up {
            // The line carries data, for as long as that likes.
            return Err(Error::Unsupported);
        }
        Ok(())
    }

    /// Asks for the line; ready when it is the user's, who has to ask again with the same `ticket` until then.
    pub(crate) fn poll_turn(&mut self, ticket: &mut Option<u8>, waker: &Waker) -> Poll<Result<(), Error>> {
        self.takes_commands()?;
        self.extras.exchanges = Some(&EXCHANGES);
        let exchange = &mut self.exchange;
        match (exchange.state, *ticket == Some(exchange.ticket)) {
            (State::Granted, true) => return Poll::Ready(Ok(())),
            (State::Wanted, true) => exchange.waker.register(waker),
            (State::Idle, _) => {
                exchange.ticket = exchange.ticket.wrapping_add(1);
                *ticket = Some(exchange.ticket);
                exchange.state = State::Wanted;
                exchange.at = self.now + PATIENCE;
                exchange.waker.register(waker);
                self.runner.wake();
            }
            _ => self.waiters.register(waker),
        }
        Poll::Pending
    }

    /// The SIM card is not what it was: the link need not wait until it looks again.
    #[cfg(any(feature = "async", feature = "nb"))]
    pub(crate) fn look_at_sim(&mut self) {
        self.link.look_at_sim(self.now);
        self.runner.wake();
    }

    /// How many turns there have been.
    pub(crate) const fn turns(&self) -> u8 {
        self.exchange.ticket
    }

    /// Whether the line is the user's of that ticket.
    fn is_mine(&self, ticket: Option<u8>) -> bool {
        ticket == Some(self.exchange.ticket)
    }

    /// Begins with the command that `write` writes, whose answer and time limit are those of `step`. Of the
    /// answer only lines are kept that hold `about`, which may be empty.
    /// The caller has the line.
    pub(crate) fn begin_exchange(
        &mut self,
        step: &'static Step,
        payload: Option<Payload>,
        write: &dyn Fn(&mut CommandWriter<'_>),
        about: &[u8],
    ) -> Result<(), Error> {
        let end = self.command.len().saturating_sub(about.len());
        let Some((command, end)) = self.command.split_at_mut_checked(end) else {
            return Err(Error::InvalidInput);
        };
        let Some(place) = end.get_mut(..about.len()) else { return Err(Error::InvalidInput) };
        place.copy_from_slice(about);
        let mut writer = CommandWriter::new(command);
        write(&mut writer);
        let Some(len) = writer.finish() else { return Err(Error::InvalidInput) };
        self.exchange.state = State::Running;
        if let Some(payload) = payload {
            self.announce(payload);
        }
        self.exchange.len = len as u16;
        self.exchange.about = about.len() as u8;
        self.exchange.owed = 0;
        self.exchange.cut = false;
        self.begin_job(Procedure::Exchange, None, Call::new(), core::slice::from_ref(step));
        self.runner.wake();
        Ok(())
    }

    /// Gives as much of the payload as can be taken now, and says how much; zero when the modem has
    /// answered.
    pub(crate) fn poll_feed(&mut self, ticket: Option<u8>, bytes: &[u8], waker: &Waker) -> Poll<usize> {
        if !self.is_mine(ticket) {
            return Poll::Ready(0);
        }
        match self.exchange.state {
            State::Running => {
                let given = self.give(bytes);
                if given.is_pending() {
                    self.exchange.waker.register(waker);
                }
                given
            }
            _ => Poll::Ready(0),
        }
    }

    /// The answer, as lines with LF between them. It is there until the line is given back, or one second.
    pub(crate) fn poll_answer(&mut self, ticket: Option<u8>, waker: &Waker) -> Poll<Result<&[u8], Error>> {
        let State::Answered(result) = self.exchange.state else {
            if !self.is_mine(ticket) || matches!(self.exchange.state, State::Idle | State::Wanted) {
                return Poll::Ready(Err(Error::Aborted));
            }
            self.exchange.waker.register(waker);
            return Poll::Pending;
        };
        if !self.is_mine(ticket) {
            return Poll::Ready(Err(Error::Aborted));
        }
        // The line stays with the user, who may have more to say.
        self.exchange.state = State::Granted;
        self.exchange.at = self.now + TURN;
        self.runner.wake();
        let result = match result {
            Ok(()) if self.exchange.cut => Err(Error::Oversized),
            Ok(()) => Ok(self.command.get(..self.exchange.len.into()).unwrap_or_default()),
            Err(failure) => Err(failure.into()),
        };
        Poll::Ready(result)
    }

    /// The user gives the line back, or does not wait any longer.
    pub(crate) fn release_turn(&mut self, ticket: Option<u8>) {
        if !self.is_mine(ticket) {
            return;
        }
        match self.exchange.state {
            State::Idle => return,
            State::Wanted | State::Granted | State::Answered(_) => self.exchange.state = State::Idle,
            State::Running => {
                self.exchange.abandoned = true;
                // Nobody else may mistake it for theirs.
                self.exchange.ticket = self.exchange.ticket.wrapping_add(1);
                self.leave_payload();
            }
        }
        self.waiters.wake();
        self.runner.wake();
    }

    /// Whether the line is, or now becomes, a user's. `idle`: nothing else is to be done.
    fn take_turns(&mut self, idle: bool) -> bool {
        match self.exchange.state {
            State::Wanted if idle || self.now >= self.exchange.at => {
                if self.now < self.ready_at {
                    return self.wait(self.ready_at, Timer::Gap);
                }
                self.exchange.state = State::Granted;
                self.exchange.at = self.now + TURN;
                self.exchange.waker.wake();
                self.wait(self.exchange.at, Timer::Turn)
            }
            State::Granted | State::Answered(_) if self.now < self.exchange.at => {
                self.wait(self.exchange.at, Timer::Turn)
            }
            State::Granted | State::Answered(_) => {
                self.exchange.state = State::Idle;
                self.exchange.waker.wake();
                self.waiters.wake();
                false
            }
            State::Wanted => {
                self.wait(self.exchange.at, Timer::Turn);
                false
            }
            _ => false,
        }
    }

    /// Whether the line is an answer to the user's command; if so it is kept.
    fn collect(&mut self, answer: Answer, line: &[u8]) -> bool {
        let Answer::Lines { prefixes, bare } = answer else { return false };
        if self.exchange.state != State::Running || self.feed.is_wanted() || self.sent < self.len {
            return false;
        }
        let named = split(line).is_some_and(|(prefix, _)| is_one_of(prefix, prefixes.as_bytes()));
        let unknown = || Final::parse(line).is_none() && self.dialect.urc(line).is_none();
        let owed = usize::from(core::mem::take(&mut self.exchange.owed));
        let characters = core::str::from_utf8(line).map_or(line.len(), |text| text.chars().count());
        let mine = match bare {
            _ if owed > 0 && characters <= owed => {
                // Between lines stand one or two characters more.
                self.exchange.owed = (owed - characters).saturating_sub(1) as u16;
                true
            }
            Bare::Foreign => named,
            Bare::Kept | Bare::Counted(_) => named || unknown(),
            Bare::Octets => named || is_octets(line),
        };
        if !mine {
            return false;
        }
        if let (Bare::Counted(count), true, 0) = (bare, named, owed) {
            self.exchange.owed = count(line).unwrap_or(0);
        }
        let room = self.command.len().saturating_sub(self.exchange.about.into());
        let Some((place, about)) = self.command.split_at_mut_checked(room) else { return true };
        if !about.is_empty() && !line.windows(about.len()).any(|part| part == about) {
            return true;
        }
        // The command has left, and its echo has come if there is one.
        let begin = usize::from(self.exchange.len);
        (self.len, self.sent) = (0, 0);
        let octets = matches!(bare, Bare::Octets) && !named;
        let end = begin + if octets { line.len() / 2 } else { line.len() + 1 };
        match place.get_mut(begin..end) {
            Some(place) if octets => {
                for (place, pair) in place.iter_mut().zip(line.as_chunks::<2>().0) {
                    *place =
                        pair.iter().fold(0, |octet, &digit| octet << 4 | hexadecimal(digit).unwrap_or(0));
                }
                self.exchange.len = end as u16;
            }
            Some([place @ .., last]) => {
                place.copy_from_slice(line);
                *last = b'\n';
                self.exchange.len = end as u16;
            }
            _ => self.exchange.cut = true,
        }
        true
    }

    /// The command is over.
    fn exchanged(&mut self, _: &Job, result: Result<(), Failure>) {
        self.end_payload();
        let abandoned = core::mem::take(&mut self.exchange.abandoned);
        self.exchange.state = if abandoned { State::Idle } else { State::Answered(result) };
        self.exchange.at = self.now + TURN;
        self.exchange.waker.wake();
        self.waiters.wake();
    }

    /// The buffer is needed for something else.
    fn spoil(&mut self) {
        match self.exchange.state {
            State::Idle | State::Wanted => {}
            State::Granted => self.exchange.state = State::Idle,
            // An error needs no buffer.
            State::Answered(Ok(())) => self.exchange.state = State::Answered(Err(Failure::Gone)),
            _ => {}
        }
        self.exchange.waker.wake();
        self.waiters.wake();
    }
}

/// Whether a line is hexadecimal digits alone, two for each octet.
fn is_octets(line: &[u8]) -> bool {
    line.len().is_multiple_of(2) && line.iter().all(|&digit| hexadecimal(digit).is_some())
}
