//! TCP connections.

use core::net::SocketAddr;
use core::task::Waker;

use embedded_io::{Read, ReadReady, Write, WriteReady};
use embedded_nal::TcpClientStack;

use super::stack::{Clock, Stack, ready};
use crate::error::Error;
use crate::socket::SocketHandle;

/// A TCP socket. The modem's socket is taken when it connects, so that one can be had right after
/// another was closed.
#[derive(Debug, Default)]
pub struct TcpSocket {
    connection: Option<(SocketHandle, SocketAddr)>,
}

impl<IO, C> TcpClientStack for Stack<'_, IO, C>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
{
    type TcpSocket = TcpSocket;
    type Error = Error;

    /// A socket that is not connected yet. Never fails.
    fn socket(&mut self) -> Result<TcpSocket, Error> {
        Ok(TcpSocket::default())
    }

    /// Connects; call it until it is `Ok`. On a socket that is connected to `remote` it is `Ok`,
    /// on one that failed, has ended or is connected elsewhere it connects anew.
    fn connect(&mut self, socket: &mut TcpSocket, remote: SocketAddr) -> nb::Result<(), Error> {
        self.pump();
        let mut engine = self.engine.borrow_mut();
        if let Some((handle, to)) = socket.connection
            && (to != remote || engine.is_over(handle))
        {
            engine.release(handle);
            socket.connection = None;
        }
        let handle = match socket.connection {
            Some((handle, _)) => handle,
            None => {
                let handle = ready(engine.open_tcp(remote, Waker::noop()))?;
                socket.connection = Some((handle, remote));
                handle
            }
        };
        let result = ready(engine.poll_open(handle, Waker::noop()));
        if let Err(nb::Error::Other(_)) = result {
            engine.release(handle);
            socket.connection = None;
        }
        drop(engine);
        self.pump();
        result
    }

    /// Sends what fits. Small pieces are gathered: they leave when the buffer is full, when a
    /// receive finds nothing, or 20 ms after the first of them.
    fn send(&mut self, socket: &mut TcpSocket, buffer: &[u8]) -> nb::Result<usize, Error> {
        self.pump();
        let (handle, _) = socket.connection.ok_or(Error::NotConnected)?;
        let result = ready(self.engine.borrow_mut().write(handle, buffer, Waker::noop()));
        self.pump();
        result
    }

    /// Receives what has come. The end of the stream, in whatever way, is `PipeClosed`.
    fn receive(&mut self, socket: &mut TcpSocket, buffer: &mut [u8]) -> nb::Result<usize, Error> {
        self.pump();
        let (handle, _) = socket.connection.ok_or(Error::NotConnected)?;
        match ready(self.engine.borrow_mut().read(handle, buffer, Waker::noop())) {
            Ok(0) if !buffer.is_empty() => Err(nb::Error::Other(Error::Closed)),
            result => result,
        }
    }

    /// Closes the socket, whatever its state; what was sent still leaves. Never fails and never
    /// waits: the modem's socket is closed in the background.
    fn close(&mut self, socket: TcpSocket) -> Result<(), Error> {
        self.pump();
        if let Some((handle, _)) = socket.connection {
            self.engine.borrow_mut().release(handle);
        }
        self.pump();
        Ok(())
    }
}
