//! What becomes of everything on the air while the modem has no coverage.

use std::net::IpAddr;
use std::time::Duration;

use super::world::{Event, World};

/// Packets that will be sent again when there is coverage.
#[derive(Debug, Default)]
pub(super) struct Air {
    cut: bool,
    waiting: Vec<Event>,
    /// These do not answer pings.
    pub(super) silent: Vec<IpAddr>,
}

impl World {
    /// The modem is reached, or is not. What belongs to a connection is sent again afterwards.
    pub(super) fn set_reached(&mut self, reached: bool) {
        self.air.cut = !reached;
        if reached {
            for event in std::mem::take(&mut self.air.waiting) {
                self.at(self.half(), event);
            }
        }
    }

    /// What crosses the air while there is none stays there, datagrams are lost.
    pub(super) fn crosses(&mut self, event: Event) -> Option<Event> {
        match event {
            // The service centre keeps a message until the modem takes it.
            Event::PauseOver(_) | Event::Message(_) => Some(event),
            _ if !self.air.cut => Some(event),
            Event::UdpToServer { .. } | Event::UdpToClient { .. } => None,
            _ => {
                self.air.waiting.push(event);
                None
            }
        }
    }

    /// Time until an echo comes back. Whoever has a name or a server is there.
    pub(super) fn echo(&self, from: IpAddr) -> Option<Duration> {
        let exists = self.hosts.values().flatten().any(|address| *address == from)
            || self.peers.keys().any(|at| at.ip() == from)
            || self.services.are_at(from);
        (exists && !self.air.cut && !self.air.silent.contains(&from)).then_some(self.rtt)
    }
}
