//! TCP, both ways.

use core::future::poll_fn;
use core::net::SocketAddr;
use core::task::Poll;

use edge_nal::{Close, Readable, TcpAccept, TcpBind, TcpConnect, TcpShutdown, TcpSplit};
use embedded_nal_async as nal;

use crate::asynch::{Owned, Stack, TcpListener, TcpReader, TcpSocket, TcpWriter};
use crate::error::Error;
use crate::socket::State;

impl<'d> TcpConnect for Stack<'d> {
    type Error = Error;
    type Socket<'a>
        = TcpSocket<'d>
    where
        Self: 'a;

    /// Opens a connection, as `connect` of embedded-nal-async does.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Timeout`], [`Error::NoSocket`], or why the link is not up.
    ///
    /// # Cancel safety
    /// A dropped future gives its socket back. The modem's command runs to its end before.
    async fn connect(&self, remote: SocketAddr) -> Result<TcpSocket<'d>, Error> {
        nal::TcpConnect::connect(self, remote).await
    }
}

impl<'d> TcpBind for Stack<'d> {
    type Error = Error;
    type Accept<'a>
        = TcpListener<'d>
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
    async fn bind(&self, local: SocketAddr) -> Result<TcpListener<'d>, Error> {
        let listener = self.listen(local.port()).await?;
        listener.0.local(local)?;
        Ok(listener)
    }
}

impl<'d> TcpAccept for TcpListener<'d> {
    type Error = Error;
    type Socket<'a>
        = TcpSocket<'d>
    where
        Self: 'a;

    /// Waits for the next connection. Several tasks may wait at the same listener.
    ///
    /// # Errors
    /// Why the listener has died: with the link, or the modem.
    ///
    /// # Cancel safety
    /// No connection is lost.
    async fn accept(&self) -> Result<(SocketAddr, TcpSocket<'d>), Error> {
        let (socket, remote) = self.accept().await?;
        Ok((remote, socket))
    }
}

impl Readable for TcpSocket<'_> {
    /// Waits until a read would not wait: for data, the end or an error.
    ///
    /// # Errors
    /// [`Error::NotConnected`] when there is no socket.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    async fn readable(&mut self) -> Result<(), Error> {
        self.0.readable().await
    }
}

impl Readable for TcpReader<'_> {
    /// As that of [`TcpSocket`].
    ///
    /// # Cancel safety
    /// Nothing is lost.
    async fn readable(&mut self) -> Result<(), Error> {
        self.0.readable().await
    }
}

impl TcpSplit for TcpSocket<'_> {
    type Read<'a>
        = TcpReader<'a>
    where
        Self: 'a;
    type Write<'a>
        = TcpWriter<'a>
    where
        Self: 'a;

    fn split(&mut self) -> (TcpReader<'_>, TcpWriter<'_>) {
        self.split()
    }
}

impl TcpShutdown for TcpSocket<'_> {
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
            Close::Both => finish(&self.0).await,
            Close::Read | Close::Write => Err(Error::Unsupported),
        }
    }

    /// Closes the connection in the background; what was written and not sent yet is dropped.
    /// Whether the peer sees an end or a reset is up to the modem. Never fails and never waits.
    async fn abort(&mut self) -> Result<(), Error> {
        self.0.abort();
        Ok(())
    }
}

/// Lets go of a socket, and waits until what was written has left or cannot leave any more. The
/// engine sets a limit to that.
async fn finish(socket: &Owned<'_>) -> Result<(), Error> {
    let (engine, handle) = (socket.engine, socket.handle);
    let mut begun = false;
    poll_fn(|cx| {
        let mut engine = engine.borrow_mut();
        if !core::mem::replace(&mut begun, true) {
            let flushed = engine.flush(handle, cx.waker());
            engine.release(handle);
            if flushed.is_ready() {
                return flushed;
            }
        }
        let place = engine.core.table.at(handle.index);
        let Some(slot) = place.map(|place| place.slot) else { return Poll::Ready(Ok(())) };
        if slot.generation != handle.generation {
            // Closed, and its place is somebody else's.
            return Poll::Ready(Ok(()));
        }
        if slot.tx_len == 0 || slot.state == State::Free {
            return Poll::Ready(slot.write_error.or(slot.error).map_or(Ok(()), Err));
        }
        slot.writer.register(cx.waker());
        Poll::Pending
    })
    .await
}
