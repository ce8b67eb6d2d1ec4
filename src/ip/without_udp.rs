//! No datagrams: what [`udp`](super::udp) offers, and nothing behind it.

use core::net::SocketAddr;
use core::task::{Poll, Waker};

use smoltcp::iface::{SocketHandle as Inner, SocketSet};

use super::Ip;
use super::resources::{RECEIVED, WAITING};
use crate::error::Error;
use crate::socket::{Arrived, SocketHandle};

/// Nothing is noted of what there is not.
#[derive(Clone, Copy, Debug)]
pub(super) struct PacketMetadata;

impl PacketMetadata {
    pub(super) const EMPTY: Self = Self;
}

/// The memory stays unused.
pub(super) const fn add<'d>(
    _: &mut SocketSet<'d>,
    _: (&'d mut [u8], &'d mut [u8]),
    _: (&'d mut [PacketMetadata; RECEIVED], &'d mut [PacketMetadata; WAITING]),
) -> Option<Inner> {
    None
}

impl Ip<'_> {
    pub(super) const fn bind(
        &mut self,
        _: Option<SocketAddr>,
        _: u16,
        _: &Waker,
    ) -> Poll<Result<SocketHandle, Error>> {
        Poll::Ready(Err(Error::Unsupported))
    }

    pub(super) const fn send_to(
        &mut self,
        _: usize,
        _: Option<SocketAddr>,
        _: &[u8],
        _: &Waker,
    ) -> Poll<Result<(), Error>> {
        Poll::Ready(Err(Error::Unsupported))
    }

    pub(super) const fn flush_datagrams(&mut self, _: usize, _: &Waker) -> Poll<Result<(), Error>> {
        Poll::Ready(Err(Error::Unsupported))
    }

    pub(super) const fn receive_from(
        &mut self,
        _: usize,
        _: &mut [u8],
        _: &Waker,
    ) -> Poll<Result<Arrived, Error>> {
        Poll::Ready(Err(Error::Unsupported))
    }

    pub(super) const fn poll_datagram(&mut self, _: usize, _: &Waker) -> Poll<Result<(), Error>> {
        Poll::Ready(Err(Error::Unsupported))
    }

    pub(super) const fn release_datagrams(&mut self, _: usize) {}

    pub(super) const fn have_datagrams_left(&mut self, _: usize, _: bool) -> bool {
        true
    }

    pub(super) const fn close_datagrams(&mut self, _: usize) {}
}
