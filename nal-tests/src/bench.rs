//! What surrounds the stack under test.

use core::fmt;
use core::net::{IpAddr, SocketAddr};

use crate::{Case, Failure, Outcome, Verdict};

/// What a server at the far end does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// TCP: returns every byte; at the end of the stream it closes. UDP: returns every datagram.
    Echo,
    /// TCP: takes every byte and sends none; at the end of the stream it closes. UDP: the same.
    Discard,
    /// TCP: sends [`Bench::bulk`] bytes of [`pattern`](crate::pattern) at once, takes every byte, and
    /// closes at the end of the stream.
    Chargen,
    /// TCP: the same in pieces of 1 byte to 1 KiB with pauses of 20 ms, [`TRICKLE`] bytes.
    Trickle,
    /// TCP: sends [`GOODBYE`] and closes; takes no more bytes.
    Goodbye,
    /// TCP: sends [`GOODBYE`], closes its direction only, and takes every byte until the other end
    /// closes too.
    HalfClose,
    /// TCP: takes [`CLOSE_AFTER`] bytes and closes.
    CloseAfter,
    /// TCP: resets the connection when the first byte comes.
    Reset,
    /// TCP: takes the connection and reads nothing, ever.
    Stall,
    /// TCP: reads slowly: at most 4 KiB every 5 ms; at the end of the stream it closes.
    SlowReader,
    /// TCP: a port at which nobody listens. UDP: the same.
    Refuse,
    /// TCP: an address from which no answer comes. UDP: the same.
    Blackhole,
    /// UDP: answers every datagram with [`STRANGER`] from another port, and 50 ms later with the
    /// datagram itself from its own.
    Stranger,
    /// UDP: a second echo.
    Echo2,
}

/// What [`Role::Goodbye`] and [`Role::HalfClose`] send.
pub const GOODBYE: &[u8] = b"goodbye, and thanks for all the bytes";
/// What [`Role::Stranger`] sends from its wrong port.
pub const STRANGER: &[u8] = b"I am not whom you asked";
/// Bytes that [`Role::CloseAfter`] takes.
pub const CLOSE_AFTER: usize = 10;
/// Bytes that [`Role::Trickle`] sends.
pub const TRICKLE: u32 = 5000;

impl Role {
    /// All of them.
    pub const ALL: [Role; 14] = [
        Role::Echo,
        Role::Discard,
        Role::Chargen,
        Role::Trickle,
        Role::Goodbye,
        Role::HalfClose,
        Role::CloseAfter,
        Role::Reset,
        Role::Stall,
        Role::SlowReader,
        Role::Refuse,
        Role::Blackhole,
        Role::Stranger,
        Role::Echo2,
    ];

    /// What a case says that lacks it.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Echo => "a peer that echoes",
            Role::Discard => "a peer that takes everything",
            Role::Chargen => "a peer that sends much",
            Role::Trickle => "a peer that sends slowly",
            Role::Goodbye => "a peer that sends and closes",
            Role::HalfClose => "a peer that closes one direction",
            Role::CloseAfter => "a peer that closes in the middle",
            Role::Reset => "a peer that resets",
            Role::Stall => "a peer that does not read",
            Role::SlowReader => "a peer that reads slowly",
            Role::Refuse => "a peer that refuses",
            Role::Blackhole => "a peer that never answers",
            Role::Stranger => "a peer that answers from two ports",
            Role::Echo2 => "a second peer that echoes",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Where the servers are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Addresses([Option<SocketAddr>; Role::ALL.len()]);

impl Addresses {
    /// No server at all.
    pub const fn new() -> Self {
        Addresses([None; Role::ALL.len()])
    }

    /// The server of this role is there.
    pub const fn set(&mut self, role: Role, at: SocketAddr) {
        self.0[role as usize] = Some(at);
    }

    /// There is no server of this role.
    pub const fn unset(&mut self, role: Role) {
        self.0[role as usize] = None;
    }

    /// Where the server of this role is.
    ///
    /// # Errors
    /// [`Failure::Missing`] when there is none: the case is skipped.
    pub fn get(&self, role: Role) -> Result<SocketAddr, Failure> {
        self.0[role as usize].ok_or(Failure::Missing(role.name()))
    }
}

/// Names that the stack's resolver is asked for.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Names<'a> {
    /// Has an IPv4 address.
    pub v4: Option<(&'a str, IpAddr)>,
    /// Another one that has another IPv4 address.
    pub other: Option<(&'a str, IpAddr)>,
    /// Has an IPv6 address and no other.
    pub v6: Option<(&'a str, IpAddr)>,
    /// Does not exist.
    pub missing: Option<&'a str>,
    /// Is never answered.
    pub silent: Option<&'a str>,
}

/// What a stack can do, beyond what its traits demand.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Capabilities {
    /// Connections go to IPv6 addresses too.
    pub ipv6: bool,
    /// After the peer has closed its direction, bytes still go to it.
    pub half_close: bool,
    /// A datagram may be empty.
    pub empty_datagrams: bool,
    /// A bound UDP socket answers several peers in turn, and hears all of them.
    pub udp_many: bool,
    /// A UDP socket can be bound to a port that the caller chooses.
    pub udp_bind: bool,
    /// Connections are accepted.
    pub tcp_server: bool,
    /// A connection can be closed in the direction of writing only.
    pub close_write: bool,
}

impl Capabilities {
    /// All of them.
    pub const ALL: Capabilities = Capabilities {
        ipv6: true,
        half_close: true,
        empty_datagrams: true,
        udp_many: true,
        udp_bind: true,
        tcp_server: true,
        close_write: true,
    };
}

/// A case in which the stack is known to do otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// The case.
    pub id: &'static str,
    /// What the stack does, and where that stands.
    pub reason: &'static str,
    /// The case is not run, because it would bring the program down.
    pub fatal: bool,
}

impl Deviation {
    /// A case that fails.
    pub const fn new(id: &'static str, reason: &'static str) -> Self {
        Deviation { id, reason, fatal: false }
    }

    /// A case that would bring the program down.
    pub const fn fatal(id: &'static str, reason: &'static str) -> Self {
        Deviation { id, reason, fatal: true }
    }
}

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
}

/// The bench on which a stack is tried: who is at the far end, what the stack can do, how much and how
/// long.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Bench<'a> {
    /// TCP servers.
    pub tcp: Addresses,
    /// UDP servers.
    pub udp: Addresses,
    /// TCP servers at IPv6 addresses.
    pub tcp6: Addresses,
    /// UDP servers at IPv6 addresses.
    pub udp6: Addresses,
    /// The address of the stack under test for its peers.
    pub local: Option<IpAddr>,
    /// A TCP port on which the stack may listen, and the ones after it.
    pub port: u16,
    /// Names.
    pub names: Names<'a>,
    /// What the stack can do.
    pub can: Capabilities,
    /// Sockets that it can have at once; `None` when that is not limited.
    pub max_sockets: Option<usize>,
    /// Bytes in the longest datagram.
    pub max_datagram: usize,
    /// Bytes in the transfers of much data.
    pub bulk: u32,
    /// Rounds of the cases that repeat something.
    pub rounds: u32,
    /// Points at which an operation is given up, at most.
    pub cancellations: u32,
    /// Milliseconds in which each case has to end.
    pub limit_ms: u32,
    /// Milliseconds for which nothing has to happen where nothing is to happen.
    pub idle_ms: u32,
    /// Milliseconds in which what is to happen at the far end has happened.
    pub settle_ms: u32,
    /// Cases in which the stack is known to do otherwise.
    pub deviations: &'a [Deviation],
    /// Only cases whose id begins with one of these; all when empty.
    pub only: &'a [&'a str],
    /// What else can be asked of the far end.
    pub far: Option<&'a dyn FarEnd>,
}

impl fmt::Debug for Bench<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bench").field("can", &self.can).finish_non_exhaustive()
    }
}

impl Default for Bench<'_> {
    fn default() -> Self {
        Bench::new()
    }
}

impl<'a> Bench<'a> {
    /// A bench with nobody at the far end, for a stack that can do everything.
    pub const fn new() -> Self {
        Bench {
            tcp: Addresses::new(),
            udp: Addresses::new(),
            tcp6: Addresses::new(),
            udp6: Addresses::new(),
            local: None,
            port: 8080,
            names: Names { v4: None, other: None, v6: None, missing: None, silent: None },
            can: Capabilities::ALL,
            max_sockets: None,
            max_datagram: 1472,
            bulk: 1 << 20,
            rounds: 1000,
            cancellations: 200,
            limit_ms: 60_000,
            idle_ms: 500,
            settle_ms: 3000,
            deviations: &[],
            only: &[],
            far: None,
        }
    }

    /// Ends the case when the stack cannot do something.
    ///
    /// # Errors
    /// [`Failure::Missing`]
    pub const fn needs(&self, can: bool, what: &'static str) -> Verdict {
        if can { Ok(()) } else { Err(Failure::Missing(what)) }
    }

    /// What can be asked of the far end.
    ///
    /// # Errors
    /// [`Failure::Missing`] when it can be asked nothing.
    pub fn far(&self) -> Result<&'a dyn FarEnd, Failure> {
        self.far.ok_or(Failure::Missing("a far end that can be asked"))
    }

    /// The entry of a case among the known deviations.
    pub fn deviation(&self, case: &Case) -> Option<&'a Deviation> {
        self.deviations.iter().find(|known| known.id == case.id)
    }

    /// Whether a case is to be run at all: not if it is not asked for.
    pub fn wants(&self, case: &Case) -> bool {
        self.only.is_empty() || self.only.iter().any(|start| case.id.starts_with(start))
    }

    /// The outcome of a case that must not be run.
    pub fn spared(&self, case: &Case) -> Option<Outcome> {
        let known = self.deviation(case).filter(|known| known.fatal)?;
        Some(Outcome::Deviation { known: known.reason, failure: None })
    }

    /// The outcome of a case that was run.
    pub fn judge(&self, case: &Case, verdict: Verdict) -> Outcome {
        match (verdict, self.deviation(case)) {
            (Err(Failure::Missing(what)), _) => Outcome::Skip(what),
            (Ok(()), None) => Outcome::Pass,
            (Ok(()), Some(known)) => Outcome::Mended { known: known.reason },
            (Err(failure), None) => Outcome::Fail(failure),
            (Err(failure), Some(known)) => Outcome::Deviation { known: known.reason, failure: Some(failure) },
        }
    }
}
