//! TCP connections, both ways.

use core::net::SocketAddr;
use core::ptr;
use core::task::{Poll, Waker};

use embedded_io::{Read, ReadReady, Write, WriteReady};
use embedded_nal::{TcpClientStack, TcpFullStack};

use super::stack::{Clock, Stack, ready};
use crate::dialect::{SecurityProfile, SocketOption};
use crate::drive::Base;
use crate::error::Error;
use crate::socket::{SocketHandle, Sockets as _};

/// A TCP socket. The modem's socket is taken when it connects, so that one can be had right after
/// another was closed.
#[derive(Debug, Default)]
pub struct TcpSocket {
    handle: Option<SocketHandle>,
    role: Role,
    secured: Option<&'static SecurityProfile>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Role {
    #[default]
    Unused,
    /// A connection to, or from, that peer.
    Connection(SocketAddr),
    /// It is going to listen.
    Bound(u16),
    Listener(u16),
}

impl TcpSocket {
    /// The engine's socket, where it is a connection.
    fn connection(&self) -> Result<SocketHandle, Error> {
        match self.role {
            Role::Connection(_) => self.handle.ok_or(Error::NotConnected),
            _ => Err(Error::NotConnected),
        }
    }
}

impl<IO, C> Stack<'_, IO, C>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
{
    /// Sets an option of a connection: call it until it is not `WouldBlock`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the modem has no such option, [`Error::InvalidInput`] for a
    /// value that it cannot have, [`Error::NotConnected`], or the modem's own.
    pub fn set_option(&mut self, socket: &mut TcpSocket, option: SocketOption) -> nb::Result<(), Error> {
        let handle = socket.connection()?;
        self.operate(|sockets| sockets.set_option(handle, option, Waker::noop()))
    }

    /// Turns a connection into a raw pipe: call it until it is `Ok`. From then on `send` and
    /// `receive` go over the serial line as they are, and **everything else waits** until the pipe has
    /// been left: other sockets, names, the link.
    ///
    /// RTS and CTS are needed: while nobody receives and the buffer is full, bytes are left in the
    /// serial port, and no command holds the modem back. A byte that is lost cannot be noticed.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the modem has no such mode, the modem's refusal, or the error of
    /// the connection.
    pub fn pipe(&mut self, socket: &mut TcpSocket) -> nb::Result<(), Error> {
        let handle = socket.connection()?;
        self.operate(|sockets| sockets.enter_pipe(handle, Waker::noop()))
    }

    /// Leaves the pipe after what was sent: call it until it is `Ok`. That takes some seconds, because
    /// `+++` stands between two silences. Closing the socket leaves the pipe too.
    ///
    /// # Errors
    /// The error of the connection, when it has died.
    pub fn leave_pipe(&mut self, socket: &mut TcpSocket) -> nb::Result<(), Error> {
        let handle = socket.connection()?;
        self.operate(|sockets| {
            sockets.leave_pipe(handle);
            sockets.poll_leave(handle, Waker::noop())
        })
    }
}

impl<IO, C, B> Stack<'_, IO, C, B>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
    B: Base,
{
    /// Connects, or goes on with that, by what takes a socket. A socket that was secured in another way
    /// connects anew.
    pub(super) fn connect_by(
        &mut self,
        socket: &mut TcpSocket,
        remote: SocketAddr,
        secured: Option<&'static SecurityProfile>,
        take: impl FnOnce(&mut B::Sockets) -> Poll<Result<SocketHandle, Error>>,
    ) -> nb::Result<(), Error> {
        self.pump();
        if let Role::Bound(_) | Role::Listener(_) = socket.role {
            return Err(nb::Error::Other(Error::Unsupported));
        }
        let over = socket.handle.is_some_and(|handle| self.base.sockets().borrow_mut().is_over(handle));
        let same = socket.secured.map(ptr::from_ref) == secured.map(ptr::from_ref);
        if over || !same || !matches!(socket.role, Role::Connection(to) if to == remote) {
            self.let_go(&mut socket.handle);
        }
        (socket.role, socket.secured) = (Role::Connection(remote), secured);
        self.open(&mut socket.handle, take).map(drop)
    }

    /// Lets go of the modem's socket.
    pub(super) fn let_go(&mut self, handle: &mut Option<SocketHandle>) {
        if let Some(handle) = handle.take() {
            self.base.sockets().borrow_mut().release(handle);
        }
    }
}

impl<IO, C, B> TcpClientStack for Stack<'_, IO, C, B>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
    B: Base,
{
    type TcpSocket = TcpSocket;
    type Error = Error;

    /// A socket that is not connected yet. Never fails.
    fn socket(&mut self) -> Result<TcpSocket, Error> {
        Ok(TcpSocket::default())
    }

    /// Connects; call it until it is `Ok`. On a socket that is connected to `remote` it is `Ok`,
    /// on one that failed, has ended or is connected elsewhere it connects anew.
    ///
    /// On a socket that was bound to a port it is [`Error::Unsupported`]: these modems choose the
    /// local port of a connection.
    fn connect(&mut self, socket: &mut TcpSocket, remote: SocketAddr) -> nb::Result<(), Error> {
        self.connect_by(socket, remote, None, |sockets| sockets.open_tcp(remote, Waker::noop()))
    }

    /// Sends what fits. Small pieces are gathered: they leave when the buffer is full, when a
    /// receive finds nothing, or 20 ms after the first of them.
    fn send(&mut self, socket: &mut TcpSocket, buffer: &[u8]) -> nb::Result<usize, Error> {
        let handle = socket.connection()?;
        self.operate(|sockets| sockets.write(handle, buffer, Waker::noop()))
    }

    /// Receives what has come. The end of the stream, in whatever way, is `PipeClosed`.
    fn receive(&mut self, socket: &mut TcpSocket, buffer: &mut [u8]) -> nb::Result<usize, Error> {
        self.pump();
        let handle = socket.connection()?;
        match ready(self.base.sockets().borrow_mut().read(handle, buffer, Waker::noop())) {
            Ok(0) if !buffer.is_empty() => Err(nb::Error::Other(Error::Closed)),
            result => result,
        }
    }

    /// Closes the socket, whatever its state; what was sent still leaves. Never fails and never
    /// waits: the modem's socket is closed in the background.
    fn close(&mut self, mut socket: TcpSocket) -> Result<(), Error> {
        self.pump();
        self.let_go(&mut socket.handle);
        self.pump();
        Ok(())
    }
}

impl<IO, C, B> TcpFullStack for Stack<'_, IO, C, B>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
    B: Base,
{
    /// Notes the port that the socket is to listen on.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for port 0, and for a socket that is connected or listens.
    fn bind(&mut self, socket: &mut TcpSocket, local_port: u16) -> Result<(), Error> {
        self.pump();
        if local_port == 0 || socket.handle.is_some() {
            return Err(Error::InvalidInput);
        }
        socket.role = Role::Bound(local_port);
        Ok(())
    }

    /// Has the modem listen, while the stack is polled. When it cannot begin at once, because the link
    /// is coming up, or the port or a socket is still being given back, it begins with
    /// [`accept`](Self::accept).
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a socket that is not bound, [`Error::Unsupported`] where the modem
    /// cannot listen, [`Error::PortInUse`], [`Error::NoSocket`], or why the link is not up.
    fn listen(&mut self, socket: &mut TcpSocket) -> Result<(), Error> {
        let Role::Bound(port) = socket.role else { return Err(Error::InvalidInput) };
        match self.open(&mut socket.handle, |sockets| sockets.listen(port, Waker::noop())) {
            Ok(_) | Err(nb::Error::WouldBlock) => {
                socket.role = Role::Listener(port);
                Ok(())
            }
            Err(nb::Error::Other(error)) => Err(error),
        }
    }

    /// Takes a connection that has come, and gives its peer; `WouldBlock` until there is one. Each
    /// connection takes one of the sockets, when it comes and not when it is accepted.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a socket that does not listen; why the modem does not listen, or
    /// does not any more. The next call has it listen anew.
    fn accept(&mut self, socket: &mut TcpSocket) -> nb::Result<(TcpSocket, SocketAddr), Error> {
        let Role::Listener(port) = socket.role else { return Err(nb::Error::Other(Error::InvalidInput)) };
        let listener = self.open(&mut socket.handle, |sockets| sockets.listen(port, Waker::noop()))?;
        let accepted = self.operate(|sockets| sockets.accept(listener, Waker::noop()));
        if let Err(nb::Error::Other(_)) = accepted {
            self.let_go(&mut socket.handle);
        }
        let (handle, remote) = accepted?;
        Ok((TcpSocket { handle: Some(handle), role: Role::Connection(remote), secured: None }, remote))
    }
}
