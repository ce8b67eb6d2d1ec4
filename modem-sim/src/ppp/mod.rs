//! PPP at the modem's end of the line: the server that gives the host its address (RFC 1661).
//!
//! Bytes and time come from the caller, and IP packets go to it.

mod auth;
mod automaton;
mod hdlc;
mod lcp;
mod ncp;
mod packet;

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::time::Duration;

use auth::{Authenticator, Progress};
use automaton::{Automaton, Event, State};
use hdlc::Deframer;
use lcp::Direction;
use ncp::{Ipcp, Ipv6cp};

use crate::Prng;
use crate::dialup::{Authentication, DialupOptions};

const LCP: u16 = 0xc021;
const PAP: u16 = 0xc023;
const CHAP: u16 = 0xc223;
const IPCP: u16 = 0x8021;
const IPV6CP: u16 = 0x8057;
const IPV4: u16 = 0x0021;
const IPV6: u16 = 0x0057;

/// Echo-Requests without an answer.
const ECHO_FAILURES: u32 = 3;
/// From the opening of IPCP to the request of [`DialupOptions::reconfigures`].
const RECONFIGURES: Duration = Duration::from_millis(500);

/// What the server has to know of the connection.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    host: Ipv4Addr,
    modem: Ipv4Addr,
    options: DialupOptions,
}

impl Settings {
    pub(crate) fn new(options: &DialupOptions, host: Ipv4Addr, modem: Ipv4Addr) -> Self {
        Settings { host, modem, options: options.clone() }
    }
}

/// What the host has been given: an address when IPCP is open, an interface identifier when IPV6CP is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Addresses {
    pub(crate) v4: Option<Ipv4Addr>,
    pub(crate) v6: Option<u64>,
}

/// One PPP link.
#[derive(Debug)]
pub(crate) struct Server {
    settings: Settings,
    prng: Prng,
    deframer: Deframer,
    /// How the host receives.
    peer: Direction,
    /// How the modem does.
    own: Direction,
    lcp: Automaton<lcp::Options>,
    authenticator: Option<Authenticator>,
    ipcp: Automaton<Ipcp>,
    ipv6cp: Automaton<Ipv6cp>,
    /// Deaf and dumb until then.
    starts: Option<Duration>,
    over: bool,
    echo: Option<Duration>,
    unanswered: u32,
    reconfigures: Option<Duration>,
    /// Identifier of Code-Reject, Protocol-Reject and Echo-Request.
    id: u8,
    out: Vec<u8>,
    packets: VecDeque<Vec<u8>>,
}

impl Server {
    pub(crate) fn new(now: Duration, settings: Settings) -> Self {
        let options = &settings.options;
        let seed = now.as_nanos() as u64;
        let mut prng = Prng::new(seed ^ 0x7e7d);
        let mut identifier = || prng.next_u64() & !(1 << 57) | 1;
        let ipv6cp = Automaton::new(Ipv6cp::new(identifier(), identifier()));
        let from = now + options.address_after;
        let own = Some(settings.modem).filter(|_| options.tells_own_address);
        let ipcp = Ipcp::new(own, settings.host, options.dns, from, options.address_needs_dns);
        Server {
            prng,
            deframer: Deframer::new(),
            peer: Direction::DEFAULT,
            own: Direction::DEFAULT,
            lcp: Automaton::new(lcp::Options::new(options.accm, options.authentication, seed)),
            authenticator: None,
            ipcp: Automaton::new(ipcp),
            ipv6cp,
            starts: Some(now + options.start_delay),
            over: false,
            echo: None,
            unanswered: 0,
            reconfigures: None,
            id: 0,
            out: Vec::new(),
            packets: VecDeque::new(),
            settings,
        }
    }

    /// Bytes from the host.
    pub(crate) fn receive(&mut self, now: Duration, bytes: &[u8]) {
        self.handle_timeout(now);
        if self.starts.is_some() {
            return;
        }
        for &byte in bytes {
            if let Some(frame) = self.deframer.push(byte) {
                self.frame(now, &frame);
                self.settle(now);
            }
        }
    }

    /// The next IP packet of the host.
    pub(crate) fn packet(&mut self) -> Option<Vec<u8>> {
        self.packets.pop_front()
    }

    /// Sends an IP packet to the host, if its protocol is open.
    pub(crate) fn send(&mut self, packet: &[u8]) {
        let v6 = packet.first().is_some_and(|first| first >> 4 == 6);
        if !v6 && self.ipcp.is_opened() {
            self.send_frame(IPV4, packet);
        } else if v6 && self.ipv6cp.is_opened() {
            self.send_frame(IPV6, packet);
        }
    }

    /// Bytes for the host.
    pub(crate) fn transmit(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Time has passed.
    pub(crate) fn handle_timeout(&mut self, now: Duration) {
        if self.over {
            return;
        }
        if self.starts.is_some_and(|due| due <= now) {
            self.starts = None;
            self.lcp.start(now, self.settings.options.passive);
        }
        self.lcp.handle_timeout(now);
        self.ipcp.handle_timeout(now);
        self.ipv6cp.handle_timeout(now);
        if let Some(authenticator) = &mut self.authenticator {
            authenticator.handle_timeout(now);
        }
        if self.reconfigures.is_some_and(|due| due <= now) {
            self.reconfigures = None;
            self.ipcp.blurt();
        }
        if self.echo.is_some_and(|due| due <= now) {
            self.echo_request(now);
        }
        self.settle(now);
    }

    /// When [`Server::handle_timeout`] wants to be called next.
    pub(crate) fn poll_timeout(&self) -> Option<Duration> {
        if self.over {
            return None;
        }
        let authenticator = self.authenticator.as_ref().and_then(Authenticator::due);
        [
            self.starts,
            self.lcp.due(),
            self.ipcp.due(),
            self.ipv6cp.due(),
            authenticator,
            self.reconfigures,
            self.echo,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// What the host has, when there is a protocol for packets.
    pub(crate) fn addresses(&self) -> Option<Addresses> {
        let v4 = self.ipcp.is_opened().then_some(self.settings.host);
        let v6 = self.ipv6cp.is_opened().then_some(self.ipv6cp.options.host);
        (v4.is_some() || v6.is_some()).then_some(Addresses { v4, v6 })
    }

    /// The modem ends the link.
    pub(crate) fn close(&mut self, now: Duration) {
        self.lcp.close(now);
        self.over |= matches!(self.lcp.state(), State::Initial | State::Closed);
        self.settle(now);
    }

    /// The link has come to its end.
    pub(crate) fn is_over(&self) -> bool {
        self.over && self.out.is_empty()
    }

    fn frame(&mut self, now: Duration, frame: &[u8]) {
        let body = match frame {
            [0xff, 0x03, body @ ..] => body,
            _ if self.own.acfc => frame,
            // Address and control may be left out only when the modem has offered it.
            _ => return,
        };
        let (protocol, data) = match body {
            [low, data @ ..] if low & 1 == 1 && self.own.pfc => (u16::from(*low), data),
            [high, low, data @ ..] if high & 1 == 0 && low & 1 == 1 => {
                (u16::from_be_bytes([*high, *low]), data)
            }
            _ => return,
        };
        let opened = self.lcp.is_opened();
        let authentic = self.authenticator.as_ref().is_some_and(|a| a.progress == Progress::Passed);
        let control = packet::parse(data);
        match (protocol, control) {
            (LCP, Some((code, id, rest))) => self.link(now, code, id, rest, data),
            // "Any non-LCP packets received during this phase MUST be silently discarded" (RFC 1661 §3.4).
            _ if !opened => {}
            (PAP | CHAP, Some((code, id, rest))) => {
                if let Some(authenticator) = &mut self.authenticator {
                    match protocol {
                        PAP => authenticator.pap(code, id, rest),
                        _ => authenticator.chap(code, id, rest),
                    }
                }
            }
            // The same holds for the authentication phase (§3.5).
            _ if !authentic => {}
            (IPV6CP, _) if self.settings.options.ipv6cp_kills => self.over = true,
            (IPCP, Some((code, id, rest))) if self.settings.options.ipv4 => {
                if !self.ipcp.receive(now, code, id, rest) {
                    let reject = self.code_reject(data);
                    self.ipcp.out.push(reject);
                }
            }
            (IPV6CP, Some((code, id, rest))) if self.settings.options.ipv6 => {
                if !self.ipv6cp.receive(now, code, id, rest) {
                    let reject = self.code_reject(data);
                    self.ipv6cp.out.push(reject);
                }
            }
            (IPV4, _) if self.ipcp.is_opened() => self.packets.push_back(data.to_vec()),
            (IPV6, _) if self.ipv6cp.is_opened() => self.packets.push_back(data.to_vec()),
            // They may come before their control protocol is open, and are known all the same.
            (LCP | PAP | CHAP, _) => {}
            (IPV4 | IPCP, _) if self.settings.options.ipv4 => {}
            (IPV6 | IPV6CP, _) if self.settings.options.ipv6 => {}
            _ => {
                let rejected = [&protocol.to_be_bytes(), data].concat();
                self.reject(packet::PROTOCOL_REJECT, &rejected);
            }
        }
    }

    /// A packet of LCP.
    fn link(&mut self, now: Duration, code: u8, id: u8, data: &[u8], whole: &[u8]) {
        let talked = !matches!(self.lcp.state(), State::ReqSent | State::Stopped);
        if self.lcp.receive(now, code, id, data) {
            // The host has ended the link: its acknowledgement is all that is left to say.
            self.over |= code == packet::TERMINATE_REQUEST && talked;
            return;
        }
        match code {
            packet::PROTOCOL_REJECT => match data {
                [0x80, 0x21, ..] => self.ipcp.give_up(),
                [0x80, 0x57, ..] => self.ipv6cp.give_up(),
                _ => {}
            },
            // Echoes with the modem's own number have come back by a loop, and others are the host's.
            packet::ECHO_REQUEST if self.lcp.is_opened() && data.len() >= 4 => {
                let magic = self.lcp.options.magic.to_be_bytes();
                let answer = [&magic, &data[4..]].concat();
                self.lcp.out.push(packet::build(packet::ECHO_REPLY, id, &answer));
            }
            packet::ECHO_REPLY => {
                if data.get(..4) != Some(&self.lcp.options.magic.to_be_bytes()) {
                    self.unanswered = 0;
                }
            }
            packet::ECHO_REQUEST | packet::DISCARD_REQUEST => {}
            _ => self.reject(packet::CODE_REJECT, whole),
        }
    }

    /// Code-Reject for a packet of a network control protocol.
    fn code_reject(&mut self, whole: &[u8]) -> Vec<u8> {
        self.id = self.id.wrapping_add(1);
        packet::build(packet::CODE_REJECT, self.id, self.cut(whole))
    }

    /// "The Rejected-Packet MUST be truncated to comply with the peer's established MRU" (RFC 1661 §5.6).
    fn cut<'a>(&self, whole: &'a [u8]) -> &'a [u8] {
        &whole[..whole.len().min(usize::from(self.peer.mru) - 4)]
    }

    fn reject(&mut self, code: u8, what: &[u8]) {
        self.id = self.id.wrapping_add(1);
        let packet = packet::build(code, self.id, self.cut(what));
        self.lcp.out.push(packet);
    }

    fn echo_request(&mut self, now: Duration) {
        if self.unanswered >= ECHO_FAILURES {
            self.echo = None;
            return self.close(now);
        }
        self.unanswered += 1;
        self.id = self.id.wrapping_add(1);
        let magic = self.lcp.options.magic.to_be_bytes();
        self.lcp.out.push(packet::build(packet::ECHO_REQUEST, self.id, &magic));
        self.echo = self.settings.options.echo_interval.map(|time| now + time);
    }

    /// What one layer has come to is the business of the next, and what they say is sent.
    fn settle(&mut self, now: Duration) {
        self.flush_lcp();
        if self.lcp.options.refused {
            self.lcp.options.refused = false;
            self.lcp.close(now);
            self.flush_lcp();
        }
        for event in std::mem::take(&mut self.lcp.events) {
            match event {
                Event::Up => self.link_up(now),
                Event::Down => self.link_down(),
                Event::Finished => self.over = true,
            }
        }
        self.settle_authentication(now);
        for event in std::mem::take(&mut self.ipcp.events) {
            if event == Event::Up && self.settings.options.reconfigures {
                self.reconfigures = Some(now + RECONFIGURES);
            }
        }
        self.ipv6cp.events.clear();
        for packet in std::mem::take(&mut self.ipcp.out) {
            self.send_frame(IPCP, &packet);
        }
        for packet in std::mem::take(&mut self.ipv6cp.out) {
            self.send_frame(IPV6CP, &packet);
        }
        self.flush_lcp();
    }

    fn flush_lcp(&mut self) {
        for packet in std::mem::take(&mut self.lcp.out) {
            self.send_frame(LCP, &packet);
        }
    }

    fn link_up(&mut self, now: Duration) {
        self.own = self.lcp.options.own();
        self.peer = self.lcp.options.peer;
        self.deframer.accm = self.own.accm;
        let kind = self.lcp.options.authentication;
        let credentials = self.settings.options.credentials.clone();
        self.authenticator = Some(Authenticator::new(now, kind, credentials, &mut self.prng));
        if kind == Authentication::None {
            self.network(now);
        }
        self.unanswered = 0;
        self.echo = self.settings.options.echo_interval.map(|time| now + time);
    }

    fn link_down(&mut self) {
        self.own = Direction::DEFAULT;
        self.peer = Direction::DEFAULT;
        self.deframer.accm = u32::MAX;
        self.authenticator = None;
        self.ipcp.down();
        self.ipv6cp.down();
        self.echo = None;
        self.reconfigures = None;
    }

    fn settle_authentication(&mut self, now: Duration) {
        let Some(authenticator) = &mut self.authenticator else {
            return;
        };
        let protocol = if authenticator.kind == Authentication::Pap { PAP } else { CHAP };
        let (progress, packets) = (authenticator.progress, std::mem::take(&mut authenticator.out));
        for packet in packets {
            self.send_frame(protocol, &packet);
        }
        let idle = [self.ipcp.state(), self.ipv6cp.state()]
            .iter()
            .all(|state| matches!(state, State::Initial | State::Starting));
        match progress {
            Progress::Passed if idle => self.network(now),
            Progress::Failed if self.lcp.is_opened() => {
                self.lcp.close(now);
                self.lcp.events.clear();
                self.flush_lcp();
                self.link_down();
            }
            _ => {}
        }
    }

    /// The network-layer protocol phase (RFC 1661 §3.6).
    fn network(&mut self, now: Duration) {
        if self.settings.options.ipv4 {
            self.ipcp.start(now, false);
        }
        if self.settings.options.ipv6 {
            self.ipv6cp.start(now, false);
        }
    }

    fn send_frame(&mut self, protocol: u16, data: &[u8]) {
        // The codes 1 to 7 of LCP go as if nothing had been negotiated (RFC 1661 §6).
        let bare = protocol == LCP && data.first().is_some_and(|code| *code <= 7);
        let how = if bare { Direction::DEFAULT } else { self.peer };
        let mut content = Vec::with_capacity(data.len() + 4);
        // LCP is never compressed (§6.6).
        if !how.acfc || protocol == LCP {
            content.extend([0xff, 0x03]);
        }
        if how.pfc && protocol < 0x100 {
            content.push(protocol as u8);
        } else {
            content.extend(protocol.to_be_bytes());
        }
        content.extend(data);
        self.out.extend(hdlc::frame(&content, how.accm));
    }
}
