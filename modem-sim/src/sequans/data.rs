//! Sending and receiving in command mode.

use std::net::SocketAddr;

use super::{slot, socket_id};
use crate::command::{Command, Form, hex, unhex};
use crate::modem::{Modem, Payload, PayloadKind, Step};
use crate::reply::{Final, NOT_ALLOWED, NOT_SUPPORTED};

/// Most bytes of one send or receive (RYZ014 use cases §6.1.3, §6.2.2).
const MOST: u32 = 1500;
const PROMPT: &str = "\r\n> ";

/// RYZ014 use cases §6.2.5: bad digits are CME ERROR 4.
fn payload_bytes(payload: Payload) -> Result<Vec<u8>, Final> {
    if payload.hex { unhex(&payload.got).ok_or(NOT_SUPPORTED) } else { Ok(payload.got) }
}

impl Modem {
    /// `AT+SQNSSENDEXT=<connId>,<bytes>[,<RAI>]` (RYZ014 use cases §6.2.3, §6.2.4).
    pub(super) fn sqnssendext(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        let id = socket_id(command)?;
        let bytes = command.within(1, 1, MOST)? as usize;
        command.within_or(2, 0, 2, 0)?;
        self.sequans.sending(id)?;
        let hex = self.sequans.configs[slot(id)].send_hex;
        let need = if hex { 2 * bytes } else { bytes };
        let mut payload = Payload::new(PayloadKind::SequansCounted(id), need);
        payload.hex = hex;
        Ok(Step::Collect(PROMPT, payload))
    }

    pub(super) fn send_counted(&mut self, id: u8, payload: Payload) -> Result<Step, Final> {
        let bytes = payload_bytes(payload)?;
        self.send(id, None, &bytes)
    }

    /// `AT+SQNSSEND=<connId>[,"<rIP>",<rPort>][,<RAI>]` (RYZ014 use cases §6.1.4.2).
    pub(super) fn sqnssend(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        let id = socket_id(command)?;
        let to = match command.arg(1) {
            Some(arg) if arg.quoted => Some(SocketAddr::new(command.address(1)?, command.port(2)?)),
            _ => None,
        };
        command.within_or(if to.is_some() { 3 } else { 1 }, 0, 2, 0)?;
        let s = self.sequans.sending(id)?;
        if to.is_some() && (s.tcp || s.any_remote != 2) {
            return Err(NOT_ALLOWED);
        }
        let mut payload = Payload::new(PayloadKind::SequansText { id, to }, usize::MAX);
        payload.hex = self.sequans.configs[slot(id)].send_hex;
        Ok(Step::Collect(PROMPT, payload))
    }

    pub(super) fn send_text(
        &mut self,
        id: u8,
        to: Option<SocketAddr>,
        payload: Payload,
    ) -> Result<Step, Final> {
        if payload.cancelled {
            return Ok(Final::Ok.into());
        }
        let bytes = payload_bytes(payload)?;
        self.send(id, to, &bytes)
    }

    fn send(&mut self, id: u8, to: Option<SocketAddr>, bytes: &[u8]) -> Result<Step, Final> {
        let limit = self.queue_limit();
        let now = self.now;
        let s = self.sequans.sending(id)?;
        let net = s.net.ok_or(NOT_ALLOWED)?;
        if s.tcp {
            let used = s.tx.len() + self.net.unacknowledged(net);
            if used + bytes.len() > limit {
                return Err(NOT_ALLOWED);
            }
            s.tx.extend(bytes);
        } else {
            let to = to.or(s.remote).ok_or(NOT_ALLOWED)?;
            self.net.send_to(net, to, bytes).map_err(|_| NOT_ALLOWED)?;
        }
        s.sent += bytes.len();
        s.last_traffic = now;
        Ok(Final::Ok.into())
    }

    /// `AT+SQNSRECV=<connId>,<max>` (RYZ014 use cases §6.2.3); an error when there is nothing.
    pub(super) fn sqnsrecv(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        let id = socket_id(command)?;
        let most = command.within(1, 1, MOST)? as usize;
        let stream = self.options.udp_stream;
        let ring_after_read = self.options.ring_after_read;
        let s = self.sequans.receiving(id)?;
        if s.unread() == 0 {
            return Err(NOT_ALLOWED);
        }
        let mut bytes: Vec<u8> = Vec::new();
        let n = most.min(s.rx.len());
        bytes.extend(s.rx.drain(..n));
        while bytes.len() < most
            && let Some(first) = s.datagrams.front_mut()
        {
            let n = (most - bytes.len()).min(first.len());
            bytes.extend(first.drain(..n));
            if first.is_empty() {
                s.datagrams.pop_front();
            }
            if !stream {
                break;
            }
        }
        // RYZ014 use cases §6.2.5: the ring is sent again "if there are still new incoming data".
        s.suspended = false;
        s.unannounced = if ring_after_read { s.unannounced.min(s.unread()) } else { 0 };
        // Nothing tells who has sent a datagram, whatever <acceptAnyRemote> is: the two servers of
        // RYZ014 use cases §6.1.4.1 look alike. The table prints the data behind a comma, §6.1.2,
        // §6.1.3 and §6.2 on a line of its own.
        let head = format!("+SQNSRECV: {id},{}", bytes.len());
        if self.options.recv_on_one_line {
            self.raw(format!("\r\n{head},").as_bytes());
        } else {
            self.info(head);
        }
        if self.sequans.configs[slot(id)].recv_hex {
            bytes = hex(&bytes).into_bytes();
        }
        self.raw(&bytes);
        if !self.options.tight_recv {
            self.raw(b"\r\n");
        }
        Ok(Final::Ok.into())
    }
}
