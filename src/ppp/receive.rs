//! From the line to the packets.

use super::auth::Outcome;
use super::automaton::{Event, State, action};
use super::lcp::Auth;
use super::negotiate::{Layer, Negotiation};
use super::packet::{self, LONGEST, Packet, code, protocol};
use super::session::{Ppp, Rejects};
use super::status::{Failure, Phase};
use crate::time::{Duration, Instant};

/// What a modem prints when there is no connection any more, on a line of its own (ITU-T V.250 §6.3.1
/// and the answer to bytes that it takes for a command).
const WORDS: [&[u8]; 3] = [b"\r\nNO CARRIER\r\n", b"\r\nDISCONNECT\r\n", b"\r\nERROR\r\n"];
/// Words behind half a frame are believed after so much silence.
const SILENCE: Duration = Duration::from_secs(1);
/// Unknown protocols are rejected not more than so often in a second.
const REJECTS: u8 = 8;

impl Ppp<'_> {
    /// Takes bytes from the line: gives how many. Those that are left are to be given again, once
    /// packets were [taken](Self::received). While the link is dead, all are taken and ignored.
    pub fn handle_rx(&mut self, now: Instant, bytes: &[u8]) -> usize {
        let mut line = bytes;
        self.settled = false;
        while self.phase != Phase::Dead {
            let full = self.decoder.is_idle() && !self.received.make_room(self.rx, self.largest_frame());
            // An empty buffer that is too small for anything drops what does not fit.
            if full && !self.received.is_empty() {
                break;
            }
            let Some(len) = self.decoder.feed(&mut line, self.received.room(self.rx)) else {
                self.listen_for_words(now);
                return bytes.len();
            };
            self.carrier = None;
            self.on_frame(len, now);
        }
        if self.phase == Phase::Dead { bytes.len() } else { bytes.len() - line.len() }
    }

    /// A frame with a packet of the largest size and its check sequence, as far as the buffer goes.
    fn largest_frame(&self) -> usize {
        (usize::from(self.config.mru) + 6).min(self.rx.len().saturating_sub(super::fifo::OVERHEAD))
    }

    /// Whether the modem speaks where the peer should. Its words are no frame: they begin behind a
    /// flag, or break a frame off.
    fn listen_for_words(&mut self, now: Instant) {
        let partial = self.received.pending(self.rx, self.decoder.partial());
        // Most pieces end otherwise, and this is done for each of them.
        let (first, last) = (partial.first(), partial.last());
        if first != Some(&b'\r') && !matches!(last, Some(b'\n' | b'R' | b'T')) {
            self.carrier = None;
            return;
        }
        let believed = match () {
            () if WORDS.iter().any(|words| partial.starts_with(words)) => {
                return self.fail(Failure::NoCarrier);
            }
            // The line's own characters may have been dropped, or there are more words before these.
            () if WORDS
                .iter()
                .any(|words| partial.ends_with(words.trim_ascii()) || partial.ends_with(words)) =>
            {
                self.carrier.or(Some(now + SILENCE))
            }
            () => None,
        };
        self.carrier = believed;
    }

    /// A frame of `len` bytes stands behind the packets that were received.
    fn on_frame(&mut self, len: usize, now: Instant) {
        let rx = core::mem::take(&mut self.rx);
        let frame = self.received.pending(rx, len);
        let Some((protocol, skip)) = packet::header(frame) else {
            self.ignored = self.ignored.wrapping_add(1);
            self.rx = rx;
            return;
        };
        let information = frame.get(skip..).unwrap_or_default();
        let size = information.len();
        match protocol {
            protocol::IPV4 if self.ipv4().is_some() => self.keep(rx, len, size),
            protocol::IPV6 if self.ipv6().is_some() => self.keep(rx, len, size),
            _ if !self.knows(protocol) => {
                self.ignored = self.ignored.wrapping_add(1);
                self.reject_protocol(protocol, information, now);
            }
            _ => {
                let taken = Packet::parse(information).is_some_and(|it| self.on_control(protocol, &it, now));
                self.ignored = self.ignored.wrapping_add((!taken).into());
            }
        }
        self.echo.heard = true;
        self.rx = rx;
    }

    const fn knows(&self, protocol: u16) -> bool {
        match protocol {
            protocol::LCP | protocol::PAP | protocol::CHAP => true,
            protocol::IPV4 | protocol::IPCP => self.config.ipv4,
            protocol::IPV6 | protocol::IPV6CP => self.config.ipv6,
            _ => false,
        }
    }

    /// A packet for the user.
    fn keep(&mut self, rx: &mut [u8], len: usize, size: usize) {
        if size == 0 || size > usize::from(self.config.mru) {
            self.ignored = self.ignored.wrapping_add(1);
        } else {
            self.received.push(rx, len);
        }
    }

    /// Takes a control packet; false when there is no place for it.
    // Out of line it saves 70 bytes.
    #[inline(never)]
    fn on_control(&mut self, protocol: u16, packet: &Packet<'_>, now: Instant) -> bool {
        match protocol {
            protocol::LCP => self.on_lcp_packet(packet, now),
            protocol::PAP if self.lcp.1.peer.auth == Auth::Pap => {
                let outcome = self.proof.on_pap(packet);
                self.on_outcome(outcome, now);
            }
            protocol::CHAP if self.lcp.1.peer.auth == Auth::Chap && self.lcp.0.is_opened() => {
                let outcome = self.proof.on_chap(packet, &self.config, &mut self.outbox);
                self.on_outcome(outcome, now);
            }
            protocol::IPCP | protocol::IPV6CP if self.is_network(now) => {
                let (automaton, layer): (_, &mut dyn Layer) = match protocol {
                    protocol::IPCP => (&mut self.ipcp.0, &mut self.ipcp.1),
                    _ => (&mut self.ipv6cp.0, &mut self.ipv6cp.1),
                };
                let (timing, outbox) = (&self.config.timing, &mut self.outbox);
                let actions =
                    Negotiation { protocol, automaton, layer, timing, outbox }.on_packet(packet, now);
                self.on_network(actions, now);
                if self.ipcp.1.is_refused() {
                    self.stop_network(protocol::IPCP, now);
                }
            }
            _ => return false,
        }
        true
    }

    /// Whether network protocols may speak. A peer that lets its own do so has accepted us: its
    /// answer was lost (RFC 1334 §2.2.2, RFC 1994 §4.2: answers are not repeated of its own accord).
    fn is_network(&mut self, now: Instant) -> bool {
        if self.phase == Phase::Authenticate && self.proof.shown {
            self.enter_network(now);
        }
        self.phase == Phase::Network
    }

    fn on_outcome(&mut self, outcome: Outcome, now: Instant) {
        match (outcome, self.phase) {
            (Outcome::Accepted, Phase::Authenticate) => self.enter_network(now),
            (Outcome::Refused, Phase::Authenticate | Phase::Network) => {
                self.terminate(Some(Failure::Authentication), now);
            }
            _ => {}
        }
    }

    fn on_lcp_packet(&mut self, packet: &Packet<'_>, now: Instant) {
        let opened = self.lcp.0.is_opened();
        match packet.code {
            code::PROTOCOL_REJECT => {
                let &[high, low, ..] = packet.data else { return };
                if opened {
                    self.stop_network(u16::from_be_bytes([high, low]), now);
                }
            }
            code::ECHO_REQUEST => {
                let Some((magic, data)) = packet.data.split_first_chunk::<4>() else { return };
                if !opened {
                    return;
                }
                let own = self.lcp.1.magic_in_packets();
                if *magic == own && own != [0; 4] {
                    return self.fail(Failure::Loopback);
                }
                let least = packet.data.len().min(LONGEST);
                self.outbox.post(protocol::LCP, code::ECHO_REPLY, packet.id, least, &mut |to| {
                    to.put(&own);
                    to.put_some(data);
                });
            }
            // Whatever magic number it has: some peers return ours.
            code::ECHO_REPLY => {
                self.echo.answered |= opened;
                self.echo.missed = 0;
            }
            code::DISCARD_REQUEST | code::IDENTIFICATION | code::TIME_REMAINING => {}
            _ => {
                if packet.code == code::CODE_REJECT && packet.data.first() == Some(&code::ECHO_REQUEST) {
                    self.echo.refused = true;
                }
                let (automaton, layer) = (&mut self.lcp.0, &mut self.lcp.1);
                let (timing, outbox) = (&self.config.timing, &mut self.outbox);
                let actions = Negotiation { protocol: protocol::LCP, automaton, layer, timing, outbox }
                    .on_packet(packet, now);
                if packet.code == code::CODE_REJECT && actions & action::TLF != 0 {
                    self.failure = Some(Failure::Rejected);
                }
                if self.lcp.1.is_looped() {
                    return self.fail(Failure::Loopback);
                }
                self.on_lcp(actions, now);
            }
        }
    }

    /// The peer does not know this protocol, or has nothing for us in it.
    fn stop_network(&mut self, protocol: u16, now: Instant) {
        let automaton = match protocol {
            protocol::LCP => return self.terminate(Some(Failure::Rejected), now),
            protocol::IPCP => &mut self.ipcp.0,
            protocol::IPV6CP => &mut self.ipv6cp.0,
            protocol::PAP | protocol::CHAP if self.phase == Phase::Authenticate => {
                return self.terminate(Some(Failure::Rejected), now);
            }
            _ => return,
        };
        let actions = automaton.apply(Event::RejectedFatally, now, &self.config.timing);
        self.on_network(actions, now);
    }

    /// RFC 1661 §5.7: only while LCP is open.
    fn reject_protocol(&mut self, protocol: u16, information: &[u8], now: Instant) {
        if self.lcp.0.state() != State::Opened {
            return;
        }
        let Rejects { id, since, count } = &mut self.rejects;
        if now.is_past(*since, Duration::from_secs(1)) {
            (*since, *count) = (now, 0);
        }
        if *count >= REJECTS {
            return;
        }
        *count += 1;
        *id = id.wrapping_add(1);
        // All of it is not needed, and may not fit.
        let some = information.get(..32).unwrap_or(information);
        self.outbox.post(protocol::LCP, code::PROTOCOL_REJECT, *id, some.len() + 2, &mut |to| {
            to.put(&protocol.to_be_bytes());
            to.put(some);
        });
    }
}
