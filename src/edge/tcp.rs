//! TCP, both ways.

use core::future::Future;
use core::net::SocketAddr;

use edge_nal::{Close, Readable, TcpAccept, TcpBind, TcpConnect, TcpShutdown, TcpSplit};
use embedded_nal_async as nal;

use crate::asynch::{Stack, TcpListener, TcpReader, TcpSocket, TcpWriter};
use crate::error::Error;
use crate::socket::Sockets;

impl<'d, S: Sockets + ?Sized> TcpConnect for Stack<'d, S> {
    type Error = Error;
    type Socket<'a>
        = TcpSocket<'d, S>
    where
        Self: 'a;

    /// Opens a connection, as `connect` of embedded-nal-async does.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Timeout`], [`Error::NoSocket`], or why the link is not up.
    ///
    /// # Cancel safety
    /// A dropped future gives its socket back. The modem's command runs to its end before.
    async fn connect(&self, remote: SocketAddr) -> Result<TcpSocket<'d, S>, Error> {
        nal::TcpConnect::connect(self, remote).await
    }
}

impl<'d, S: Sockets + ?Sized> TcpBind for Stack<'d, S> {
    type Error = Error;
    type Accept<'a>
        = TcpListener<'d, S>
    where
        Self: 'a;

    /// Has the modem listen, as [`listen`](Stack::listen) does, on the link's address or on an
    /// unspecified one, which is the same.
    ///
    /// # Errors
    /// Those of [`listen`](Stack::listen), and [`Error::InvalidInput`] for another address.
    ///
    /// # Cancel safety
    /// A dropped future gives its socket back.
    async fn bind(&self, local: SocketAddr) -> Result<TcpListener<'d, S>, Error> {
        let listener = self.listen(local.port()).await?;
        listener.0.local(local)?;
        Ok(listener)
    }
}

impl<'d, S: Sockets + ?Sized> TcpAccept for TcpListener<'d, S> {
    type Error = Error;
    type Socket<'a>
        = TcpSocket<'d, S>
    where
        Self: 'a;

    /// Waits for the next connection. Several tasks may wait at the same listener.
    ///
    /// # Errors
    /// Why the listener has died: with the link, or the modem.
    ///
    /// # Cancel safety
    /// No connection is lost.
    async fn accept(&self) -> Result<(SocketAddr, TcpSocket<'d, S>), Error> {
        let (socket, remote) = self.accept().await?;
        Ok((remote, socket))
    }
}

impl<S: Sockets + ?Sized> Readable for TcpSocket<'_, S> {
    /// Waits until a read would not wait: for data, the end or an error.
    ///
    /// # Errors
    /// [`Error::NotConnected`] when there is no socket.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    fn readable(&mut self) -> impl Future<Output = Result<(), Error>> {
        self.0.readable()
    }
}

impl<S: Sockets + ?Sized> Readable for TcpReader<'_, S> {
    /// As that of [`TcpSocket`].
    ///
    /// # Cancel safety
    /// Nothing is lost.
    fn readable(&mut self) -> impl Future<Output = Result<(), Error>> {
        self.0.readable()
    }
}

impl<S: Sockets + ?Sized> TcpSplit for TcpSocket<'_, S> {
    type Read<'a>
        = TcpReader<'a, S>
    where
        Self: 'a;
    type Write<'a>
        = TcpWriter<'a, S>
    where
        Self: 'a;

    fn split(&mut self) -> (TcpReader<'_, S>, TcpWriter<'_, S>) {
        self.split()
    }
}

impl<S: Sockets + ?Sized> TcpShutdown for TcpSocket<'_, S> {
    /// `Close::Both`: waits until the modem has taken what was written, 30 s at most; what it has not
    /// taken by then is dropped. The modem's socket is closed in the background, and what was
    /// received and not read is dropped: the peer's end is not waited for. After that each
    /// operation is [`Error::NotConnected`].
    ///
    /// `Close::Write` and `Close::Read` change nothing and are [`Error::Unsupported`]: these modems
    /// cannot close one direction alone. To pretend it would leave a peer that waits for the end
    /// waiting for ever.
    ///
    /// # Errors
    /// The error of the connection, when what was written could not be sent. It is closed all the
    /// same.
    ///
    /// # Cancel safety
    /// A dropped future closes the connection all the same.
    async fn close(&mut self, what: Close) -> Result<(), Error> {
        match what {
            Close::Both => self.0.close().await,
            Close::Write => self.0.shut_down(),
            Close::Read => Err(Error::Unsupported),
        }
    }

    /// Closes the connection in the background; what was written and not sent yet is dropped.
    /// Whether the peer sees an end or a reset is up to the modem. Never fails and never waits.
    async fn abort(&mut self) -> Result<(), Error> {
        self.0.abort();
        Ok(())
    }
}
