//! Options of the Link Control Protocol (RFC 1661 §6, RFC 1662 §7.1).

use super::negotiate::{Layer, Verdict};
use super::packet::{Opt, Options, Writer, protocol};

const MRU: u8 = 1;
const ACCM: u8 = 2;
const AUTH: u8 = 3;
const MAGIC: u8 = 5;
const PFC: u8 = 7;
const ACFC: u8 = 8;

/// The smallest packet that each host has to receive (RFC 791 §3.1).
const LEAST_MRU: u16 = 68;
/// So many requests in a row with our own magic number are no accident, and fewer than Max-Failure
/// usually allows to be answered by another value.
const LOOPS: u8 = 4;
/// CHAP with MD5 (RFC 1994 §3).
const CHAP_MD5: [u8; 3] = [0xC2, 0x23, 5];
const PAP: [u8; 2] = protocol::PAP.to_be_bytes();

/// Who the peer wants to know us by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Auth {
    None,
    Pap,
    Chap,
}

/// What the peer has asked for, or what holds where it has not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer {
    pub(super) mru: u16,
    pub(super) accm: u32,
    pub(super) auth: Auth,
    pub(super) magic: u32,
    pub(super) pfc: bool,
    pub(super) acfc: bool,
}

impl Peer {
    pub(super) const DEFAULT: Self =
        Self { mru: 1500, accm: u32::MAX, auth: Auth::None, magic: 0, pfc: false, acfc: false };
}

/// What we ask for, and the peer.
#[derive(Debug)]
pub(super) struct Lcp {
    /// How much can be received.
    most: u16,
    mru: Option<u16>,
    accm: Option<u32>,
    pub(super) magic: u32,
    pfc: bool,
    acfc: bool,
    compression: bool,
    chap: bool,
    random: u32,
    loops: u8,
    pub(super) peer: Peer,
}

impl Lcp {
    /// `most` is the largest packet that can be received.
    pub(super) fn new(most: u16, accm: u32, compression: bool, chap: bool, seed: u32) -> Self {
        let mut lcp = Self {
            most,
            mru: Some(most),
            accm: Some(accm),
            magic: 0,
            pfc: compression,
            acfc: compression,
            compression,
            chap,
            // Zero would stay zero.
            random: if seed == 0 { 0x2545_F491 } else { seed },
            loops: 0,
            peer: Peer::DEFAULT,
        };
        lcp.magic = lcp.draw();
        lcp
    }

    /// A number that is not zero (Marsaglia's xorshift).
    pub(super) fn draw(&mut self) -> u32 {
        self.random = another(self.random);
        self.random
    }

    /// Whether the line returns what is sent.
    pub(super) const fn is_looped(&self) -> bool {
        self.loops >= LOOPS
    }

    /// The magic number to send in packets: zero before and without negotiation (RFC 1661 §5.8).
    pub(super) const fn magic_in_packets(&self) -> [u8; 4] {
        self.magic.to_be_bytes()
    }
}

const fn another(mut x: u32) -> u32 {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    x
}

impl Layer for Lcp {
    fn request(&self, to: &mut Writer<'_>) {
        if let Some(mru) = self.mru.filter(|&mru| mru != Peer::DEFAULT.mru) {
            to.option(MRU, &mru.to_be_bytes());
        }
        if let Some(accm) = self.accm.filter(|&accm| accm != Peer::DEFAULT.accm) {
            to.option(ACCM, &accm.to_be_bytes());
        }
        if self.magic != 0 {
            to.option(MAGIC, &self.magic.to_be_bytes());
        }
        if self.pfc {
            to.option(PFC, &[]);
        }
        if self.acfc {
            to.option(ACFC, &[]);
        }
    }

    fn begin(&mut self, options: &Options<'_>) {
        let magic = options.clone().find(|option| option.kind == MAGIC).and_then(|option| option.value());
        let own = self.magic != 0 && magic.is_some_and(|magic| u32::from_be_bytes(magic) == self.magic);
        self.loops = if own { self.loops.saturating_add(1) } else { 0 };
    }

    fn judge(&self, option: &Opt<'_>) -> Verdict {
        match (option.kind, option.data) {
            (MRU, &[high, low]) if u16::from_be_bytes([high, low]) < LEAST_MRU => {
                Verdict::nak(&LEAST_MRU.to_be_bytes())
            }
            (MRU, &[_, _]) | (ACCM, &[_, _, _, _]) => Verdict::Ack,
            (AUTH, data) if *data == PAP => Verdict::Ack,
            (AUTH, data) if *data == CHAP_MD5 && self.chap => Verdict::Ack,
            (AUTH, [_, _, ..]) if self.chap => Verdict::nak(&CHAP_MD5),
            (AUTH, [_, _, ..]) => Verdict::nak(&PAP),
            (MAGIC, &[a, b, c, d]) => match u32::from_be_bytes([a, b, c, d]) {
                // Neither is a proper magic number (RFC 1661 §6.4).
                magic if magic == 0 || magic == self.magic => {
                    Verdict::nak(&another(self.random ^ 0x9E37_79B9).max(1).to_be_bytes())
                }
                _ => Verdict::Ack,
            },
            (PFC | ACFC, &[]) if self.compression => Verdict::Ack,
            _ => Verdict::Reject,
        }
    }

    fn accept(&mut self, options: Options<'_>) {
        self.peer = Peer::DEFAULT;
        for option in options {
            match (option.kind, option.data) {
                (MRU, &[high, low]) => self.peer.mru = u16::from_be_bytes([high, low]),
                (ACCM, &[a, b, c, d]) => self.peer.accm = u32::from_be_bytes([a, b, c, d]),
                (AUTH, data) => self.peer.auth = if *data == PAP { Auth::Pap } else { Auth::Chap },
                (MAGIC, &[a, b, c, d]) => self.peer.magic = u32::from_be_bytes([a, b, c, d]),
                (PFC, _) => self.peer.pfc = true,
                (ACFC, _) => self.peer.acfc = true,
                _ => {}
            }
        }
    }

    fn is_harmless(&self, options: Options<'_>) -> bool {
        let mut harmless = true;
        for option in options {
            match (option.kind, option.data) {
                (MAGIC, data) => harmless &= *data == self.peer.magic.to_be_bytes(),
                (AUTH, data) => {
                    harmless &= match self.peer.auth {
                        Auth::None => false,
                        Auth::Pap => *data == PAP,
                        Auth::Chap => *data == CHAP_MD5,
                    }
                }
                _ => {}
            }
        }
        harmless
    }

    fn nak(&mut self, option: &Opt<'_>) -> bool {
        match (option.kind, option.data) {
            (MRU, &[high, low]) => {
                // A buffer may have room for less than that.
                let mru = Some(u16::from_be_bytes([high, low]).max(LEAST_MRU).min(self.most));
                core::mem::replace(&mut self.mru, mru) != mru
            }
            (ACCM, &[a, b, c, d]) => {
                let accm = self.accm.map(|accm| accm | u32::from_be_bytes([a, b, c, d]));
                core::mem::replace(&mut self.accm, accm) != accm
            }
            (MAGIC, _) if self.magic != 0 => {
                self.magic = self.draw();
                true
            }
            _ => false,
        }
    }

    fn reject(&mut self, option: &Opt<'_>) -> bool {
        match option.kind {
            MRU => self.mru.take().is_some(),
            ACCM => self.accm.take().is_some(),
            MAGIC => core::mem::take(&mut self.magic) != 0,
            PFC => core::mem::take(&mut self.pfc),
            ACFC => core::mem::take(&mut self.acfc),
            _ => false,
        }
    }
}
