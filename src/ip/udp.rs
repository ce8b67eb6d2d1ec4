//! What a user does with a socket for datagrams.

use core::net::SocketAddr;
use core::task::{Poll, Waker};

use smoltcp::iface::{SocketHandle as Inner, SocketSet};
pub(super) use smoltcp::socket::udp::PacketMetadata;
use smoltcp::socket::udp::{PacketBuffer, SendError, Socket};

use super::resources::{RECEIVED, WAITING};
use super::slot::State;
use super::{FAREWELL, Ip, endpoint, plain};
use crate::error::Error;
use crate::socket::{Arrived, SocketHandle};

/// Headers of IP and UDP in front of a datagram.
const HEADERS: (usize, usize) = (28, 48);

/// Makes a socket of memory.
pub(super) fn add<'d>(
    sockets: &mut SocketSet<'d>,
    (rx, tx): (&'d mut [u8], &'d mut [u8]),
    (received, waiting): (&'d mut [PacketMetadata; RECEIVED], &'d mut [PacketMetadata; WAITING]),
) -> Option<Inner> {
    let rx = PacketBuffer::new(&mut received[..], rx);
    let tx = PacketBuffer::new(&mut waiting[..], tx);
    Some(sockets.add(Socket::new(rx, tx)))
}

impl<'d> Ip<'d> {
    fn udp(&mut self, index: usize) -> Option<&mut Socket<'d>> {
        let inner = self.slots.get(index).filter(|_| index >= self.tcp)?.inner?;
        Some(self.sockets.get_mut(inner))
    }

    pub(super) fn bind(
        &mut self,
        remote: Option<SocketAddr>,
        local_port: u16,
        waker: &Waker,
    ) -> Poll<Result<SocketHandle, Error>> {
        if remote.is_some_and(|remote| remote.port() == 0 || remote.ip().is_unspecified()) {
            return Poll::Ready(Err(Error::InvalidInput));
        }
        core::task::ready!(match remote {
            Some(remote) => self.poll_way_to(remote.ip(), waker),
            None => self.poll_up(waker),
        })?;
        let mut datagrams = self.slots.iter().enumerate().skip(self.tcp);
        let same = |slot: &super::Slot| slot.state != State::Free && slot.local_port == local_port;
        let clash = datagrams.clone().find(|(_, slot)| local_port != 0 && same(slot));
        if clash.is_some_and(|(_, slot)| slot.state != State::Released) {
            return Poll::Ready(Err(Error::PortInUse));
        }
        let free = datagrams.find(|(_, slot)| slot.state == State::Free && slot.inner.is_some());
        let Some((index, _)) = free.filter(|_| clash.is_none()) else {
            if !self.slots.iter().skip(self.tcp).any(|slot| slot.state == State::Released) {
                return Poll::Ready(Err(Error::NoSocket));
            }
            self.waiters.register(waker);
            return Poll::Pending;
        };
        let port = if local_port == 0 { self.next_port() } else { local_port };
        if let Some(socket) = self.udp(index) {
            socket.close();
            _ = socket.bind(port);
        }
        if let Some(slot) = self.slots.get_mut(index) {
            slot.occupy(State::Open, remote.map(plain), port);
        }
        Poll::Ready(Ok(self.handle(index)))
    }

    /// The largest datagram that can be sent.
    fn datagram_limit(&mut self, index: usize, ipv6: bool) -> usize {
        let headers = if ipv6 { HEADERS.1 } else { HEADERS.0 };
        let packet = usize::from(self.mtu()).saturating_sub(headers);
        self.udp(index).map_or(0, |socket| packet.min(socket.payload_send_capacity()))
    }

    pub(super) fn send_to(
        &mut self,
        index: usize,
        to: Option<SocketAddr>,
        bytes: &[u8],
        waker: &Waker,
    ) -> Poll<Result<(), Error>> {
        let Some(slot) = self.slots.get(index) else { return Poll::Ready(Err(Error::NotConnected)) };
        let Some(to) = to.or(slot.remote) else { return Poll::Ready(Err(Error::InvalidInput)) };
        if to.port() == 0 || to.ip().is_unspecified() {
            return Poll::Ready(Err(Error::InvalidInput));
        }
        if let Some(error) = slot.error {
            return Poll::Ready(Err(error));
        }
        core::task::ready!(self.poll_way_to(to.ip(), waker))?;
        let Some(peer) = endpoint(to) else { return Poll::Ready(Err(Error::WrongFamily)) };
        if bytes.len() > self.datagram_limit(index, to.is_ipv6()) {
            return Poll::Ready(Err(Error::Oversized));
        }
        let Some(socket) = self.udp(index) else { return Poll::Ready(Err(Error::NotConnected)) };
        match socket.send_slice(bytes, peer) {
            Ok(()) => {
                self.runner.wake();
                Poll::Ready(Ok(()))
            }
            Err(SendError::BufferFull) => {
                if let Some(slot) = self.slots.get_mut(index) {
                    slot.writer.register(waker);
                }
                Poll::Pending
            }
            Err(SendError::Unaddressable) => Poll::Ready(Err(Error::InvalidInput)),
        }
    }

    /// Waits until all datagrams are on the link.
    pub(super) fn flush_datagrams(&mut self, index: usize, waker: &Waker) -> Poll<Result<(), Error>> {
        let Some(left) = self.udp(index).map(|socket| socket.send_queue()) else {
            return Poll::Ready(Err(Error::NotConnected));
        };
        let Some(slot) = self.slots.get_mut(index) else { return Poll::Ready(Err(Error::NotConnected)) };
        match slot.error {
            Some(error) => Poll::Ready(Err(error)),
            None if left == 0 => Poll::Ready(Ok(())),
            None => {
                slot.writer.register(waker);
                Poll::Pending
            }
        }
    }

    pub(super) fn receive_from(
        &mut self,
        index: usize,
        buffer: &mut [u8],
        waker: &Waker,
    ) -> Poll<Result<Arrived, Error>> {
        let remote = self.slots.get(index).and_then(|slot| slot.remote);
        while let Some((data, metadata)) = self.udp(index).and_then(|socket| socket.recv().ok()) {
            let from = SocketAddr::from(metadata.endpoint);
            if remote.is_some_and(|remote| remote != from) {
                continue;
            }
            let count = data.len().min(buffer.len());
            if let (Some(to), Some(data)) = (buffer.get_mut(..count), data.get(..count)) {
                to.copy_from_slice(data);
            }
            return Poll::Ready(Ok(Arrived { len: data.len(), from }));
        }
        self.wait_for_datagram(index, waker)
    }

    fn wait_for_datagram<T>(&mut self, index: usize, waker: &Waker) -> Poll<Result<T, Error>> {
        let Some(slot) = self.slots.get_mut(index) else { return Poll::Ready(Err(Error::NotConnected)) };
        if let Some(error) = slot.error {
            return Poll::Ready(Err(error));
        }
        slot.reader.register(waker);
        Poll::Pending
    }

    pub(super) fn poll_datagram(&mut self, index: usize, waker: &Waker) -> Poll<Result<(), Error>> {
        let remote = self.slots.get(index).and_then(|slot| slot.remote);
        loop {
            let Some(socket) = self.udp(index) else { return Poll::Ready(Err(Error::NotConnected)) };
            let Ok((_, metadata)) = socket.peek() else { break };
            if remote.is_none_or(|remote| remote == SocketAddr::from(metadata.endpoint)) {
                return Poll::Ready(Ok(()));
            }
            _ = socket.recv();
        }
        self.wait_for_datagram(index, waker)
    }

    pub(super) fn release_datagrams(&mut self, index: usize) {
        if let Some(slot) = self.slots.get_mut(index) {
            slot.state = State::Released;
            slot.limit(FAREWELL);
        }
        self.runner.wake();
    }

    /// Whether a socket that was let go has sent all, or must be given up.
    pub(super) fn have_datagrams_left(&mut self, index: usize, late: bool) -> bool {
        let Some(socket) = self.udp(index) else { return false };
        let gone = late || socket.send_queue() == 0;
        if gone {
            socket.close();
        }
        gone
    }

    pub(super) fn close_datagrams(&mut self, index: usize) {
        if let Some(socket) = self.udp(index) {
            socket.close();
        }
    }
}
