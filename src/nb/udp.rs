//! UDP sockets.

use core::net::SocketAddr;
use core::task::{Poll, Waker};

use embedded_io::{Read, ReadReady, Write, WriteReady};
use embedded_nal::{UdpClientStack, UdpFullStack};

use super::stack::{Clock, Stack, ready};
use crate::dialect::{ReleaseAssistance, SecurityProfile, SocketOption};
use crate::drive::Base;
use crate::error::Error;
use crate::socket::{SocketHandle, Sockets as _};

/// A UDP socket. The modem's socket is taken with the first datagram, or with `bind`.
#[derive(Debug, Default)]
pub struct UdpSocket {
    handle: Option<SocketHandle>,
    /// The peer of `connect`, or the one that the last datagram went to.
    remote: Option<SocketAddr>,
    /// For datagrams to and from anybody.
    bound: bool,
    port: u16,
    /// How it is secured; then only the stack that has connected it opens it.
    secured: Option<&'static SecurityProfile>,
}

impl<IO, C> Stack<'_, IO, C>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
{
    /// Sets an option of a UDP socket: call it until it is not `WouldBlock`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the modem has no such option, [`Error::NotConnected`] for a socket
    /// that is neither connected nor bound, or that the modem does not know yet because it needs a
    /// peer, or the modem's own.
    pub fn set_udp_option(&mut self, socket: &mut UdpSocket, option: SocketOption) -> nb::Result<(), Error> {
        let handle = self.opened(socket)?;
        self.operate(|sockets| sockets.set_option(handle, option, Waker::noop()))
    }

    /// The socket is to be secured by this profile; one that is open in another way is let go of.
    pub(super) fn let_go_secure(&mut self, socket: &mut UdpSocket, profile: &'static SecurityProfile) {
        self.let_go(&mut socket.handle);
        socket.secured = Some(profile);
    }

    /// Opens a socket that is secured, where that is still to be done.
    pub(super) fn opened_secure(&mut self, socket: &mut UdpSocket) -> nb::Result<(), Error> {
        if let (Some(profile), Some(remote), false) = (socket.secured, socket.remote, socket.bound) {
            let port = socket.port;
            self.open(&mut socket.handle, |sockets| sockets.open_dtls(profile, remote, port, Waker::noop()))?;
        }
        Ok(())
    }
}

impl<IO, C, B> Stack<'_, IO, C, B>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
    B: Base,
{
    /// Sends a datagram as [`send`](UdpClientStack::send) does, and tells the network what follows it,
    /// so that the radio can rest earlier.
    ///
    /// # Errors
    /// As for `send`, and [`Error::Unsupported`] where the modem cannot tell the network.
    pub fn send_last(
        &mut self,
        socket: &mut UdpSocket,
        buffer: &[u8],
        release: ReleaseAssistance,
    ) -> nb::Result<(), Error> {
        let remote = socket.remote.ok_or(Error::NotConnected)?;
        let handle = self.opened(socket)?;
        let to = socket.bound.then_some(remote);
        self.operate(|sockets| sockets.send_datagram(handle, to, buffer, release, Waker::noop()))
    }

    /// The engine's socket, opened where that is still to be done.
    fn opened(&mut self, socket: &mut UdpSocket) -> nb::Result<SocketHandle, Error> {
        let port = socket.port;
        if socket.bound {
            return self.open(&mut socket.handle, |sockets| sockets.open_bound(port, Waker::noop()));
        }
        let remote = socket.remote.ok_or(Error::NotConnected)?;
        let secured = socket.secured.is_some();
        // Never in plain text.
        self.open(&mut socket.handle, |sockets| match secured {
            true => Poll::Ready(Err(Error::NotConnected)),
            false => sockets.open_udp(remote, port, Waker::noop()),
        })
    }
}

impl<IO, C, B> UdpClientStack for Stack<'_, IO, C, B>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
    B: Base,
{
    type UdpSocket = UdpSocket;
    type Error = Error;

    /// A socket that is not connected yet. Never fails.
    fn socket(&mut self) -> Result<UdpSocket, Error> {
        Ok(UdpSocket::default())
    }

    /// Sets the peer: from now on datagrams go to and come from nobody else. The modem hears of it
    /// with the first datagram. A port that the socket was bound to stays its own.
    fn connect(&mut self, socket: &mut UdpSocket, remote: SocketAddr) -> Result<(), Error> {
        self.pump();
        if socket.bound || socket.remote != Some(remote) || socket.secured.is_some() {
            self.let_go(&mut socket.handle);
        }
        (socket.remote, socket.bound, socket.secured) = (Some(remote), false, None);
        Ok(())
    }

    /// Sends a datagram of 1 to 1024 (u-blox) or 1500 (Sequans) bytes that fits in the buffer, to the
    /// peer of `connect`, or to that of the last `send_to`. `Ok` says that it is on its way: where the
    /// modem refuses it, the next send fails with its error, and sends nothing.
    fn send(&mut self, socket: &mut UdpSocket, buffer: &[u8]) -> nb::Result<(), Error> {
        self.send_last(socket, buffer, ReleaseAssistance::None)
    }

    /// Receives a datagram and gives its sender; what does not fit is dropped, and the count is what
    /// fits.
    fn receive(
        &mut self,
        socket: &mut UdpSocket,
        buffer: &mut [u8],
    ) -> nb::Result<(usize, SocketAddr), Error> {
        let handle = self.opened(socket)?;
        let arrived =
            ready(self.base.sockets().borrow_mut().receive_datagram(handle, buffer, Waker::noop()))?;
        Ok((arrived.len.min(buffer.len()), arrived.from))
    }

    /// Closes the socket. Never fails and never waits.
    fn close(&mut self, mut socket: UdpSocket) -> Result<(), Error> {
        self.pump();
        self.let_go(&mut socket.handle);
        self.pump();
        Ok(())
    }
}

impl<IO, C, B> UdpFullStack for Stack<'_, IO, C, B>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
    B: Base,
{
    /// Opens the socket for datagrams to and from anybody; port 0 leaves the port open. When that
    /// cannot be done at once, it is with the first call of `send_to` or `receive`.
    ///
    /// A modem whose sockets need a peer (Sequans) hears of the socket with the first datagram that is
    /// sent, and from then on receives from the peer of the last one only.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a socket that is in use already, [`Error::PortInUse`],
    /// [`Error::NoSocket`], or why the link is not up.
    fn bind(&mut self, socket: &mut UdpSocket, local_port: u16) -> Result<(), Error> {
        self.pump();
        if socket.handle.is_some() {
            return Err(Error::InvalidInput);
        }
        *socket = UdpSocket { bound: true, port: local_port, ..UdpSocket::default() };
        match self.opened(socket) {
            Ok(_) | Err(nb::Error::WouldBlock) => Ok(()),
            Err(nb::Error::Other(error)) => {
                *socket = UdpSocket::default();
                Err(error)
            }
        }
    }

    /// Sends a datagram as `send` does, to `remote`. A socket that was connected to another peer, or
    /// was not bound, is one for datagrams to and from anybody from then on.
    fn send_to(
        &mut self,
        socket: &mut UdpSocket,
        remote: SocketAddr,
        buffer: &[u8],
    ) -> nb::Result<(), Error> {
        if !socket.bound && socket.remote != Some(remote) {
            self.let_go(&mut socket.handle);
            (socket.bound, socket.secured) = (true, None);
        }
        let handle = self.opened(socket)?;
        let to = socket.bound.then_some(remote);
        self.operate(|sockets| {
            sockets.send_datagram(handle, to, buffer, ReleaseAssistance::None, Waker::noop())
        })?;
        socket.remote = Some(remote);
        Ok(())
    }
}
