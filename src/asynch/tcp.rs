//! TCP connections.

use core::future::Future;
use core::net::SocketAddr;

use embedded_io_async::{ErrorType, Read, Write};
use embedded_nal_async::TcpConnect;

use super::socket::Owned;
use super::{Pipe, Stack};
use crate::dialect::SocketOption;
use crate::engine::Engine;
use crate::error::Error;
use crate::socket::Sockets;

impl<'d, S: Sockets + ?Sized> TcpConnect for Stack<'d, S> {
    type Error = Error;
    type Connection<'a>
        = TcpSocket<'d, S>
    where
        Self: 'a;

    /// Opens a connection.
    ///
    /// Waits while the link is coming up, and for a socket that is being closed when there is no
    /// other.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Timeout`], [`Error::NoSocket`], or why the link is not up.
    ///
    /// # Cancel safety
    /// A dropped future gives its socket back. The modem's command runs to its end before.
    fn connect<'a>(&'a self, remote: SocketAddr) -> impl Future<Output = Result<TcpSocket<'d, S>, Error>> {
        let wrap = |socket| Ok(TcpSocket(socket));
        Owned::open(self.sockets, wrap, move |sockets, waker| sockets.open_tcp(remote, waker))
    }
}

/// A TCP connection. Dropping it sends what was written and closes the modem's socket, both in the
/// background.
///
/// Writes are gathered: they leave when the buffer is full, at `flush`, when a read has to wait,
/// at the drop, or 20 ms after the first of them.
#[derive(Debug)]
pub struct TcpSocket<'d, S: Sockets + ?Sized = Engine>(pub(crate) Owned<'d, S>);

impl<S: Sockets + ?Sized> TcpSocket<'_, S> {
    /// Sends what was written and closes the connection.
    ///
    /// # Errors
    /// The error of the connection, when what was written could not be sent.
    ///
    /// # Cancel safety
    /// A dropped future closes the connection all the same.
    pub async fn close(self) -> Result<(), Error> {
        self.0.flush().await
    }

    /// Closes the connection; what was written and not sent yet is dropped.
    pub fn abort(self) {
        self.0.abort();
    }

    /// Waits until a read would not wait: for data, the end or an error.
    ///
    /// # Errors
    /// [`Error::NotConnected`] when there is no socket.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub fn readable(&mut self) -> impl Future<Output = Result<(), Error>> {
        self.0.readable()
    }

    /// Both directions for themselves, so that one task can read while another one writes.
    pub fn split(&mut self) -> (TcpReader<'_, S>, TcpWriter<'_, S>) {
        (TcpReader(&self.0), TcpWriter(&self.0))
    }
}

/// What a modem's own sockets can do besides.
impl<'d> TcpSocket<'d> {
    /// Sets an option, and waits until the modem has taken it.
    ///
    /// ```no_run
    /// # use cellular_nal::{Error, asynch::TcpSocket};
    /// use cellular_nal::dialect::SocketOption;
    /// # async fn example(socket: &mut TcpSocket<'_>) -> Result<(), Error> {
    /// socket.set_option(SocketOption::KeepAlive(240)).await
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the modem has no such option, [`Error::InvalidInput`] for a
    /// value that it cannot have, or the modem's own.
    ///
    /// # Cancel safety
    /// The option may be set all the same.
    pub fn set_option(&mut self, option: SocketOption) -> impl Future<Output = Result<(), Error>> {
        self.0.set_option(option)
    }

    /// Turns the connection into a raw pipe: the serial line carries its bytes and nothing else.
    /// What was written before leaves first.
    ///
    /// See [`Pipe`] for what that means to everything else.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the modem has no such mode, the modem's refusal, or the error of
    /// the connection.
    ///
    /// # Cancel safety
    /// A dropped future leaves the pipe in the background where it was entered already.
    pub async fn pipe(&mut self) -> Result<Pipe<'_, 'd>, Error> {
        Pipe::enter(&mut self.0).await
    }
}

impl<S: Sockets + ?Sized> ErrorType for TcpSocket<'_, S> {
    type Error = Error;
}

impl<S: Sockets + ?Sized> Read for TcpSocket<'_, S> {
    /// Reads what has come; waits for the first byte. `Ok(0)` when the peer has closed and all was
    /// read.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    fn read(&mut self, buffer: &mut [u8]) -> impl Future<Output = Result<usize, Error>> {
        self.0.read(buffer)
    }
}

impl<S: Sockets + ?Sized> Write for TcpSocket<'_, S> {
    /// Takes as much as fits; waits for room for the first byte.
    ///
    /// # Cancel safety
    /// A dropped future has taken nothing.
    fn write(&mut self, bytes: &[u8]) -> impl Future<Output = Result<usize, Error>> {
        self.0.write(bytes)
    }

    /// Takes all of it; waits for room.
    ///
    /// # Cancel safety
    /// A dropped future may have taken a part.
    fn write_all(&mut self, bytes: &[u8]) -> impl Future<Output = Result<(), Error>> {
        self.0.write_all(bytes)
    }

    /// Waits until the modem has taken all that was written. The peer may not have it yet.
    ///
    /// # Cancel safety
    /// What was written leaves all the same.
    fn flush(&mut self) -> impl Future<Output = Result<(), Error>> {
        self.0.flush()
    }
}

/// The direction of a [`TcpSocket`] from the peer.
#[derive(Debug)]
pub struct TcpReader<'a, S: Sockets + ?Sized = Engine>(pub(crate) &'a Owned<'a, S>);

impl<S: Sockets + ?Sized> ErrorType for TcpReader<'_, S> {
    type Error = Error;
}

impl<S: Sockets + ?Sized> Read for TcpReader<'_, S> {
    /// As that of [`TcpSocket`].
    ///
    /// # Cancel safety
    /// Nothing is lost.
    fn read(&mut self, buffer: &mut [u8]) -> impl Future<Output = Result<usize, Error>> {
        self.0.read(buffer)
    }
}

/// The direction of a [`TcpSocket`] to the peer.
#[derive(Debug)]
pub struct TcpWriter<'a, S: Sockets + ?Sized = Engine>(pub(crate) &'a Owned<'a, S>);

impl<S: Sockets + ?Sized> ErrorType for TcpWriter<'_, S> {
    type Error = Error;
}

impl<S: Sockets + ?Sized> Write for TcpWriter<'_, S> {
    /// As that of [`TcpSocket`].
    ///
    /// # Cancel safety
    /// A dropped future has taken nothing.
    fn write(&mut self, bytes: &[u8]) -> impl Future<Output = Result<usize, Error>> {
        self.0.write(bytes)
    }

    /// Takes all of it; waits for room.
    ///
    /// # Cancel safety
    /// A dropped future may have taken a part.
    fn write_all(&mut self, bytes: &[u8]) -> impl Future<Output = Result<(), Error>> {
        self.0.write_all(bytes)
    }

    /// As that of [`TcpSocket`].
    ///
    /// # Cancel safety
    /// What was written leaves all the same.
    fn flush(&mut self) -> impl Future<Output = Result<(), Error>> {
        self.0.flush()
    }
}
