//! TLS and DTLS by the modem.

use core::cell::RefCell;
use core::future::Future;
use core::net::{IpAddr, SocketAddr};

use embedded_nal_async::{AddrType, Dns, TcpConnect, UdpStack};

use super::socket::Owned;
use super::{BoundUdpSocket, Stack, TcpSocket, UdpSocket};
use crate::dialect::SecurityProfile;
use crate::engine::Engine;
use crate::error::Error;

impl<'d> Stack<'d> {
    /// The same modem with connections that it secures itself: `TcpConnect` gives TLS, `UdpStack` DTLS.
    ///
    /// The server must show the name that the profile demands; where it demands none, the one that this stack
    /// has last resolved to the address that is connected to. So clients that know addresses only, such as
    /// HTTP clients behind `TcpConnect`, get a server whose name was verified.
    ///
    /// ```no_run
    /// use cellular_nal::{Error, SecurityProfile, asynch::Stack};
    /// use embedded_nal_async::{AddrType, Dns, TcpConnect};
    ///
    /// static PROFILE: SecurityProfile = SecurityProfile::new().authority(8);
    ///
    /// # async fn example(stack: Stack<'_>) -> Result<(), Error> {
    /// let address = stack.get_host_by_name("example.com", AddrType::IPv4).await?;
    /// let socket = stack.tls(&PROFILE).connect((address, 443).into()).await?;
    /// # drop(socket);
    /// # Ok(())
    /// # }
    /// ```
    pub const fn tls(&self, profile: &'static SecurityProfile) -> TlsStack<'d> {
        TlsStack { stack: *self, profile }
    }
}

/// A modem's sockets, secured by the modem: see [`Stack::tls`]. Copy it freely.
#[derive(Clone, Copy, Debug)]
pub struct TlsStack<'d> {
    stack: Stack<'d>,
    profile: &'static SecurityProfile,
}

impl<'d> TlsStack<'d> {
    const fn engine(&self) -> &'d RefCell<Engine> {
        self.stack.sockets
    }
}

impl<'d> TcpConnect for TlsStack<'d> {
    type Error = Error;
    type Connection<'a>
        = TcpSocket<'d>
    where
        Self: 'a;

    /// Opens a connection and makes the handshake. Nothing is sent before that is done, and nothing ever
    /// in plain text.
    ///
    /// While the modem connects, no other socket is served: 130 s at most on u-blox (IADG §5.11), 120 s on
    /// Sequans modems.
    ///
    /// # Errors
    /// [`Error::Handshake`]; [`Error::ServerNameUnknown`], [`Error::UnsupportedProfile`] and
    /// [`Error::Unsupported`] before anything is sent; [`Error::ProfileRejected`];
    /// [`Error::NoSocket`] when the modem has no more secure connections; those of a plain connection.
    ///
    /// # Cancel safety
    /// A dropped future gives its socket back. The modem's command runs to its end before.
    fn connect<'a>(&'a self, remote: SocketAddr) -> impl Future<Output = Result<TcpSocket<'d>, Error>> {
        let (profile, wrap) = (self.profile, |socket| Ok(TcpSocket(socket)));
        Owned::open(self.engine(), wrap, move |engine, waker| engine.open_tls(profile, remote, waker))
    }
}

impl<'d> UdpStack for TlsStack<'d> {
    type Error = Error;
    type Connected = UdpSocket<'d>;
    type UniquelyBound = BoundUdpSocket<'d>;
    type MultiplyBound = BoundUdpSocket<'d>;

    /// Opens a socket for datagrams to and from `remote`, and makes the handshake.
    ///
    /// # Errors
    /// Those of `TcpConnect` above and those of a plain socket.
    ///
    /// # Cancel safety
    /// A dropped future gives its socket back.
    fn connect_from(
        &self,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> impl Future<Output = Result<(SocketAddr, Self::Connected), Error>> {
        let profile = self.profile;
        let wrap = move |socket: Owned<'d>| Ok((socket.local(local)?, UdpSocket(socket)));
        Owned::open(self.engine(), wrap, move |engine, waker| {
            engine.open_dtls(profile, remote, local.port(), waker)
        })
    }

    /// # Errors
    /// [`Error::Unsupported`]: these modems have no DTLS with several peers.
    async fn bind_single(&self, _: SocketAddr) -> Result<(SocketAddr, Self::UniquelyBound), Error> {
        Err(Error::Unsupported)
    }

    /// # Errors
    /// [`Error::Unsupported`]: these modems have no DTLS with several peers.
    async fn bind_multiple(&self, _: SocketAddr) -> Result<Self::MultiplyBound, Error> {
        Err(Error::Unsupported)
    }
}

/// Names are resolved as by the plain stack.
impl Dns for TlsStack<'_> {
    type Error = Error;

    fn get_host_by_name(
        &self,
        host: &str,
        addr_type: AddrType,
    ) -> impl Future<Output = Result<IpAddr, Error>> {
        self.stack.get_host_by_name(host, addr_type)
    }

    fn get_host_by_address(
        &self,
        address: IpAddr,
        result: &mut [u8],
    ) -> impl Future<Output = Result<usize, Error>> {
        self.stack.get_host_by_address(address, result)
    }
}
