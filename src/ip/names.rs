//! Host names, by the name servers that the link has told.

use core::net::IpAddr;
use core::task::{Poll, Waker};

use heapless::String;
use smoltcp::iface::{SocketHandle, SocketSet};
pub(super) use smoltcp::socket::dns::DnsQuery;
use smoltcp::socket::dns::{GetQueryResultError, QueryHandle, Socket};
use smoltcp::wire::{DnsQueryType, IpAddress};

use super::Ip;
use super::reverse::Reverse;
use crate::error::Error;
use crate::socket::dns::UNCLAIMED;
use crate::socket::{Ticket, WakerCell, is_host_name};
use crate::time::Instant;

/// How far a lookup is.
#[derive(Clone, Copy)]
pub(super) enum State {
    Idle,
    /// The resolver asks for an address.
    Running(QueryHandle),
    /// The resolver is done since then, and whoever asked has not looked yet.
    Done(Result<IpAddr, Error>, Instant),
    /// The name of an address is asked for.
    Reverse(Reverse),
}

/// The one lookup.
pub(super) struct Lookup {
    /// The resolver.
    dns: SocketHandle,
    pub(super) state: State,
    ticket: u16,
    name: String<254>,
    ipv6: Option<bool>,
    /// The family that is asked about now, or was last.
    asked: bool,
    pub(super) waker: WakerCell,
}

impl Lookup {
    pub(super) fn new<'d>(sockets: &mut SocketSet<'d>, query: &'d mut [Option<DnsQuery>]) -> Self {
        Self {
            dns: sockets.add(Socket::new(&[], query)),
            state: State::Idle,
            ticket: 0,
            name: String::new(),
            ipv6: None,
            asked: false,
            waker: WakerCell::new(),
        }
    }

    pub(super) const fn ticket(&self) -> Ticket {
        Ticket(self.ticket)
    }
}

impl<'d> Ip<'d> {
    fn resolver(&mut self) -> &mut Socket<'d> {
        self.sockets.get_mut(self.lookup.dns)
    }

    pub(super) fn set_name_servers(&mut self, servers: &[IpAddress]) {
        self.resolver().update_servers(servers);
    }

    /// The link is gone.
    pub(super) fn fail_lookup(&mut self, error: Error) {
        if let State::Running(query) = self.lookup.state {
            self.resolver().cancel_query(query);
            self.lookup.state = State::Done(Err(error), self.now);
        }
        self.lookup.waker.wake();
    }

    pub(super) fn ask(
        &mut self,
        name: &str,
        ipv6: Option<bool>,
        waker: &Waker,
    ) -> Poll<Result<Ticket, Error>> {
        if !is_host_name(name.as_bytes()) {
            return Poll::Ready(Err(Error::InvalidInput));
        }
        core::task::ready!(self.poll_up(waker))?;
        core::task::ready!(self.poll_lookup_free(waker));
        self.lookup.name = String::try_from(name).map_err(|_| Error::InvalidInput)?;
        self.lookup.ipv6 = ipv6;
        // Of both, IPv4 is asked about first: whoever gets one address has no other to fall back to, and most
        // servers have that one.
        self.query(ipv6.unwrap_or_else(|| !self.families().ipv4))?;
        self.runner.wake();
        Poll::Ready(Ok(self.begin_lookup(self.lookup.state)))
    }

    /// Waits until nothing else is asked. An answer that nobody fetches makes room after a while.
    pub(super) fn poll_lookup_free(&mut self, waker: &Waker) -> Poll<()> {
        // Whoever asked may never look, and so the answer is noted here.
        _ = self.take_answer();
        let free = match self.lookup.state {
            State::Idle => true,
            State::Running(_) => false,
            State::Done(_, since) => self.now.is_past(since, UNCLAIMED),
            State::Reverse(reverse) => self.is_abandoned(reverse),
        };
        if !free {
            self.waiters.register(waker);
            return Poll::Pending;
        }
        self.end_lookup();
        Poll::Ready(())
    }

    /// Tells what is asked from now on from all that was asked before.
    pub(super) const fn begin_lookup(&mut self, state: State) -> Ticket {
        self.lookup.state = state;
        self.lookup.ticket = self.lookup.ticket.wrapping_add(1);
        self.lookup.ticket()
    }

    /// Asks for an address of one family.
    fn query(&mut self, ipv6: bool) -> Result<(), Error> {
        let kind = if ipv6 { DnsQueryType::Aaaa } else { DnsQueryType::A };
        let socket = self.sockets.get_mut::<Socket<'_>>(self.lookup.dns);
        let started = socket.start_query(self.interface.context(), &self.lookup.name, kind);
        self.lookup.state = State::Running(started.map_err(|_| Error::InvalidInput)?);
        self.lookup.asked = ipv6;
        Ok(())
    }

    /// Asks again, from another port.
    pub(super) fn ask_anew(&mut self) {
        let State::Running(query) = self.lookup.state else { return };
        self.resolver().cancel_query(query);
        if let Err(error) = self.query(self.lookup.asked) {
            self.lookup.state = State::Done(Err(error), self.now);
            self.lookup.waker.wake();
        }
    }

    pub(super) fn ticket(&self, name: &str, ipv6: Option<bool>) -> Option<Ticket> {
        let lookup = &self.lookup;
        let asked = matches!(lookup.state, State::Running(_) | State::Done(..));
        (asked && lookup.ipv6 == ipv6 && lookup.name == name).then(|| lookup.ticket())
    }

    pub(super) fn poll_answer(&mut self, ticket: Ticket, waker: &Waker) -> Poll<Result<IpAddr, Error>> {
        if ticket != self.lookup.ticket() {
            return Poll::Ready(Err(Error::Aborted));
        }
        let Some(result) = self.take_answer() else {
            self.lookup.waker.register(waker);
            return Poll::Pending;
        };
        self.end_lookup();
        Poll::Ready(result)
    }

    /// The resolver's answer, which it gives once.
    fn take_answer(&mut self) -> Option<Result<IpAddr, Error>> {
        let query = match self.lookup.state {
            State::Running(query) => query,
            State::Done(result, _) => return Some(result),
            State::Idle | State::Reverse(_) => return Some(Err(Error::Aborted)),
        };
        let result = match self.resolver().get_query_result(query) {
            Err(GetQueryResultError::Pending) => return None,
            Ok(addresses) => addresses.first().map(|&address| IpAddr::from(address)),
            Err(GetQueryResultError::Failed) => {
                // Where a server says that there is no such name, its answer has been counted.
                self.missed_an_answer();
                None
            }
        };
        // The query is gone from here on.
        if result.is_none() && self.lookup.ipv6.is_none() && !self.lookup.asked && self.families().ipv6 {
            self.lookup.state = State::Idle;
            if self.query(true).is_ok() {
                self.runner.wake();
                return None;
            }
        }
        let result = result.ok_or(Error::NameNotFound);
        self.lookup.state = State::Done(result, self.now);
        Some(result)
    }

    fn end_lookup(&mut self) {
        match core::mem::replace(&mut self.lookup.state, State::Idle) {
            State::Running(query) => self.resolver().cancel_query(query),
            State::Reverse(reverse) => self.end_reverse(reverse),
            State::Idle | State::Done(..) => {}
        }
        self.waiters.wake();
    }

    pub(super) fn forget_lookup(&mut self, ticket: Ticket) {
        if ticket == self.lookup.ticket() {
            self.end_lookup();
        }
    }
}
