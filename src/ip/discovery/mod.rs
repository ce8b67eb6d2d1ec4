//! Addresses of IPv6 on a point-to-point link: the router is asked (RFC 4861 §6.3.7), and what it says is kept
//! for as long as it holds (§6.3.4, RFC 4862 §5.5.3, RFC 8106 §5).
//!
//! The peer of the link is the only other node on it. Therefore nobody has to be warned before the router is
//! asked, no address can be taken already, and nobody else can pretend to be the router: a prefix whose
//! lifetime it sets to 0 is gone at once, where RFC 4862 §5.5.3 e) protects it for two hours.

mod advertisement;

use core::net::Ipv6Addr;

use advertisement::{Advertisement, Told, checksum};

use crate::ppp::Ipv6;
use crate::time::{Duration, Instant};

/// How many solicitations users wait for (RFC 4861 §10: MAX_RTR_SOLICITATIONS).
const SOLICITATIONS: u8 = 3;
/// How long each of them has its answer waited for (RTR_SOLICITATION_INTERVAL).
const INTERVAL: Duration = Duration::from_secs(4);
/// Later ones have longer and longer pauses, up to this (RFC 7559 §2: MRT).
const LONGEST: Duration = Duration::from_secs(3600);
/// As many name servers as IPCP tells.
const SERVERS: usize = 2;
/// The least that IPv6 wants of any link (RFC 8200 §5).
const LEAST_MTU: u32 = 1280;

const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xFF02, 0, 0, 0, 0, 0, 0, 1);
const ALL_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xFF02, 0, 0, 0, 0, 0, 0, 2);

/// Header of IPv6 and a Router Solicitation (RFC 4861 §4.1), without options: the link has no addresses of its
/// own kind.
pub(super) type Solicitation = [u8; 48];

/// What is configured, as far as it can be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Configured {
    pub(super) link_local: Option<Ipv6Addr>,
    /// The address for everybody beyond the router.
    pub(super) global: Option<Ipv6Addr>,
    pub(super) servers: [Option<Ipv6Addr>; SERVERS],
    /// The largest packet that the router knows the link to take.
    pub(super) mtu: Option<u16>,
}

impl Configured {
    pub(super) const NOTHING: Self =
        Self { link_local: None, global: None, servers: [None; SERVERS], mtu: None };
}

#[derive(Clone, Copy, Debug)]
struct Prefix {
    prefix: [u8; 8],
    valid: Instant,
    preferred: Instant,
}

/// The router, and what is known from it.
#[derive(Debug)]
pub(super) struct Discovery {
    /// The interface identifier, while IPV6CP is open.
    identifier: Option<[u8; 8]>,
    prefix: Option<Prefix>,
    router: Option<(Ipv6Addr, Instant)>,
    servers: [Option<(Ipv6Addr, Instant)>; SERVERS],
    mtu: Option<u16>,
    /// When the router is asked next.
    ask_at: Instant,
    asked: u8,
    pause: Duration,
}

impl Discovery {
    pub(super) const fn new() -> Self {
        Self {
            identifier: None,
            prefix: None,
            router: None,
            servers: [None; SERVERS],
            mtu: None,
            ask_at: Instant::NEVER,
            asked: 0,
            pause: INTERVAL,
        }
    }

    /// Follows IPV6CP and the clock.
    pub(super) fn follow(&mut self, link: Option<Ipv6>, now: Instant) {
        let identifier = link.map(|link| link.identifier);
        if identifier != self.identifier {
            *self = Self { identifier, ..Self::new() };
            if identifier.is_some() {
                self.ask_from(now);
            }
        }
        self.servers.iter_mut().for_each(|server| *server = server.filter(|&(_, until)| until > now));
        let had = (self.prefix.is_some(), self.router.is_some());
        self.prefix = self.prefix.filter(|prefix| prefix.valid > now);
        self.router = self.router.filter(|&(_, until)| until > now);
        if had != (self.prefix.is_some(), self.router.is_some()) {
            self.ask_from(now);
        }
    }

    const fn ask_from(&mut self, at: Instant) {
        (self.ask_at, self.asked, self.pause) = (at, 0, INTERVAL);
    }

    /// Whether it is worth to wait for an address: the last of the solicitations for that still has its time.
    pub(super) const fn is_asking(&self) -> bool {
        self.identifier.is_some() && self.ask_at.as_micros() < u64::MAX && self.asked <= SOLICITATIONS
    }

    /// What can be used now.
    pub(super) fn configured(&self) -> Configured {
        let Some(identifier) = self.identifier else { return Configured::NOTHING };
        let address = |prefix| Ipv6Addr::from(u128::from(u64::from_be_bytes(prefix)) << 64 | own(identifier));
        // Without a router an address leads nowhere.
        let prefix = self.prefix.filter(|_| self.router.is_some());
        Configured {
            // RFC 5072 §5.
            link_local: Some(address([0xFE, 0x80, 0, 0, 0, 0, 0, 0])),
            global: prefix.map(|prefix| address(prefix.prefix)),
            servers: self.servers.map(|server| server.map(|(address, _)| address)),
            mtu: self.mtu,
        }
    }

    /// When [`follow`](Self::follow) or [`solicitation`](Self::solicitation) has something to do.
    pub(super) fn deadline(&self) -> Instant {
        let servers = self.servers.iter().flatten().map(|&(_, until)| until);
        let prefix = self.prefix.map(|prefix| prefix.valid);
        let router = self.router.map(|(_, until)| until);
        servers.chain(prefix).chain(router).chain([self.ask_at]).min().unwrap_or(Instant::NEVER)
    }

    /// The question to the router, where it is due; it counts as asked.
    pub(super) fn solicitation(&mut self, now: Instant) -> Option<Solicitation> {
        let from = self.configured().link_local.filter(|_| self.ask_at <= now)?;
        self.asked = self.asked.saturating_add(1);
        self.ask_at = now + self.pause;
        if self.asked >= SOLICITATIONS {
            self.pause = self.pause.doubled(LONGEST);
        }
        let mut packet = [0; 48];
        let head = [0x60, 0, 0, 0, 0, 8, 58, 255];
        let addresses = from.octets().into_iter().chain(ALL_ROUTERS.octets());
        packet
            .iter_mut()
            .zip(head.into_iter().chain(addresses).chain([133]))
            .for_each(|(to, byte)| *to = byte);
        let sum = packet.get(8..).and_then(|rest| rest.split_at_checked(32));
        let sum = !sum.map_or(0, |(addresses, message)| checksum(addresses, message));
        if let Some(place) = packet.get_mut(42..44) {
            place.copy_from_slice(&sum.to_be_bytes());
        }
        Some(packet)
    }

    /// A packet has come. True where it was an advertisement, which is not for anybody else.
    pub(super) fn on_packet(&mut self, packet: &[u8], now: Instant) -> bool {
        let Some(it) = Advertisement::parse(packet) else { return false };
        let to = packet.get(24..).and_then(|rest| rest.first_chunk::<16>()).map(|&to| Ipv6Addr::from(to));
        let configured = self.configured();
        if self.identifier.is_none() || to != Some(ALL_NODES) && to != configured.link_local {
            return true;
        }
        match it.lifetime {
            0 => {
                if self.router.is_some_and(|(router, _)| router == it.router) {
                    self.router = None;
                    // Perhaps there is another, or it changes its mind.
                    self.ask_from(now + INTERVAL);
                }
            }
            seconds => {
                self.router = Some((it.router, after(now, seconds.into())));
                self.ask_at = Instant::NEVER;
            }
        }
        for told in it.told() {
            match told {
                Told::Prefix { prefix, valid, preferred } => self.on_prefix(prefix, valid, preferred, now),
                Told::Mtu(mtu) if mtu >= LEAST_MTU => self.mtu = Some(u16::try_from(mtu).unwrap_or(u16::MAX)),
                Told::Mtu(_) => {}
                Told::Servers { lifetime, addresses } => {
                    let servers = addresses.iter().map(|&address| Ipv6Addr::from(address));
                    servers.filter(is_server).for_each(|server| self.on_server(server, lifetime, now));
                }
            }
        }
        true
    }

    /// One prefix is all that a network gives to a connection (3GPP TS 29.061 §11.2.1.3.2). Another takes its
    /// place when it should not be used any more for what is new.
    fn on_prefix(&mut self, prefix: [u8; 8], valid: u32, preferred: u32, now: Instant) {
        let other = self.prefix.is_some_and(|own| own.prefix != prefix && own.preferred > now);
        if other {
            return;
        }
        let same = self.prefix.is_some_and(|own| own.prefix == prefix);
        let new = Prefix { prefix, valid: after(now, valid), preferred: after(now, preferred) };
        if valid > 0 {
            self.prefix = Some(new);
        } else if same {
            self.prefix = None;
        }
    }

    fn on_server(&mut self, server: Ipv6Addr, lifetime: u32, now: Instant) {
        let until = after(now, lifetime);
        let known = self.servers.iter().position(|known| known.is_some_and(|(known, _)| known == server));
        let free = || self.servers.iter().position(Option::is_none);
        let Some(index) = known.or_else(free) else { return };
        if let Some(place) = self.servers.get_mut(index) {
            *place = (lifetime > 0).then_some((server, until));
        }
    }
}

fn own(identifier: [u8; 8]) -> u128 {
    u64::from_be_bytes(identifier).into()
}

/// Lifetimes of all ones never end (RFC 4861 §4.6.2, RFC 8106 §5.1).
fn after(now: Instant, seconds: u32) -> Instant {
    match seconds {
        u32::MAX => Instant::NEVER,
        _ => Instant::from_micros(now.as_micros().saturating_add(u64::from(seconds) * 1_000_000)),
    }
}

fn is_server(address: &Ipv6Addr) -> bool {
    !address.is_unspecified() && !address.is_loopback() && !address.is_multicast()
}
