//! TCP connections from outside.

use core::future::{Future, poll_fn};
use core::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::socket::Owned;
use super::{Stack, TcpSocket, borrow};
use crate::engine::Engine;
use crate::error::Error;
use crate::socket::Sockets;

impl<'d, S: Sockets + ?Sized> Stack<'d, S> {
    /// Has the modem listen for TCP connections on `port`, and waits until it does.
    ///
    /// The listener takes one of the sockets, and each connection that comes takes one more, when
    /// it comes and not when it is accepted. Networks rarely let connections through to a modem;
    /// that is a matter of the contract and the access point name.
    ///
    /// ```no_run
    /// # use cellular_nal::{Error, asynch::Stack};
    /// use embedded_io_async::Write;
    /// # async fn example(stack: Stack<'_>) -> Result<(), Error> {
    /// let listener = stack.listen(80).await?;
    /// loop {
    ///     let (mut socket, peer) = listener.accept().await?;
    ///     socket.write_all(b"HTTP/1.0 204 \r\n\r\n").await?;
    ///     # let _ = peer;
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the modem cannot listen, [`Error::InvalidInput`] for port 0,
    /// [`Error::PortInUse`], [`Error::NoSocket`], or why the link is not up.
    ///
    /// # Cancel safety
    /// A dropped future gives its socket back.
    pub fn listen(&self, port: u16) -> impl Future<Output = Result<TcpListener<'d, S>, Error>> {
        let wrap = |socket| Ok(TcpListener(socket));
        Owned::open(self.sockets, wrap, move |sockets, waker| sockets.listen(port, waker))
    }
}

/// A socket that listens. Dropping it ends that; connections that were accepted live on, others
/// that have come are closed.
#[derive(Debug)]
pub struct TcpListener<'d, S: Sockets + ?Sized = Engine>(pub(crate) Owned<'d, S>);

impl<'d, S: Sockets + ?Sized> TcpListener<'d, S> {
    /// Waits for the next connection. Several tasks may wait at the same listener.
    ///
    /// # Errors
    /// Why the listener has died: with the link, or the modem. A new one is needed then.
    ///
    /// # Cancel safety
    /// No connection is lost.
    pub async fn accept(&self) -> Result<(TcpSocket<'d, S>, SocketAddr), Error> {
        let Owned { sockets, handle } = self.0;
        let (handle, remote) = poll_fn(|cx| borrow(sockets).accept(handle, cx.waker())).await?;
        Ok((TcpSocket(Owned { sockets, handle }), remote))
    }

    /// Where it listens: the link's address and the port.
    pub fn local_address(&self) -> SocketAddr {
        let unknown = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
        self.0.local(unknown).unwrap_or(unknown)
    }
}
