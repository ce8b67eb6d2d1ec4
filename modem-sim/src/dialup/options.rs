//! What can be chosen about dial-up connections.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use crate::options::DialFailure;

/// What the modem asks the host for before it lets it into the network (RFC 1661 §6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// Nothing.
    None,
    /// The Password Authentication Protocol (RFC 1334).
    Pap,
    /// The Challenge Handshake Authentication Protocol with MD5 (RFC 1994).
    Chap,
}

/// How a dial-up connection ends that the host has not ended: the network has detached the modem, coverage
/// is lost, or the context was deactivated.
///
/// The documents tell only how the host ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialupEnd {
    /// PPP is terminated, and `NO CARRIER` follows.
    Terminate,
    /// `NO CARRIER` at once, in the midst of the frames.
    NoCarrier,
    /// The modem takes commands again, and says nothing about it.
    Silent,
}

/// Everything that can be chosen about dial-up connections.
#[derive(Clone, Debug, PartialEq)]
pub struct DialupOptions {
    /// What the modem asks the host for. A host that has refused CHAP is asked for PAP, and the other way
    /// round.
    pub authentication: Authentication,
    /// The only name and password that are right; `None` takes any, as a modem does that passes them on to
    /// a network which wants none.
    pub credentials: Option<(String, String)>,
    /// IPCP is spoken and IPv4 packets are carried; otherwise the protocol is rejected.
    pub ipv4: bool,
    /// IPV6CP is spoken and IPv6 packets are carried; otherwise the protocol is rejected.
    pub ipv6: bool,
    /// A packet of IPV6CP ends the connection with `NO CARRIER`, as users of SARA-R5 have reported.
    pub ipv6cp_kills: bool,
    /// The first half of the host's IPv6 addresses, told by router advertisements. With 1 behind it, it is the
    /// gateway, and leads to `::1` of the network: with [`HostNetwork`](crate::HostNetwork) the servers of this
    /// machine.
    pub ipv6_prefix: Ipv6Addr,
    /// A server for names that router advertisements tell (RFC 8106).
    pub ipv6_dns: Option<Ipv6Addr>,
    /// The largest packet that router advertisements tell.
    pub ipv6_mtu: Option<u32>,
    /// The host gets the address of the context; otherwise a private one behind that of the modem. `None`
    /// for the model's own (SARA/LEXI internet applications §4.1.1, §4.1.2; LENA-R8 application development
    /// §5.8: "private"). Sequans modems: bridge, which no document at hand tells.
    pub bridge: Option<bool>,
    /// Servers for names that the host is told; they answer with the names of the network.
    pub dns: [Ipv4Addr; 2],
    /// The modem tells its own address too. SARA-R412M is known not to.
    pub tells_own_address: bool,
    /// As long after `CONNECT` the modem has no address for the host, and suggests 0.0.0.0.
    pub address_after: Duration,
    /// There is an address only for a host that asks for DNS servers.
    pub address_needs_dns: bool,
    /// Time from `CONNECT` to the modem's first word; before that it is deaf too.
    pub start_delay: Duration,
    /// The modem waits for the host to begin.
    pub passive: bool,
    /// After `IPCP` is open the modem sends an empty Configure-Request for it, as SARA-R4 is known to.
    pub reconfigures: bool,
    /// The control characters that the host has to escape (RFC 1662 §7.1).
    pub accm: u32,
    /// Time between the modem's LCP Echo-Requests; three without an answer end the connection.
    pub echo_interval: Option<Duration>,
    /// So long after `CONNECT` the modem falls silent in data mode, without a word.
    pub silent_after: Option<Duration>,
    /// How the connection ends without the host.
    pub end: DialupEnd,
    /// Follows `CONNECT`; `None` for the model's own: SARA-R42 tells a speed, as shipping drivers have seen.
    pub connect_text: Option<String>,
    /// `+++` ends the connection with `NO CARRIER`. SARA/LEXI internet applications §4.2 count it among the
    /// ends, and refer to the command manual; LENA-R8 application development §5.8.2 prints `OK` and resumes
    /// with `ATO`.
    pub escape_ends: bool,
    /// What a dial answers that fails. The documents show none. 3GPP TS 27.007 §10.2.1 has `NO CARRIER`.
    pub failure: DialFailure,
    /// A dial fails without `+UAUTHREQ`; `None` for the model's own: "it is mandatory to configure the
    /// authentication parameters at least with a dummy username and password" on SARA-R5 and LEXI-R520
    /// (SARA/LEXI internet applications §4.1).
    pub needs_credentials: Option<bool>,
}

impl Default for DialupOptions {
    fn default() -> Self {
        DialupOptions {
            authentication: Authentication::None,
            credentials: None,
            ipv4: true,
            ipv6: false,
            ipv6cp_kills: false,
            ipv6_prefix: Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 0, 0, 0, 0),
            ipv6_dns: Some(Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 0, 0, 0, 0x35)),
            ipv6_mtu: None,
            bridge: None,
            dns: [Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2)],
            tells_own_address: true,
            address_after: Duration::ZERO,
            address_needs_dns: false,
            start_delay: Duration::ZERO,
            passive: false,
            reconfigures: false,
            accm: 0,
            echo_interval: None,
            silent_after: None,
            end: DialupEnd::Terminate,
            connect_text: None,
            escape_ends: false,
            failure: DialFailure::NoCarrier,
            needs_credentials: None,
        }
    }
}
