//! Options of the IPv6 Control Protocol (RFC 5072 §4).

use super::negotiate::{Layer, Verdict};
use super::packet::{Opt, Options, Writer};
use super::status::Ipv6;

const IDENTIFIER: u8 = 1;
/// The universal/local bit (RFC 5072 §4.1): what is drawn by lot must not have it.
const UNIVERSAL: u64 = 1 << 57;

/// What we ask for, and the peer.
#[derive(Debug)]
pub(super) struct Ipv6cp {
    identifier: u64,
    asked: bool,
    peer: Option<u64>,
}

impl Ipv6cp {
    pub(super) const fn new(random: u64) -> Self {
        Self { identifier: random & !UNIVERSAL, asked: true, peer: None }
    }

    /// What has come of it.
    pub(super) fn result(&self) -> Ipv6 {
        Ipv6 { identifier: self.identifier.to_be_bytes(), peer: self.peer.map(u64::to_be_bytes) }
    }
}

impl Layer for Ipv6cp {
    fn request(&self, to: &mut Writer<'_>) {
        if self.asked {
            to.option(IDENTIFIER, &self.identifier.to_be_bytes());
        }
    }

    fn judge(&self, option: &Opt<'_>) -> Verdict {
        let (IDENTIFIER, Some(value)) = (option.kind, option.value().map(u64::from_be_bytes)) else {
            return Verdict::Reject;
        };
        if value == 0 || value == self.identifier {
            // Any other will do.
            let other = self.identifier.rotate_left(7) ^ 0x5DEE_CE66_D1A4_B9C3;
            return Verdict::nak(&(other & !UNIVERSAL).to_be_bytes());
        }
        Verdict::Ack
    }

    fn accept(&mut self, options: Options<'_>) {
        for option in options {
            if let (IDENTIFIER, Some(value)) = (option.kind, option.value()) {
                self.peer = Some(u64::from_be_bytes(value));
            }
        }
    }

    fn is_harmless(&self, mut options: Options<'_>) -> bool {
        options.all(|option| option.value().map(u64::from_be_bytes) == self.peer)
    }

    fn nak(&mut self, option: &Opt<'_>) -> bool {
        match (option.kind, option.value().map(u64::from_be_bytes)) {
            // A network gives the identifier of its own choice in this way (3GPP TS 29.061 §11.2.1.3.2).
            (IDENTIFIER, Some(value)) if value != 0 => {
                core::mem::replace(&mut self.identifier, value) != value
            }
            _ => false,
        }
    }

    fn reject(&mut self, option: &Opt<'_>) -> bool {
        option.kind == IDENTIFIER && core::mem::take(&mut self.asked)
    }
}
