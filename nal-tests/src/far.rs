//! What a case can ask of the far end.

use core::net::SocketAddr;

use crate::Role;

/// How a connection has ended for its far end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Not at all.
    Open,
    /// The stream came to its end.
    End,
    /// It was reset.
    Reset,
}

/// What the far end knows about a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Bytes that have come.
    pub received: u64,
    /// Their [`Digest`](crate::pattern::Digest).
    pub digest: u32,
    /// How it has ended.
    pub ended: Ended,
}

/// What a case asks of the far end beyond its servers. A method that is not there says `None`, and
/// the case is skipped.
pub trait FarEnd {
    /// How many connections the server of this role has taken so far.
    fn taken(&self, role: Role) -> Option<u32> {
        let _ = role;
        None
    }

    /// What has become of the newest connection that the server of this role has taken.
    fn newest(&self, role: Role) -> Option<Seen> {
        let _ = role;
        None
    }

    /// Opens a TCP connection to the stack under test and behaves as the role says. `Some` when that
    /// is possible; the connection comes later.
    fn dial(&self, to: SocketAddr, role: Role) -> Option<()> {
        let _ = (to, role);
        None
    }

    /// What has become of the newest connection that [`FarEnd::dial`] has opened.
    fn dialed(&self) -> Option<Seen> {
        None
    }

    /// Sends a datagram to the stack under test from an address that it has never seen.
    fn datagram(&self, to: SocketAddr, bytes: &[u8]) -> Option<()> {
        let _ = (to, bytes);
        None
    }

    /// Cuts the link of the stack under test, or restores it; connections do not survive that.
    fn link(&self, up: bool) -> Option<()> {
        let _ = up;
        None
    }

    /// All open sockets vanish from the stack's hardware, and nobody is told.
    fn forget_sockets(&self) -> Option<()> {
        None
    }

    /// A report about a socket comes that was closed before.
    fn late_report(&self) -> Option<()> {
        None
    }

    /// The server of this role takes connections from now on as an echo does, or none any more.
    fn open(&self, role: Role, open: bool) -> Option<()> {
        let _ = (role, open);
        None
    }

    /// How often the stack under test has spoken to its hardware so far, in whatever unit is dear
    /// there: the commands of a modem, the packets of a network card.
    fn transactions(&self) -> Option<u64> {
        None
    }
}
