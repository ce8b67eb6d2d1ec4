//! Datagrams of the host: for each of its ports a socket of the network.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use crate::network::{Handle, Network};

/// Ports at a time; beyond them the one that has been idle longest is forgotten.
const MOST: usize = 64;
/// A port without datagrams for so long is forgotten.
const IDLE: Duration = Duration::from_secs(300);

#[derive(Debug)]
struct Port {
    handle: Handle,
    last: Duration,
}

/// The host's ports, by its address and port.
#[derive(Debug, Default)]
pub(super) struct Ports(BTreeMap<SocketAddr, Port>);

/// A datagram for the host: its end, the peer's, the payload.
pub(super) type Datagram = (SocketAddr, SocketAddr, Vec<u8>);

impl Ports {
    pub(super) fn send(
        &mut self,
        now: Duration,
        net: &mut dyn Network,
        from: SocketAddr,
        to: SocketAddr,
        payload: &[u8],
    ) {
        if !self.0.contains_key(&from) {
            if self.0.len() >= MOST
                && let Some(idle) = self.0.iter().min_by_key(|(_, port)| port.last).map(|(host, _)| *host)
                && let Some(port) = self.0.remove(&idle)
            {
                net.close(port.handle);
            }
            let Ok(handle) = net.bind(Some(from.port())).or_else(|_| net.bind(None)) else {
                return;
            };
            self.0.insert(from, Port { handle, last: now });
        }
        if let Some(port) = self.0.get_mut(&from) {
            port.last = now;
            // A datagram may be lost anywhere.
            let _ = net.send_to(port.handle, to, payload);
        }
    }

    /// The next datagram for the host.
    pub(super) fn receive(&mut self, now: Duration, net: &mut dyn Network) -> Option<Datagram> {
        for (&host, port) in &mut self.0 {
            if let Some((from, payload)) = net.recv_from(port.handle) {
                port.last = now;
                return Some((host, from, payload));
            }
        }
        None
    }

    pub(super) fn sweep(&mut self, now: Duration, net: &mut dyn Network) {
        self.0.retain(|_, port| {
            let idle = port.last + IDLE <= now;
            if idle {
                net.close(port.handle);
            }
            !idle
        });
    }

    pub(super) fn due(&self) -> Option<Duration> {
        self.0.values().map(|port| port.last + IDLE).min()
    }

    pub(super) fn abandon(&mut self, net: &mut dyn Network) {
        std::mem::take(&mut self.0).into_values().for_each(|port| net.close(port.handle));
    }
}
