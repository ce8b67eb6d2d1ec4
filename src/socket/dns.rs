//! Name resolution: one query at a time, because the modem has one command line.

use core::net::IpAddr;
use core::task::{Poll, Waker};

use super::name::{NAME, Name};
use crate::engine::Core;
use crate::error::Error;
use crate::time::{Duration, Instant};

/// An answer that nobody fetches makes room for the next question after this.
pub(crate) const UNCLAIMED: Duration = Duration::from_secs(2);

/// A question that was refused at once is asked again after this: SARA-R422 resolves no names in the
/// first half second behind an attach.
const AGAIN: Duration = Duration::from_millis(700);

/// Names one lookup of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket(pub(crate) u16);

/// Whether `name` is a host name that may be put between the quotes of a command: labels of 1 to
/// 63 letters, digits, hyphens and underscores.
pub(crate) fn is_host_name(name: &[u8]) -> bool {
    let name = name.strip_suffix(b".").unwrap_or(name);
    name.len() <= NAME
        && name.split(|&b| b == b'.').all(|label| {
            let fits = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
            (1..=63).contains(&label.len()) && label.iter().all(fits)
        })
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// The address of [`Lookup::name`]; whether an IPv6 address is wanted, where that matters.
    Name { ipv6: Option<bool> },
    /// The name of an address.
    Address(IpAddr),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Idle,
    Wanted,
    Running,
    Done(Result<IpAddr, Error>),
}

/// The one lookup.
#[derive(Debug)]
pub(crate) struct Lookup {
    state: State,
    ticket: u16,
    abandoned: bool,
    retried: bool,
    since: Instant,
    pub(crate) question: Question,
    pub(crate) name: Name,
    waker: super::WakerCell,
}

impl Lookup {
    pub(crate) const fn new() -> Self {
        Self {
            state: State::Idle,
            ticket: 0,
            abandoned: false,
            retried: false,
            since: Instant::START,
            question: Question::Name { ipv6: None },
            name: Name::new(),
            waker: super::WakerCell::new(),
        }
    }

    /// When the modem may be asked, where it is to be.
    pub(crate) fn wanted_at(&self) -> Instant {
        if self.state == State::Wanted { self.since } else { Instant::NEVER }
    }

    pub(crate) fn start(&mut self, now: Instant) {
        self.state = State::Running;
        self.since = now;
    }

    /// The modem has answered. A modem that is busy, or has just attached, refuses at once: it is asked
    /// once more.
    pub(crate) fn finish(&mut self, now: Instant, result: Result<IpAddr, Error>) {
        let quick = !now.is_past(self.since, Duration::from_secs(2));
        if result.is_err() && quick && !self.retried && !self.abandoned {
            self.retried = true;
            self.state = State::Wanted;
            self.since = now + AGAIN;
            return;
        }
        if let (Ok(address), Question::Name { .. }) = (result, self.question) {
            self.name.resolved(address);
        }
        self.since = now;
        self.state = if self.abandoned { State::Idle } else { State::Done(result) };
        self.waker.wake();
    }

    /// The link is gone, and the question with it.
    pub(crate) fn fail(&mut self, error: Error) {
        if matches!(self.state, State::Wanted | State::Running) {
            self.state = if self.abandoned { State::Idle } else { State::Done(Err(error)) };
            self.waker.wake();
        }
    }
}

impl Core {
    /// Asks for the address of `name`. Waits while another question is open.
    pub(crate) fn resolve(
        &mut self,
        name: &[u8],
        ipv6: Option<bool>,
        waker: &Waker,
    ) -> Poll<Result<Ticket, Error>> {
        if !is_host_name(name) {
            return Poll::Ready(Err(Error::InvalidInput));
        }
        self.ask(Question::Name { ipv6 }, name, waker)
    }

    /// Asks for the name of `address`.
    pub(crate) fn resolve_address(&mut self, address: IpAddr, waker: &Waker) -> Poll<Result<Ticket, Error>> {
        if self.dialect.steps(crate::dialect::Procedure::ResolveAddress).is_empty() {
            return Poll::Ready(Err(Error::Unsupported));
        }
        self.ask(Question::Address(address), &[], waker)
    }

    fn ask(&mut self, question: Question, name: &[u8], waker: &Waker) -> Poll<Result<Ticket, Error>> {
        core::task::ready!(self.poll_link(waker))?;
        let lookup = &mut self.lookup;
        let unclaimed = matches!(lookup.state, State::Done(_)) && self.now.is_past(lookup.since, UNCLAIMED);
        if lookup.state != State::Idle && !unclaimed {
            self.waiters.register(waker);
            return Poll::Pending;
        }
        lookup.ticket = lookup.ticket.wrapping_add(1);
        lookup.state = State::Wanted;
        lookup.since = Instant::default();
        lookup.abandoned = false;
        lookup.retried = false;
        lookup.question = question;
        lookup.name.push(name);
        let ticket = Ticket(lookup.ticket);
        self.use_names();
        self.runner.wake();
        Poll::Ready(Ok(ticket))
    }

    /// The ticket of a question for `name` that is open or answered.
    pub(crate) fn ticket_of(&self, name: &[u8], ipv6: Option<bool>) -> Option<Ticket> {
        let lookup = &self.lookup;
        let same = lookup.question == Question::Name { ipv6 } && lookup.name.as_bytes() == name;
        (same && lookup.state != State::Idle && !lookup.abandoned).then_some(Ticket(lookup.ticket))
    }

    /// The ticket of a question for the name of `address` that is open or answered.
    pub(crate) fn ticket_of_address(&self, address: IpAddr) -> Option<Ticket> {
        let lookup = &self.lookup;
        let same = lookup.question == Question::Address(address);
        (same && lookup.state != State::Idle && !lookup.abandoned).then_some(Ticket(lookup.ticket))
    }

    /// The answer. For the name of an address it stands in `name`.
    pub(crate) fn poll_lookup(
        &mut self,
        ticket: Ticket,
        waker: &Waker,
        name: Option<&mut [u8]>,
    ) -> Poll<Result<(IpAddr, usize), Error>> {
        let lookup = &mut self.lookup;
        if ticket.0 != lookup.ticket {
            return Poll::Ready(Err(Error::Aborted));
        }
        match lookup.state {
            State::Idle => Poll::Ready(Err(Error::Aborted)),
            State::Wanted | State::Running => {
                lookup.waker.register(waker);
                Poll::Pending
            }
            State::Done(result) => {
                lookup.state = State::Idle;
                self.waiters.wake();
                let mut len = 0;
                if let (Ok(_), Some(out)) = (result, name) {
                    let name = self.lookup.name.as_bytes();
                    len = name.len();
                    match out.get_mut(..len) {
                        Some(out) => out.copy_from_slice(name),
                        None => return Poll::Ready(Err(Error::Oversized)),
                    }
                }
                Poll::Ready(result.map(|address| (address, len)))
            }
        }
    }

    /// Nobody waits for the answer any more.
    pub(crate) fn cancel_lookup(&mut self, ticket: Ticket) {
        let lookup = &mut self.lookup;
        if ticket.0 != lookup.ticket {
            return;
        }
        match lookup.state {
            State::Running => lookup.abandoned = true,
            _ => lookup.state = State::Idle,
        }
        self.waiters.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::is_host_name;

    #[test]
    fn only_host_names_are_host_names() {
        assert!(is_host_name(b"broker.example.com"));
        assert!(is_host_name(b"a_b-c.local."));
        for bad in ["", ".", "a..b", "a\"b", "a\rb", "a,b", "a b", "ü.de", &"a".repeat(64), &"a.".repeat(127)]
        {
            let expected = bad == "a.".repeat(127);
            assert_eq!(is_host_name(bad.as_bytes()), expected, "{bad:?}");
        }
    }
}
