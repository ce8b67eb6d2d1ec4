//! Online mode: the line carries the bytes of one socket (RYZ014 use cases §6, §6.2.2).

use std::time::Duration;

use super::{State, slot, socket_id};
use crate::command::{Command, Form};
use crate::modem::{Modem, Step};
use crate::reply::{Final, NOT_ALLOWED};

impl Modem {
    /// `AT+SQNSO=<connId>`: back to online mode.
    pub(super) fn sqnso(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        let id = socket_id(command)?;
        if self.sequans.sending(id)?.net.is_none() || self.linked_elsewhere(id) {
            return Err(NOT_ALLOWED);
        }
        Ok(Final::Connect.into())
    }

    /// There is no room for a byte of the host. Datagrams leave at once, they find room always.
    pub(crate) fn online_full(&self, id: u8) -> bool {
        let limit = self.queue_limit();
        self.sequans.sessions[slot(id)].as_ref().is_some_and(|s| s.tcp && s.tx.len() >= limit)
    }

    /// A byte of the host that belongs to the peer.
    pub(crate) fn online_data(&mut self, id: u8, bytes: &[u8]) {
        let now = self.now;
        let limit = self.queue_limit();
        let Ok(s) = self.sequans.sending(id) else {
            return;
        };
        s.last_traffic = now;
        if s.tcp {
            // Without flow control there is nowhere to put more.
            let room = limit - s.tx.len().min(limit);
            let taken = room.min(bytes.len());
            s.tx.extend(&bytes[..taken]);
            s.sent += taken;
            self.sequans.lost += bytes.len() - taken;
        } else {
            if s.assembly.is_empty() {
                s.assembling = now;
            }
            s.assembly.extend_from_slice(bytes);
            self.assemble(id, false);
        }
    }

    /// UDP: a datagram leaves when `<pktSz>` bytes are there or `<txTo>` is over.
    pub(crate) fn assemble(&mut self, id: u8, all: bool) {
        let now = self.now;
        let config = self.sequans.configs[slot(id)].clone();
        let Ok(s) = self.sequans.session(id) else {
            return;
        };
        let (Some(net), Some(remote)) = (s.net, s.remote) else {
            return;
        };
        let packet = if config.packet == 0 { 1500 } else { config.packet as usize };
        let late = now >= s.assembling + Duration::from_millis(100) * config.flush;
        while s.assembly.len() >= packet || (!s.assembly.is_empty() && (late || all)) {
            let n = packet.min(s.assembly.len());
            let bytes: Vec<u8> = s.assembly.drain(..n).collect();
            s.sent += n;
            // There is no word for the host about a datagram that does not leave.
            let _ = self.net.send_to(net, remote, &bytes);
        }
    }

    /// Received bytes go straight to the host; true when something changed.
    pub(super) fn pump_online(&mut self, id: u8) -> bool {
        self.assemble(id, false);
        if self.output_is_full() {
            return false;
        }
        let Ok(s) = self.sequans.session(id) else {
            return false;
        };
        let mut bytes: Vec<u8> = s.rx.drain(..).collect();
        bytes.extend(s.datagrams.drain(..).flatten());
        s.unannounced = 0;
        s.suspended = false;
        let any = !bytes.is_empty();
        if any {
            self.raw(&bytes);
        }
        any
    }

    /// The peer has closed, or the socket is gone, while the host was in online mode.
    pub(crate) fn online_over(&mut self, id: u8) -> bool {
        match self.sequans.sessions[slot(id)].as_mut() {
            None => true,
            Some(s) if s.state == State::Closed => {
                // NO CARRIER says it.
                s.told = true;
                true
            }
            Some(_) => false,
        }
    }
}
