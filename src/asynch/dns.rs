//! Host names.

use core::cell::RefCell;
use core::future::poll_fn;
use core::net::IpAddr;

use embedded_nal_async::{AddrType, Dns};

use super::{Stack, borrow};
use crate::at::parse_address;
use crate::error::Error;
use crate::socket::{Sockets, Ticket};

impl<S: Sockets + ?Sized> Dns for Stack<'_, S> {
    type Error = Error;

    /// The address of a host name, or the address itself where `host` is one.
    ///
    /// # Errors
    /// [`Error::NameNotFound`]; [`Error::InvalidInput`] for what is no host name, before anything
    /// of it reaches the modem.
    ///
    /// # Cancel safety
    /// A dropped future frees the resolver when the modem has answered.
    async fn get_host_by_name(&self, host: &str, addr_type: AddrType) -> Result<IpAddr, Error> {
        let ipv6 = match addr_type {
            AddrType::IPv4 => Some(false),
            AddrType::IPv6 => Some(true),
            AddrType::Either => None,
        };
        if let Some(address) = parse_address(host.as_bytes()) {
            let fits = ipv6.is_none_or(|ipv6| ipv6 == address.is_ipv6());
            return if fits { Ok(address) } else { Err(Error::NameNotFound) };
        }
        let sockets = self.sockets;
        let ticket = poll_fn(|cx| borrow(sockets).resolve(host, ipv6, cx.waker())).await?;
        let lookup = Lookup { sockets, ticket };
        poll_fn(|cx| borrow(lookup.sockets).poll_lookup(ticket, cx.waker())).await
    }

    /// The host name of an address, where the modem can tell it. Over PPP the name servers are asked, and a socket for
    /// datagrams is taken meanwhile.
    ///
    /// # Errors
    /// [`Error::Unsupported`] on Sequans modems' own sockets, [`Error::Oversized`] when it does not fit,
    /// [`Error::NameNotFound`]; over PPP [`Error::NoSocket`].
    ///
    /// # Cancel safety
    /// As for names.
    async fn get_host_by_address(&self, address: IpAddr, result: &mut [u8]) -> Result<usize, Error> {
        let sockets = self.sockets;
        let ticket = poll_fn(|cx| borrow(sockets).resolve_address(address, cx.waker())).await?;
        let lookup = Lookup { sockets, ticket };
        poll_fn(|cx| borrow(lookup.sockets).poll_reverse_lookup(ticket, result, cx.waker())).await
    }
}

/// Gives the resolver back.
struct Lookup<'d, S: Sockets + ?Sized> {
    sockets: &'d RefCell<S>,
    ticket: Ticket,
}

impl<S: Sockets + ?Sized> Drop for Lookup<'_, S> {
    fn drop(&mut self) {
        borrow(self.sockets).cancel_lookup(self.ticket);
    }
}
