//! TLS and DTLS by the modem.

use core::net::SocketAddr;

use edge_nal::{TcpConnect, UdpConnect};
use embedded_nal_async as nal;

use crate::asynch::{TcpSocket, TlsStack, UdpSocket};
use crate::error::Error;

impl<'d> TcpConnect for TlsStack<'d> {
    type Error = Error;
    type Socket<'a>
        = TcpSocket<'d>
    where
        Self: 'a;

    /// Opens a connection and makes the handshake, as `connect` of embedded-nal-async does.
    ///
    /// # Errors
    /// Those of that one.
    ///
    /// # Cancel safety
    /// A dropped future gives its socket back. The modem's command runs to its end before.
    async fn connect(&self, remote: SocketAddr) -> Result<TcpSocket<'d>, Error> {
        nal::TcpConnect::connect(self, remote).await
    }
}

impl<'d> UdpConnect for TlsStack<'d> {
    type Error = Error;
    type Socket<'a>
        = UdpSocket<'d>
    where
        Self: 'a;

    /// Opens a socket for datagrams to and from `remote` and makes the handshake, as `connect_from` of
    /// embedded-nal-async does.
    ///
    /// # Errors
    /// Those of that one.
    ///
    /// # Cancel safety
    /// A dropped future gives its socket back.
    async fn connect(&self, local: SocketAddr, remote: SocketAddr) -> Result<UdpSocket<'d>, Error> {
        nal::UdpStack::connect_from(self, local, remote).await.map(|(_, socket)| socket)
    }
}
