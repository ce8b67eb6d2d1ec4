//! What surrounds the stack under test.

use core::fmt;
use core::net::IpAddr;

use crate::{Addresses, Case, Failure, FarEnd, Outcome, Verdict};

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
    /// TCP and UDP sockets share their places.
    pub one_pool: bool,
}

impl Capabilities {
    /// What a case lacks where [`Capabilities::ipv6`] is false, and so on; for [`Lack::what`].
    pub const IPV6: &str = "IPv6";
    /// See [`Capabilities::half_close`] and [`Capabilities::close_write`].
    pub const HALF_CLOSE: &str = "connections that are closed in one direction";
    /// See [`Capabilities::empty_datagrams`].
    pub const EMPTY_DATAGRAMS: &str = "datagrams that may be empty";
    /// See [`Capabilities::udp_many`].
    pub const UDP_MANY: &str = "a UDP socket for several peers";
    /// See [`Capabilities::udp_bind`].
    pub const UDP_BIND: &str = "a UDP socket that can be bound to a port";
    /// See [`Capabilities::tcp_server`].
    pub const TCP_SERVER: &str = "a stack that accepts connections";

    /// See [`Capabilities::one_pool`].
    pub const ONE_POOL: &str = "places that TCP and UDP sockets share";

    /// All of them.
    pub const ALL: Capabilities = Capabilities {
        ipv6: true,
        half_close: true,
        empty_datagrams: true,
        udp_many: true,
        udp_bind: true,
        tcp_server: true,
        close_write: true,
        one_pool: true,
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

/// Why a stack lacks something, so that a skipped case says more than that it was skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lack {
    /// What it lacks, in the words of the case: see the constants of [`Capabilities`].
    pub what: &'static str,
    /// Why: a sentence of a data sheet, say.
    pub reason: &'static str,
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
    /// Why the stack lacks what it lacks.
    pub lacks: &'a [Lack],
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
            lacks: &[],
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
            (Err(Failure::Missing(what)), _) => {
                let lack = self.lacks.iter().find(|lack| lack.what == what);
                Outcome::Skip { what, reason: lack.map(|lack| lack.reason) }
            }
            (Ok(()), None) => Outcome::Pass,
            (Ok(()), Some(known)) => Outcome::Mended { known: known.reason },
            (Err(failure), None) => Outcome::Fail(failure),
            (Err(failure), Some(known)) => Outcome::Deviation { known: known.reason, failure: Some(failure) },
        }
    }
}
