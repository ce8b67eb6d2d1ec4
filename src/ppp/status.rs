//! What can be seen of a link.

use core::net::Ipv4Addr;

use crate::error::Error;
use crate::time::Instant;

/// How far the link is (RFC 1661 §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Phase {
    /// Nothing is sent, and what arrives is ignored.
    Dead,
    /// LCP negotiates.
    Establish,
    /// The peer wants to know who we are.
    Authenticate,
    /// IPCP or IPV6CP negotiates or is open.
    Network,
    /// The end was announced.
    Terminate,
}

/// Why the link is dead, or is about to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Failure {
    /// The negotiation did not come to its end in time.
    Timeout,
    /// The line returns what is sent: there is no peer, or a modem that echoes commands.
    Loopback,
    /// The peer does not accept the credentials.
    Authentication,
    /// The peer gives no address, or does not know any network protocol that was asked for.
    NoNetwork,
    /// The peer has ended the link.
    Terminated,
    /// The peer does not answer any more.
    Silent,
    /// The modem says that there is no connection, in words.
    NoCarrier,
    /// The peer rejects what no link can do without.
    Rejected,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Timeout => Self::Timeout,
            Failure::Authentication | Failure::Rejected => Self::Refused,
            Failure::NoNetwork => Self::NoAddress,
            Failure::Terminated => Self::Closed,
            Failure::Loopback | Failure::Silent | Failure::NoCarrier => Self::Aborted,
        }
    }
}

/// What IPCP has found out (RFC 1332, RFC 1877).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Ipv4 {
    /// Our address.
    pub address: Ipv4Addr,
    /// The peer's address. Many modems do not give one, and none is needed.
    pub peer: Option<Ipv4Addr>,
    /// Name servers, the primary one first.
    pub dns: [Option<Ipv4Addr>; 2],
}

/// What IPV6CP has found out (RFC 5072): the interface identifiers, which are the lower halves of
/// the link-local addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Ipv6 {
    /// Ours.
    pub identifier: [u8; 8],
    /// The peer's, if it has one.
    pub peer: Option<[u8; 8]>,
}

/// One thing to do; see [`Ppp`](super::Ppp).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// So many bytes at the start of the buffer are to be sent.
    Transmit(usize),
    /// Nothing to do until then, or until bytes, packets or users come.
    Timeout(Option<Instant>),
}
