//! UDP sockets that have one peer.

use core::cell::RefCell;
use core::future::poll_fn;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};

use embedded_io_async::ErrorType;
use embedded_nal_async::{ConnectedUdp, UdpStack, UnconnectedUdp};

use super::Stack;
use crate::dialect::ReleaseAssistance;
use crate::engine::Engine;
use crate::error::Error;
use crate::socket::SocketHandle;

impl<'d> UdpStack for Stack<'d> {
    type Error = Error;
    type Connected = UdpSocket<'d>;
    type UniquelyBound = NoSocket;
    type MultiplyBound = NoSocket;

    /// Opens a socket for datagrams to and from `remote`.
    ///
    /// The local address is the link's; its port is 0 where the modem does not tell it.
    ///
    /// # Cancel safety
    /// A dropped future gives its socket back.
    async fn connect_from(
        &self,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Result<(SocketAddr, Self::Connected), Error> {
        let engine = self.engine;
        let handle = poll_fn(|cx| engine.borrow_mut().open_udp(remote, local.port(), cx.waker())).await?;
        let socket = UdpSocket { engine, handle };
        poll_fn(|cx| engine.borrow_mut().poll_open(handle, cx.waker())).await?;
        let unknown = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), local.port());
        let local = engine.borrow_mut().local_address(handle).unwrap_or(unknown);
        Ok((local, socket))
    }

    /// [`Error::Unsupported`].
    async fn bind_single(&self, _: SocketAddr) -> Result<(SocketAddr, NoSocket), Error> {
        Err(Error::Unsupported)
    }

    /// [`Error::Unsupported`].
    async fn bind_multiple(&self, _: SocketAddr) -> Result<NoSocket, Error> {
        Err(Error::Unsupported)
    }
}

/// A UDP socket with one peer. Dropping it closes the modem's socket in the background.
#[derive(Debug)]
pub struct UdpSocket<'d> {
    engine: &'d RefCell<Engine>,
    handle: SocketHandle,
}

impl ErrorType for UdpSocket<'_> {
    type Error = Error;
}

impl ConnectedUdp for UdpSocket<'_> {
    type Error = Error;

    /// Sends a datagram of 1 to 1024 (u-blox) or 1500 (Sequans) bytes that fits in the buffer;
    /// waits until the modem has taken it.
    ///
    /// # Errors
    /// [`Error::Oversized`], [`Error::Unsupported`] for an empty datagram, or why the socket died.
    ///
    /// # Cancel safety
    /// The datagram is sent whole or not at all.
    async fn send(&mut self, data: &[u8]) -> Result<(), Error> {
        poll_fn(|cx| {
            self.engine.borrow_mut().send_datagram(
                self.handle,
                None,
                data,
                ReleaseAssistance::None,
                cx.waker(),
            )
        })
        .await?;
        poll_fn(|cx| self.engine.borrow_mut().flush(self.handle, cx.waker())).await
    }

    /// Receives a datagram and gives its full length; what does not fit is dropped.
    ///
    /// # Cancel safety
    /// No datagram is lost.
    async fn receive_into(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        let arrived =
            poll_fn(|cx| self.engine.borrow_mut().receive_datagram(self.handle, buffer, cx.waker())).await?;
        Ok(arrived.len)
    }
}

impl Drop for UdpSocket<'_> {
    fn drop(&mut self) {
        self.engine.borrow_mut().release(self.handle);
    }
}

/// A socket that cannot be: bound sockets are not supported.
#[derive(Clone, Copy, Debug)]
pub enum NoSocket {}

impl UnconnectedUdp for NoSocket {
    type Error = Error;

    async fn send(&mut self, _: SocketAddr, _: SocketAddr, _: &[u8]) -> Result<(), Error> {
        match *self {}
    }

    async fn receive_into(&mut self, _: &mut [u8]) -> Result<(usize, SocketAddr, SocketAddr), Error> {
        match *self {}
    }
}
