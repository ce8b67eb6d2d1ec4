//! TCP connections.

use core::cell::RefCell;
use core::future::poll_fn;
use core::net::SocketAddr;

use embedded_io_async::{ErrorType, Read, Write};
use embedded_nal_async::TcpConnect;

use super::Stack;
use crate::engine::Engine;
use crate::error::Error;
use crate::socket::SocketHandle;

impl<'d> TcpConnect for Stack<'d> {
    type Error = Error;
    type Connection<'a>
        = TcpSocket<'d>
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
    async fn connect<'a>(&'a self, remote: SocketAddr) -> Result<TcpSocket<'d>, Error> {
        let engine = self.engine;
        let handle = poll_fn(|cx| engine.borrow_mut().open_tcp(remote, cx.waker())).await?;
        let socket = TcpSocket { engine, handle };
        poll_fn(|cx| engine.borrow_mut().poll_open(handle, cx.waker())).await?;
        Ok(socket)
    }
}

/// A TCP connection. Dropping it sends what was written and closes the modem's socket, both in the
/// background.
///
/// Writes are gathered: they leave when the buffer is full, at `flush`, when a read has to wait,
/// at the drop, or 20 ms after the first of them.
#[derive(Debug)]
pub struct TcpSocket<'d> {
    engine: &'d RefCell<Engine>,
    handle: SocketHandle,
}

impl TcpSocket<'_> {
    /// Sends what was written and closes the connection.
    ///
    /// # Errors
    /// The error of the connection, when what was written could not be sent.
    ///
    /// # Cancel safety
    /// A dropped future closes the connection all the same.
    pub async fn close(mut self) -> Result<(), Error> {
        self.flush().await
    }

    /// Closes the connection; what was written and not sent yet is dropped.
    pub fn abort(self) {
        self.engine.borrow_mut().abort(self.handle);
    }

    /// Waits until a read would not wait: for data, the end or an error.
    ///
    /// # Errors
    /// [`Error::NotConnected`] when there is no socket.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn readable(&mut self) -> Result<(), Error> {
        poll_fn(|cx| self.engine.borrow_mut().poll_readable(self.handle, cx.waker())).await
    }
}

impl ErrorType for TcpSocket<'_> {
    type Error = Error;
}

impl Read for TcpSocket<'_> {
    /// Reads what has come; waits for the first byte. `Ok(0)` when the peer has closed and all was
    /// read.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        poll_fn(|cx| self.engine.borrow_mut().read(self.handle, buffer, cx.waker())).await
    }
}

impl Write for TcpSocket<'_> {
    /// Takes as much as fits; waits for room for the first byte.
    ///
    /// # Cancel safety
    /// A dropped future has taken nothing.
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        poll_fn(|cx| self.engine.borrow_mut().write(self.handle, bytes, cx.waker())).await
    }

    /// Waits until the modem has taken all that was written. The peer may not have it yet.
    ///
    /// # Cancel safety
    /// What was written leaves all the same.
    async fn flush(&mut self) -> Result<(), Error> {
        poll_fn(|cx| self.engine.borrow_mut().flush(self.handle, cx.waker())).await
    }
}

impl Drop for TcpSocket<'_> {
    fn drop(&mut self) {
        self.engine.borrow_mut().release(self.handle);
    }
}
