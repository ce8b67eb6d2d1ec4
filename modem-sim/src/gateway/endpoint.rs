//! The far end of one of the host's TCP connections: a TCP of its own, made by smoltcp.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use smoltcp::iface::{Config, Interface, PollIngressSingleResult, SocketHandle, SocketSet};
use smoltcp::socket::tcp::{Socket, SocketBuffer, State};
use smoltcp::time::Instant;
use smoltcp::wire::{HardwareAddress, IpAddress, IpCidr, IpListenEndpoint};

use super::device::Queues;

/// Buffers, and so the window that the host sees.
const WINDOW: usize = 32 * 1024;

/// A TCP endpoint with the peer's address.
pub(super) struct Endpoint {
    interface: Interface,
    pub(super) queues: Queues,
    sockets: SocketSet<'static>,
    socket: SocketHandle,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("state", &self.sockets.get::<Socket<'_>>(self.socket).state())
            .finish()
    }
}

pub(super) fn instant(now: Duration) -> Instant {
    Instant::from_micros(now.as_micros() as i64)
}

impl Endpoint {
    fn new(now: Duration, peer: SocketAddr, mtu: usize, seed: u64) -> Self {
        let mut queues = Queues::new(mtu);
        let mut config = Config::new(HardwareAddress::Ip);
        config.random_seed = seed;
        let mut interface = Interface::new(config, &mut queues, instant(now));
        interface.update_ip_addrs(|addresses| {
            let address = IpAddress::from(peer.ip());
            // There is room for one.
            let _ = addresses.push(IpCidr::new(address, if peer.is_ipv4() { 32 } else { 128 }));
        });
        let buffer = || SocketBuffer::new(vec![0; WINDOW]);
        let mut socket = Socket::new(buffer(), buffer());
        socket.set_nagle_enabled(false);
        let mut sockets = SocketSet::new(Vec::new());
        let socket = sockets.add(socket);
        Endpoint { interface, queues, sockets, socket }
    }

    /// For a connection that the host opens with this segment.
    pub(super) fn listen(now: Duration, peer: SocketAddr, mtu: usize, seed: u64, syn: Vec<u8>) -> Self {
        let mut new = Self::new(now, peer, mtu, seed);
        let endpoint = IpListenEndpoint { addr: Some(peer.ip().into()), port: peer.port() };
        // It is closed, and port 0 is refused before this.
        let _ = new.socket().listen(endpoint);
        new.queues.rx.push_back(syn);
        new
    }

    /// For a connection that the peer opens to the host.
    pub(super) fn connect(now: Duration, peer: SocketAddr, host: SocketAddr, mtu: usize, seed: u64) -> Self {
        let mut new = Self::new(now, peer, mtu, seed);
        let socket = new.sockets.get_mut::<Socket<'_>>(new.socket);
        // Neither address nor port is unspecified, and the socket is closed.
        let _ = socket.connect(new.interface.context(), host, peer);
        new
    }

    pub(super) fn socket(&mut self) -> &mut Socket<'static> {
        self.sockets.get_mut(self.socket)
    }

    /// Takes what the host has sent.
    pub(super) fn receive(&mut self, now: Duration) {
        let now = instant(now);
        let (queues, sockets) = (&mut self.queues, &mut self.sockets);
        while self.interface.poll_ingress_single(now, queues, sockets) != PollIngressSingleResult::None {}
    }

    /// A packet for the host, when there is a reason for one.
    ///
    /// smoltcp 0.14 forgets a fast retransmission, and with it every timer, when it may not send the moment it
    /// wants to: it is asked only when it may.
    pub(super) fn packet(&mut self, now: Duration) -> Option<Vec<u8>> {
        if let Some(packet) = self.queues.take() {
            return Some(packet);
        }
        self.interface.poll_egress(instant(now), &mut self.queues, &mut self.sockets);
        self.queues.take()
    }

    /// When [`Endpoint::packet`] wants to be called next.
    pub(super) fn due(&mut self, now: Duration) -> Option<Duration> {
        let due = self.interface.poll_at(instant(now), &self.sockets)?;
        Some(Duration::from_micros(due.total_micros().max(0) as u64))
    }

    /// Nothing is left of the connection, and all that had to be said was said.
    pub(super) fn is_gone(&mut self) -> bool {
        let socket = self.socket();
        socket.state() == State::Closed && socket.local_endpoint().is_none() && self.queues.is_empty()
    }
}
