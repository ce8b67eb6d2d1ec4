//! From phase to phase (RFC 1661 §3), and the timers.

use super::automaton::{Automaton, Event, State, action};
use super::lcp::Auth;
use super::packet::{code, protocol};
use super::session::Ppp;
use super::status::{Failure, Phase};
use crate::time::{Duration, Instant};

impl Ppp<'_> {
    /// The timers: carries out what is due.
    pub(super) fn advance(&mut self, now: Instant) {
        if self.phase == Phase::Dead {
            return;
        }
        let due = |at: Option<Instant>| at.is_some_and(|at| now >= at);
        if due(self.carrier) {
            return self.fail(Failure::NoCarrier);
        }
        if due(self.up_by) {
            self.up_by = None;
            self.terminate(Some(Failure::Timeout), now);
        }
        let actions = self.lcp.0.poll(now, &self.config.timing);
        self.on_lcp(actions, now);
        let actions = self.ipcp.0.poll(now, &self.config.timing);
        self.on_network(actions, now);
        let actions = self.ipv6cp.0.poll(now, &self.config.timing);
        self.on_network(actions, now);
        if !self.proof.poll(now, &self.config.timing) {
            self.terminate(Some(Failure::Timeout), now);
        }
        if due(self.echo.at) {
            self.on_echo_timer(now);
        }
    }

    /// When the next timer runs out.
    pub(super) fn deadline(&self) -> Option<Instant> {
        if self.phase == Phase::Dead {
            return None;
        }
        let all = [
            self.lcp.0.deadline(),
            self.ipcp.0.deadline(),
            self.ipv6cp.0.deadline(),
            self.proof.deadline(),
            self.up_by,
            self.echo.at,
            self.carrier,
        ];
        all.into_iter().flatten().min()
    }

    /// The link is dead, without a word to the peer.
    // Called from many places.
    #[inline(never)]
    pub(super) fn fail(&mut self, failure: Failure) {
        self.hang_up();
        self.failure = Some(failure);
        debug!("ppp: dead, {:?}", failure);
    }

    /// Announces the end.
    pub(super) fn terminate(&mut self, failure: Option<Failure>, now: Instant) {
        if self.phase == Phase::Terminate {
            return;
        }
        self.failure = failure;
        self.phase = Phase::Terminate;
        self.up_by = None;
        let actions = self.lcp.0.apply(Event::Close, now, &self.config.timing);
        self.on_lcp(actions, now);
    }

    /// What LCP's automaton leaves to be done.
    pub(super) fn on_lcp(&mut self, actions: u16, now: Instant) {
        if actions & action::TLD != 0 {
            self.lower_down(now);
            if self.lcp.0.state() == State::Stopping {
                // A Terminate-Request, or a reject of what is needed.
                self.failure = Some(match actions & action::STR {
                    0 => Failure::Terminated,
                    _ => Failure::Rejected,
                });
                self.phase = Phase::Terminate;
                self.up_by = None;
            } else if self.phase != Phase::Terminate {
                self.phase = Phase::Establish;
                self.up_by = Some(now + self.config.patience);
            }
        }
        if actions & action::TLU != 0 {
            debug!("ppp: LCP is open");
            match self.lcp.1.peer.auth {
                Auth::None => self.enter_network(now),
                auth => {
                    self.phase = Phase::Authenticate;
                    self.proof.begin(auth == Auth::Pap, now, &self.config.timing);
                }
            }
        }
        if actions & action::TLF != 0 {
            let failure = match self.phase {
                Phase::Terminate => self.failure,
                _ => Some(self.failure.unwrap_or(Failure::Timeout)),
            };
            self.hang_up();
            self.failure = failure;
            debug!("ppp: dead, {:?}", failure);
        }
    }

    /// LCP is not open any more.
    fn lower_down(&mut self, now: Instant) {
        self.proof.end();
        self.echo.at = None;
        for automaton in [&mut self.ipcp.0, &mut self.ipv6cp.0] {
            automaton.apply(Event::Down, now, &self.config.timing);
        }
    }

    /// The peer knows who we are, or does not care.
    pub(super) fn enter_network(&mut self, now: Instant) {
        self.proof.end();
        self.phase = Phase::Network;
        for automaton in [&mut self.ipcp.0, &mut self.ipv6cp.0] {
            automaton.apply(Event::Up, now, &self.config.timing);
        }
    }

    /// What the automaton of a network protocol leaves to be done.
    pub(super) fn on_network(&mut self, actions: u16, now: Instant) {
        if self.phase != Phase::Network {
            return;
        }
        let open = self.ipcp.0.is_opened() || self.ipv6cp.0.is_opened();
        if actions & action::TLU != 0 {
            debug!("ppp: a network protocol is open");
            self.up_by = None;
            if self.echo.at.is_none() && self.config.echo_interval > Duration::ZERO {
                self.echo.at = Some(now);
            }
        }
        if actions & action::TLD != 0 && !open {
            self.up_by = Some(now + self.config.patience);
        }
        if actions & action::TLF != 0 && !open {
            let hopes = |automaton: &Automaton| automaton.state() as u8 >= State::ReqSent as u8;
            if !hopes(&self.ipcp.0) && !hopes(&self.ipv6cp.0) {
                self.terminate(Some(Failure::NoNetwork), now);
            }
        }
    }

    /// The peer has been silent, or not.
    fn on_echo_timer(&mut self, now: Instant) {
        let first = self.echo.id == 0;
        if core::mem::take(&mut self.echo.heard) && !first {
            self.echo.missed = 0;
            self.echo.at = Some(now + self.config.echo_interval);
            return;
        }
        if self.echo.refused {
            self.echo.at = None;
            return;
        }
        if self.echo.missed >= self.config.echo_failures && (self.echo.answered || self.config.echo_required)
        {
            return self.fail(Failure::Silent);
        }
        self.echo.at = Some(now + self.config.echo_interval);
        self.echo.missed = self.echo.missed.saturating_add(1);
        // Zero means that none was sent yet.
        self.echo.id = self.echo.id.wrapping_add(1).max(1);
        let magic = self.lcp.1.magic_in_packets();
        self.outbox.post_data(protocol::LCP, code::ECHO_REQUEST, self.echo.id, &magic);
    }
}
