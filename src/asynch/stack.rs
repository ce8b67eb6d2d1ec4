//! The handle that clients get.

use core::cell::RefCell;
#[cfg(feature = "smoltcp")]
use core::{future::poll_fn, net::IpAddr};

#[cfg(feature = "smoltcp")]
use super::borrow;
use crate::engine::Engine;
#[cfg(feature = "smoltcp")]
use crate::error::Error;

/// A modem's sockets behind the traits of embedded-nal-async: `TcpConnect`, `UdpStack`, `Dns`.
///
/// It is a reference: copy it freely.
#[derive(Debug)]
pub struct Stack<'d, S: ?Sized = Engine> {
    pub(super) sockets: &'d RefCell<S>,
}

impl<'d, S: ?Sized> Stack<'d, S> {
    pub(crate) const fn new(sockets: &'d RefCell<S>) -> Self {
        Self { sockets }
    }
}

#[cfg(feature = "smoltcp")]
impl<'d> Stack<'d, crate::ip::Ip<'d>> {
    /// Waits until packets can be sent, and gives the address of this end. Connections and lookups wait
    /// for that by themselves.
    ///
    /// # Errors
    /// Why the link does not come up, as far as that is known: [`Error::LinkDown`], [`Error::NoAddress`],
    /// [`Error::Unsupported`] on a modem without a multiplexer where there has to be one. It is tried on all
    /// the same.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn wait_for_link(&self) -> Result<IpAddr, Error> {
        poll_fn(|cx| borrow(self.sockets).poll_link(cx.waker())).await
    }
}

impl<S: ?Sized> Clone for Stack<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ?Sized> Copy for Stack<'_, S> {}
