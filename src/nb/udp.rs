//! UDP sockets that have one peer.

use core::net::SocketAddr;
use core::task::Waker;

use embedded_io::{Read, ReadReady, Write, WriteReady};
use embedded_nal::UdpClientStack;

use super::stack::{Clock, Stack, ready};
use crate::dialect::ReleaseAssistance;
use crate::error::Error;
use crate::socket::SocketHandle;

/// A UDP socket. The modem's socket is taken with the first datagram.
#[derive(Debug, Default)]
pub struct UdpSocket {
    remote: Option<SocketAddr>,
    handle: Option<SocketHandle>,
}

impl<IO, C> Stack<'_, IO, C>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
{
    fn opened(&mut self, socket: &mut UdpSocket) -> nb::Result<SocketHandle, Error> {
        self.pump();
        let remote = socket.remote.ok_or(Error::NotConnected)?;
        let mut engine = self.engine.borrow_mut();
        let handle = match socket.handle {
            Some(handle) => handle,
            None => ready(engine.open_udp(remote, 0, Waker::noop()))?,
        };
        socket.handle = Some(handle);
        let result = ready(engine.poll_open(handle, Waker::noop()));
        if let Err(nb::Error::Other(_)) = result {
            engine.release(handle);
            socket.handle = None;
        }
        drop(engine);
        self.pump();
        result.map(|()| handle)
    }
}

impl<IO, C> UdpClientStack for Stack<'_, IO, C>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
{
    type UdpSocket = UdpSocket;
    type Error = Error;

    /// A socket that is not connected yet. Never fails.
    fn socket(&mut self) -> Result<UdpSocket, Error> {
        Ok(UdpSocket::default())
    }

    /// Sets the peer. The modem hears of it with the first datagram.
    fn connect(&mut self, socket: &mut UdpSocket, remote: SocketAddr) -> Result<(), Error> {
        self.pump();
        if socket.remote != Some(remote)
            && let Some(handle) = socket.handle.take()
        {
            self.engine.borrow_mut().release(handle);
        }
        socket.remote = Some(remote);
        Ok(())
    }

    /// Sends a datagram of 1 to 1024 (u-blox) or 1500 (Sequans) bytes that fits in the buffer.
    fn send(&mut self, socket: &mut UdpSocket, buffer: &[u8]) -> nb::Result<(), Error> {
        let handle = self.opened(socket)?;
        let result = ready(self.engine.borrow_mut().send_datagram(
            handle,
            None,
            buffer,
            ReleaseAssistance::None,
            Waker::noop(),
        ));
        self.pump();
        result
    }

    /// Receives a datagram; what does not fit is dropped, and the count is what fits.
    fn receive(
        &mut self,
        socket: &mut UdpSocket,
        buffer: &mut [u8],
    ) -> nb::Result<(usize, SocketAddr), Error> {
        let handle = self.opened(socket)?;
        let arrived = ready(self.engine.borrow_mut().receive_datagram(handle, buffer, Waker::noop()))?;
        Ok((arrived.len.min(buffer.len()), arrived.from))
    }

    /// Closes the socket. Never fails and never waits.
    fn close(&mut self, socket: UdpSocket) -> Result<(), Error> {
        self.pump();
        if let Some(handle) = socket.handle {
            self.engine.borrow_mut().release(handle);
        }
        self.pump();
        Ok(())
    }
}
