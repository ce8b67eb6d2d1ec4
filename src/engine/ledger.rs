//! What the modem's own counters are good for.
//!
//! A modem that tells how many bytes a socket has sent lets a write be checked: a length that lost
//! a digit on its way makes the modem take less than was sent, with an `OK` all the same. Whether
//! there are such counters, and whether they count what one would think, differs between modems
//! and is not in their documents. So they are believed only while they have always been right.

/// How far the counters are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sums {
    Untried,
    Right,
    Odd,
}

#[derive(Debug)]
pub(super) struct Ledger {
    /// The modem has answered the question.
    works: bool,
    /// Times in a row that it has not.
    refusals: u8,
    sent: Sums,
    received: Sums,
}

impl Ledger {
    pub(super) const fn new() -> Self {
        Self { works: false, refusals: 0, sent: Sums::Untried, received: Sums::Untried }
    }

    /// Whether it is worth asking for unread bytes.
    pub(super) const fn is_asked(&self) -> bool {
        self.works || self.refusals < 2
    }

    /// Whether writes can be checked.
    pub(super) fn checks_writes(&self) -> bool {
        self.is_asked() && self.sent != Sums::Odd
    }

    /// The question was refused. True when something else than the modem's nature may be the
    /// reason.
    pub(super) fn refused(&mut self) -> bool {
        self.refusals = self.refusals.saturating_add(1);
        self.is_asked()
    }

    /// The question was answered. `sent` and `received` are pairs of what the modem counts and what
    /// is known here. False when counters that have always been right are not.
    pub(super) fn answered(&mut self, sent: Option<(u32, u32)>, received: Option<(u32, u32)>) -> bool {
        self.works = true;
        self.refusals = 0;
        let sent = self.sent.agree(sent);
        self.received.agree(received) && sent
    }
}

impl Sums {
    fn agree(&mut self, pair: Option<(u32, u32)>) -> bool {
        let Some((counted, known)) = pair else { return true };
        match self {
            Self::Odd => true,
            Self::Right => counted == known,
            Self::Untried => {
                *self = if counted == known { Self::Right } else { Self::Odd };
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_counters_that_were_always_right_accuse() {
        let mut ledger = Ledger::new();
        assert!(ledger.answered(Some((7, 9)), None));
        assert!(ledger.answered(Some((9, 99)), None));
        assert!(!ledger.checks_writes());

        let mut ledger = Ledger::new();
        assert!(ledger.answered(Some((9, 9)), None));
        assert!(!ledger.answered(Some((9, 99)), None));
    }

    #[test]
    fn a_question_that_was_never_answered_is_given_up() {
        let mut ledger = Ledger::new();
        assert!(ledger.refused());
        assert!(!ledger.refused());
        assert!(!ledger.is_asked());
    }
}
