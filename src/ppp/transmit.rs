//! From the packets to the line.

use super::negotiate::{Layer, Negotiation};
use super::packet::protocol;
use super::session::Ppp;
use super::status::{Output, Phase};
use crate::time::Instant;

impl Ppp<'_> {
    /// What is to be done now: writes to `line`, from its start, what is to be sent. That may be
    /// pieces of frames, of any size that the caller likes.
    pub fn poll_output(&mut self, now: Instant, line: &mut [u8]) -> Output {
        // A frame leaves in many pieces, and between two of them no timer changes.
        if !self.settled || self.next.is_some_and(|next| now >= next) {
            self.advance(now);
            self.next = self.deadline();
            self.settled = true;
        }
        let mut written = 0;
        while let Some(rest) = line.get_mut(written..).filter(|rest| !rest.is_empty()) {
            if self.encoder.is_idle() && !self.begin_frame() {
                break;
            }
            let (fifo, store) = if self.in_control {
                (&mut self.outbox.fifo, &self.outbox.store[..])
            } else {
                (&mut self.waiting, &*self.tx)
            };
            let packet = fifo.front(store).unwrap_or_default();
            // Control packets have their protocol in front of them.
            let body = if self.in_control { packet.get(2..).unwrap_or_default() } else { packet };
            written += self.encoder.fill(body, rest);
            if self.encoder.is_idle() {
                fifo.pop(store);
            }
        }
        self.paused |= written == 0;
        if written > 0 { Output::Transmit(written) } else { Output::Timeout(self.next) }
    }

    /// Begins with the next frame: control packets first.
    fn begin_frame(&mut self) -> bool {
        if self.phase == Phase::Dead {
            return false;
        }
        if self.lcp.0.owes() || self.ipcp.0.owes() || self.ipv6cp.0.owes() || self.proof.owes() {
            self.write_requests();
        }
        if let Some(&[high, low, ..]) = self.outbox.fifo.front(&self.outbox.store) {
            self.in_control = true;
            self.start_frame(u16::from_be_bytes([high, low]));
            return true;
        }
        self.in_control = false;
        while let Some(packet) = self.waiting.front(self.tx) {
            let (protocol, open) = match packet.first().map(|byte| byte >> 4) {
                Some(6) => (protocol::IPV6, self.ipv6().is_some()),
                _ => (protocol::IPV4, self.ipv4().is_some()),
            };
            if open && packet.len() <= usize::from(self.mtu()) {
                self.start_frame(protocol);
                return true;
            }
            // It was written while the link was another one.
            self.waiting.pop(self.tx);
        }
        false
    }

    /// Lets each protocol write what it owes.
    fn write_requests(&mut self) {
        let Self { config, lcp, ipcp, ipv6cp, outbox, .. } = self;
        let timing = &config.timing;
        let mut pay = |protocol, automaton, layer: &mut dyn Layer| {
            Negotiation { protocol, automaton, layer, timing, outbox: &mut *outbox }.pay();
        };
        pay(protocol::LCP, &mut lcp.0, &mut lcp.1);
        pay(protocol::IPCP, &mut ipcp.0, &mut ipcp.1);
        pay(protocol::IPV6CP, &mut ipv6cp.0, &mut ipv6cp.1);
        self.proof.pay(&self.config, &mut self.outbox);
    }

    fn start_frame(&mut self, protocol: u16) {
        let peer = &self.lcp.1.peer;
        // What negotiates has to arrive whatever is agreed (RFC 1661 §6.5, §6.6; RFC 1662 §7.1).
        let plain = protocol == protocol::LCP;
        let accm = if plain { u32::MAX } else { peer.accm | self.config.accm };
        let [high, low] = protocol.to_be_bytes();
        let short = !plain && peer.pfc && high == 0;
        let (header, to) = if short { ([0xFF, 0x03, low, 0], 3) } else { ([0xFF, 0x03, high, low], 4) };
        let from = if !plain && peer.acfc { 2 } else { 0 };
        let header = header.get(from..to).unwrap_or_default();
        let opening = core::mem::take(&mut self.paused);
        self.encoder.start(header, accm, opening);
    }
}
