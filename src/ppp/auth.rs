//! Who we are: PAP (RFC 1334 §2) and CHAP with MD5 (RFC 1994), on the side that has to prove it.

use md5::{Digest, Md5};

use super::config::{Config, Timing};
use super::packet::{Outbox, Packet, protocol};
use crate::time::{Duration, Instant};

const AUTHENTICATE_REQUEST: u8 = 1;
const AUTHENTICATE_ACK: u8 = 2;
const AUTHENTICATE_NAK: u8 = 3;

const CHALLENGE: u8 = 1;
const RESPONSE: u8 = 2;
const SUCCESS: u8 = 3;
const FAILURE: u8 = 4;

/// The value of a response, from identifier, secret and challenge.
pub(super) type Chap = fn(u8, &[u8], &[u8]) -> [u8; 16];

/// RFC 1994 §4.1.
pub(super) fn chap_md5(id: u8, secret: &[u8], challenge: &[u8]) -> [u8; 16] {
    Md5::new().chain_update([id]).chain_update(secret).chain_update(challenge).finalize().into()
}

/// What the peer thinks of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing yet, or nothing new.
    Open,
    Accepted,
    Refused,
}

/// A proof of identity under way.
#[derive(Debug)]
pub(super) struct Proof {
    id: u8,
    /// A request or response was sent.
    pub(super) shown: bool,
    /// Requests that can still be sent.
    left: u8,
    period: Duration,
    deadline: Option<Instant>,
    /// The PAP request is due.
    due: bool,
}

impl Proof {
    pub(super) const fn new() -> Self {
        Self { id: 0, shown: false, left: 0, period: Duration::ZERO, deadline: None, due: false }
    }

    /// Begins: with PAP the first word is ours.
    pub(super) fn begin(&mut self, pap: bool, now: Instant, timing: &Timing) {
        self.id = self.id.wrapping_add(1);
        self.left = timing.max_configure;
        self.period = timing.restart_first;
        self.shown = false;
        if pap {
            self.ask(now);
        }
    }

    pub(super) fn end(&mut self) {
        self.deadline = None;
        self.due = false;
    }

    pub(super) const fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    fn ask(&mut self, now: Instant) {
        self.due = true;
        self.left = self.left.saturating_sub(1);
        self.deadline = Some(now + self.period);
    }

    /// The timer of PAP: false when there is nothing more to try.
    pub(super) fn poll(&mut self, now: Instant, timing: &Timing) -> bool {
        if self.deadline.is_none_or(|deadline| now < deadline) {
            return true;
        }
        self.period = self.period.doubled(timing.restart);
        let more = self.left > 0;
        if more {
            // With the same identifier: an answer that is slow counts too.
            self.ask(now);
        } else {
            self.end();
        }
        more
    }

    /// Whether something is to be sent.
    pub(super) const fn owes(&self) -> bool {
        self.due
    }

    /// Sends the PAP request that is due.
    pub(super) fn pay(&mut self, config: &Config<'_>, outbox: &mut Outbox) {
        if !self.due {
            return;
        }
        let (user, password) = (config.user, config.password);
        let least = user.len() + password.len() + 2;
        let posted = outbox.post(protocol::PAP, AUTHENTICATE_REQUEST, self.id, least, &mut |to| {
            to.put(&[user.len() as u8]);
            to.put(user);
            to.put(&[password.len() as u8]);
            to.put(password);
        });
        self.due = !posted;
        self.shown |= posted;
    }

    pub(super) fn on_pap(&self, packet: &Packet<'_>) -> Outcome {
        match packet.code {
            AUTHENTICATE_ACK if packet.id == self.id => Outcome::Accepted,
            AUTHENTICATE_NAK if packet.id == self.id => Outcome::Refused,
            _ => Outcome::Open,
        }
    }

    /// A challenge may come at any time, again and again (RFC 1994 §2).
    pub(super) fn on_chap(
        &mut self,
        packet: &Packet<'_>,
        config: &Config<'_>,
        outbox: &mut Outbox,
    ) -> Outcome {
        match packet.code {
            CHALLENGE => {
                let Some((&len, rest)) = packet.data.split_first() else { return Outcome::Open };
                let (Some(value), Some(chap)) = (rest.get(..usize::from(len)), config.chap) else {
                    return Outcome::Open;
                };
                let digest = chap(packet.id, config.password, value);
                outbox.post(protocol::CHAP, RESPONSE, packet.id, 17 + config.user.len(), &mut |to| {
                    to.put(&[16]);
                    to.put(&digest);
                    to.put(config.user);
                });
                self.id = packet.id;
                self.shown = true;
                Outcome::Open
            }
            SUCCESS if self.shown && packet.id == self.id => Outcome::Accepted,
            FAILURE if self.shown && packet.id == self.id => Outcome::Refused,
            _ => Outcome::Open,
        }
    }
}
