//! TLS and DTLS by the modem.

use core::net::{IpAddr, SocketAddr};
use core::task::Waker;

use embedded_io::{Read, ReadReady, Write, WriteReady};
use embedded_nal::{AddrType, Dns, TcpClientStack, UdpClientStack};

use super::stack::{Clock, Stack};
use super::{TcpSocket, UdpSocket};
use crate::dialect::SecurityProfile;
use crate::error::Error;

impl<'d, IO, C> Stack<'d, IO, C>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
{
    /// The same modem with connections that it secures itself: `TcpClientStack` gives TLS,
    /// `UdpClientStack` DTLS.
    ///
    /// The server must show the name that the profile demands; where it demands none, the one that this stack
    /// has last resolved to the address that is connected to.
    pub const fn tls(&mut self, profile: &'static SecurityProfile) -> TlsStack<'_, 'd, IO, C> {
        TlsStack { stack: self, profile }
    }
}

/// A modem's sockets, secured by the modem: see [`Stack::tls`]. Its sockets are those of the stack, and both
/// can go on with them.
#[derive(Debug)]
pub struct TlsStack<'s, 'd, IO, C> {
    stack: &'s mut Stack<'d, IO, C>,
    profile: &'static SecurityProfile,
}

impl<IO, C> TcpClientStack for TlsStack<'_, '_, IO, C>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
{
    type TcpSocket = TcpSocket;
    type Error = Error;

    /// As for the plain stack.
    fn socket(&mut self) -> Result<TcpSocket, Error> {
        TcpClientStack::socket(self.stack)
    }

    /// Connects and makes the handshake; call it until it is `Ok`. Nothing is sent before that is done, and
    /// nothing ever in plain text: a socket that was connected in plain text connects anew.
    ///
    /// # Errors
    /// [`Error::Handshake`]; [`Error::ServerNameUnknown`], [`Error::UnsupportedProfile`] and
    /// [`Error::Unsupported`] before anything is sent; [`Error::ProfileRejected`];
    /// [`Error::NoSocket`] when the modem has no more secure connections; those of a plain connection.
    fn connect(&mut self, socket: &mut TcpSocket, remote: SocketAddr) -> nb::Result<(), Error> {
        let profile = self.profile;
        self.stack.connect_by(socket, remote, Some(profile), |engine| {
            engine.open_tls(profile, remote, Waker::noop())
        })
    }

    /// As for the plain stack.
    fn send(&mut self, socket: &mut TcpSocket, buffer: &[u8]) -> nb::Result<usize, Error> {
        TcpClientStack::send(self.stack, socket, buffer)
    }

    /// As for the plain stack.
    fn receive(&mut self, socket: &mut TcpSocket, buffer: &mut [u8]) -> nb::Result<usize, Error> {
        TcpClientStack::receive(self.stack, socket, buffer)
    }

    /// As for the plain stack.
    fn close(&mut self, socket: TcpSocket) -> Result<(), Error> {
        TcpClientStack::close(self.stack, socket)
    }
}

impl<IO, C> UdpClientStack for TlsStack<'_, '_, IO, C>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
{
    type UdpSocket = UdpSocket;
    type Error = Error;

    /// As for the plain stack.
    fn socket(&mut self) -> Result<UdpSocket, Error> {
        UdpClientStack::socket(self.stack)
    }

    /// Sets the peer. The handshake is made with the first `send` or `receive`, which is `WouldBlock` until
    /// it is done; it is sent nothing before.
    fn connect(&mut self, socket: &mut UdpSocket, remote: SocketAddr) -> Result<(), Error> {
        UdpClientStack::connect(self.stack, socket, remote)?;
        self.stack.let_go_secure(socket, self.profile);
        Ok(())
    }

    /// As for the plain stack.
    ///
    /// # Errors
    /// Those of `TcpClientStack::connect` above, too.
    fn send(&mut self, socket: &mut UdpSocket, buffer: &[u8]) -> nb::Result<(), Error> {
        self.stack.opened_secure(socket)?;
        UdpClientStack::send(self.stack, socket, buffer)
    }

    /// As for the plain stack.
    ///
    /// # Errors
    /// Those of `TcpClientStack::connect` above, too.
    fn receive(
        &mut self,
        socket: &mut UdpSocket,
        buffer: &mut [u8],
    ) -> nb::Result<(usize, SocketAddr), Error> {
        self.stack.opened_secure(socket)?;
        UdpClientStack::receive(self.stack, socket, buffer)
    }

    /// As for the plain stack.
    fn close(&mut self, socket: UdpSocket) -> Result<(), Error> {
        UdpClientStack::close(self.stack, socket)
    }
}

/// Names are resolved as by the plain stack.
impl<IO, C> Dns for TlsStack<'_, '_, IO, C>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
{
    type Error = Error;

    fn get_host_by_name(&mut self, hostname: &str, addr_type: AddrType) -> nb::Result<IpAddr, Error> {
        self.stack.get_host_by_name(hostname, addr_type)
    }

    fn get_host_by_address(&mut self, address: IpAddr, result: &mut [u8]) -> nb::Result<usize, Error> {
        self.stack.get_host_by_address(address, result)
    }
}
