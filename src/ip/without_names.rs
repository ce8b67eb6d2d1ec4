//! No names: what [`names`](super::names) offers, and nothing behind it.

use core::net::IpAddr;
use core::task::{Poll, Waker};

use smoltcp::iface::SocketSet;
use smoltcp::wire::IpAddress;

use super::Ip;
use crate::error::Error;
use crate::socket::{Ticket, WakerCell};

/// There are none.
#[derive(Debug)]
pub(super) enum DnsQuery {}

pub(super) struct Lookup {
    pub(super) waker: WakerCell,
}

impl Lookup {
    pub(super) const fn new(_: &mut SocketSet<'_>, _: &mut [Option<DnsQuery>]) -> Self {
        Self { waker: WakerCell::new() }
    }
}

impl Ip<'_> {
    pub(super) const fn set_name_servers(&mut self, _: &[IpAddress]) {}

    pub(super) const fn fail_lookup(&mut self, _: Error) {}

    pub(super) const fn ask_anew(&mut self) {}

    pub(super) const fn ask(&mut self, _: &str, _: Option<bool>, _: &Waker) -> Poll<Result<Ticket, Error>> {
        Poll::Ready(Err(Error::Unsupported))
    }

    pub(super) const fn ticket(&self, _: &str, _: Option<bool>) -> Option<Ticket> {
        None
    }

    pub(super) const fn poll_answer(&mut self, _: Ticket, _: &Waker) -> Poll<Result<IpAddr, Error>> {
        Poll::Ready(Err(Error::Unsupported))
    }

    pub(super) const fn ask_for_name(&mut self, _: IpAddr, _: &Waker) -> Poll<Result<Ticket, Error>> {
        Poll::Ready(Err(Error::Unsupported))
    }

    pub(super) const fn ticket_for_name(&self, _: IpAddr) -> Option<Ticket> {
        None
    }

    pub(super) const fn poll_name(
        &mut self,
        _: Ticket,
        _: &mut [u8],
        _: &Waker,
    ) -> Poll<Result<usize, Error>> {
        Poll::Ready(Err(Error::Unsupported))
    }

    pub(super) const fn forget_lookup(&mut self, _: Ticket) {}
}
