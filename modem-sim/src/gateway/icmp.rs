//! ICMP and ICMPv6: echoes, router advertisements, and what is unreachable. And IPv4 packets in fragments.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use super::PlanV6;
use super::ip::{self, Parsed};

const ECHO_REPLY: u8 = 0;
const UNREACHABLE: u8 = 3;
const ECHO: u8 = 8;
const ECHO_6: u8 = 128;
const ECHO_REPLY_6: u8 = 129;
const ROUTER_SOLICITATION: u8 = 133;
const ROUTER_ADVERTISEMENT: u8 = 134;

/// The gateway's link-local address.
const ROUTER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);

/// From, to, and a message without its checksum.
type Message = (IpAddr, IpAddr, Vec<u8>);

/// The answer to a message of the host: whoever is asked answers an echo.
pub(super) fn answer(packet: &Parsed, plan: Option<&PlanV6>) -> Option<Message> {
    let message = &packet.payload;
    let rest = message.get(4..)?;
    let echoed = |kind: u8| (packet.to, packet.from, [&[kind, 0, 0, 0], rest].concat());
    match (packet.from, message[0]) {
        (IpAddr::V4(_), ECHO) => Some(echoed(ECHO_REPLY)),
        (IpAddr::V6(_), ECHO_6) if !packet.to.is_multicast() => Some(echoed(ECHO_REPLY_6)),
        (IpAddr::V6(from), ROUTER_SOLICITATION) => {
            let to = if from.is_unspecified() { Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1) } else { from };
            Some((ROUTER.into(), to.into(), advertisement(plan?)))
        }
        _ => None,
    }
}

/// A router advertisement with one prefix of 64 bits (RFC 4861 §4.2, §4.6.2), the MTU of the link (§4.6.4) and a
/// name server (RFC 8106 §5.1).
fn advertisement(plan: &PlanV6) -> Vec<u8> {
    let mut message = vec![ROUTER_ADVERTISEMENT, 0, 0, 0, 64, 0];
    // Router for half an hour, nothing about the reachable time.
    message.extend(1800_u16.to_be_bytes());
    message.extend([0; 8]);
    // Prefix, autonomous; valid for a day, preferred for half of one.
    message.extend([3, 4, 64, 0x40]);
    message.extend(86_400_u32.to_be_bytes());
    message.extend(43_200_u32.to_be_bytes());
    message.extend([0; 4]);
    message.extend(plan.prefix.octets());
    if let Some(mtu) = plan.mtu {
        message.extend([5, 1, 0, 0]);
        message.extend(mtu.to_be_bytes());
    }
    if let Some(server) = plan.dns {
        message.extend([25, 3, 0, 0]);
        message.extend(1800_u32.to_be_bytes());
        message.extend(server.octets());
    }
    message
}

/// "Host unreachable" about an IPv4 packet of the host (RFC 792), "no route" about one of IPv6 (RFC 4443 §3.1).
pub(super) fn unreachable(modem: Ipv4Addr, raw: &[u8]) -> Option<Message> {
    let packet = ip::parse(raw)?;
    let (from, head): (IpAddr, [u8; 2]) = match packet.from {
        IpAddr::V4(_) => (modem.into(), [UNREACHABLE, 1]),
        IpAddr::V6(_) => (packet.to, [1, 0]),
    };
    let quoted = &raw[..raw.len().min(if packet.from.is_ipv4() { 28 } else { 1232 })];
    Some((from, packet.from, [&head, [0; 6].as_slice(), quoted].concat()))
}

/// Packets of which not all fragments have come.
#[derive(Debug, Default)]
pub(super) struct Reassembly(BTreeMap<(IpAddr, u16, u8), Parts>);

#[derive(Debug)]
struct Parts {
    until: Duration,
    parts: BTreeMap<usize, Vec<u8>>,
    length: Option<usize>,
}

/// Packets at a time, and the time for each (RFC 1122 §3.3.2).
const MOST: usize = 8;
const PATIENCE: Duration = Duration::from_secs(60);

impl Reassembly {
    /// A fragment; the packet, when this was the last that was missing.
    pub(super) fn add(&mut self, now: Duration, packet: Parsed) -> Option<Parsed> {
        let (id, offset, more) = packet.fragment?;
        self.0.retain(|_, parts| parts.until > now);
        let key = (packet.to, id, packet.protocol);
        if !self.0.contains_key(&key) && self.0.len() >= MOST {
            return None;
        }
        let entry = self.0.entry(key).or_insert_with(|| Parts {
            until: now + PATIENCE,
            parts: BTreeMap::new(),
            length: None,
        });
        if !more {
            entry.length = Some(offset + packet.payload.len());
        }
        entry.parts.insert(offset, packet.payload.clone());
        let length = entry.length?;
        let mut whole = Vec::with_capacity(length);
        for (&offset, part) in &entry.parts {
            if offset != whole.len() {
                return None;
            }
            whole.extend(part);
        }
        if whole.len() != length {
            return None;
        }
        self.0.remove(&key);
        Some(Parsed { payload: whole, fragment: None, ..packet })
    }
}
