//! Host names.

use core::net::IpAddr;

use edge_nal::{AddrType, Dns};
use embedded_nal_async as nal;

use crate::asynch::Stack;
use crate::error::Error;
use crate::socket::Sockets;

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
        let addr_type = match addr_type {
            AddrType::IPv4 => nal::AddrType::IPv4,
            AddrType::IPv6 => nal::AddrType::IPv6,
            AddrType::Either => nal::AddrType::Either,
        };
        nal::Dns::get_host_by_name(self, host, addr_type).await
    }

    /// The host name of an address, where the modem can tell it; its length in `result`, in bytes.
    ///
    /// # Errors
    /// [`Error::NameNotFound`], [`Error::Unsupported`], or [`Error::Oversized`] when it does not fit.
    ///
    /// # Cancel safety
    /// As for `get_host_by_name`.
    async fn get_host_by_address(&self, addr: IpAddr, result: &mut [u8]) -> Result<usize, Error> {
        nal::Dns::get_host_by_address(self, addr, result).await
    }
}
