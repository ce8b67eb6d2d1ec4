//! `+UPING` (SARA/LEXI internet applications §2.4.1) and `+PING` of Sequans modules (RYZ014 use cases §9.2.3 use it, no
//! document at hand shows its answer).

use std::net::IpAddr;
use std::time::Duration;

use super::Modem;
use super::exec::{Step, Wait};
use super::general::ok;
use super::power::Timer;
use crate::command::{Command, Form};
use crate::network::Handle;
use crate::reply::{Final, NOT_ALLOWED};

/// The number of `+UUPINGER` when the name is not known. Inferred: no document at hand lists them.
const NO_NAME: u32 = 8;

/// Echo requests under way.
#[derive(Clone, Debug)]
pub(crate) struct Ping {
    name: String,
    query: Option<Handle>,
    address: Option<IpAddr>,
    count: u32,
    size: u32,
    timeout: Duration,
    ttl: u32,
    sent: u32,
    /// When the answer to the last one comes, or none.
    due: Duration,
    rtt: Option<Duration>,
}

/// What a step has come to.
enum News {
    Nothing,
    /// An echo, or none in time.
    Echo,
    NoName,
}

impl Ping {
    pub(super) fn due(&self) -> Duration {
        self.due
    }
}

impl Modem {
    fn read_ping(&mut self, command: &Command, unit: u32, timeout: u32) -> Result<Ping, Final> {
        let name = command.text(0)?;
        let count = command.within_or(1, 1, 255, if unit == 1 { 4 } else { 1 })?;
        let size = command.within_or(2, 4, 1500, 32)?;
        let timeout = command.within_or(3, 1, 600_000, timeout)? * unit;
        let ttl = command.within_or(4, 1, 255, 128)?;
        if !self.attached() || (self.model.is_ublox() && self.dns_context().is_none()) {
            return Err(NOT_ALLOWED);
        }
        let address = name.parse().ok();
        let query = if address.is_none() { Some(self.net.resolve(&name)) } else { None };
        Ok(Ping {
            name,
            query,
            address,
            count,
            size,
            timeout: Duration::from_millis(u64::from(timeout)),
            ttl,
            sent: 0,
            due: if query.is_some() { self.now + self.options.dns_timeout } else { self.now },
            rtt: None,
        })
    }

    /// `AT+UPING="<host>"[,<count>,<size>,<timeout>,<ttl>]`: the answers come unsolicited.
    pub(super) fn uping(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(ok());
        }
        let ping = self.read_ping(command, 1, 5000)?;
        self.ping = Some(ping);
        self.timer(Duration::ZERO, Timer::Ping);
        Ok(ok())
    }

    /// `AT+PING="<host>"[,<count>[,<size>[,<timeout>[,<ttl>]]]]`, with the timeout in tenths of a second.
    pub(super) fn sequans_ping(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(ok());
        }
        let ping = self.read_ping(command, 100, 50)?;
        Ok(Step::Wait(Wait::Ping(Box::new(ping))))
    }

    fn ping_step(&mut self, ping: &mut Ping) -> News {
        if let Some(query) = ping.query {
            match self.net.resolved(query) {
                Some(Ok(addresses)) if !addresses.is_empty() => ping.address = addresses.first().copied(),
                None if self.now < ping.due => return News::Nothing,
                None => {
                    self.net.abort(query);
                    return News::NoName;
                }
                Some(_) => return News::NoName,
            }
            ping.query = None;
        } else if self.now < ping.due {
            return News::Nothing;
        } else if ping.sent > 0 {
            return News::Echo;
        }
        self.send_echo(ping);
        News::Nothing
    }

    fn send_echo(&mut self, ping: &mut Ping) {
        ping.sent += 1;
        let answer = match ping.address {
            Some(address) if self.attached() => self.net.echo(address),
            _ => None,
        };
        ping.rtt = answer.filter(|rtt| *rtt <= ping.timeout);
        ping.due = self.now + ping.rtt.unwrap_or(ping.timeout);
    }

    /// One step of a Sequans ping; its result at the end.
    pub(super) fn poll_ping(&mut self, ping: &mut Ping) -> Option<Final> {
        match self.ping_step(ping) {
            News::Nothing => None,
            News::NoName => Some(NOT_ALLOWED),
            News::Echo => {
                let address = ping.address.map(|a| a.to_string()).unwrap_or_default();
                // 600 and 255 when nobody answers are those of a related module.
                let (time, ttl) = match ping.rtt {
                    Some(rtt) => (rtt.as_millis(), self.options.surroundings.echo_ttl),
                    None => (600, 255),
                };
                self.info(format!("+PING: {},\"{address}\",{time},{ttl}", ping.sent));
                if ping.sent >= ping.count {
                    return Some(Final::Ok);
                }
                self.send_echo(ping);
                None
            }
        }
    }

    /// One step of a u-blox ping.
    pub(super) fn ping_in_background(&mut self) {
        let Some(mut ping) = self.ping.take() else { return };
        match self.ping_step(&mut ping) {
            News::Nothing => {}
            News::NoName => return self.urc(&format!("+UUPINGER: {NO_NAME}")),
            News::Echo => {
                let address = ping.address.map(|a| a.to_string()).unwrap_or_default();
                let Ping { name, size, sent, .. } = &ping;
                let (ttl, rtt) = match ping.rtt {
                    Some(rtt) => (u32::from(self.options.surroundings.echo_ttl), rtt.as_millis().to_string()),
                    // §2.4.1.1: "the timeout is elapsed".
                    None => (ping.ttl, "-1".to_owned()),
                };
                let text = format!("+UUPING: {sent},{size},\"{name}\",\"{address}\",{ttl},{rtt}");
                self.urc(&text);
                if ping.sent >= ping.count {
                    return;
                }
                self.send_echo(&mut ping);
            }
        }
        // The answer of the name server comes with no timer of the modem's own.
        let wait = if ping.query.is_some() { self.options.rtt / 2 } else { ping.due - self.now };
        self.timer(wait.max(Duration::from_millis(1)), Timer::Ping);
        self.ping = Some(ping);
    }
}
