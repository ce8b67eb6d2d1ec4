//! Options of the Link Control Protocol (RFC 1661 §6, RFC 1662 §7.1).

use std::time::Duration;

use super::automaton::{Negotiation, Verdict};
use super::packet::{Opt, value};
use crate::Prng;
use crate::dialup::Authentication;

const MRU: u8 = 1;
const ACCM: u8 = 2;
const AUTHENTICATION: u8 = 3;
const MAGIC: u8 = 5;
const PFC: u8 = 7;
const ACFC: u8 = 8;

/// The default MRU, which is that of the modem too.
pub(super) const DEFAULT_MRU: u16 = 1500;
/// Smaller packets than these nobody has to be able to receive (RFC 791).
const SMALLEST_MRU: u16 = 68;

/// What one end receives, and so the other may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Direction {
    pub(super) mru: u16,
    pub(super) accm: u32,
    pub(super) pfc: bool,
    pub(super) acfc: bool,
}

impl Direction {
    pub(super) const DEFAULT: Direction =
        Direction { mru: DEFAULT_MRU, accm: u32::MAX, pfc: false, acfc: false };
}

#[derive(Debug)]
pub(super) struct Options {
    /// What the modem asks for; an option that was rejected has its default.
    own: Direction,
    asks_accm: bool,
    pub(super) authentication: Authentication,
    /// The host does not want to say who it is.
    pub(super) refused: bool,
    suggestions: u32,
    asks_magic: bool,
    pub(super) magic: u32,
    /// What the host asks for.
    pub(super) peer: Direction,
    prng: Prng,
}

impl Options {
    pub(super) fn new(accm: u32, authentication: Authentication, seed: u64) -> Self {
        let mut prng = Prng::new(seed);
        Options {
            own: Direction { mru: DEFAULT_MRU, accm, pfc: true, acfc: true },
            asks_accm: true,
            authentication,
            refused: false,
            suggestions: 0,
            asks_magic: true,
            magic: number(&mut prng),
            peer: Direction::DEFAULT,
            prng,
        }
    }

    /// How the host may send to the modem once LCP is open.
    pub(super) fn own(&self) -> Direction {
        Direction { accm: if self.asks_accm { self.own.accm } else { u32::MAX }, ..self.own }
    }
}

/// A magic number is never 0 (RFC 1661 §6.4).
fn number(prng: &mut Prng) -> u32 {
    prng.next_u64() as u32 | 1
}

/// Value of the option Authentication-Protocol.
fn protocol(authentication: Authentication) -> &'static [u8] {
    match authentication {
        Authentication::None => &[],
        Authentication::Pap => &[0xc0, 0x23],
        // CHAP with MD5 (RFC 1994 §3).
        Authentication::Chap => &[0xc2, 0x23, 5],
    }
}

impl Negotiation for Options {
    fn request(&self) -> Vec<Opt> {
        let mut all = Vec::new();
        if self.asks_accm {
            all.push(Opt::new(ACCM, self.own.accm.to_be_bytes()));
        }
        if self.authentication != Authentication::None {
            all.push(Opt::new(AUTHENTICATION, protocol(self.authentication)));
        }
        if self.asks_magic {
            all.push(Opt::new(MAGIC, self.magic.to_be_bytes()));
        }
        if self.own.pfc {
            all.push(Opt::new(PFC, []));
        }
        if self.own.acfc {
            all.push(Opt::new(ACFC, []));
        }
        all
    }

    fn judge(&mut self, _now: Duration, wishes: &[Opt]) -> Verdict {
        let mut peer = Direction::DEFAULT;
        let (mut better, mut unwanted) = (Vec::new(), Vec::new());
        for wish in wishes {
            match (wish.kind, wish.value.as_slice()) {
                (MRU, &[high, low]) => match u16::from_be_bytes([high, low]) {
                    mru if mru < SMALLEST_MRU => better.push(Opt::new(MRU, DEFAULT_MRU.to_be_bytes())),
                    mru => peer.mru = mru,
                },
                (ACCM, &[a, b, c, d]) => peer.accm = u32::from_be_bytes([a, b, c, d]),
                (MAGIC, &[a, b, c, d]) => {
                    let magic = u32::from_be_bytes([a, b, c, d]);
                    // Its own number coming back is a loop (RFC 1661 §6.4).
                    if magic == 0 || magic == self.magic && self.asks_magic {
                        better.push(Opt::new(MAGIC, number(&mut self.prng).to_be_bytes()));
                    }
                }
                (PFC, []) => peer.pfc = true,
                (ACFC, []) => peer.acfc = true,
                // The modem has no name of its own, and measures no quality.
                _ => unwanted.push(wish.clone()),
            }
        }
        if !unwanted.is_empty() {
            Verdict::Reject(unwanted)
        } else if !better.is_empty() {
            Verdict::Nak(better)
        } else {
            self.peer = peer;
            Verdict::Ack
        }
    }

    fn naked(&mut self, suggestions: &[Opt]) {
        if let Some(accm) = value(suggestions, ACCM) {
            self.own.accm |= u32::from_be_bytes(accm);
        }
        if value::<4>(suggestions, MAGIC).is_some() {
            self.magic = number(&mut self.prng);
        }
        if let Some(wanted) = suggestions.iter().find(|o| o.kind == AUTHENTICATION) {
            let other = match self.authentication {
                Authentication::Pap => Authentication::Chap,
                _ => Authentication::Pap,
            };
            self.suggestions += 1;
            if wanted.value == protocol(other) && self.suggestions == 1 {
                self.authentication = other;
            } else {
                self.refused = true;
            }
        }
    }

    fn rejected(&mut self, options: &[Opt]) {
        for option in options {
            match option.kind {
                ACCM => self.asks_accm = false,
                AUTHENTICATION => self.refused = true,
                MAGIC => self.asks_magic = false,
                PFC => self.own.pfc = false,
                ACFC => self.own.acfc = false,
                _ => {}
            }
        }
    }
}
