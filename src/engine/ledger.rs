//! What the modem's own counters are good for.
//!
//! A modem that tells how many bytes a socket has sent lets a write be checked: a length that lost
//! a digit on its way makes the modem take less than was sent, with an `OK` all the same. Whether
//! there are such counters, and whether they count what one would think, differs between modems
//! and is not in their documents. A count that turns right only after a while, or stays too high,
//! counts something else and is not compared again; one that stays too low means lost bytes.

/// What a comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing is wrong, as far as the counters tell.
    Fine,
    /// Perhaps the modem counts later, or the answer was damaged. Ask again.
    Odd,
    /// Bytes were lost.
    Wrong,
}

#[derive(Debug)]
pub(super) struct Ledger {
    /// The modem has answered the question.
    works: bool,
    /// Times in a row that it has not.
    refusals: u8,
    /// What is sent is counted as one would think.
    counts_sent: bool,
    /// What is received has been counted as one would think so far; `None` before the first time.
    counts_received: Option<bool>,
}

impl Ledger {
    pub(super) const fn new() -> Self {
        Self { works: false, refusals: 0, counts_sent: true, counts_received: None }
    }

    /// Whether it is worth asking for unread bytes.
    pub(super) const fn is_asked(&self) -> bool {
        self.works || self.refusals < 2
    }

    /// Whether writes can be checked.
    pub(super) const fn checks_writes(&self) -> bool {
        self.is_asked() && self.counts_sent
    }

    /// The question was refused. True when something else than the modem's nature may be the
    /// reason.
    pub(super) fn refused(&mut self) -> bool {
        self.refusals = self.refusals.saturating_add(1);
        self.is_asked()
    }

    /// The question was answered.
    pub(super) fn answered(&mut self) {
        self.works = true;
        self.refusals = 0;
    }

    /// What the modem counts as sent turned out to be something else, or to be counted later.
    pub(super) fn distrust_sent(&mut self) {
        self.counts_sent = false;
    }

    /// Compares the bytes that the modem counts as sent with those that it was given.
    pub(super) fn compare_sent(&mut self, counted: u32, given: u32) -> Verdict {
        if counted == given || !self.counts_sent { Verdict::Fine } else { Verdict::Odd }
    }

    /// Compares the bytes that the modem counts as received with those that it has given or still
    /// holds.
    pub(super) fn compare_received(&mut self, counted: u32, known: u32) -> Verdict {
        let right = counted == known;
        match self.counts_received {
            Some(true) if !right => Verdict::Wrong,
            Some(_) => Verdict::Fine,
            None => {
                self.counts_received = Some(right);
                Verdict::Fine
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_is_not_trusted_says_nothing() {
        let mut ledger = Ledger::new();
        assert_eq!(ledger.compare_sent(9, 9), Verdict::Fine);
        assert_eq!(ledger.compare_sent(9, 20), Verdict::Odd);
        ledger.distrust_sent();
        assert_eq!(ledger.compare_sent(9, 20), Verdict::Fine);
        assert!(!ledger.checks_writes());
    }

    #[test]
    fn only_a_count_that_was_right_accuses() {
        let mut ledger = Ledger::new();
        assert_eq!(ledger.compare_received(7, 9), Verdict::Fine);
        assert_eq!(ledger.compare_received(7, 99), Verdict::Fine);
        let mut ledger = Ledger::new();
        assert_eq!(ledger.compare_received(9, 9), Verdict::Fine);
        assert_eq!(ledger.compare_received(20, 10), Verdict::Wrong);
    }

    #[test]
    fn a_question_that_was_never_answered_is_given_up() {
        let mut ledger = Ledger::new();
        assert!(ledger.refused());
        assert!(!ledger.refused());
        assert!(!ledger.is_asked());
    }
}
