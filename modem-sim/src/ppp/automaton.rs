//! The option negotiation automaton (RFC 1661 §4), for LCP and for the network control protocols.

use std::time::Duration;

use super::packet::{self, Opt};

/// The restart timer (RFC 1661 §4.6).
const RESTART: Duration = Duration::from_secs(3);
const MAX_CONFIGURE: u32 = 10;
const MAX_TERMINATE: u32 = 2;
const MAX_FAILURE: u32 = 5;

/// What the peer's Configure-Request gets.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Ack,
    /// With these values it would be fine.
    Nak(Vec<Opt>),
    /// These options are not known, or not wanted.
    Reject(Vec<Opt>),
}

/// The options of one protocol.
pub(super) trait Negotiation {
    /// Those for the next Configure-Request.
    fn request(&self) -> Vec<Opt>;

    /// The peer's wishes; they hold once they are acknowledged.
    fn judge(&mut self, now: Duration, wishes: &[Opt]) -> Verdict;

    /// The peer suggests others.
    fn naked(&mut self, suggestions: &[Opt]);

    /// The peer does not want these.
    fn rejected(&mut self, options: &[Opt]);

    /// So many Naks are enough, and a Reject follows.
    fn patience(&self) -> u32 {
        MAX_FAILURE
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Initial,
    Starting,
    Closed,
    Stopped,
    Closing,
    Stopping,
    ReqSent,
    AckRcvd,
    AckSent,
    Opened,
}

/// What the layers above and below have to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// This layer is up.
    Up,
    /// It was up.
    Down,
    /// It has come to its end.
    Finished,
}

/// One protocol with its options.
#[derive(Debug)]
pub(super) struct Automaton<N> {
    pub(super) options: N,
    state: State,
    /// Identifier of the last Configure-Request or Terminate-Request.
    id: u8,
    /// Options of the last Configure-Request.
    requested: Vec<Opt>,
    restarts: u32,
    timer: Option<Duration>,
    naks: u32,
    /// Packets to send.
    pub(super) out: Vec<Vec<u8>>,
    pub(super) events: Vec<Event>,
}

impl<N: Negotiation> Automaton<N> {
    pub(super) fn new(options: N) -> Self {
        Automaton {
            options,
            state: State::Initial,
            id: 0,
            requested: Vec::new(),
            restarts: 0,
            timer: None,
            naks: 0,
            out: Vec::new(),
            events: Vec::new(),
        }
    }

    pub(super) fn state(&self) -> State {
        self.state
    }

    pub(super) fn is_opened(&self) -> bool {
        self.state == State::Opened
    }

    pub(super) fn due(&self) -> Option<Duration> {
        self.timer
    }

    /// Opens the layer over one that is up. A passive one waits for the peer to begin (RFC 1661 §4.2, the
    /// Passive option of Stopped).
    pub(super) fn start(&mut self, now: Duration, passive: bool) {
        if passive {
            self.enter(State::Stopped);
        } else {
            self.restart_count(MAX_CONFIGURE);
            self.configure(now);
            self.enter(State::ReqSent);
        }
    }

    /// The layer below is down.
    pub(super) fn down(&mut self) {
        self.enter(match self.state {
            State::Initial | State::Closed | State::Closing => State::Initial,
            _ => State::Starting,
        });
    }

    pub(super) fn close(&mut self, now: Duration) {
        match self.state {
            State::Starting => self.enter(State::Initial),
            State::Stopped => self.enter(State::Closed),
            State::Stopping => self.enter(State::Closing),
            State::ReqSent | State::AckRcvd | State::AckSent | State::Opened => {
                self.restart_count(MAX_TERMINATE);
                self.terminate(now);
                self.enter(State::Closing);
            }
            State::Initial | State::Closed | State::Closing => {}
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Duration) {
        if self.timer.is_none_or(|due| due > now) {
            return;
        }
        self.timer = None;
        let more = self.restarts > 0;
        match self.state {
            State::Closing | State::Stopping if more => self.terminate(now),
            State::Closing => self.finish(State::Closed),
            State::Stopping => self.finish(State::Stopped),
            State::ReqSent | State::AckSent if more => self.configure(now),
            State::AckRcvd if more => {
                self.configure(now);
                self.enter(State::ReqSent);
            }
            State::ReqSent | State::AckRcvd | State::AckSent => self.finish(State::Stopped),
            _ => {}
        }
    }

    /// A packet with one of the codes 1 to 7; `false` when its code is another.
    pub(super) fn receive(&mut self, now: Duration, code: u8, id: u8, data: &[u8]) -> bool {
        if matches!(self.state, State::Initial | State::Starting) {
            return (1..=7).contains(&code);
        }
        match code {
            packet::CONFIGURE_REQUEST => {
                if let Some(wishes) = packet::options(data) {
                    self.configure_request(now, id, &wishes);
                }
            }
            packet::CONFIGURE_ACK => {
                if id == self.id && packet::options(data).as_deref() == Some(&self.requested) {
                    self.configure_ack(now);
                }
            }
            packet::CONFIGURE_NAK | packet::CONFIGURE_REJECT => {
                if let Some(options) = packet::options(data).filter(|_| id == self.id) {
                    if code == packet::CONFIGURE_NAK {
                        self.options.naked(&options);
                    } else {
                        self.options.rejected(&options);
                    }
                    self.configure_nak(now);
                }
            }
            packet::TERMINATE_REQUEST => self.terminate_request(now, id),
            packet::TERMINATE_ACK => self.terminate_ack(now),
            // A peer that knows one of the codes 1 to 7 not at all cannot be talked to (RXJ-).
            packet::CODE_REJECT => {
                if data.first().is_some_and(|code| (1..=7).contains(code)) {
                    self.give_up();
                }
            }
            _ => return false,
        }
        true
    }

    /// The peer does not know the protocol (RXJ-).
    pub(super) fn give_up(&mut self) {
        match self.state {
            State::Initial | State::Starting | State::Closed | State::Stopped => {}
            State::Closing => self.finish(State::Closed),
            _ => self.finish(State::Stopped),
        }
    }

    /// A Configure-Request without any option, and nobody waits for its answer.
    pub(super) fn blurt(&mut self) {
        let id = self.id.wrapping_add(128);
        self.out.push(packet::build(packet::CONFIGURE_REQUEST, id, &[]));
    }

    fn configure_request(&mut self, now: Duration, id: u8, wishes: &[Opt]) {
        match self.state {
            State::Closed => return self.out.push(packet::build(packet::TERMINATE_ACK, id, &[])),
            State::Closing | State::Stopping => return,
            _ => {}
        }
        let verdict = match self.options.judge(now, wishes) {
            Verdict::Nak(better) if self.naks >= self.options.patience() => {
                let unwanted = |o: &&Opt| better.iter().any(|b| b.kind == o.kind);
                Verdict::Reject(wishes.iter().filter(unwanted).cloned().collect())
            }
            verdict => verdict,
        };
        let good = verdict == Verdict::Ack;
        if matches!(self.state, State::Opened | State::Stopped) {
            // This layer is down, and begins anew.
            self.restart_count(MAX_CONFIGURE);
            self.configure(now);
        }
        let (code, answer) = match verdict {
            Verdict::Ack => (packet::CONFIGURE_ACK, wishes.to_vec()),
            Verdict::Nak(better) => {
                self.naks += 1;
                (packet::CONFIGURE_NAK, better)
            }
            Verdict::Reject(options) => (packet::CONFIGURE_REJECT, options),
        };
        self.out.push(packet::build(code, id, &packet::encode(&answer)));
        self.enter(match (self.state, good) {
            (State::AckRcvd, true) => State::Opened,
            (State::AckRcvd, false) => State::AckRcvd,
            (_, true) => State::AckSent,
            (_, false) => State::ReqSent,
        });
    }

    fn configure_ack(&mut self, now: Duration) {
        match self.state {
            State::Closed | State::Stopped => self.terminate_answer(),
            State::ReqSent => {
                self.restart_count(MAX_CONFIGURE);
                self.timer = Some(now + RESTART);
                self.enter(State::AckRcvd);
            }
            State::AckSent => {
                self.restart_count(MAX_CONFIGURE);
                self.enter(State::Opened);
            }
            State::AckRcvd | State::Opened => {
                // It was acknowledged before: crossed.
                self.configure(now);
                self.enter(State::ReqSent);
            }
            _ => {}
        }
    }

    fn configure_nak(&mut self, now: Duration) {
        match self.state {
            State::Closed | State::Stopped => self.terminate_answer(),
            State::ReqSent | State::AckSent => {
                self.restart_count(MAX_CONFIGURE);
                self.configure(now);
            }
            State::AckRcvd | State::Opened => {
                self.configure(now);
                self.enter(State::ReqSent);
            }
            _ => {}
        }
    }

    fn terminate_request(&mut self, now: Duration, id: u8) {
        match self.state {
            State::AckRcvd | State::AckSent => self.enter(State::ReqSent),
            State::Opened => {
                self.restarts = 0;
                self.timer = Some(now + RESTART);
                self.enter(State::Stopping);
            }
            _ => {}
        }
        self.out.push(packet::build(packet::TERMINATE_ACK, id, &[]));
    }

    fn terminate_ack(&mut self, now: Duration) {
        match self.state {
            State::Closing => self.finish(State::Closed),
            State::Stopping => self.finish(State::Stopped),
            State::AckRcvd => self.enter(State::ReqSent),
            State::Opened => {
                self.configure(now);
                self.enter(State::ReqSent);
            }
            _ => {}
        }
    }

    fn terminate_answer(&mut self) {
        self.out.push(packet::build(packet::TERMINATE_ACK, self.id, &[]));
    }

    fn restart_count(&mut self, most: u32) {
        self.restarts = most;
    }

    fn configure(&mut self, now: Duration) {
        self.restarts = self.restarts.saturating_sub(1);
        self.timer = Some(now + RESTART);
        self.id = self.id.wrapping_add(1);
        self.requested = self.options.request();
        self.out.push(packet::build(packet::CONFIGURE_REQUEST, self.id, &packet::encode(&self.requested)));
    }

    fn terminate(&mut self, now: Duration) {
        self.restarts = self.restarts.saturating_sub(1);
        self.timer = Some(now + RESTART);
        self.id = self.id.wrapping_add(1);
        self.out.push(packet::build(packet::TERMINATE_REQUEST, self.id, &[]));
    }

    fn finish(&mut self, state: State) {
        self.enter(state);
        self.events.push(Event::Finished);
    }

    fn enter(&mut self, state: State) {
        let was = std::mem::replace(&mut self.state, state);
        if was == State::Opened && state != State::Opened {
            self.events.push(Event::Down);
        }
        if was != State::Opened && state == State::Opened {
            self.naks = 0;
            self.events.push(Event::Up);
        }
        let runs = matches!(
            state,
            State::Closing | State::Stopping | State::ReqSent | State::AckRcvd | State::AckSent
        );
        if !runs {
            self.timer = None;
        }
    }
}
