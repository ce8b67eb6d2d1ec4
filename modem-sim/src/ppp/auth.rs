//! The modem wants to know who the host is: PAP (RFC 1334 §2) and CHAP with MD5 (RFC 1994).

use std::time::Duration;

use super::packet;
use crate::Prng;
use crate::dialup::Authentication;

/// Time between challenges, and their number (RFC 1994 §4.1 leaves both open).
const RESTART: Duration = Duration::from_secs(3);
const CHALLENGES: u32 = 10;
/// A host that says nothing for so long is not let in.
const PATIENCE: Duration = Duration::from_secs(30);
/// Wrong passwords.
const TRIES: u32 = 3;
const NAME: &[u8] = b"modem";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    Waiting,
    Passed,
    Failed,
}

/// One authentication.
#[derive(Debug)]
pub(super) struct Authenticator {
    pub(super) kind: Authentication,
    credentials: Option<(String, String)>,
    pub(super) progress: Progress,
    challenge: Vec<u8>,
    id: u8,
    left: u32,
    due: Duration,
    /// Packets to send.
    pub(super) out: Vec<Vec<u8>>,
}

impl Authenticator {
    pub(super) fn new(
        now: Duration,
        kind: Authentication,
        credentials: Option<(String, String)>,
        prng: &mut Prng,
    ) -> Self {
        let mut new = Authenticator {
            kind,
            credentials,
            progress: Progress::Waiting,
            challenge: prng.bytes(16),
            id: 0,
            left: CHALLENGES,
            due: now + PATIENCE,
            out: Vec::new(),
        };
        match kind {
            Authentication::None => new.progress = Progress::Passed,
            Authentication::Pap => new.left = TRIES,
            Authentication::Chap => new.challenge(now),
        }
        new
    }

    pub(super) fn due(&self) -> Option<Duration> {
        (self.progress == Progress::Waiting).then_some(self.due)
    }

    pub(super) fn handle_timeout(&mut self, now: Duration) {
        if self.due().is_none_or(|due| due > now) {
            return;
        }
        if self.kind == Authentication::Chap && self.left > 0 {
            self.challenge(now);
        } else {
            self.progress = Progress::Failed;
        }
    }

    fn challenge(&mut self, now: Duration) {
        self.left -= 1;
        self.due = now + RESTART;
        self.id = self.id.wrapping_add(1);
        let data = [&[self.challenge.len() as u8], self.challenge.as_slice(), NAME].concat();
        self.out.push(packet::build(1, self.id, &data));
    }

    /// A packet of PAP.
    pub(super) fn pap(&mut self, code: u8, id: u8, data: &[u8]) {
        if code != 1 || self.kind != Authentication::Pap || self.progress == Progress::Failed {
            return;
        }
        let field = |data: &[u8]| {
            let (&length, rest) = data.split_first()?;
            rest.split_at_checked(usize::from(length)).map(|(field, rest)| (field.to_vec(), rest.to_vec()))
        };
        let Some((name, rest)) = field(data) else {
            return;
        };
        let Some((password, _)) = field(&rest) else {
            return;
        };
        let right = self.progress == Progress::Passed
            || self
                .credentials
                .as_ref()
                .is_none_or(|(n, p)| n.as_bytes() == name && p.as_bytes() == password);
        self.answer(id, right, [2, 3], &[0]);
    }

    /// A packet of CHAP.
    pub(super) fn chap(&mut self, code: u8, id: u8, data: &[u8]) {
        if code != 2
            || id != self.id
            || self.kind != Authentication::Chap
            || self.progress == Progress::Failed
        {
            return;
        }
        let Some((&length, rest)) = data.split_first() else {
            return;
        };
        let Some((digest, name)) = rest.split_at_checked(usize::from(length)) else {
            return;
        };
        let right = self.progress == Progress::Passed
            || self.credentials.as_ref().is_none_or(|(n, secret)| {
                let input = [&[id], secret.as_bytes(), &self.challenge].concat();
                n.as_bytes() == name && md5::compute(input).0 == digest
            });
        // A failure ends CHAP, PAP may be tried again.
        self.left = self.left.min(1);
        self.answer(id, right, [3, 4], b"");
    }

    fn answer(&mut self, id: u8, right: bool, [good, bad]: [u8; 2], text: &[u8]) {
        self.out.push(packet::build(if right { good } else { bad }, id, text));
        if right {
            self.progress = Progress::Passed;
        } else {
            self.left = self.left.saturating_sub(1);
            if self.left == 0 {
                self.progress = Progress::Failed;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> Option<(String, String)> {
        Some(("me".to_owned(), "secret".to_owned()))
    }

    #[test]
    fn the_response_to_a_challenge_is_the_digest_of_identifier_secret_and_challenge() {
        for (secret, code, progress) in [("secret", 3, Progress::Passed), ("other", 4, Progress::Failed)] {
            let mut chap = Authenticator::new(Duration::ZERO, Authentication::Chap, own(), &mut Prng::new(1));
            let challenge = chap.out.remove(0);
            assert_eq!(challenge[0], 1);
            let (id, value) = (challenge[1], &challenge[5..21]);
            let digest = md5::compute([&[id], secret.as_bytes(), value].concat()).0;
            chap.chap(2, id, &[&[16], digest.as_slice(), b"me"].concat());
            assert_eq!(chap.out[0][0], code);
            assert_eq!(chap.progress, progress);
        }
    }

    #[test]
    fn a_password_can_be_given_three_times() {
        let mut pap = Authenticator::new(Duration::ZERO, Authentication::Pap, own(), &mut Prng::new(1));
        for id in 1..=2 {
            pap.pap(1, id, b"\x02me\x05wrong");
            assert_eq!(pap.out.pop().unwrap()[..2], [3, id]);
            assert_eq!(pap.progress, Progress::Waiting);
        }
        pap.pap(1, 3, b"\x02me\x06secret");
        assert_eq!(pap.out.pop().unwrap(), [2, 3, 0, 5, 0]);
        assert_eq!(pap.progress, Progress::Passed);
        pap.pap(1, 4, b"\xffme");
        assert!(pap.out.is_empty());
    }
}
