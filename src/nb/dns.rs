//! Host names. The trait has no handle of a query, so a question is known by its words.

use core::net::IpAddr;
use core::task::Waker;

use embedded_io::{Read, ReadReady, Write, WriteReady};
use embedded_nal::{AddrType, Dns};

use super::stack::{Clock, Stack, ready};
use crate::at::parse_address;
use crate::drive::Base;
use crate::error::Error;
use crate::socket::Sockets as _;

impl<IO, C, B> Dns for Stack<'_, IO, C, B>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
    B: Base,
{
    type Error = Error;

    /// The address of a host name, or the address itself where `hostname` is one.
    ///
    /// An answer that is not fetched within two seconds makes room for another question.
    fn get_host_by_name(&mut self, hostname: &str, addr_type: AddrType) -> nb::Result<IpAddr, Error> {
        self.pump();
        let ipv6 = match addr_type {
            AddrType::IPv4 => Some(false),
            AddrType::IPv6 => Some(true),
            AddrType::Either => None,
        };
        if let Some(address) = parse_address(hostname.as_bytes()) {
            let fits = ipv6.is_none_or(|ipv6| ipv6 == address.is_ipv6());
            return if fits { Ok(address) } else { Err(nb::Error::Other(Error::NameNotFound)) };
        }
        let mut sockets = self.base.sockets().borrow_mut();
        let ticket = match sockets.ticket_of(hostname, ipv6) {
            Some(ticket) => ticket,
            None => ready(sockets.resolve(hostname, ipv6, Waker::noop()))?,
        };
        let result = ready(sockets.poll_lookup(ticket, Waker::noop()));
        drop(sockets);
        self.pump();
        result
    }

    /// The host name of an address, where the modem can tell it.
    fn get_host_by_address(&mut self, address: IpAddr, result: &mut [u8]) -> nb::Result<usize, Error> {
        self.pump();
        let mut sockets = self.base.sockets().borrow_mut();
        let ticket = match sockets.ticket_of_address(address) {
            Some(ticket) => ticket,
            None => ready(sockets.resolve_address(address, Waker::noop()))?,
        };
        let len = ready(sockets.poll_reverse_lookup(ticket, result, Waker::noop()));
        drop(sockets);
        self.pump();
        len
    }
}
