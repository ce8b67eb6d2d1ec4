//! Direct link: the line carries the bytes of one socket.
//!
//! The documents show direct link with files (SARA/LEXI internet applications §9.1, LENA-R8
//! application development §9.3.2.2): `CONNECT`, `+++`, `DISCONNECT`, `OK`. `+USODL` is the same for a
//! socket. The triggers of `+UDCONF` and their ranges are those of shipping drivers.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Socket, State};
use crate::command::{Command, Form};
use crate::modem::{Modem, Step};
use crate::options::DirectLinkEnd;
use crate::reply::{BAD_PARAMETERS, Final, NOT_ALLOWED};

/// Default of the congestion timer, in milliseconds.
const CONGESTION: u32 = 60_000;

/// What a socket needs for direct link.
#[derive(Debug, Default)]
pub(super) struct Direct {
    /// Triggers, in milliseconds, bytes, a character, milliseconds; `None` is the default.
    timer: Option<u32>,
    length: Option<u32>,
    character: Option<u8>,
    congestion: Option<u32>,
    /// Came from the host and waits for a trigger.
    assembly: Vec<u8>,
    /// When the last of it came.
    last: Duration,
    /// Has met its trigger and waits for room in the queue.
    ready: VecDeque<u8>,
    /// Since when nothing of it could leave.
    stuck: Option<Duration>,
}

impl Direct {
    fn timer(&self, tcp: bool) -> u32 {
        self.timer.unwrap_or(if tcp { 1000 } else { 500 })
    }

    fn length(&self, tcp: bool) -> usize {
        match self.length {
            Some(0) | None => longest(tcp) as usize,
            Some(length) => length as usize,
        }
    }

    fn congestion(&self) -> u32 {
        self.congestion.unwrap_or(CONGESTION)
    }

    /// The next bytes that have met a trigger.
    fn triggered(&mut self, tcp: bool, now: Duration, all: bool) -> Option<Vec<u8>> {
        let length = self.length(tcp);
        let timer = self.timer(tcp);
        let head = &self.assembly[..length.min(self.assembly.len())];
        let found = self.character.and_then(|c| head.iter().position(|b| *b == c)).map(|at| at + 1);
        let late = timer > 0 && now >= self.last + Duration::from_millis(u64::from(timer));
        let end = match found {
            Some(end) => end,
            None if head.len() == length || all || late => head.len(),
            None => return None,
        };
        if end == 0 { None } else { Some(self.assembly.drain(..end).collect()) }
    }
}

/// Longest portion.
fn longest(tcp: bool) -> u32 {
    if tcp { 2048 } else { 1472 }
}

impl Socket {
    /// When a trigger fires by itself.
    pub(super) fn direct_due(&self) -> Option<Duration> {
        let time = |ms: u32| Duration::from_millis(u64::from(ms));
        let timer = self.direct.timer(self.tcp);
        let late = (timer > 0 && !self.direct.assembly.is_empty()).then(|| self.direct.last + time(timer));
        let congestion = self.direct.congestion();
        let given_up = self.direct.stuck.filter(|_| congestion > 0).map(|since| since + time(congestion));
        late.into_iter().chain(given_up).min()
    }
}

impl Modem {
    /// `AT+UDCONF=1,<0|1>` is the hex mode, 5 to 8 are the triggers of direct link for a socket; the
    /// others are only stored.
    pub(super) fn udconf(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        let what = command.number(0)?;
        if (5..=8).contains(&what) {
            return self.trigger(what, command);
        }
        if command.len() == 1 {
            let value = match what {
                1 => u8::from(self.ublox.hex_mode).to_string(),
                _ => self.ublox.configuration.get(&what).cloned().ok_or(BAD_PARAMETERS)?,
            };
            self.info(format!("+UDCONF: {what},{value}"));
        } else if what == 1 {
            self.ublox.hex_mode = command.within(1, 0, 1)? == 1;
        } else {
            let typed = command.typed();
            let value = typed.split_once(',').map_or("", |(_, v)| v).to_owned();
            self.ublox.configuration.insert(what, value);
        }
        Ok(Final::Ok.into())
    }

    /// `AT+UDCONF=<what>,<id>[,<value>]`.
    fn trigger(&mut self, what: u32, command: &Command) -> Result<Step, Final> {
        let id = command.within(1, 0, super::SOCKETS as u32 - 1)? as u8;
        let s = self.ublox.socket(id)?;
        let direct = &mut s.direct;
        if command.len() == 2 {
            let value = match what {
                5 => direct.timer(s.tcp).to_string(),
                6 => direct.length(s.tcp).to_string(),
                7 => direct.character.map_or("-1".to_owned(), |c| c.to_string()),
                _ => direct.congestion().to_string(),
            };
            self.info(format!("+UDCONF: {what},{id},{value}"));
            return Ok(Final::Ok.into());
        }
        let off = |low: u32, high: u32| match command.number(2)? {
            0 => Ok(0),
            _ => command.within(2, low, high),
        };
        match what {
            5 => direct.timer = Some(off(100, 120_000)?),
            6 => direct.length = Some(off(3, longest(s.tcp))?),
            7 if command.arg(2).is_some_and(|arg| arg.raw == b"-1") => direct.character = None,
            7 => direct.character = Some(command.within(2, 0, 255)? as u8),
            _ => direct.congestion = Some(off(1000, 720_000)?),
        }
        Ok(Final::Ok.into())
    }

    /// `AT+USODL=<id>`.
    pub(super) fn usodl(&mut self, command: &Command) -> Result<Step, Final> {
        let id = self.socket_id(command)?;
        let elsewhere = self.linked_elsewhere(id);
        let s = self.ublox.socket(id)?;
        if s.state != State::Open || elsewhere {
            return Err(NOT_ALLOWED);
        }
        s.announce = false;
        Ok(Final::Connect.into())
    }

    /// Bytes of the host that belong to the peer.
    pub(crate) fn direct_data(&mut self, id: u8, bytes: &[u8]) {
        let now = self.now;
        if let Ok(s) = self.ublox.socket(id) {
            s.direct.assembly.extend_from_slice(bytes);
            s.direct.last = now;
            self.direct_send(id, false);
        }
    }

    /// There is no room for a byte of the host.
    pub(crate) fn direct_full(&self, id: u8) -> bool {
        let limit = self.queue_limit();
        self.ublox.sockets[usize::from(id)].as_ref().is_some_and(|s| s.direct.ready.len() >= limit)
    }

    /// Sends what has met a trigger, or everything; true when something left.
    pub(crate) fn direct_send(&mut self, id: u8, all: bool) -> bool {
        let now = self.now;
        let limit = self.queue_limit();
        let Ok(s) = self.ublox.socket(id) else {
            return false;
        };
        let Some(net) = s.net else { return false };
        let mut any = false;
        while let Some(bytes) = s.direct.triggered(s.tcp, now, all) {
            any = true;
            if s.tcp {
                s.direct.ready.extend(bytes);
            } else if let Some(remote) = s.remote {
                s.sent += bytes.len();
                // There is no word for the host about a datagram that does not leave.
                let _ = self.net.send_to(net, remote, &bytes);
            }
        }
        if s.direct.ready.is_empty() {
            return any;
        }
        let room = limit.saturating_sub(s.tx.len() + self.net.unacknowledged(net));
        let taken = room.min(s.direct.ready.len());
        s.tx.extend(s.direct.ready.drain(..taken));
        s.sent += taken;
        if s.direct.ready.is_empty() {
            s.direct.stuck = None;
        } else if taken > 0 || s.direct.stuck.is_none() {
            s.direct.stuck = Some(now);
        }
        any || taken > 0
    }

    /// Received bytes go straight to the host; true when something changed.
    pub(super) fn pump_direct(&mut self, id: u8) -> bool {
        let linked = self.in_online_mode() == Some(id);
        let full = self.output_is_full();
        let waiting = self.ublox.socket(id).is_ok_and(|s| !s.direct.ready.is_empty());
        let mut any = (linked || waiting) && self.direct_send(id, false);
        let Some(s) = self.ublox.sockets[usize::from(id)].as_mut().filter(|_| linked && !full) else {
            return any;
        };
        let mut bytes: Vec<u8> = s.rx.drain(..).collect();
        bytes.extend(s.datagrams.drain(..).flat_map(|(_, datagram)| datagram));
        s.partly_read = false;
        s.announce = false;
        if !bytes.is_empty() {
            self.raw(&bytes);
            any = true;
        }
        any
    }

    /// How a direct link ends that the host has not ended.
    pub(crate) fn direct_over(&mut self, id: u8) -> Option<DirectLinkEnd> {
        let now = self.now;
        let end = self.options.direct_link_end;
        let ended = match self.ublox.socket(id) {
            Err(_) => true,
            Ok(s) => {
                let patience = Duration::from_millis(u64::from(s.direct.congestion()));
                if !patience.is_zero() && s.direct.stuck.is_some_and(|since| since + patience <= now) {
                    s.direct.ready.clear();
                    s.direct.stuck = None;
                    return Some(DirectLinkEnd::Disconnect);
                }
                s.state != State::Open
            }
        };
        (ended && end != DirectLinkEnd::Stays).then_some(end)
    }
}
