//! A user-mode gateway: the IP packets of a dial-up connection become connections and datagrams of a
//! [`Network`], and the other way round.
//!
//! Nothing is queued towards the host beyond the room that the caller gives: the rest waits in the network.

mod device;
mod dns;
mod endpoint;
mod icmp;
mod ip;
mod tcp;
mod udp;

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::network::{Network, Stray};
use crate::ppp::Addresses;
use dns::Dns;
use ip::Parsed;
use tcp::{Answer, Connections};
use udp::{Datagram, Ports};

/// Longest IP packet.
const MTU: usize = 1500;
/// Datagrams of peers that wait for room; more are lost.
const DATAGRAMS: usize = 16;

/// Who is who.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The gateway's own address.
    pub(crate) modem: Ipv4Addr,
    pub(crate) dns: [Ipv4Addr; 2],
    /// What is told of IPv6, where that is carried.
    pub(crate) ipv6: Option<PlanV6>,
    /// Ports of the modem's own applications: nothing to them reaches the host.
    pub(crate) reserved: Option<RangeInclusive<u16>>,
}

/// Who is who in IPv6, and what router advertisements tell.
#[derive(Clone, Debug)]
pub(crate) struct PlanV6 {
    /// Addresses of the host begin with the first half of this.
    pub(crate) prefix: Ipv6Addr,
    pub(crate) dns: Option<Ipv6Addr>,
    pub(crate) mtu: Option<u32>,
}

impl PlanV6 {
    fn address(&self, identifier: u64) -> Ipv6Addr {
        Ipv6Addr::from(u128::from(self.prefix) >> 64 << 64 | u128::from(identifier))
    }

    /// The gateway's own address in the prefix.
    fn own(&self) -> Ipv6Addr {
        self.address(1)
    }
}

impl Plan {
    fn is_reserved(&self, port: u16) -> bool {
        self.reserved.as_ref().is_some_and(|range| range.contains(&port))
    }

    /// A packet that may go to the host.
    fn passes(&self, packet: &[u8]) -> bool {
        let Some(packet) = ip::parse(packet).filter(|_| self.reserved.is_some()) else {
            return true;
        };
        // Only the first fragment has ports; without it the others are nothing.
        let first = packet.fragment.is_none_or(|(_, offset, _)| offset == 0);
        let carries_ports = matches!(packet.protocol, ip::TCP | ip::UDP);
        match packet.payload.get(2..4) {
            Some(&[high, low]) if first && carries_ports => {
                !self.is_reserved(u16::from_be_bytes([high, low]))
            }
            _ => true,
        }
    }

    /// Who the host means in the network: the gateway is the machine itself.
    fn outside(&self, peer: SocketAddr) -> SocketAddr {
        match &self.ipv6 {
            Some(plan) if peer.ip() == plan.own() => (Ipv6Addr::LOCALHOST, peer.port()).into(),
            _ => peer,
        }
    }

    /// Who somebody of the network is for the host.
    fn inside(&self, peer: SocketAddr) -> SocketAddr {
        match &self.ipv6 {
            Some(plan) if peer.ip() == Ipv6Addr::LOCALHOST => (plan.own(), peer.port()).into(),
            _ => peer,
        }
    }
}

/// The gateway of one connection.
#[derive(Debug)]
pub(crate) struct Gateway {
    plan: Plan,
    host: Option<Ipv4Addr>,
    /// The host's IPv6 address that it has used last; until then, that of its interface identifier.
    host_v6: Option<Ipv6Addr>,
    inbox: VecDeque<Vec<u8>>,
    connections: Connections,
    ports: Ports,
    dns: Dns,
    strays: VecDeque<Datagram>,
    reassembly: icmp::Reassembly,
    /// Packets for the host.
    out: VecDeque<Vec<u8>>,
    id: u16,
    due: Option<Duration>,
}

impl Gateway {
    pub(crate) fn new(plan: Plan) -> Self {
        Gateway {
            plan,
            host: None,
            host_v6: None,
            inbox: VecDeque::new(),
            connections: Connections::default(),
            ports: Ports::default(),
            dns: Dns::default(),
            strays: VecDeque::new(),
            reassembly: icmp::Reassembly::default(),
            out: VecDeque::new(),
            id: 0,
            due: None,
        }
    }

    /// What PPP has given to the host.
    pub(crate) fn set_host(&mut self, addresses: Addresses) {
        self.host = addresses.v4;
        if let (Some(plan), Some(identifier), None) = (&self.plan.ipv6, addresses.v6, self.host_v6) {
            self.host_v6 = Some(plan.address(identifier));
        }
    }

    /// An IP packet of the host.
    pub(crate) fn receive(&mut self, packet: Vec<u8>) {
        self.inbox.push_back(packet);
    }

    /// Packets for the host, as long as they are fewer than `room` bytes together.
    pub(crate) fn poll(&mut self, now: Duration, net: &mut dyn Network, room: usize) -> Vec<Vec<u8>> {
        while let Some(packet) = self.inbox.pop_front() {
            self.packet_of_host(now, net, packet);
        }
        self.take_strays(now, net);
        let mut packets = Vec::new();
        let mut used = 0;
        loop {
            for answer in self.connections.pump(now, net, MTU) {
                self.answer(answer);
            }
            let before = used;
            while used < room {
                let Some(packet) = self.next_packet(now, net) else {
                    break;
                };
                used += packet.len();
                if self.plan.passes(&packet) {
                    packets.push(packet);
                }
            }
            if used == before {
                break;
            }
        }
        self.connections.sweep();
        self.ports.sweep(now, net);
        self.due = [self.connections.due(now), self.ports.due(), self.dns.due()].into_iter().flatten().min();
        packets
    }

    /// When [`Gateway::poll`] wants to be called next.
    pub(crate) fn poll_timeout(&self) -> Option<Duration> {
        self.due
    }

    /// All connections and ports are let go.
    pub(crate) fn abandon(&mut self, net: &mut dyn Network) {
        self.connections.abandon(net);
        self.ports.abandon(net);
        self.dns.abandon(net);
    }

    fn packet_of_host(&mut self, now: Duration, net: &mut dyn Network, raw: Vec<u8>) {
        let Some(mut packet) = ip::parse(&raw) else {
            return;
        };
        if !self.is_host(packet.from) {
            return;
        }
        let whole = packet.fragment.is_none();
        if !whole {
            match self.reassembly.add(now, packet) {
                Some(joined) => packet = joined,
                None => return,
            }
        }
        match packet.protocol {
            // A segment in fragments does not come from any host with an MTU.
            ip::TCP if whole && ip::tcp_is_good(&packet) => {
                let answer = self.connections.segment(&packet, &raw, &self.plan, net);
                self.answer(answer);
            }
            ip::UDP => self.datagram_of_host(now, net, &packet),
            ip::ICMP | ip::ICMP6 if ip::icmp_is_good(&packet) => {
                if let Some((from, to, message)) = icmp::answer(&packet, self.plan.ipv6.as_ref()) {
                    let (protocol, payload) = ip::icmp(from, to, message);
                    self.push(from, to, protocol, &payload);
                }
            }
            _ => {}
        }
    }

    /// The sender is who the host may be. Of IPv6 addresses it has as many as it likes.
    fn is_host(&mut self, from: IpAddr) -> bool {
        match from {
            IpAddr::V4(from) => self.host == Some(from),
            IpAddr::V6(from) => {
                let Some(plan) = &self.plan.ipv6 else { return false };
                let global = from.segments()[..4] == plan.prefix.segments()[..4];
                if global {
                    self.host_v6 = Some(from);
                }
                global || from.is_unicast_link_local() || from.is_unspecified()
            }
        }
    }

    fn datagram_of_host(&mut self, now: Duration, net: &mut dyn Network, packet: &Parsed) {
        let Some((from, to, payload)) = ip::udp_parse(packet) else {
            return;
        };
        let (from, to) = (SocketAddr::new(packet.from, from), SocketAddr::new(packet.to, to));
        let server = match to.ip() {
            IpAddr::V4(to) => self.plan.dns.contains(&to),
            IpAddr::V6(to) => self.plan.ipv6.as_ref().is_some_and(|plan| plan.dns == Some(to)),
        };
        if server && to.port() == dns::PORT {
            self.dns.ask(now, net, from, to, payload);
        } else if from.port() != 0 && to.port() != 0 && !to.ip().is_multicast() {
            self.ports.send(now, net, from, self.plan.outside(to), payload);
        }
    }

    /// What peers send to the host without being asked.
    fn take_strays(&mut self, now: Duration, net: &mut dyn Network) {
        while let Some(stray) = net.stray() {
            match stray {
                // They are for an application of the modem, of which there is none.
                Stray::Connection { handle, port, .. } if self.plan.is_reserved(port) => net.abort(handle),
                Stray::Datagram { port, .. } if self.plan.is_reserved(port) => {}
                Stray::Connection { handle, from, port } => match self.host_for(from.ip()) {
                    Some(host) => {
                        let ends = (SocketAddr::new(host, port), self.plan.inside(from));
                        self.connections.called(now, handle, ends, MTU, net);
                    }
                    None => net.abort(handle),
                },
                Stray::Datagram { from, port, payload } => {
                    if let Some(host) = self.host_for(from.ip()).filter(|_| self.strays.len() < DATAGRAMS) {
                        let from = self.plan.inside(from);
                        self.strays.push_back((SocketAddr::new(host, port), from, payload));
                    }
                }
            }
        }
    }

    /// The host's address for such a peer.
    fn host_for(&self, peer: IpAddr) -> Option<IpAddr> {
        if peer.is_ipv4() { self.host.map(IpAddr::from) } else { self.host_v6.map(IpAddr::from) }
    }

    fn next_packet(&mut self, now: Duration, net: &mut dyn Network) -> Option<Vec<u8>> {
        if self.out.is_empty() {
            let datagram = self
                .dns
                .receive(now, net)
                .or_else(|| {
                    let (host, peer, payload) = self.ports.receive(now, net)?;
                    Some((host, self.plan.inside(peer), payload))
                })
                .or_else(|| self.strays.pop_front());
            if let Some((host, peer, payload)) = datagram {
                self.push(peer.ip(), host.ip(), ip::UDP, &ip::udp(peer, host, &payload));
            }
        }
        self.out.pop_front().or_else(|| self.connections.packet(now))
    }

    fn answer(&mut self, answer: Answer) {
        match answer {
            Answer::None => {}
            Answer::Reset(packet) => self.out.push_back(packet),
            Answer::Unreachable(packet) => {
                if let Some((from, to, message)) = icmp::unreachable(self.plan.modem, &packet) {
                    let (protocol, payload) = ip::icmp(from, to, message);
                    self.push(from, to, protocol, &payload);
                }
            }
        }
    }

    fn push(&mut self, from: IpAddr, to: IpAddr, protocol: u8, payload: &[u8]) {
        self.id = self.id.wrapping_add(1);
        self.out.extend(ip::build(from, to, protocol, payload, MTU, self.id));
    }
}
