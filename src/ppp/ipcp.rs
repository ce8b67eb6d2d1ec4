//! Options of the IP Control Protocol (RFC 1332 §3, RFC 1877 §1).

use core::net::Ipv4Addr;

use super::negotiate::{Layer, Verdict};
use super::packet::{Opt, Options, Writer};
use super::status::Ipv4;

const ADDRESS: u8 = 3;
const DNS: [u8; 2] = [129, 131];

/// A peer that has said so often that it knows no name server is not asked any more.
const DNS_ROUNDS: u8 = 3;

const UNKNOWN: [u8; 4] = [0; 4];

/// What we ask for, and the peer.
#[derive(Debug)]
pub(super) struct Ipcp {
    address: [u8; 4],
    /// The address is among what we ask for.
    asked: bool,
    dns: [Option<[u8; 4]>; 2],
    /// How often the peer has answered without a name server.
    nameless: u8,
    assign: Option<Ipv4Addr>,
    peer: Option<Ipv4Addr>,
}

impl Ipcp {
    pub(super) const fn new(address: Ipv4Addr, dns: bool, assign: Option<Ipv4Addr>) -> Self {
        let server = if dns { Some(UNKNOWN) } else { None };
        Self { address: address.octets(), asked: true, dns: [server; 2], nameless: 0, assign, peer: None }
    }

    /// What has come of it.
    pub(super) fn result(&self) -> Ipv4 {
        let known = |value: Option<[u8; 4]>| value.filter(|value| *value != UNKNOWN).map(Ipv4Addr::from);
        let [primary, secondary] = self.dns;
        Ipv4 { address: self.address.into(), peer: self.peer, dns: [known(primary), known(secondary)] }
    }

    /// Whether the peer does not give addresses, and we have none.
    pub(super) fn is_refused(&self) -> bool {
        !self.asked && !self.suffices()
    }

    fn server(&mut self, kind: u8) -> Option<&mut Option<[u8; 4]>> {
        DNS.iter().zip(&mut self.dns).find(|(code, _)| **code == kind).map(|(_, server)| server)
    }
}

impl Layer for Ipcp {
    fn request(&self, to: &mut Writer<'_>) {
        if self.asked {
            to.option(ADDRESS, &self.address);
        }
        for (kind, server) in DNS.iter().zip(&self.dns) {
            if let Some(server) = server {
                to.option(*kind, server);
            }
        }
    }

    fn judge(&self, option: &Opt<'_>) -> Verdict {
        let (ADDRESS, Some(value)) = (option.kind, option.value::<4>()) else {
            // Header compression (2), the old form of addresses (1), servers that we do not have.
            return Verdict::Reject;
        };
        match self.assign {
            Some(address) if address.octets() != value => Verdict::nak(&address.octets()),
            None if value == UNKNOWN => Verdict::Reject,
            _ => Verdict::Ack,
        }
    }

    fn accept(&mut self, options: Options<'_>) {
        for option in options {
            if let (ADDRESS, Some(value)) = (option.kind, option.value::<4>()) {
                self.peer = Some(value.into());
            }
        }
    }

    fn is_harmless(&self, mut options: Options<'_>) -> bool {
        options.all(|option| option.value::<4>().map(Ipv4Addr::from) == self.peer)
    }

    fn nak(&mut self, option: &Opt<'_>) -> bool {
        let Some(value) = option.value::<4>() else { return false };
        if option.kind == ADDRESS {
            return value != UNKNOWN && core::mem::replace(&mut self.address, value) != value;
        }
        let tired = self.nameless >= DNS_ROUNDS;
        let Some(server @ Some(_)) = self.server(option.kind) else { return false };
        if value != UNKNOWN {
            return server.replace(value) != Some(value);
        }
        if tired {
            *server = None;
            return true;
        }
        self.nameless += 1;
        false
    }

    fn reject(&mut self, option: &Opt<'_>) -> bool {
        match option.kind {
            ADDRESS => core::mem::take(&mut self.asked),
            kind => self.server(kind).is_some_and(|server| server.take().is_some()),
        }
    }

    fn suffices(&self) -> bool {
        self.address != UNKNOWN
    }
}
