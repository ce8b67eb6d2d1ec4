//! Options of the network control protocols: IPCP (RFC 1332, RFC 1877) and IPV6CP (RFC 5072).

use std::net::Ipv4Addr;
use std::time::Duration;

use super::automaton::{Negotiation, Verdict};
use super::packet::Opt;

const IP_ADDRESS: u8 = 3;
const PRIMARY_DNS: u8 = 129;
const SECONDARY_DNS: u8 = 131;
const INTERFACE_IDENTIFIER: u8 = 1;

/// IPCP of the end that gives the addresses.
#[derive(Debug)]
pub(super) struct Ipcp {
    /// The modem's address, if it tells it.
    own: Option<Ipv4Addr>,
    host: Ipv4Addr,
    dns: [Ipv4Addr; 2],
    /// Before this there is no address.
    from: Duration,
    /// Nor is there one before the host has asked for DNS servers.
    needs_dns: bool,
}

impl Ipcp {
    pub(super) fn new(
        own: Option<Ipv4Addr>,
        host: Ipv4Addr,
        dns: [Ipv4Addr; 2],
        from: Duration,
        needs_dns: bool,
    ) -> Self {
        Ipcp { own, host, dns, from, needs_dns }
    }
}

impl Negotiation for Ipcp {
    fn request(&self) -> Vec<Opt> {
        self.own.iter().map(|own| Opt::new(IP_ADDRESS, own.octets())).collect()
    }

    fn judge(&mut self, now: Duration, wishes: &[Opt]) -> Verdict {
        let asks = |kind| wishes.iter().any(|wish| wish.kind == kind);
        self.needs_dns &= !asks(PRIMARY_DNS);
        let host = if now < self.from || self.needs_dns { Ipv4Addr::UNSPECIFIED } else { self.host };
        let (mut better, mut unwanted) = (Vec::new(), Vec::new());
        for wish in wishes {
            let right = match wish.kind {
                IP_ADDRESS => host,
                PRIMARY_DNS => self.dns[0],
                SECONDARY_DNS => self.dns[1],
                // Compression and name servers of other kinds.
                _ => {
                    unwanted.push(wish.clone());
                    continue;
                }
            };
            if wish.value.len() != 4 {
                unwanted.push(wish.clone());
            } else if wish.value != right.octets() || right.is_unspecified() {
                better.push(Opt::new(wish.kind, right.octets()));
            }
        }
        if !asks(IP_ADDRESS) {
            // "If negotiation about the remote IP-address is required, and the peer did not provide the
            // option in its Configure-Request, the option SHOULD be appended to a Configure-Nak" (RFC 1332
            // §3.3).
            better.push(Opt::new(IP_ADDRESS, host.octets()));
        }
        if !unwanted.is_empty() {
            Verdict::Reject(unwanted)
        } else if !better.is_empty() {
            Verdict::Nak(better)
        } else {
            Verdict::Ack
        }
    }

    /// The modem keeps its address.
    fn naked(&mut self, _suggestions: &[Opt]) {}

    fn rejected(&mut self, options: &[Opt]) {
        if options.iter().any(|o| o.kind == IP_ADDRESS) {
            self.own = None;
        }
    }

    /// Modems suggest 0.0.0.0 as long as the network gives them nothing.
    fn patience(&self) -> u32 {
        u32::MAX
    }
}

/// IPV6CP of the modem.
#[derive(Debug)]
pub(super) struct Ipv6cp {
    own: Option<u64>,
    /// What the host gets when it has none of its own.
    suggestion: u64,
    /// What it has chosen.
    pub(super) host: u64,
}

impl Ipv6cp {
    pub(super) fn new(own: u64, suggestion: u64) -> Self {
        Ipv6cp { own: Some(own), suggestion, host: suggestion }
    }
}

impl Negotiation for Ipv6cp {
    fn request(&self) -> Vec<Opt> {
        self.own.iter().map(|own| Opt::new(INTERFACE_IDENTIFIER, own.to_be_bytes())).collect()
    }

    fn judge(&mut self, _now: Duration, wishes: &[Opt]) -> Verdict {
        let known = |wish: &&Opt| wish.kind == INTERFACE_IDENTIFIER && wish.value.len() == 8;
        let unwanted: Vec<Opt> = wishes.iter().filter(|wish| !known(wish)).cloned().collect();
        if !unwanted.is_empty() {
            return Verdict::Reject(unwanted);
        }
        let wish =
            wishes.first().and_then(|wish| wish.value.as_slice().try_into().ok()).map(u64::from_be_bytes);
        match wish {
            Some(id) if id != 0 && Some(id) != self.own => {
                self.host = id;
                Verdict::Ack
            }
            _ => Verdict::Nak(vec![Opt::new(INTERFACE_IDENTIFIER, self.suggestion.to_be_bytes())]),
        }
    }

    fn naked(&mut self, _suggestions: &[Opt]) {}

    fn rejected(&mut self, _options: &[Opt]) {
        self.own = None;
    }
}
