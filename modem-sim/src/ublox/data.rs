//! Reading and writing.

use std::net::SocketAddr;

use super::State;
use crate::command::{Command, hex, unhex};
use crate::modem::{Modem, Payload, PayloadKind, Step};
use crate::reply::{BAD_PARAMETERS, Final, NOT_ALLOWED};

/// Most bytes of one read or write.
const MOST: u32 = 1024;
/// The same when they are written as hexadecimal digits.
const MOST_HEX: u32 = 512;
/// The prompt of the binary form (SARA/LEXI internet applications §5.3.1).
const PROMPT: &str = "\r\n@";

impl Modem {
    fn most(&self) -> u32 {
        if self.ublox.hex_mode { MOST_HEX } else { MOST }
    }

    /// The bytes of the base syntax, where the data is a quoted parameter.
    fn quoted_data(&self, command: &Command, i: usize, len: u32) -> Result<Option<Vec<u8>>, Final> {
        let Some(arg) = command.arg(i) else {
            return Ok(None);
        };
        if !arg.quoted || len > self.most() {
            return Err(BAD_PARAMETERS);
        }
        let bytes =
            if self.ublox.hex_mode { unhex(&arg.raw).ok_or(BAD_PARAMETERS)? } else { arg.raw.clone() };
        if bytes.len() == len as usize { Ok(Some(bytes)) } else { Err(BAD_PARAMETERS) }
    }

    fn collect(kind: PayloadKind, need: u32) -> Step {
        let mut payload = Payload::new(kind, need as usize);
        payload.fifty_milliseconds = true;
        Step::Collect(PROMPT, payload)
    }

    /// `AT+USOWR=<id>,<n>[,"<data>"]` (SARA/LEXI internet applications §5.3).
    pub(super) fn usowr(&mut self, command: &Command) -> Result<Step, Final> {
        let id = self.socket_id(command)?;
        let len = command.within(1, 1, MOST)?;
        let s = self.ublox.socket(id)?;
        if !matches!(s.state, State::Open | State::PeerClosed) {
            return Err(NOT_ALLOWED);
        }
        match self.quoted_data(command, 2, len)? {
            Some(bytes) => self.write(id, &bytes),
            None => Ok(Self::collect(PayloadKind::UbloxWrite(id), len)),
        }
    }

    pub(super) fn write(&mut self, id: u8, bytes: &[u8]) -> Result<Step, Final> {
        let mut limit = self.queue_limit();
        let partial = self.options.partial_writes;
        let s = self.ublox.socket(id)?;
        let net = s.net.ok_or(NOT_ALLOWED)?;
        if s.secure {
            // §5.3.3: "The secure socket queue size is limited to 1kB in the writing upload."
            limit = limit.min(1024);
        }
        let mut taken = bytes.len();
        let udp = !s.tcp;
        if udp {
            let to = s.remote.ok_or(NOT_ALLOWED)?;
            s.sent += taken;
            self.net.send_to(net, to, bytes).map_err(|_| NOT_ALLOWED)?;
        } else if s.state == State::PeerClosed {
            // §5.5, fourth scenario: 0 bytes sent means that the connection is closed.
            taken = 0;
        } else {
            let room = limit.saturating_sub(s.tx.len() + self.net.unacknowledged(net));
            if partial {
                taken = taken.min(room);
            }
            if room < taken || taken == 0 {
                // §5.3.3: the data bytes are discarded.
                s.error = 11;
                self.ublox.last_error = 11;
                return Err(NOT_ALLOWED);
            }
            s.tx.extend(&bytes[..taken]);
            s.sent += taken;
        }
        let name = if udp && self.traits().udp_write_is_usost { "+USOST" } else { "+USOWR" };
        self.info(format!("{name}: {id},{taken}"));
        Ok(Final::Ok.into())
    }

    /// `AT+USOST=<id>,"<ip>",<port>,<n>[,"<data>"]` (SARA/LEXI internet applications §5.6).
    pub(super) fn usost(&mut self, command: &Command) -> Result<Step, Final> {
        let id = self.socket_id(command)?;
        let to = SocketAddr::new(command.address(1)?, command.port(2)?);
        let len = command.within(3, 1, MOST)?;
        if self.ublox.socket(id)?.tcp || self.data_context().is_none() {
            return Err(NOT_ALLOWED);
        }
        match self.quoted_data(command, 4, len)? {
            Some(bytes) => self.send_to(id, to, &bytes),
            None => Ok(Self::collect(PayloadKind::UbloxSendTo(id, to), len)),
        }
    }

    pub(super) fn send_to(&mut self, id: u8, to: SocketAddr, bytes: &[u8]) -> Result<Step, Final> {
        let s = self.ublox.socket(id)?;
        let net = s.net.ok_or(NOT_ALLOWED)?;
        s.sent += bytes.len();
        self.net.send_to(net, to, bytes).map_err(|_| NOT_ALLOWED)?;
        self.info(format!("+USOST: {id},{}", bytes.len()));
        Ok(Final::Ok.into())
    }

    /// `"` bytes `"`, or their digits.
    fn quote(&self, bytes: &[u8]) -> Vec<u8> {
        let digits = hex(bytes);
        let inner = if self.ublox.hex_mode { digits.as_bytes() } else { bytes };
        [b"\"", inner, b"\""].concat()
    }

    /// `AT+USORD=<id>,<n>` (SARA/LEXI internet applications §5.5).
    pub(super) fn usord(&mut self, command: &Command) -> Result<Step, Final> {
        let id = self.socket_id(command)?;
        let most = command.within(1, 0, self.most())? as usize;
        let s = self.ublox.socket(id)?;
        if !matches!(s.state, State::Open | State::PeerClosed) {
            return Err(NOT_ALLOWED);
        }
        if most == 0 {
            let unread = s.unread();
            self.info(format!("+USORD: {id},{unread}"));
            return Ok(Final::Ok.into());
        }
        let bytes = if s.tcp {
            let n = most.min(s.rx.len());
            let bytes = s.rx.drain(..n).collect();
            s.announce = !s.rx.is_empty();
            bytes
        } else {
            self.take_datagram(id, most)?.map(|(_, bytes)| bytes).unwrap_or_default()
        };
        let mut text = format!("+USORD: {id},{},", bytes.len()).into_bytes();
        text.extend(self.quote(&bytes));
        self.info(text);
        Ok(Final::Ok.into())
    }

    /// `AT+USORF=<id>,<n>` (SARA/LEXI internet applications §5.7).
    pub(super) fn usorf(&mut self, command: &Command) -> Result<Step, Final> {
        let id = self.socket_id(command)?;
        let most = command.within(1, 0, self.most())? as usize;
        let s = self.ublox.socket(id)?;
        if s.tcp {
            return Err(NOT_ALLOWED);
        }
        let unread = s.unread();
        let taken = if most == 0 { None } else { self.take_datagram(id, most)? };
        match taken {
            None => self.info(format!("+USORF: {id},{unread}")),
            Some((from, bytes)) => {
                let (ip, port, len) = (from.ip(), from.port(), bytes.len());
                let mut text = format!("+USORF: {id},\"{ip}\",{port},{len},").into_bytes();
                text.extend(self.quote(&bytes));
                self.info(text);
            }
        }
        Ok(Final::Ok.into())
    }

    /// Takes at most `most` bytes of the first datagram; its rest stays for the next read.
    fn take_datagram(&mut self, id: u8, most: usize) -> Result<Option<(SocketAddr, Vec<u8>)>, Final> {
        let s = self.ublox.socket(id)?;
        let Some((from, first)) = s.datagrams.front_mut() else {
            return Ok(None);
        };
        let from = *from;
        let n = most.min(first.len());
        let bytes = first.drain(..n).collect();
        s.partly_read = !first.is_empty();
        if !s.partly_read {
            s.datagrams.pop_front();
        }
        s.announce = !s.datagrams.is_empty();
        Ok(Some((from, bytes)))
    }
}
