//! What lies behind the modem's antenna.

mod coverage;
mod dial;
mod host_net;
mod messages;
mod script;
mod service;
mod virtual_net;
mod world;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

pub use host_net::HostNetwork;
pub use messages::Message;
pub use script::{Peer, ScriptStep};
pub use service::Service;
pub use virtual_net::{ConnId, ConnInfo, Datagram, VirtualNetwork};

/// Names a connection, a listener, a UDP socket or a DNS query of a [`Network`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(pub u64);

/// Why the network could not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The peer does not want the connection.
    Refused,
    /// Nobody answered.
    TimedOut,
    /// The peer has reset the connection.
    Reset,
    /// There is no way to the peer, or no such name.
    Unreachable,
    /// The local port belongs to another socket.
    InUse,
    /// TLS or DTLS has failed.
    Secure,
}

/// State of a TCP connection as the modem sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TcpState {
    /// No answer from the peer yet.
    Connecting,
    /// Open.
    Established,
    /// The peer has closed, and [`Network::recv`] has handed over everything before that.
    PeerClosed,
    /// It never opened, or it was torn down.
    Failed(Failure),
}

/// What a peer has sent to a port at which nothing listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stray {
    /// It wants to open a TCP connection, and waits for [`Network::admit`].
    Connection {
        /// Names the connection.
        handle: Handle,
        /// The peer.
        from: SocketAddr,
        /// The modem's port.
        port: u16,
    },
    /// A datagram.
    Datagram {
        /// The sender.
        from: SocketAddr,
        /// The modem's port.
        port: u16,
        /// What is in it.
        payload: Vec<u8>,
    },
}

/// A network as the modem uses it. No call may block.
///
/// Every method speaks about the time that was last given to [`Network::advance`].
pub trait Network: Send {
    /// Told once, by the modem: its address and the round trip time it wants.
    fn configure(&mut self, address: Ipv4Addr, rtt: Duration) {
        let _ = (address, rtt);
    }

    /// It is `now`; let everything happen that is due.
    fn advance(&mut self, now: Duration);

    /// When [`Network::advance`] wants to be called next.
    fn poll_timeout(&self) -> Option<Duration>;

    /// The modem is reached over the air, or is not: then nothing gets through. A network that cannot do this goes on.
    fn set_reached(&mut self, reached: bool) {
        let _ = reached;
    }

    /// Time until an echo of that address comes back; `None` when there is none. A network that carries no echoes
    /// has none.
    fn echo(&mut self, to: IpAddr) -> Option<Duration> {
        let _ = to;
        None
    }

    /// Takes a short message of the modem.
    fn post(&mut self, message: Message) {
        let _ = message;
    }

    /// A short message for the modem.
    fn next_message(&mut self) -> Option<Message> {
        None
    }

    /// Asks for the addresses of a host name.
    fn resolve(&mut self, name: &str) -> Handle;

    /// The answer to [`Network::resolve`], once.
    fn resolved(&mut self, query: Handle) -> Option<Result<Vec<IpAddr>, Failure>>;

    /// Asks for the name of an address; `None` when the network knows none.
    fn name_of(&mut self, address: IpAddr) -> Option<String>;

    /// Opens a TCP connection.
    fn connect(&mut self, local_port: Option<u16>, remote: SocketAddr) -> Handle;

    /// How a TCP connection is.
    fn state(&mut self, tcp: Handle) -> TcpState;

    /// Sends bytes; returns how many the network took.
    fn send(&mut self, tcp: Handle, bytes: &[u8]) -> usize;

    /// Bytes taken by [`Network::send`] that the peer has not acknowledged.
    fn unacknowledged(&self, tcp: Handle) -> usize;

    /// Takes at most `max` received bytes.
    fn recv(&mut self, tcp: Handle, max: usize) -> Vec<u8>;

    /// Takes TCP connections at a port from now on.
    ///
    /// # Errors
    ///
    /// [`Failure::InUse`] when something else listens there.
    fn listen(&mut self, local_port: u16) -> Result<Handle, Failure>;

    /// Takes one connection that a peer has opened to a listener; its handle is then like that of
    /// [`Network::connect`]. A modem that has no room for it calls [`Network::abort`] at once.
    fn accepted(&mut self, listener: Handle) -> Option<(Handle, SocketAddr)>;

    /// Sends no more on a TCP connection, and goes on receiving. A network that cannot do this does nothing.
    fn finish(&mut self, tcp: Handle) {
        let _ = tcp;
    }

    /// Wants, or no longer wants, what peers send to ports at which nothing listens: a host behind the
    /// modem decides about it. A network without such peers has none.
    fn take_strays(&mut self, wanted: bool) {
        let _ = wanted;
    }

    /// The next of them.
    fn stray(&mut self) -> Option<Stray> {
        None
    }

    /// Takes the connection of a [`Stray`]: only now does the peer get its answer. [`Network::abort`] refuses
    /// it.
    fn admit(&mut self, tcp: Handle) {
        let _ = tcp;
    }

    /// Opens a UDP socket.
    ///
    /// # Errors
    ///
    /// [`Failure::InUse`] when another socket has the port.
    fn bind(&mut self, local_port: Option<u16>) -> Result<Handle, Failure>;

    /// Sends a datagram.
    fn send_to(&mut self, udp: Handle, to: SocketAddr, bytes: &[u8]) -> Result<(), Failure>;

    /// Takes a received datagram.
    fn recv_from(&mut self, udp: Handle) -> Option<(SocketAddr, Vec<u8>)>;

    /// Local port of a connection, of a listener or of a UDP socket.
    fn local_port(&self, handle: Handle) -> u16;

    /// Whether a peer that has closed may have closed one direction alone. Otherwise what is sent to it
    /// is answered with a reset.
    fn has_half_open(&self) -> bool {
        true
    }

    /// Closes in peace, or stops listening; the handle is gone afterwards.
    fn close(&mut self, handle: Handle);

    /// Tears down; the handle is gone afterwards.
    fn abort(&mut self, handle: Handle);
}
