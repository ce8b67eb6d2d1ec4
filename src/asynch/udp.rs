//! UDP sockets.

use core::future::Future;
use core::net::SocketAddr;

use embedded_io_async::ErrorType;
use embedded_nal_async::{ConnectedUdp, UdpStack, UnconnectedUdp};

use super::Stack;
use super::socket::Owned;
use crate::dialect::{ReleaseAssistance, SocketOption};
use crate::engine::Engine;
use crate::error::Error;
use crate::socket::Sockets;

impl<'d, S: Sockets + ?Sized> UdpStack for Stack<'d, S> {
    type Error = Error;
    type Connected = UdpSocket<'d, S>;
    type UniquelyBound = BoundUdpSocket<'d, S>;
    type MultiplyBound = BoundUdpSocket<'d, S>;

    /// Opens a socket for datagrams to and from `remote`.
    ///
    /// The local address is the link's; its port is 0 where the modem does not tell it.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a local address that is not the link's, [`Error::WrongFamily`],
    /// [`Error::PortInUse`], [`Error::NoSocket`], or why the link is not up.
    ///
    /// # Cancel safety
    /// A dropped future gives its socket back.
    fn connect_from(
        &self,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> impl Future<Output = Result<(SocketAddr, Self::Connected), Error>> {
        let wrap = move |socket: Owned<'d, S>| Ok((socket.local(local)?, UdpSocket(socket)));
        Owned::open(self.sockets, wrap, move |sockets, waker| sockets.open_udp(remote, local.port(), waker))
    }

    /// Opens a socket for datagrams to and from anybody.
    ///
    /// An unspecified local address becomes the link's. Port 0 leaves the port to the modem (u-blox)
    /// or to this crate (Sequans); where the modem does not tell which one it took, the port that is
    /// given back is 0. The peer sees another address and another port in any case where the network
    /// translates them, as most do.
    ///
    /// A modem whose sockets need a peer (Sequans) hears of the socket with the first datagram that is
    /// sent, and from then on receives from the peer of the last one only.
    ///
    /// # Errors
    /// As for [`connect_from`](Self::connect_from).
    ///
    /// # Cancel safety
    /// A dropped future gives its socket back.
    fn bind_single(
        &self,
        local: SocketAddr,
    ) -> impl Future<Output = Result<(SocketAddr, Self::UniquelyBound), Error>> {
        self.bound(local, |socket| (socket.local, socket))
    }

    /// The same as [`bind_single`](Self::bind_single): a link has one address that matters.
    ///
    /// # Errors
    /// As for [`connect_from`](Self::connect_from).
    ///
    /// # Cancel safety
    /// A dropped future gives its socket back.
    fn bind_multiple(&self, local: SocketAddr) -> impl Future<Output = Result<Self::MultiplyBound, Error>> {
        self.bound(local, |socket| socket)
    }
}

impl<'d, S: Sockets + ?Sized> Stack<'d, S> {
    fn bound<T>(
        &self,
        local: SocketAddr,
        mut wrap: impl FnMut(BoundUdpSocket<'d, S>) -> T,
    ) -> impl Future<Output = Result<T, Error>> {
        let wrap =
            move |socket: Owned<'d, S>| Ok(wrap(BoundUdpSocket { local: socket.local(local)?, socket }));
        Owned::open(self.sockets, wrap, move |sockets, waker| sockets.open_bound(local.port(), waker))
    }
}

/// A UDP socket with one peer. Dropping it closes the modem's socket in the background.
#[derive(Debug)]
pub struct UdpSocket<'d, S: Sockets + ?Sized = Engine>(pub(crate) Owned<'d, S>);

/// What a modem's own sockets can do besides.
impl UdpSocket<'_> {
    /// Sends a datagram as [`send`](ConnectedUdp::send) does, and tells the network what follows it,
    /// so that the radio can rest earlier.
    ///
    /// ```no_run
    /// # use cellular_nal::{Error, asynch::UdpSocket};
    /// use cellular_nal::dialect::ReleaseAssistance;
    /// # async fn example(socket: &mut UdpSocket<'_>) -> Result<(), Error> {
    /// socket.send_last(b"21.5 C", ReleaseAssistance::NoMore).await
    /// # }
    /// ```
    ///
    /// # Errors
    /// As for `send`, and [`Error::Unsupported`] where the modem cannot tell the network.
    ///
    /// # Cancel safety
    /// The datagram is sent whole or not at all.
    pub fn send_last(
        &mut self,
        data: &[u8],
        release: ReleaseAssistance,
    ) -> impl Future<Output = Result<(), Error>> {
        self.0.send(None, data, release)
    }

    /// Sets an option, and waits until the modem has taken it.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the modem has no such option, or the modem's own.
    ///
    /// # Cancel safety
    /// The option may be set all the same.
    pub fn set_option(&mut self, option: SocketOption) -> impl Future<Output = Result<(), Error>> {
        self.0.set_option(option)
    }
}

impl<S: Sockets + ?Sized> ErrorType for UdpSocket<'_, S> {
    type Error = Error;
}

impl<S: Sockets + ?Sized> ConnectedUdp for UdpSocket<'_, S> {
    type Error = Error;

    /// Sends a datagram of 1 to 1024 (u-blox) or 1500 (Sequans) bytes that fits in the buffer;
    /// waits until the modem has taken it.
    ///
    /// # Errors
    /// [`Error::Oversized`], [`Error::Unsupported`] for an empty datagram, or why the socket died.
    ///
    /// # Cancel safety
    /// The datagram is sent whole or not at all.
    fn send(&mut self, data: &[u8]) -> impl Future<Output = Result<(), Error>> {
        self.0.send(None, data, ReleaseAssistance::None)
    }

    /// Receives a datagram and gives its full length; what does not fit is dropped.
    ///
    /// # Cancel safety
    /// No datagram is lost.
    async fn receive_into(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        Ok(self.0.receive(buffer).await?.len)
    }
}

/// A UDP socket for datagrams to and from anybody. Dropping it closes the modem's socket in the
/// background.
#[derive(Debug)]
pub struct BoundUdpSocket<'d, S: Sockets + ?Sized = Engine> {
    pub(crate) socket: Owned<'d, S>,
    local: SocketAddr,
}

impl<S: Sockets + ?Sized> BoundUdpSocket<'_, S> {
    /// Address and port of this end; the port is 0 where the modem does not tell it.
    pub const fn local_address(&self) -> SocketAddr {
        self.local
    }
}

/// What a modem's own sockets can do besides.
impl BoundUdpSocket<'_> {
    /// Sends a datagram to `remote`, and tells the network what follows it, so that the radio can
    /// rest earlier.
    ///
    /// # Errors
    /// As for `send`, and [`Error::Unsupported`] where the modem cannot tell the network.
    ///
    /// # Cancel safety
    /// The datagram is sent whole or not at all.
    pub fn send_last(
        &mut self,
        remote: SocketAddr,
        data: &[u8],
        release: ReleaseAssistance,
    ) -> impl Future<Output = Result<(), Error>> {
        self.socket.send(Some(remote), data, release)
    }

    /// Sets an option, and waits until the modem has taken it.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the modem has no such option, [`Error::NotConnected`] while a
    /// modem whose sockets need a peer has none for this one, or the modem's own.
    ///
    /// # Cancel safety
    /// The option may be set all the same.
    pub fn set_option(&mut self, option: SocketOption) -> impl Future<Output = Result<(), Error>> {
        self.socket.set_option(option)
    }
}

impl<S: Sockets + ?Sized> ErrorType for BoundUdpSocket<'_, S> {
    type Error = Error;
}

impl<S: Sockets + ?Sized> UnconnectedUdp for BoundUdpSocket<'_, S> {
    type Error = Error;

    /// Sends a datagram of 1 to 1024 (u-blox) or 1500 (Sequans) bytes that fits in the buffer to
    /// `remote`; waits until the modem has taken it.
    ///
    /// `local` is what this socket is bound to, or is unspecified, the address or the port or both.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for another `local`, or for no `remote`; [`Error::Oversized`];
    /// [`Error::Unsupported`] for an empty datagram; [`Error::WrongFamily`]; or why the socket died.
    ///
    /// # Cancel safety
    /// The datagram is sent whole or not at all.
    async fn send(&mut self, local: SocketAddr, remote: SocketAddr, data: &[u8]) -> Result<(), Error> {
        let same_address = local.ip().is_unspecified() || local.ip() == self.local.ip();
        let same_port = local.port() == 0 || local.port() == self.local.port();
        if !same_address || !same_port {
            return Err(Error::InvalidInput);
        }
        self.socket.send(Some(remote), data, ReleaseAssistance::None).await
    }

    /// Receives a datagram and gives its full length, the address that this socket is bound to and
    /// the sender. What does not fit is dropped.
    ///
    /// # Cancel safety
    /// No datagram is lost.
    async fn receive_into(&mut self, buffer: &mut [u8]) -> Result<(usize, SocketAddr, SocketAddr), Error> {
        let arrived = self.socket.receive(buffer).await?;
        Ok((arrived.len, self.local, arrived.from))
    }
}
