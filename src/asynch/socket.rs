//! What all kinds of sockets have in common.

use core::cell::RefCell;
use core::future::poll_fn;
use core::net::SocketAddr;
use core::task::{Poll, Waker};

use super::borrow;
use crate::dialect::{ReleaseAssistance, SocketOption};
use crate::engine::Engine;
use crate::error::Error;
use crate::socket::{Arrived, SocketHandle};

/// A socket of the engine, let go when this is dropped. All of it is cancel safe: the engine keeps
/// what has been begun, and a future that is dropped has taken nothing.
#[derive(Debug)]
pub(crate) struct Owned<'d> {
    pub(crate) engine: &'d RefCell<Engine>,
    pub(crate) handle: SocketHandle,
}

impl<'d> Owned<'d> {
    /// Takes a socket and waits until it is open.
    pub(super) async fn open(
        engine: &'d RefCell<Engine>,
        mut take: impl FnMut(&mut Engine, &Waker) -> Poll<Result<SocketHandle, Error>>,
    ) -> Result<Self, Error> {
        let handle = poll_fn(|cx| take(&mut borrow(engine), cx.waker())).await?;
        let socket = Self { engine, handle };
        poll_fn(|cx| borrow(engine).poll_open(handle, cx.waker())).await?;
        Ok(socket)
    }

    pub(crate) async fn read(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        poll_fn(|cx| borrow(self.engine).read(self.handle, buffer, cx.waker())).await
    }

    pub(crate) async fn write(&self, bytes: &[u8]) -> Result<usize, Error> {
        poll_fn(|cx| borrow(self.engine).write(self.handle, bytes, cx.waker())).await
    }

    pub(crate) async fn flush(&self) -> Result<(), Error> {
        poll_fn(|cx| borrow(self.engine).flush(self.handle, cx.waker())).await
    }

    pub(crate) async fn readable(&self) -> Result<(), Error> {
        poll_fn(|cx| borrow(self.engine).poll_readable(self.handle, cx.waker())).await
    }

    pub(crate) async fn set_option(&self, option: SocketOption) -> Result<(), Error> {
        poll_fn(|cx| borrow(self.engine).set_option(self.handle, option, cx.waker())).await
    }

    /// Sends a datagram and waits until the modem has taken it.
    pub(crate) async fn send(
        &self,
        to: Option<SocketAddr>,
        bytes: &[u8],
        release: ReleaseAssistance,
    ) -> Result<(), Error> {
        poll_fn(|cx| {
            let mut engine = borrow(self.engine);
            engine.send_datagram(self.handle, to, bytes, release, cx.waker())
        })
        .await?;
        self.flush().await
    }

    pub(crate) async fn receive(&self, buffer: &mut [u8]) -> Result<Arrived, Error> {
        poll_fn(|cx| borrow(self.engine).receive_datagram(self.handle, buffer, cx.waker())).await
    }

    pub(crate) fn abort(&self) {
        borrow(self.engine).abort(self.handle);
    }

    /// Address and port of this end when `asked` was asked for: what it leaves open is the link's
    /// address, and the port as far as it is known.
    pub(crate) fn local(&self, asked: SocketAddr) -> Result<SocketAddr, Error> {
        let mut engine = borrow(self.engine);
        let Some(mut own) = engine.local_address(self.handle) else { return Ok(asked) };
        if own.port() == 0 {
            own.set_port(asked.port());
        }
        if asked.ip().is_unspecified() || asked.ip() == own.ip() {
            return Ok(own);
        }
        if engine.core.lacks_family(asked.ip()) {
            return Err(Error::WrongFamily);
        }
        // A link has one address of each family, and the engine remembers one of them.
        let other = asked.is_ipv6() != own.is_ipv6();
        if other { Ok(SocketAddr::new(asked.ip(), own.port())) } else { Err(Error::InvalidInput) }
    }
}

impl Drop for Owned<'_> {
    fn drop(&mut self) {
        borrow(self.engine).release(self.handle);
    }
}
