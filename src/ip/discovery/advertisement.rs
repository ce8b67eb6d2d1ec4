//! Router Advertisements (RFC 4861 §4.2), as far as a host at the end of a point-to-point link needs them.

use core::net::Ipv6Addr;

/// Header of IPv6 (RFC 8200 §3).
const IPV6: usize = 40;
/// What stands in front of the options.
const HEAD: usize = 16;
/// Next Header, and the second half of what the checksum covers.
const ICMPV6: u8 = 58;
const ROUTER_ADVERTISEMENT: u8 = 134;
/// Only a packet that no router has passed on has this hop limit (RFC 4861 §6.1.2).
const HOP_LIMIT: u8 = 255;

const PREFIX_INFORMATION: u8 = 3;
const MTU: u8 = 5;
const RDNSS: u8 = 25;

/// Options are counted in units of 8 bytes.
const UNIT: usize = 8;

/// An advertisement that a host has to believe.
#[derive(Clone, Copy, Debug)]
pub(super) struct Advertisement<'p> {
    pub(super) router: Ipv6Addr,
    /// How long the router is a default router, in seconds; 0 where it is none.
    pub(super) lifetime: u16,
    options: &'p [u8],
}

/// What an option tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told<'p> {
    /// Addresses may be formed from this prefix of 64 bits (RFC 4862 §5.5.3); lifetimes in seconds.
    Prefix {
        prefix: [u8; 8],
        valid: u32,
        preferred: u32,
    },
    Mtu(u32),
    /// Name servers (RFC 8106 §5.1), each of 16 bytes, for so many seconds.
    Servers {
        lifetime: u32,
        addresses: &'p [[u8; 16]],
    },
}

impl<'p> Advertisement<'p> {
    /// The advertisement in a packet; `None` where it has to be discarded (RFC 4861 §6.1.2), or is none.
    pub(super) fn parse(packet: &'p [u8]) -> Option<Self> {
        let (header, payload) = packet.split_first_chunk::<IPV6>()?;
        let &[version, _, _, _, high, low, next, hops, ref addresses @ ..] = header;
        let payload = payload.get(..usize::from(u16::from_be_bytes([high, low])))?;
        if version >> 4 != 6 || next != ICMPV6 || hops != HOP_LIMIT {
            return None;
        }
        let (head, options) = payload.split_first_chunk::<HEAD>()?;
        let &[ROUTER_ADVERTISEMENT, 0, _, _, _, _, high, low, ..] = head else { return None };
        let router = Ipv6Addr::from(*addresses.first_chunk::<16>()?);
        if !router.is_unicast_link_local() || checksum(addresses, payload) != 0xFFFF {
            return None;
        }
        let mut rest = options;
        while !rest.is_empty() {
            let (_, _, after) = first_option(rest)?;
            rest = after;
        }
        Some(Self { router, lifetime: u16::from_be_bytes([high, low]), options })
    }

    /// What it tells, in its order. Options that are not known or not well formed are left out.
    pub(super) fn told(&self) -> impl Iterator<Item = Told<'p>> + use<'p> {
        let mut rest = self.options;
        core::iter::from_fn(move || {
            let (kind, body, after) = first_option(rest)?;
            rest = after;
            Some((kind, body))
        })
        .filter_map(|(kind, body)| read_option(kind, body))
    }
}

/// Kind and content of the first option, and what stands behind it.
fn first_option(options: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let &[kind, units @ 1..=u8::MAX, ..] = options else { return None };
    let (option, rest) = options.split_at_checked(usize::from(units) * UNIT)?;
    Some((kind, option.get(2..)?, rest))
}

fn read_option(kind: u8, body: &[u8]) -> Option<Told<'_>> {
    let word = |at: usize| body.get(at..)?.first_chunk().copied().map(u32::from_be_bytes);
    match kind {
        PREFIX_INFORMATION if body.len() == 4 * UNIT - 2 => {
            let &[length, flags, ..] = body else { return None };
            let (valid, preferred) = (word(2)?, word(6)?);
            let prefix = *body.get(14..)?.first_chunk()?;
            let autonomous = flags & 0x40 != 0;
            // §5.5.3 b), c) and d) of RFC 4862; the interface identifier has 64 bits (RFC 5072 §4.1).
            let good = autonomous && length == 64 && preferred <= valid && is_global(prefix);
            good.then_some(Told::Prefix { prefix, valid, preferred })
        }
        MTU if body.len() == UNIT - 2 => Some(Told::Mtu(word(2)?)),
        RDNSS => {
            let (addresses, []) = body.get(6..)?.as_chunks() else { return None };
            Some(Told::Servers { lifetime: word(2)?, addresses })
        }
        _ => None,
    }
}

/// Not one of which all addresses have another meaning (RFC 4291 §2.4).
const fn is_global(prefix: [u8; 8]) -> bool {
    let [first, second, ..] = prefix;
    // Multicast; link-local; unspecified, loopback and IPv4 inside of IPv6.
    first != 0xFF && !(first == 0xFE && second & 0xC0 == 0x80) && u64::from_be_bytes(prefix) != 0
}

/// The sum over the addresses and the message (RFC 8200 §8.1): 0xFFFF where the message holds the right one.
pub(super) fn checksum(addresses: &[u8], message: &[u8]) -> u16 {
    let sum = |bytes: &[u8]| {
        let (pairs, rest) = bytes.as_chunks();
        let last = rest.first().map_or(0, |&last| u32::from(last) << 8);
        pairs.iter().fold(last, |sum, &pair| sum + u32::from(u16::from_be_bytes(pair)))
    };
    // No more than 64 KiB: it cannot overflow.
    let mut sum = sum(addresses) + sum(message) + message.len() as u32 + u32::from(ICMPV6);
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    sum as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTER: [u8; 16] = [0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    const ALL_NODES: [u8; 16] = [0xFF, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    const PREFIX: [u8; 8] = [0x20, 1, 0x0D, 0xB8, 0, 1, 0, 2];

    fn packet(options: &[u8]) -> Vec<u8> {
        let mut message = vec![134, 0, 0, 0, 64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0];
        message.extend(options);
        let mut packet = vec![0x60, 0, 0, 0, 0, message.len() as u8, 58, 255];
        packet.extend([ROUTER, ALL_NODES].concat());
        let sum = !checksum(&packet[8..], &message);
        message[2..4].copy_from_slice(&sum.to_be_bytes());
        packet.extend(message);
        packet
    }

    fn prefix(length: u8, flags: u8, valid: u32, preferred: u32, prefix: [u8; 8]) -> Vec<u8> {
        let mut option = vec![3, 4, length, flags];
        option.extend([valid.to_be_bytes(), preferred.to_be_bytes(), [0; 4]].concat());
        option.extend([prefix, [0; 8]].concat());
        option
    }

    fn told(options: &[u8]) -> usize {
        Advertisement::parse(&packet(options)).map_or(0, |it| it.told().count())
    }

    #[test]
    fn what_it_tells_is_read() {
        let mut options = prefix(64, 0xC0, 86_400, 43_200, PREFIX);
        options.extend([1, 1, 2, 0, 0, 0, 0, 1]); // Source Link-layer Address
        options.extend([5, 1, 0, 0, 0, 0, 5, 0x78]);
        options.extend([25, 5, 0, 0, 0, 0, 0, 60]);
        options.extend([[1; 16], [2; 16]].concat());
        let packet = packet(&options);
        let it = Advertisement::parse(&packet).unwrap();
        assert_eq!((it.router, it.lifetime), (Ipv6Addr::from(ROUTER), 1800));
        assert_eq!(
            it.told().collect::<Vec<_>>(),
            [
                Told::Prefix { prefix: PREFIX, valid: 86_400, preferred: 43_200 },
                Told::Mtu(1400),
                Told::Servers { lifetime: 60, addresses: &[[1; 16], [2; 16]] },
            ]
        );
    }

    #[test]
    fn what_is_not_as_it_has_to_be_is_discarded() {
        let good = packet(&prefix(64, 0xC0, 2, 1, PREFIX));
        assert!(Advertisement::parse(&good).is_some());
        for at in 0..good.len() {
            assert!(Advertisement::parse(&good[..at]).is_none(), "cut at {at}");
            for bit in 0..8 {
                // Class and flow label do not matter, and no sum covers them.
                let free = (1..4).contains(&at) || at == 0 && bit < 4;
                let mut bad = good.clone();
                bad[at] ^= 1 << bit;
                assert_eq!(Advertisement::parse(&bad).is_some(), free, "byte {at}, bit {bit}");
            }
        }
        // An option without length, and one that is longer than the packet.
        assert!(Advertisement::parse(&packet(&[1, 0, 0, 0, 0, 0, 0, 0])).is_none());
        assert!(Advertisement::parse(&packet(&[1, 2, 0, 0, 0, 0, 0, 0])).is_none());
        assert!(Advertisement::parse(&packet(&[1])).is_none());
    }

    #[test]
    fn a_prefix_that_no_address_can_be_formed_from_is_left_out() {
        assert_eq!(told(&prefix(64, 0x40, 2, 2, PREFIX)), 1);
        assert_eq!(told(&prefix(64, 0x80, 2, 1, PREFIX)), 0);
        assert_eq!(told(&prefix(63, 0xC0, 2, 1, PREFIX)), 0);
        assert_eq!(told(&prefix(128, 0xC0, 2, 1, PREFIX)), 0);
        assert_eq!(told(&prefix(64, 0xC0, 1, 2, PREFIX)), 0);
        for wrong in [[0xFE, 0x80, 0, 0, 0, 0, 0, 0], [0xFF, 2, 0, 0, 0, 0, 0, 0], [0; 8]] {
            assert_eq!(told(&prefix(64, 0xC0, 2, 1, wrong)), 0);
        }
        let mut long = prefix(64, 0xC0, 2, 1, PREFIX);
        long[1] = 5;
        long.extend([0; 8]);
        assert_eq!(told(&long), 0);
        // Half a name server, or none.
        assert_eq!(told(&[[25, 2, 0, 0, 0, 0, 0, 9], [0; 8]].concat()), 0);
        assert_eq!(told(&[5, 2, 0, 0, 0, 0, 5, 0x78, 0, 0, 0, 0, 0, 0, 0, 0]), 0);
    }
}
