//! The addresses of this end: where they come from, and what it means for sockets that they come and go.

use core::net::{IpAddr, SocketAddr};
use core::task::{Poll, Waker};

use smoltcp::wire::{IpAddress, IpCidr};

#[cfg(feature = "ipv6")]
use super::discovery::Configured;
use super::{Ip, endpoint, link};
use crate::error::Error;
use crate::ppp::{Ipv4, Phase};
#[cfg(feature = "ipv6")]
use crate::time::Instant;

/// What the interface has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Addresses {
    ipv4: Option<Ipv4>,
    #[cfg(feature = "ipv6")]
    ipv6: Configured,
}

/// Something that is so for each family, or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Families {
    pub(super) ipv4: bool,
    pub(super) ipv6: bool,
}

impl Addresses {
    pub(super) const NONE: Self = Self {
        ipv4: None,
        #[cfg(feature = "ipv6")]
        ipv6: Configured::NOTHING,
    };

    /// Those of the interface, in the order that smoltcp has to see them.
    fn all(&self) -> impl Iterator<Item = IpAddr> + use<> {
        let ipv4 = self.ipv4.map(|ipv4| IpAddr::V4(ipv4.address));
        #[cfg(feature = "ipv6")]
        let ipv6 = [self.ipv6.link_local, self.ipv6.global];
        #[cfg(not(feature = "ipv6"))]
        let ipv6 = [None::<core::net::Ipv6Addr>; 0];
        ipv4.into_iter().chain(ipv6.into_iter().flatten().map(IpAddr::V6))
    }

    /// Which families lead to everybody.
    const fn families(&self) -> Families {
        Families {
            ipv4: self.ipv4.is_some(),
            #[cfg(feature = "ipv6")]
            ipv6: self.ipv6.global.is_some(),
            #[cfg(not(feature = "ipv6"))]
            ipv6: false,
        }
    }

    /// That for packets to `other`; of no particular family where that is `None`.
    fn towards(&self, other: Option<IpAddr>) -> Option<IpAddr> {
        let ipv4 = self.ipv4.map(|ipv4| IpAddr::V4(ipv4.address));
        #[cfg(feature = "ipv6")]
        let ipv6 = match other {
            Some(IpAddr::V6(other)) if other.is_unicast_link_local() => self.ipv6.link_local,
            _ => self.ipv6.global,
        }
        .map(IpAddr::V6);
        #[cfg(not(feature = "ipv6"))]
        let ipv6 = None;
        match other {
            None => ipv4.or(ipv6),
            Some(IpAddr::V4(_)) => ipv4,
            Some(IpAddr::V6(_)) => ipv6,
        }
    }

    /// Name servers: those of IPv4 first, because they need no router.
    pub(super) fn servers(&self) -> heapless::Vec<IpAddress, 2> {
        let ipv4 = self.ipv4.into_iter().flat_map(|ipv4| ipv4.dns).flatten().map(IpAddr::V4);
        #[cfg(feature = "ipv6")]
        let ipv6 = self.ipv6.servers.into_iter().flatten().map(IpAddr::V6);
        #[cfg(not(feature = "ipv6"))]
        let ipv6 = core::iter::empty();
        let all = ipv4.chain(ipv6).filter(|&server| self.towards(Some(server)).is_some());
        all.filter_map(|server| Some(endpoint(SocketAddr::new(server, 0))?.addr)).take(2).collect()
    }

    /// The largest packet that the network knows the link to take.
    const fn limit(&self) -> u16 {
        #[cfg(feature = "ipv6")]
        if let Some(mtu) = self.ipv6.mtu {
            return mtu;
        }
        u16::MAX
    }
}

/// Whether packets to this address belong on a link: not those to this end itself, nor to what only looks like
/// an address of IPv6 (RFC 4291 §2.5.3, §2.5.5.2).
fn is_outside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(_) => true,
        IpAddr::V6(address) => !address.is_loopback() && address.to_ipv4_mapped().is_none(),
    }
}

impl Ip<'_> {
    /// Follows the link up and down.
    pub(super) fn follow(&mut self) {
        #[cfg(feature = "ipv6")]
        self.discovery.follow(self.ppp.ipv6(), self.now);
        let addresses = Addresses {
            ipv4: self.ppp.ipv4().filter(|ipv4| IpAddress::from(ipv4.address).is_unicast()),
            #[cfg(feature = "ipv6")]
            ipv6: self.discovery.configured(),
        };
        if addresses != self.addresses {
            self.readdress(addresses);
        }
        let awaited = self.await_families();
        if core::mem::replace(&mut self.awaited, awaited) != awaited {
            self.waiters.wake();
        }
        let (open, phase) = (self.addresses.families() != Families::default(), self.ppp.phase());
        match (self.up, open) {
            (false, true) => self.come_up(),
            (true, false) => {
                let gone = (phase != Phase::Network).then_some(Error::Aborted);
                let error = self.ppp.failure().map(Error::from).or(gone);
                self.go_down(Error::Aborted);
                self.error = error;
            }
            (false, false) if self.error.is_none() => {
                self.error = match phase {
                    Phase::Dead => self.ppp.failure().map(Error::from),
                    // It carries packets, and there is no address to send them from.
                    Phase::Network if awaited == Families::default() => Some(Error::NoAddress),
                    _ => None,
                };
                if self.error.is_some() {
                    self.waiters.wake();
                }
            }
            _ => {}
        }
    }

    /// Which families have no address yet, and may get one.
    fn await_families(&self) -> Families {
        let (ipv4, ipv6) = self.ppp.negotiates();
        #[cfg(feature = "ipv6")]
        let ipv6 = ipv6 || self.discovery.is_asking();
        Families { ipv4, ipv6 }
    }

    /// Gives the interface other addresses. Sockets that have one of those that are gone die.
    fn readdress(&mut self, addresses: Addresses) {
        let old = core::mem::replace(&mut self.addresses, addresses);
        // Sequence numbers and ports of another life are not used again.
        self.reseed();
        self.interface = link::interface(self.mtu(), self.seed.into(), self.now);
        self.interface.update_ip_addrs(|to| {
            for address in addresses.all() {
                // There is room for all.
                let bits = if address.is_ipv4() { 32 } else { 128 };
                _ = endpoint(SocketAddr::new(address, 0)).map(|own| to.push(IpCidr::new(own.addr, bits)));
            }
        });
        if let Some(ipv4) = addresses.ipv4 {
            // Everything is behind the link; who the gateway is does not matter.
            let gateway = ipv4.peer.unwrap_or(ipv4.address);
            _ = self.interface.routes_mut().add_default_ipv4_route(gateway);
        }
        self.set_name_servers(&addresses.servers());
        for index in 0..self.slots.len() {
            let incoming = self.tcp(index).and_then(|socket| socket.remote_endpoint());
            let remote = self.slots.get(index).and_then(|slot| slot.remote).map(|remote| remote.ip());
            let remote = remote.or_else(|| incoming.map(|remote| remote.addr.into()));
            let own = remote.and_then(|remote| old.towards(Some(remote)));
            if own.is_some() && own != addresses.towards(remote) {
                self.fail(index, Error::Aborted);
            }
        }
        self.waiters.wake();
    }

    fn come_up(&mut self) {
        self.up = true;
        self.error = None;
        info!("the link is up");
        self.waiters.wake();
    }

    /// The link is gone, and with it what stood on it.
    pub(super) fn go_down(&mut self, error: Error) {
        if self.up {
            info!("the link is down");
        }
        self.up = false;
        for index in 0..self.slots.len() {
            self.fail(index, error);
        }
        self.fail_lookup(error);
        self.drop_listeners();
        self.waiters.wake();
    }

    /// Waits until packets can be sent to such an address.
    pub(super) fn poll_way_to(&mut self, other: IpAddr, waker: &Waker) -> Poll<Result<(), Error>> {
        core::task::ready!(self.poll_up(waker))?;
        if self.address_for(Some(other)).is_some() {
            return Poll::Ready(Ok(()));
        }
        if !self.may_come(other) {
            return Poll::Ready(Err(Error::WrongFamily));
        }
        self.waiters.register(waker);
        Poll::Pending
    }

    /// Whether there may be an address for such ones soon.
    pub(super) fn may_come(&self, other: IpAddr) -> bool {
        if other.is_ipv4() { self.awaited.ipv4 } else { self.awaited.ipv6 && is_outside(other) }
    }

    /// The address of this end for packets to `other`.
    pub(super) fn address_for(&self, other: Option<IpAddr>) -> Option<IpAddr> {
        self.addresses.towards(other).filter(|_| self.up && other.is_none_or(is_outside))
    }

    /// Which families lead to everybody.
    #[cfg(feature = "smoltcp-dns")]
    pub(super) const fn families(&self) -> Families {
        self.addresses.families()
    }

    /// The largest packet that can be sent, in bytes: what the peer takes, or less where the network has told.
    pub fn mtu(&self) -> u16 {
        self.ppp.mtu().min(self.addresses.limit())
    }
}

#[cfg(feature = "ipv6")]
impl Ip<'_> {
    /// The address of this end in IPv6, while there is one that leads beyond the link.
    ///
    /// It may come later than that of IPv4, and then nothing waits for it but connections to such addresses.
    pub fn ipv6_address(&self) -> Option<core::net::Ipv6Addr> {
        match self.address_for(Some(core::net::Ipv6Addr::UNSPECIFIED.into())) {
            Some(IpAddr::V6(address)) => Some(address),
            _ => None,
        }
    }

    /// Sends the question to the router, when it is due.
    pub(super) fn ask_router(&mut self) {
        if let Some(packet) = self.discovery.solicitation(self.now) {
            // One that finds no room is lost, as on the line.
            _ = self.ppp.send(&[&packet]);
        }
    }

    /// Takes what the router says, where it is the next packet.
    pub(super) fn hear_router(&mut self) -> bool {
        let Some(reception) = self.ppp.received() else { return false };
        let heard = self.discovery.on_packet(reception.packet(), self.now);
        if heard {
            reception.take(|_| ());
            self.follow();
        }
        heard
    }

    pub(super) fn router_deadline(&self) -> Option<Instant> {
        Some(self.discovery.deadline()).filter(|&at| at < Instant::NEVER)
    }
}
