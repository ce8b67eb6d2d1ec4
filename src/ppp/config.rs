//! What can be chosen.

use core::net::Ipv4Addr;

use super::auth::{self, Chap};
use crate::error::Error;
use crate::time::Duration;

/// The longest user name and password, in bytes: 3GPP TS 27.007 §10.1.31 gives no limit, and modems
/// have 64 or less.
const CREDENTIAL: usize = 100;

/// Timers and counters of the negotiation (RFC 1661 §4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Timing {
    /// How long the first answer is waited for: 1 s. The time doubles with each repetition.
    pub restart_first: Duration,
    /// The Restart timer, where that ends: 3 s.
    pub restart: Duration,
    /// Max-Configure: how often a request is sent without an answer that brings news. 20, because a
    /// modem may need most of a minute to get its address from the network.
    pub max_configure: u8,
    /// Max-Terminate: how often the end is announced. 2.
    pub max_terminate: u8,
    /// Max-Failure: after so many answers with other values, options are rejected. 5.
    pub max_failure: u8,
}

/// How a link is negotiated and watched.
///
/// ```
/// use cellular_nal::ppp::Config;
/// let mut config = Config::new(0x1234_5678).credentials("user", "secret")?;
/// config.accm = 0x000A_0000; // XON and XOFF
/// # Ok::<(), cellular_nal::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config<'c> {
    /// The largest packet to receive, in bytes: 1500. The buffer may make it less.
    pub mru: u16,
    /// The largest packet to send, in bytes: 1500. The peer may make it less.
    pub mtu: u16,
    /// Control characters that the line does not carry, bit n for character n: none. They are
    /// escaped in both directions, and dropped where they arrive without an escape.
    pub accm: u32,
    /// Whether shorter headers are asked for and sent (RFC 1661 §6.5, §6.6): yes. They are always
    /// understood.
    pub compression: bool,
    /// Whether IPv4 is negotiated: yes.
    pub ipv4: bool,
    /// Whether IPv6 is negotiated: no. Some modems end the link when they are asked (SARA-R5).
    pub ipv6: bool,
    /// Our address, where it is not the peer's to give: 0.0.0.0, which asks for one.
    pub address: Ipv4Addr,
    /// The address for a peer that asks for its own, as a modem without any does: none.
    pub peer_address: Option<Ipv4Addr>,
    /// Whether name servers are asked for (RFC 1877): yes.
    pub dns: bool,
    /// Timers and counters.
    pub timing: Timing,
    /// How long all of the negotiation may take: 60 s.
    pub patience: Duration,
    /// How long the peer may be silent before it is asked for an echo (RFC 1661 §5.8): 10 s. Zero
    /// for never.
    pub echo_interval: Duration,
    /// After so many echoes without any answer the link is dead: 3.
    pub echo_failures: u8,
    /// Whether that also holds for a peer that has never answered an echo on this link: no. There
    /// are modems that do not.
    pub echo_required: bool,
    /// The seed of the magic number (RFC 1661 §6.4) and the interface identifier.
    pub(super) seed: u32,
    pub(super) user: &'c [u8],
    pub(super) password: &'c [u8],
    pub(super) chap: Option<Chap>,
}

impl<'c> Config<'c> {
    /// A client that shows no credentials, or empty ones where the peer insists. `seed` should be
    /// another number at each start: by it a line that returns what is sent is noticed.
    pub const fn new(seed: u32) -> Self {
        Self {
            mru: 1500,
            mtu: 1500,
            accm: 0,
            compression: true,
            ipv4: true,
            ipv6: false,
            address: Ipv4Addr::UNSPECIFIED,
            peer_address: None,
            dns: true,
            timing: Timing {
                restart_first: Duration::from_secs(1),
                restart: Duration::from_secs(3),
                max_configure: 20,
                max_terminate: 2,
                max_failure: 5,
            },
            patience: Duration::from_secs(60),
            echo_interval: Duration::from_secs(10),
            echo_failures: 3,
            echo_required: false,
            seed,
            user: &[],
            password: &[],
            chap: None,
        }
    }

    /// The seed that it was made with.
    pub const fn seed(&self) -> u32 {
        self.seed
    }

    /// Shows these by PAP (RFC 1334) or CHAP with MD5 (RFC 1994), as the peer wishes.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for more than 100 bytes each.
    pub fn credentials(mut self, user: &'c str, password: &'c str) -> Result<Self, Error> {
        self = self.pap(user, password)?;
        self.chap = Some(auth::chap_md5);
        Ok(self)
    }

    /// Shows these by PAP alone: then a peer that wants CHAP is asked for PAP, and MD5 is not linked.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for more than 100 bytes each.
    pub fn pap(mut self, user: &'c str, password: &'c str) -> Result<Self, Error> {
        if user.len() > CREDENTIAL || password.len() > CREDENTIAL {
            return Err(Error::InvalidInput);
        }
        self.user = user.as_bytes();
        self.password = password.as_bytes();
        self.chap = None;
        Ok(self)
    }
}
