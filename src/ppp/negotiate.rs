//! Packets with the codes 1 to 7 (RFC 1661 §5.1 to §5.6), the same for LCP and each NCP.

use super::automaton::{Automaton, Event, Owed, State, action};
use super::config::Timing;
use super::packet::{Opt, Options, Outbox, Packet, Writer, code};
use crate::time::Instant;

/// What is said to one option of the peer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    Ack,
    /// Acceptable with another value: the first so many of these bytes.
    Nak([u8; 8], u8),
    Reject,
}

impl Verdict {
    pub(super) fn nak(value: &[u8]) -> Self {
        let mut bytes = [0; 8];
        let len = value.len().min(8);
        for (to, from) in bytes.iter_mut().zip(value) {
            *to = *from;
        }
        Self::Nak(bytes, len as u8)
    }
}

/// The options of one protocol: ours and the peer's.
pub(super) trait Layer {
    /// Writes the options that we ask for, as they are now.
    fn request(&self, to: &mut Writer<'_>);

    /// A request of the peer has come; `judge` is called next, any number of times.
    fn begin(&mut self, _: &Options<'_>) {}

    /// What is said to an option of the peer.
    fn judge(&self, option: &Opt<'_>) -> Verdict;

    /// The peer's options were acknowledged: these, and the others have their default.
    fn accept(&mut self, options: Options<'_>);

    /// Whether this request changes nothing that matters in what was acknowledged before.
    fn is_harmless(&self, options: Options<'_>) -> bool;

    /// The peer wants another value: whether that changes what we ask for.
    fn nak(&mut self, option: &Opt<'_>) -> bool;

    /// The peer does not want this option: whether that changes what we ask for.
    fn reject(&mut self, option: &Opt<'_>) -> bool;

    /// Whether anything can be done with what we ask for, once it is acknowledged.
    fn suffices(&self) -> bool {
        true
    }
}

/// So many requests in the opened state are acknowledged without a negotiation from the start.
///
/// A request that changes nothing comes from a peer that has lost our acknowledgement, or from a
/// modem that sends one more without any need (SARA-R4 does). If it has started anew, it repeats the
/// request and gets what RFC 1661 says.
const TOLERANCE: u8 = 2;

/// One protocol that is negotiated.
pub(super) struct Negotiation<'n> {
    pub(super) protocol: u16,
    pub(super) automaton: &'n mut Automaton,
    pub(super) layer: &'n mut dyn Layer,
    pub(super) timing: &'n Timing,
    pub(super) outbox: &'n mut Outbox,
}

impl Negotiation<'_> {
    /// Takes a packet; gives the actions that are left to others.
    #[inline(never)]
    pub(super) fn on_packet(&mut self, packet: &Packet<'_>, now: Instant) -> u16 {
        let event = match packet.code {
            code::CONFIGURE_REQUEST => return self.on_request(packet, now),
            code::CONFIGURE_ACK => {
                if !self.automaton.awaits(packet.id) || !self.is_our_request(packet.data) {
                    return 0;
                }
                if !self.layer.suffices() {
                    // An answer all the same: asked again by the restart timer, as something new.
                    self.automaton.answered();
                    return 0;
                }
                self.automaton.answered();
                Event::Ack
            }
            code::CONFIGURE_NAK | code::CONFIGURE_REJECT => {
                let options = Options(packet.data);
                if !self.automaton.awaits(packet.id) || !options.clone().are_well_formed() {
                    return 0;
                }
                self.automaton.answered();
                let mut changed = false;
                for option in options {
                    changed |= match packet.code {
                        code::CONFIGURE_NAK => self.layer.nak(&option),
                        _ => self.layer.reject(&option),
                    };
                }
                if !changed {
                    // The same question would get the same answer. A modem that has no address yet
                    // says so in this way, many times: ask again when the restart timer says.
                    return 0;
                }
                Event::NakOrReject
            }
            code::TERMINATE_REQUEST => Event::TerminateRequest,
            code::TERMINATE_ACK => Event::TerminateAck,
            code::CODE_REJECT => match packet.data.first() {
                Some(code::CONFIGURE_REQUEST..=code::CODE_REJECT) => Event::RejectedFatally,
                _ => Event::Rejected,
            },
            _ => {
                if self.automaton.state() as u8 >= State::Closed as u8 {
                    self.automaton.code_rejects = self.automaton.code_rejects.wrapping_add(1);
                    let id = self.automaton.code_rejects;
                    self.outbox.post_data(self.protocol, code::CODE_REJECT, id, packet.whole);
                }
                return 0;
            }
        };
        self.apply(event, packet.id, now)
    }

    /// Carries an event out, with all packets that belong to it but those of a negotiation.
    fn apply(&mut self, event: Event, id: u8, now: Instant) -> u16 {
        let actions = self.automaton.apply(event, now, self.timing);
        if actions & action::STA != 0 {
            self.outbox.post(self.protocol, code::TERMINATE_ACK, id, 0, &mut |_| {});
        }
        actions
    }

    fn on_request(&mut self, packet: &Packet<'_>, now: Instant) -> u16 {
        let options = Options(packet.data);
        if !options.clone().are_well_formed() {
            return 0;
        }
        self.layer.begin(&options);
        let impatient = self.automaton.naks >= self.timing.max_failure;
        let mut verdict = code::CONFIGURE_ACK;
        for option in options.clone() {
            verdict = verdict.max(self.judge(&option, impatient));
        }
        let good = verdict == code::CONFIGURE_ACK;
        if good
            && self.automaton.is_opened()
            && self.automaton.tolerated < TOLERANCE
            && self.layer.is_harmless(options.clone())
        {
            self.automaton.tolerated += 1;
            self.acknowledge(packet);
            return 0;
        }
        let event = if good { Event::GoodRequest } else { Event::BadRequest };
        let actions = self.apply(event, packet.id, now);
        if actions & action::SCA != 0 {
            self.acknowledge(packet);
        } else if actions & action::SCN != 0 {
            if verdict == code::CONFIGURE_NAK {
                self.automaton.naks = self.automaton.naks.saturating_add(1);
            }
            self.refuse(packet, verdict, impatient);
        }
        actions
    }

    fn acknowledge(&mut self, packet: &Packet<'_>) {
        self.layer.accept(Options(packet.data));
        self.automaton.naks = 0;
        self.outbox.post_data(self.protocol, code::CONFIGURE_ACK, packet.id, packet.data);
    }

    /// The code of the packet that this option would have as its answer, if it were alone.
    fn judge(&self, option: &Opt<'_>, impatient: bool) -> u8 {
        match self.layer.judge(option) {
            Verdict::Ack => code::CONFIGURE_ACK,
            Verdict::Nak(..) if !impatient => code::CONFIGURE_NAK,
            _ => code::CONFIGURE_REJECT,
        }
    }

    /// Answers with the options that have this verdict, and no others (RFC 1661 §5.3, §5.4).
    fn refuse(&mut self, packet: &Packet<'_>, verdict: u8, impatient: bool) {
        let layer = &*self.layer;
        let least = packet.data.len().min(u8::MAX.into());
        self.outbox.post(self.protocol, verdict, packet.id, least, &mut |to| {
            for option in Options(packet.data) {
                match layer.judge(&option) {
                    Verdict::Nak(value, len) if !impatient => {
                        if verdict == code::CONFIGURE_NAK {
                            to.option(option.kind, value.get(..usize::from(len)).unwrap_or_default());
                        }
                    }
                    Verdict::Ack => {}
                    _ => {
                        if verdict == code::CONFIGURE_REJECT {
                            to.put(option.whole);
                        }
                    }
                }
            }
        });
    }

    /// Whether these are the options that we have asked for.
    fn is_our_request(&self, options: &[u8]) -> bool {
        let mut buffer = [0; 64];
        let mut writer = Writer::new(&mut buffer);
        self.layer.request(&mut writer);
        writer.written() == options
    }

    /// Sends what the automaton owes.
    #[inline(never)]
    pub(super) fn pay(&mut self) {
        let (code, layer) = match self.automaton.owed {
            Owed::Nothing => return,
            Owed::ConfigureRequest => (code::CONFIGURE_REQUEST, Some(&*self.layer)),
            Owed::TerminateRequest => (code::TERMINATE_REQUEST, None),
        };
        let paid = self.outbox.post(self.protocol, code, self.automaton.id(), 64, &mut |to| {
            if let Some(layer) = layer {
                layer.request(to);
            }
        });
        if paid {
            self.automaton.owed = Owed::Nothing;
        }
    }
}
