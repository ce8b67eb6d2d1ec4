//! `+UPING` (SARA/LEXI internet applications §2.4.1) and `+PING` of Sequans modules (RYZ014 use cases §9.2.3 use it, no
//! document at hand shows its answer).
//!
//! Ranges, defaults and error codes of `+UPING` are those of the command manuals of related u-blox modules.

use std::net::IpAddr;
use std::time::Duration;

use super::Modem;
use super::exec::{Step, Wait};
use super::general::ok;
use super::power::Timer;
use crate::command::{Command, Form};
use crate::network::Handle;
use crate::options::PingForm;
use crate::reply::{Final, NOT_ALLOWED};

/// Numbers of `+UUPINGER`: the name is not known, the version of IP is not carried, there is no packet data.
const NO_NAME: u32 = 8;
const NO_IPV6: u32 = 9;
const NO_CONNECTION: u32 = 17;

/// Echo requests under way.
#[derive(Clone, Debug)]
pub(crate) struct Ping {
    name: String,
    query: Option<Handle>,
    address: Option<IpAddr>,
    count: u32,
    size: u32,
    timeout: Duration,
    /// Shortest time from one request to the next.
    interval: Duration,
    ttl: u32,
    sent: u32,
    /// When the answer to the last one comes, or none; before that, when the name is given up.
    due: Duration,
    /// When the next one may leave.
    next: Duration,
    /// The last one was told about.
    told: bool,
    reply: Reply,
}

/// What becomes of an echo request.
#[derive(Clone, Copy, Debug)]
enum Reply {
    Echo(Duration),
    /// A gateway has thrown it away, because of its TTL.
    Expired,
    None,
}

/// What a step has come to.
enum News {
    Nothing,
    /// An echo, or none in time.
    Reply(Reply),
    /// There is nobody to ask: a number of `+UUPINGER`.
    Failed(u32),
    Over,
}

impl Ping {
    pub(super) fn due(&self) -> Duration {
        if self.told { self.next } else { self.due }
    }
}

/// The gateways on the way: answers leave with a usual TTL, and each gateway takes one off.
fn gateways(echo_ttl: u8) -> u32 {
    let first = [32, 64, 128].into_iter().find(|first| echo_ttl <= *first).unwrap_or(255);
    u32::from(first - echo_ttl)
}

impl Modem {
    fn new_ping(&mut self, name: String, command: &Command) -> Result<Ping, Final> {
        let ublox = self.model.is_ublox();
        let ms = |n: u32| Duration::from_millis(u64::from(n));
        let zero = Duration::ZERO;
        let count = command.within_or(1, 1, i32::MAX as u32, 4)?;
        let size = command.within_or(2, 4, 1472, 32)?;
        let (interval, timeout, ttl) = match self.options.ping_form {
            _ if ublox => {
                (zero, ms(command.within_or(3, 10, 60_000, 5000)?), command.within_or(4, 1, 255, 32)?)
            }
            PingForm::Bare => {
                let seconds = |i, most, own| command.within_or(i, 1, most, own).map(|s| ms(1000 * s));
                (seconds(3, 600, 1)?, seconds(4, 60, 10)?, 255)
            }
            PingForm::Quoted => {
                (zero, ms(100 * command.within_or(3, 1, 600, 50)?), command.within_or(4, 1, 255, 128)?)
            }
        };
        let (address, due, next) = (name.parse().ok(), self.now, self.now);
        Ok(Ping {
            name,
            query: None,
            address,
            count,
            size,
            timeout,
            interval,
            ttl,
            sent: 0,
            due,
            next,
            told: true,
            reply: Reply::None,
        })
    }

    fn begin_ping(&mut self, ping: &mut Ping) {
        if ping.address.is_none() {
            ping.query = Some(self.net.resolve(&ping.name));
            ping.told = false;
            ping.due = self.now + self.options.dns_timeout;
        }
    }

    /// `AT+UPING="<host>"[,<count>,<size>,<timeout>,<ttl>]`, times in milliseconds: the answers come unsolicited.
    pub(super) fn uping(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return if command.form == Form::Test { Ok(ok()) } else { Err(Final::Error) };
        }
        let mut ping = self.new_ping(command.text(0)?, command)?;
        let Some(cid) = self.dns_context().filter(|_| self.attached()) else {
            self.urc(&format!("+UUPINGER: {NO_CONNECTION}"));
            return Ok(ok());
        };
        // "The +UPING command is not supported in context using the IPv6 protocol type".
        if self.cellular.contexts.get(&cid).is_some_and(|(kind, _)| kind == "IPV6") {
            self.urc(&format!("+UUPINGER: {NO_IPV6}"));
            return Ok(ok());
        }
        self.stop_ping();
        self.begin_ping(&mut ping);
        self.ping = Some(ping);
        self.timer(Duration::ZERO, Timer::Ping);
        Ok(ok())
    }

    /// The ping in the background ends without a word.
    fn stop_ping(&mut self) {
        self.cancel(Timer::Ping);
        if let Some(query) = self.ping.take().and_then(|ping| ping.query) {
            self.net.abort(query);
        }
    }

    /// `AT+PING="<host>"[,<count>[,<size>[,<interval>[,<timeout>]]]]`, times in seconds, as a shipping driver of the
    /// vendor has it; with [`PingForm::Quoted`] `…[,<timeout>[,<ttl>]]`, in tenths of a second.
    pub(super) fn sequans_ping(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return if command.form == Form::Test { Ok(ok()) } else { Err(Final::Error) };
        }
        let mut ping = self.new_ping(command.text(0)?, command)?;
        if !self.attached() {
            return Err(NOT_ALLOWED);
        }
        self.begin_ping(&mut ping);
        Ok(Step::Wait(Wait::Ping(Box::new(ping))))
    }

    fn ping_step(&mut self, ping: &mut Ping) -> News {
        if let Some(query) = ping.query {
            match self.net.resolved(query) {
                Some(Ok(addresses)) if !addresses.is_empty() => {
                    let ipv4 = addresses.iter().find(|address| address.is_ipv4());
                    ping.address = ipv4.or(addresses.first()).copied();
                    ping.told = true;
                    ping.next = self.now;
                }
                None if self.now < ping.due => return News::Nothing,
                None => {
                    self.net.abort(query);
                    return News::Failed(NO_NAME);
                }
                Some(_) => return News::Failed(NO_NAME),
            }
            ping.query = None;
        }
        if self.model.is_ublox() && ping.address.is_some_and(|address| address.is_ipv6()) {
            return News::Failed(NO_IPV6);
        }
        if !ping.told {
            if self.now < ping.due {
                return News::Nothing;
            }
            ping.told = true;
            return News::Reply(ping.reply);
        }
        if ping.sent >= ping.count {
            return News::Over;
        }
        if ping.next <= self.now {
            self.send_echo(ping);
        }
        News::Nothing
    }

    fn send_echo(&mut self, ping: &mut Ping) {
        ping.sent += 1;
        ping.told = false;
        let answer = match ping.address {
            Some(address) if self.attached() => self.net.echo(address),
            _ => None,
        };
        let expired = ping.ttl <= gateways(self.options.surroundings.echo_ttl);
        ping.reply = match answer {
            Some(rtt) if rtt > ping.timeout => Reply::None,
            Some(_) if expired => Reply::Expired,
            Some(rtt) => Reply::Echo(rtt),
            None => Reply::None,
        };
        ping.due = self.now + answer.unwrap_or(ping.timeout).min(ping.timeout);
        ping.next = (self.now + ping.interval).max(ping.due);
        self.psm.last = self.now;
    }

    /// One step of a Sequans ping; its result at the end.
    pub(super) fn poll_ping(&mut self, ping: &mut Ping) -> Option<Final> {
        loop {
            let reply = match self.ping_step(ping) {
                News::Nothing => return None,
                News::Failed(_) => return Some(NOT_ALLOWED),
                News::Over => return Some(Final::Ok),
                News::Reply(reply) => reply,
            };
            let address = ping.address.map(|a| a.to_string()).unwrap_or_default();
            let quoted = self.options.ping_form == PingForm::Quoted;
            let quote = if quoted { "\"" } else { "" };
            let result = match reply {
                Reply::Echo(rtt) => {
                    format!("{},{}", rtt.as_millis(), self.options.surroundings.echo_ttl)
                }
                _ if quoted => "600,255".to_owned(),
                _ => "-1,-1".to_owned(),
            };
            self.info(format!("+PING: {},{quote}{address}{quote},{result}", ping.sent));
        }
    }

    /// One step of a u-blox ping.
    pub(super) fn ping_in_background(&mut self) {
        let Some(mut ping) = self.ping.take() else { return };
        loop {
            let reply = match self.ping_step(&mut ping) {
                News::Nothing => break,
                News::Over => return,
                News::Failed(number) => return self.urc(&format!("+UUPINGER: {number}")),
                News::Reply(reply) => reply,
            };
            let address = ping.address.map(|a| a.to_string()).unwrap_or_default();
            let Ping { name, size, sent, .. } = &ping;
            let (ttl, rtt) = match reply {
                Reply::Echo(rtt) => {
                    (u32::from(self.options.surroundings.echo_ttl), rtt.as_millis().to_string())
                }
                // §2.4.1.1: "the timeout is elapsed", and "the TTL used in the ping request is too low".
                Reply::None => (ping.ttl, "-1".to_owned()),
                Reply::Expired => (ping.ttl, "-2".to_owned()),
            };
            let text = format!("+UUPING: {sent},{size},\"{name}\",\"{address}\",{ttl},{rtt}");
            self.urc(&text);
        }
        // The answer of the name server comes with no timer of the modem's own.
        let wait =
            if ping.query.is_some() { self.options.rtt / 2 } else { ping.due().saturating_sub(self.now) };
        self.timer(wait.max(Duration::from_millis(1)), Timer::Ping);
        self.ping = Some(ping);
    }
}
