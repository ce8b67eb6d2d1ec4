//! A TCP connection as a raw pipe.

use core::future::{Future, poll_fn};

use embedded_io_async::{ErrorType, Read, Write};

use super::borrow;
use super::socket::Owned;
use crate::error::Error;

/// A TCP connection whose bytes go over the serial line as they are, without commands around them:
/// "direct link" on u-blox, "online mode" on Sequans. For much data it is faster; small exchanges
/// gain nothing.
///
/// * **Everything else waits.** As long as the pipe stands, the modem hears no command: other sockets
///   are not read and not written, new ones not opened, names not resolved, the link is not watched.
///   Datagrams and connections that come stay in the modem as far as it has room for them.
/// * **RTS and CTS are needed.** No command asks for the bytes of the peer, so only the lines hold
///   the modem back while nobody reads, and the host while the network is slow. A byte that is lost
///   cannot be noticed in here.
/// * **The way out takes time.** It is `+++` between two silences of a second or more, as long as the
///   modem wants them, and some seconds for its answer. The same three characters of the user
///   between two such silences are kept apart, which may delay the last of them.
/// * **The end of the connection** stands among its bytes as words of the modem. They are believed
///   when silence follows and `+++` shows that the modem has left, so the end is told some seconds
///   late.
///
/// Dropping it leaves the pipe in the background, after what was written. The connection goes on.
///
/// ```no_run
/// # use cellular_nal::{Error, asynch::TcpSocket};
/// use embedded_io_async::Write;
/// # async fn example(socket: &mut TcpSocket<'_>, image: &[u8]) -> Result<(), Error> {
/// let mut pipe = socket.pipe().await?;
/// pipe.write_all(image).await?;
/// pipe.leave().await
/// # }
/// ```
#[derive(Debug)]
pub struct Pipe<'s, 'd> {
    socket: &'s mut Owned<'d>,
}

impl<'s, 'd> Pipe<'s, 'd> {
    pub(super) async fn enter(socket: &'s mut Owned<'d>) -> Result<Self, Error> {
        // From here on dropping it calls the engine back.
        let pipe = Pipe { socket };
        let (engine, handle) = (pipe.socket.sockets, pipe.socket.handle);
        poll_fn(|cx| borrow(engine).enter_pipe(handle, cx.waker())).await?;
        Ok(pipe)
    }

    /// Sends what was written, leaves the pipe and waits until the modem takes commands again.
    ///
    /// # Errors
    /// The error of the connection, when it has died.
    ///
    /// # Cancel safety
    /// A dropped future leaves the pipe all the same.
    pub async fn leave(self) -> Result<(), Error> {
        let (engine, handle) = (self.socket.sockets, self.socket.handle);
        borrow(engine).leave_pipe(handle);
        poll_fn(|cx| borrow(engine).poll_leave(handle, cx.waker())).await
    }
}

impl ErrorType for Pipe<'_, '_> {
    type Error = Error;
}

impl Read for Pipe<'_, '_> {
    /// Reads what has come; waits for the first byte. `Ok(0)` when the peer has closed and all was
    /// read.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    fn read(&mut self, buffer: &mut [u8]) -> impl Future<Output = Result<usize, Error>> {
        self.socket.read(buffer)
    }
}

impl Write for Pipe<'_, '_> {
    /// Takes as much as fits; waits for room for the first byte.
    ///
    /// # Cancel safety
    /// A dropped future has taken nothing.
    fn write(&mut self, bytes: &[u8]) -> impl Future<Output = Result<usize, Error>> {
        self.socket.write(bytes)
    }

    /// Takes all of it; waits for room.
    ///
    /// # Cancel safety
    /// A dropped future may have taken a part.
    fn write_all(&mut self, bytes: &[u8]) -> impl Future<Output = Result<(), Error>> {
        self.socket.write_all(bytes)
    }

    /// Waits until the serial port has taken all that was written.
    ///
    /// # Cancel safety
    /// What was written leaves all the same.
    fn flush(&mut self) -> impl Future<Output = Result<(), Error>> {
        self.socket.flush()
    }
}

impl Drop for Pipe<'_, '_> {
    fn drop(&mut self) {
        borrow(self.socket.sockets).leave_pipe(self.socket.handle);
    }
}
