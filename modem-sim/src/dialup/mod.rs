//! A dial-up connection: PPP with the host at one end, the network at the other.
//!
//! It knows neither the line nor the commands: whoever holds one brings the host's bytes, the time and
//! the network, and asks for what is to go to the host. So it can be at a line in data mode as well as at
//! a channel of a multiplexer.

mod options;

use std::time::Duration;

use crate::Direction;
use crate::gateway::{Gateway, Plan};
use crate::network::Network;
use crate::ppp::{Server, Settings};

pub use options::{Authentication, DialupEnd, DialupOptions};

/// An IP packet on its way, and when it was seen.
pub(crate) type Packet = (Duration, Direction, Vec<u8>);

/// One dial-up connection.
#[derive(Debug)]
pub(crate) struct Dialup {
    ppp: Server,
    gateway: Gateway,
    /// When [`Dialup::transmit`] wants to be called next.
    due: Option<Duration>,
    /// Nothing is heard or said any more, without a word.
    silent_from: Option<Duration>,
    log: Option<Vec<Packet>>,
}

impl Dialup {
    /// A connection that begins now.
    pub(crate) fn new(now: Duration, settings: Settings, plan: Plan, silent_after: Option<Duration>) -> Self {
        Dialup {
            ppp: Server::new(now, settings),
            gateway: Gateway::new(plan),
            due: Some(now),
            silent_from: silent_after.map(|time| now + time),
            log: None,
        }
    }

    /// Bytes from the host, cut anywhere.
    pub(crate) fn handle_rx(&mut self, now: Duration, bytes: &[u8]) {
        if self.is_silent(now) {
            return;
        }
        self.ppp.receive(now, bytes);
        while let Some(packet) = self.ppp.packet() {
            self.note(now, Direction::ToModem, &packet);
            self.gateway.receive(packet);
        }
        self.due = Some(now);
    }

    /// Bytes for the host. Packets are made as long as fewer than `room` bytes wait; with no room only the
    /// control protocols of PPP speak.
    pub(crate) fn transmit(&mut self, now: Duration, net: &mut dyn Network, room: usize) -> Vec<u8> {
        if self.is_silent(now) {
            self.due = None;
            return Vec::new();
        }
        self.ppp.handle_timeout(now);
        let mut bytes = self.ppp.transmit();
        if let Some(addresses) = self.ppp.addresses() {
            self.gateway.set_host(addresses);
            for packet in self.gateway.poll(now, net, room.saturating_sub(bytes.len())) {
                self.note(now, Direction::ToHost, &packet);
                self.ppp.send(&packet);
            }
            bytes.extend(self.ppp.transmit());
        }
        self.due = self.ppp.poll_timeout().into_iter().chain(self.gateway.poll_timeout()).min();
        bytes
    }

    /// When [`Dialup::transmit`] wants to be called next, if nothing else happens.
    pub(crate) fn poll_timeout(&self) -> Option<Duration> {
        self.due
    }

    /// PPP has come to its end.
    pub(crate) fn is_over(&self) -> bool {
        self.ppp.is_over()
    }

    /// The modem ends the connection in peace: it tells the host, and is over when that has answered.
    pub(crate) fn terminate(&mut self, now: Duration) {
        self.ppp.close(now);
        self.due = Some(now);
    }

    /// All that the connection has in the network is torn down.
    pub(crate) fn abandon(&mut self, net: &mut dyn Network) {
        self.gateway.abandon(net);
    }

    /// From now on [`Dialup::packets`] tells the IP packets.
    pub(crate) fn keep_packets(&mut self) {
        self.log.get_or_insert_default();
    }

    /// IP packets since the last call.
    pub(crate) fn packets(&mut self) -> Vec<Packet> {
        self.log.as_mut().map(std::mem::take).unwrap_or_default()
    }

    fn is_silent(&self, now: Duration) -> bool {
        self.silent_from.is_some_and(|from| from <= now)
    }

    fn note(&mut self, now: Duration, direction: Direction, packet: &[u8]) {
        if let Some(log) = &mut self.log {
            log.push((now, direction, packet.to_vec()));
        }
    }
}
