//! Servers of the virtual network that are programs of a test.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::Peer;
use super::world::{Conn, Event, World};

/// The far end of one TCP connection, or of one UDP port, without sockets and without a clock.
pub trait Service: Send {
    /// Bytes of the modem, cut anywhere, or one datagram; returns what to send, each a piece of the stream
    /// or a datagram.
    fn received(&mut self, now: Duration, bytes: &[u8]) -> Vec<Vec<u8>>;

    /// Asked after [`Service::received`]: a TCP connection is to be closed now.
    fn is_over(&self) -> bool {
        false
    }
}

/// Makes the server of a connection.
pub(super) type Factory = Box<dyn FnMut() -> Box<dyn Service> + Send>;

/// What runs at which address.
#[derive(Default)]
pub(super) struct Services {
    factories: HashMap<SocketAddr, Factory>,
    streams: HashMap<u64, Box<dyn Service>>,
    /// By the server's address and the modem's port.
    datagrams: HashMap<(SocketAddr, u16), Box<dyn Service>>,
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut at: Vec<_> = self.factories.keys().collect();
        at.sort();
        f.debug_tuple("Services").field(&at).finish()
    }
}

impl Services {
    /// One of them is at this address.
    pub(super) fn are_at(&self, address: IpAddr) -> bool {
        self.factories.keys().any(|at| at.ip() == address)
    }
}

impl World {
    pub(super) fn serve(&mut self, at: SocketAddr, factory: Factory) {
        self.services.factories.insert(at, factory);
    }

    /// The far end of a new connection.
    pub(super) fn far_end(&mut self, id: u64, remote: SocketAddr, local_port: u16) -> Conn {
        let peer = match self.services.factories.get_mut(&remote) {
            None => self.peers.get(&remote).cloned().unwrap_or(Peer::Refuse),
            Some(factory) => {
                self.services.streams.insert(id, factory());
                Peer::Discard
            }
        };
        Conn::new(remote, local_port, peer)
    }

    /// Gives bytes to the service of a connection; `false` when it has none.
    pub(super) fn stream_at_service(&mut self, id: u64, bytes: &[u8]) -> bool {
        let Some(service) = self.services.streams.get_mut(&id) else {
            return false;
        };
        let answers = service.received(self.now, bytes);
        let over = service.is_over();
        answers.iter().for_each(|answer| self.server_send(id, answer));
        if over {
            self.server_close(id, false);
        }
        true
    }

    /// The same for a datagram from a port of the modem.
    pub(super) fn datagram_at_service(&mut self, port: u16, to: SocketAddr, bytes: &[u8]) -> bool {
        let Some(factory) = self.services.factories.get_mut(&to) else {
            return false;
        };
        let service = self.services.datagrams.entry((to, port)).or_insert_with(factory);
        for bytes in service.received(self.now, bytes) {
            self.at(self.half(), Event::UdpToClient { from: to, port, bytes });
        }
        true
    }
}
