//! The SIM card: its codes and the tries that are left (3GPP TS 31.101 §9.5, 3GPP TS 27.007 §8.3, §8.65).

use crate::options::Options;

/// Tries of the PUK (Cassiopeia use cases §1.1.2).
pub(super) const PUK_TRIES: u8 = 10;
/// Those of PIN2 and PUK2, which nothing here asks for (the same).
pub(super) const PIN2_TRIES: u8 = 3;

/// What the card wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lock {
    Open,
    Pin,
    Puk,
    /// The PUK's tries are spent too: the card is lost.
    Blocked,
}

/// What came of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Right,
    Wrong,
    /// Wrong, and it was the last try.
    Last,
}

/// A card. It keeps its codes and its tries without power.
#[derive(Debug)]
pub(super) struct Card {
    /// It is in its slot.
    pub(super) present: bool,
    pin: String,
    puk: String,
    /// It wants its PIN after each start (`+CLCK="SC"`).
    pub(super) locked: bool,
    /// The PIN was right since the last start.
    verified: bool,
    pin_tries: u8,
    most: u8,
    puk_tries: u8,
}

impl Card {
    pub(super) fn new(options: &Options) -> Self {
        Card {
            present: options.sim_present,
            pin: options.pin.clone().unwrap_or_else(|| options.idle_pin.clone()),
            puk: options.puk.clone(),
            locked: options.pin.is_some(),
            verified: false,
            pin_tries: options.puk_after,
            most: options.puk_after,
            puk_tries: PUK_TRIES,
        }
    }

    /// It loses power.
    pub(super) fn restart(&mut self) {
        self.verified = false;
    }

    pub(super) fn lock(&self) -> Lock {
        match (self.pin_tries, self.puk_tries) {
            (0, 0) => Lock::Blocked,
            (0, _) => Lock::Puk,
            _ if self.locked && !self.verified => Lock::Pin,
            _ => Lock::Open,
        }
    }

    /// Tries left of PIN and PUK, and how many the PIN has.
    pub(super) fn tries(&self) -> (u8, u8, u8) {
        (self.pin_tries, self.puk_tries, self.most)
    }

    /// Each wrong code spends a try, the right one gives them all back.
    pub(super) fn verify(&mut self, pin: &str) -> Verdict {
        if pin == self.pin {
            self.pin_tries = self.most;
            self.verified = true;
            return Verdict::Right;
        }
        self.pin_tries = self.pin_tries.saturating_sub(1);
        if self.pin_tries == 0 { Verdict::Last } else { Verdict::Wrong }
    }

    /// The PUK, and the new PIN if there is one.
    pub(super) fn unblock(&mut self, puk: &str, pin: Option<String>) -> Verdict {
        if puk == self.puk {
            self.pin = pin.unwrap_or_else(|| std::mem::take(&mut self.pin));
            self.pin_tries = self.most;
            self.puk_tries = PUK_TRIES;
            self.verified = true;
            return Verdict::Right;
        }
        self.puk_tries = self.puk_tries.saturating_sub(1);
        if self.puk_tries == 0 { Verdict::Last } else { Verdict::Wrong }
    }

    pub(super) fn change(&mut self, pin: String) {
        self.pin = pin;
    }
}

/// A PIN has four to eight digits (3GPP TS 31.101 §9.5.1).
pub(super) fn is_pin(text: &str) -> bool {
    (4..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}
