//! What all kinds of sockets have in common.

use core::cell::RefCell;
use core::future::{Future, poll_fn};
use core::net::SocketAddr;
use core::task::{Poll, Waker, ready};

use super::borrow;
use crate::dialect::{ReleaseAssistance, SocketOption};
use crate::engine::Engine;
use crate::error::Error;
use crate::socket::{Arrived, SocketHandle, Sockets};

/// A socket of the engine, let go when this is dropped. All of it is cancel safe: the engine keeps
/// what has been begun, and a future that is dropped has taken nothing. None of it is an `async fn`: such a future
/// keeps its parameters twice.
#[derive(Debug)]
pub(crate) struct Owned<'d, S: Sockets + ?Sized = Engine> {
    pub(crate) sockets: &'d RefCell<S>,
    pub(crate) handle: SocketHandle,
}

impl<'d, S: Sockets + ?Sized> Owned<'d, S> {
    /// Takes a socket, waits until it is open, and makes of it what users get.
    pub(super) fn open<T>(
        sockets: &'d RefCell<S>,
        mut wrap: impl FnMut(Self) -> Result<T, Error>,
        mut take: impl FnMut(&mut S, &Waker) -> Poll<Result<SocketHandle, Error>>,
    ) -> impl Future<Output = Result<T, Error>> {
        let mut taken = None;
        poll_fn(move |cx| {
            let socket = match taken.take() {
                Some(socket) => socket,
                None => Self { sockets, handle: ready!(take(&mut borrow(sockets), cx.waker()))? },
            };
            let open = borrow(sockets).poll_open(socket.handle, cx.waker());
            if open.is_pending() {
                taken = Some(socket);
                return Poll::Pending;
            }
            open.map(|open| open.and_then(|()| wrap(socket)))
        })
    }

    pub(crate) fn read(&self, buffer: &mut [u8]) -> impl Future<Output = Result<usize, Error>> {
        poll_fn(|cx| borrow(self.sockets).read(self.handle, buffer, cx.waker()))
    }

    pub(crate) fn write(&self, bytes: &[u8]) -> impl Future<Output = Result<usize, Error>> {
        poll_fn(|cx| borrow(self.sockets).write(self.handle, bytes, cx.waker()))
    }

    /// Writes all of it. That of embedded-io would panic at a write of nothing.
    pub(crate) fn write_all(&self, mut bytes: &[u8]) -> impl Future<Output = Result<(), Error>> {
        poll_fn(move |cx| {
            while !bytes.is_empty() {
                let count = ready!(borrow(self.sockets).write(self.handle, bytes, cx.waker()))?;
                bytes = bytes.get(count..).unwrap_or_default();
            }
            Poll::Ready(Ok(()))
        })
    }

    pub(crate) fn flush(&self) -> impl Future<Output = Result<(), Error>> {
        poll_fn(|cx| borrow(self.sockets).flush(self.handle, cx.waker()))
    }

    pub(crate) fn readable(&self) -> impl Future<Output = Result<(), Error>> {
        poll_fn(|cx| borrow(self.sockets).poll_readable(self.handle, cx.waker()))
    }

    /// Lets go of the socket, and waits until what was written has left or cannot leave any more. There
    /// is a limit to that.
    #[cfg(feature = "edge-nal")]
    pub(crate) fn close(&self) -> impl Future<Output = Result<(), Error>> {
        let mut begun = false;
        poll_fn(move |cx| borrow(self.sockets).poll_close(self.handle, &mut begun, cx.waker()))
    }

    /// Sends a datagram and waits until the modem has taken it.
    pub(crate) fn send(
        &self,
        to: Option<SocketAddr>,
        bytes: &[u8],
        release: ReleaseAssistance,
    ) -> impl Future<Output = Result<(), Error>> {
        let mut taken = false;
        poll_fn(move |cx| {
            let mut sockets = borrow(self.sockets);
            if !taken {
                ready!(sockets.send_datagram(self.handle, to, bytes, release, cx.waker()))?;
                taken = true;
            }
            sockets.flush(self.handle, cx.waker())
        })
    }

    pub(crate) fn receive(&self, buffer: &mut [u8]) -> impl Future<Output = Result<Arrived, Error>> {
        poll_fn(|cx| borrow(self.sockets).receive_datagram(self.handle, buffer, cx.waker()))
    }

    /// Ends this direction.
    #[cfg(feature = "edge-nal")]
    pub(crate) fn shut_down(&self) -> Result<(), Error> {
        borrow(self.sockets).shut_down(self.handle)
    }

    pub(crate) fn abort(&self) {
        borrow(self.sockets).abort(self.handle);
    }

    /// Address and port of this end when `asked` was asked for: what it leaves open is the link's
    /// address, and the port as far as it is known.
    pub(crate) fn local(&self, asked: SocketAddr) -> Result<SocketAddr, Error> {
        let mut sockets = borrow(self.sockets);
        let Some(mut own) = sockets.local_address(self.handle, asked.ip()) else { return Ok(asked) };
        if own.port() == 0 {
            own.set_port(asked.port());
        }
        if asked.ip().is_unspecified() || asked.ip() == own.ip() {
            return Ok(own);
        }
        if sockets.lacks_family(asked.ip()) {
            return Err(Error::WrongFamily);
        }
        // A link has one address of each family, and the engine remembers one of them; or it is that of a peer.
        let other = asked.is_ipv6() != own.is_ipv6();
        if other { Ok(SocketAddr::new(asked.ip(), own.port())) } else { Err(Error::InvalidInput) }
    }
}

impl<S: Sockets + ?Sized> Drop for Owned<'_, S> {
    fn drop(&mut self) {
        borrow(self.sockets).release(self.handle);
    }
}

impl Owned<'_> {
    pub(crate) fn set_option(&self, option: SocketOption) -> impl Future<Output = Result<(), Error>> {
        poll_fn(move |cx| borrow(self.sockets).set_option(self.handle, option, cx.waker()))
    }
}
