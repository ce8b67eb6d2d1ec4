//! A peer with as many peculiarities as are wanted, and a line between it and the link.

use std::collections::VecDeque;
use std::net::Ipv4Addr;

use cellular_nal::Instant;
use cellular_nal::ppp::{Config, Phase, Ppp};
use md5::{Digest, Md5};

use super::{CHAP, IPCP, IPV4, LCP, PAP, at, control, drain, feed, frame, link, split, unstuff};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    Nothing,
    Pap,
    Chap,
}

/// What the peer is like.
#[derive(Clone, Debug)]
pub struct Manners {
    pub demand: Demand,
    pub user: &'static str,
    pub password: &'static str,
    /// Other options of its LCP request.
    pub lcp_options: Vec<u8>,
    pub ipcp_options: Vec<u8>,
    pub address: Ipv4Addr,
    pub dns: Vec<Ipv4Addr>,
    /// Answers with 0.0.0.0 before that, in ms.
    pub address_at: u64,
    /// Says nothing before that, in ms.
    pub silent_until: u64,
    /// Answers name servers with Configure-Reject.
    pub rejects_dns: bool,
    pub answers_echo: bool,
    pub answers_terminate: bool,
    /// Begins with IPCP before it has said what it thinks of the credentials, and never says it.
    pub forgets_verdict: bool,
    /// How long it waits before it asks once more, in ms.
    pub restart: u64,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            demand: Demand::Nothing,
            user: "user",
            password: "secret",
            lcp_options: vec![5, 6, 1, 2, 3, 4],
            ipcp_options: vec![3, 6, 10, 0, 0, 1],
            address: Ipv4Addr::new(10, 0, 0, 2),
            dns: vec![Ipv4Addr::new(9, 9, 9, 9), Ipv4Addr::new(8, 8, 4, 4)],
            address_at: 0,
            silent_until: 0,
            rejects_dns: false,
            answers_echo: true,
            answers_terminate: true,
            forgets_verdict: false,
            restart: 3000,
        }
    }
}

#[derive(Debug, Default)]
struct Layer {
    started: bool,
    /// Our request was acknowledged; theirs was.
    ours: bool,
    theirs: bool,
    again: u64,
}

/// A peer that keeps what was agreed until it is told otherwise.
#[derive(Debug)]
pub struct Peer {
    pub manners: Manners,
    lcp: Layer,
    ipcp: Layer,
    admitted: bool,
    challenge: u64,
    /// IP packets that came.
    pub packets: Vec<Vec<u8>>,
    /// All that came.
    pub seen: Vec<(u64, u16, Vec<u8>)>,
    pub terminated: bool,
    line: Vec<u8>,
}

const CHALLENGE: [u8; 16] = *b"0123456789abcdef";

impl Peer {
    pub fn new(manners: Manners) -> Self {
        Self {
            manners,
            lcp: Layer::default(),
            ipcp: Layer::default(),
            admitted: false,
            challenge: u64::MAX,
            packets: vec![],
            seen: vec![],
            terminated: false,
            line: vec![],
        }
    }

    pub fn is_up(&self) -> bool {
        self.ipcp.ours && self.ipcp.theirs
    }

    fn demand(&self) -> &'static [u8] {
        match self.manners.demand {
            Demand::Nothing => &[],
            Demand::Pap => &[3, 4, 0xC0, 0x23],
            Demand::Chap => &[3, 5, 0xC2, 0x23, 5],
        }
    }

    /// Bytes from the link: gives frames.
    fn receive(&mut self, now: u64, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.line.extend(bytes);
        let mut out = vec![];
        if let Some(end) = self.line.iter().rposition(|&byte| byte == 0x7E) {
            let whole = self.line.drain(..=end).collect::<Vec<_>>();
            for content in unstuff(&whole) {
                let (protocol, packet) = split(&content);
                self.seen.push((now, protocol, packet.clone()));
                if now >= self.manners.silent_until {
                    self.on_packet(now, protocol, &packet, &mut out);
                }
            }
        }
        out
    }

    fn on_packet(&mut self, now: u64, protocol: u16, packet: &[u8], out: &mut Vec<Vec<u8>>) {
        let mut say = |protocol, packet: Vec<u8>| out.push(frame(protocol, &packet));
        if protocol == IPV4 {
            if self.is_up() {
                self.packets.push(packet.to_vec());
            }
            return;
        }
        let (code, id, data) = (packet[0], packet[1], &packet[4..]);
        match (protocol, code) {
            (LCP, 1) => {
                self.lcp.theirs = true;
                say(LCP, control(2, id, data));
            }
            (LCP, 2) => self.lcp.ours = true,
            (LCP, 5) => {
                self.terminated = true;
                if self.manners.answers_terminate {
                    say(LCP, control(6, id, &[]));
                }
            }
            (LCP, 9) if self.manners.answers_echo => {
                let mut reply = vec![1, 2, 3, 4];
                reply.extend(&data[4..]);
                say(LCP, control(10, id, &reply));
            }
            (PAP, 1) if !self.manners.forgets_verdict => {
                let (user, password) = (self.manners.user, self.manners.password);
                let mut expected = vec![user.len() as u8];
                expected.extend(user.bytes());
                expected.push(password.len() as u8);
                expected.extend(password.bytes());
                self.admitted |= data == expected;
                say(PAP, control(if data == expected { 2 } else { 3 }, id, b"\x04text"));
            }
            (CHAP, 2) if !self.manners.forgets_verdict => {
                let digest = Md5::new()
                    .chain_update([id])
                    .chain_update(self.manners.password)
                    .chain_update(CHALLENGE)
                    .finalize();
                let right =
                    data[0] == 16 && data[1..17] == digest[..] && &data[17..] == self.manners.user.as_bytes();
                self.admitted |= right;
                say(CHAP, control(if right { 3 } else { 4 }, id, b"text"));
            }
            (PAP, 1) | (CHAP, 2) => self.admitted = true,
            (IPCP, 1) if self.admitted || self.manners.demand == Demand::Nothing => {
                let (code, options) = self.judge(now, data);
                self.ipcp.theirs |= code == 2;
                say(IPCP, control(code, id, &options));
            }
            (IPCP, 2) => self.ipcp.ours = true,
            _ => {}
        }
    }

    /// The answer to IPCP options.
    fn judge(&self, now: u64, data: &[u8]) -> (u8, Vec<u8>) {
        let mut rejected = vec![];
        let mut wrong = vec![];
        let mut rest = data;
        while let [kind, len, ..] = *rest {
            let (option, after) = rest.split_at(len.into());
            rest = after;
            let value = match kind {
                3 if now < self.manners.address_at => Some(Ipv4Addr::UNSPECIFIED),
                3 => Some(self.manners.address),
                _ if self.manners.rejects_dns => None,
                129 => self.manners.dns.first().copied(),
                131 => self.manners.dns.get(1).copied(),
                _ => None,
            };
            match value {
                None => rejected.extend(option),
                Some(value) if option[2..] == value.octets() && !value.is_unspecified() => {}
                Some(value) => {
                    wrong.extend([kind, 6]);
                    wrong.extend(value.octets());
                }
            }
        }
        match () {
            () if !rejected.is_empty() => (4, rejected),
            () if !wrong.is_empty() => (3, wrong),
            () => (2, data.to_vec()),
        }
    }

    /// What the peer says of its own accord, and when it wants to be called again.
    fn poll(&mut self, now: u64) -> (Vec<Vec<u8>>, Option<u64>) {
        let mut out = vec![];
        let manners = &self.manners;
        if now < manners.silent_until {
            return (out, Some(manners.silent_until));
        }
        let mut next = None;
        let mut want = |at: u64| next = Some(next.map_or(at, |next: u64| next.min(at)));
        let options = [self.demand(), &manners.lcp_options].concat();
        let ask = |layer: &mut Layer, protocol, options: &[u8], out: &mut Vec<_>| {
            if !layer.ours && (!layer.started || now >= layer.again) {
                layer.started = true;
                layer.again = now + manners.restart;
                out.push(frame(protocol, &control(1, protocol as u8, options)));
            }
            (!layer.ours).then_some(layer.again)
        };
        if self.terminated {
            return (out, None);
        }
        ask(&mut self.lcp, LCP, &options, &mut out).into_iter().for_each(&mut want);
        if self.lcp.ours && self.lcp.theirs {
            if manners.demand == Demand::Chap && !self.admitted {
                if self.challenge == u64::MAX || now >= self.challenge {
                    self.challenge = now + manners.restart;
                    let mut data = vec![16];
                    data.extend(CHALLENGE);
                    data.extend(b"peer");
                    out.push(frame(CHAP, &control(1, 77, &data)));
                }
                want(self.challenge);
            }
            if manners.demand == Demand::Nothing || self.admitted {
                ask(&mut self.ipcp, IPCP, &manners.ipcp_options, &mut out).into_iter().for_each(want);
            }
        }
        (out, next)
    }
}

/// What has arrived by now.
fn pop_due(queue: &mut VecDeque<(u64, Vec<u8>)>, now: u64) -> Option<Vec<u8>> {
    queue.front().filter(|(at, _)| *at <= now)?;
    queue.pop_front().map(|(_, bytes)| bytes)
}

/// A link and a peer, and how long a frame takes from one to the other.
pub struct Wire {
    pub ppp: Ppp<'static>,
    pub peer: Peer,
    pub now: u64,
    pub latency: u64,
    /// Frames so far, in both directions.
    pub count: usize,
    /// Frames that get lost, by their number.
    pub lost: Vec<usize>,
    /// The link's bytes are given to it in pieces of this size.
    pub chunk: usize,
    to_peer: VecDeque<(u64, Vec<u8>)>,
    to_link: VecDeque<(u64, Vec<u8>)>,
    /// IP packets that the link got.
    pub packets: Vec<Vec<u8>>,
}

impl Wire {
    pub fn new(config: Config<'static>, manners: Manners) -> Self {
        Self {
            ppp: link(config),
            peer: Peer::new(manners),
            now: 0,
            latency: 5,
            count: 0,
            lost: vec![],
            chunk: usize::MAX,
            to_peer: VecDeque::new(),
            to_link: VecDeque::new(),
            packets: vec![],
        }
    }

    pub fn instant(&self) -> Instant {
        at(self.now)
    }

    fn survives(&mut self) -> bool {
        self.count += 1;
        !self.lost.contains(&(self.count - 1))
    }

    /// One moment: gives when something happens next.
    fn step(&mut self) -> Option<u64> {
        let now = self.now;
        while let Some(bytes) = pop_due(&mut self.to_peer, now) {
            for answer in self.peer.receive(now, &bytes) {
                if self.survives() {
                    self.to_link.push_back((now + self.latency, answer));
                }
            }
        }
        let (said, peer_at) = self.peer.poll(now);
        for frame in said {
            if self.survives() {
                self.to_link.push_back((now + self.latency, frame));
            }
        }
        while let Some(bytes) = pop_due(&mut self.to_link, now) {
            for piece in bytes.chunks(self.chunk.min(bytes.len())) {
                self.packets.extend(feed(&mut self.ppp, at(now), piece));
            }
        }
        let (bytes, link_at) = drain(&mut self.ppp, at(now));
        for content in unstuff(&bytes) {
            if self.survives() {
                self.to_peer.push_back((now + self.latency, super::stuff(&content, super::ALL)));
            }
        }
        let link_at = link_at.map(|at| at.as_micros().div_ceil(1000));
        let lines = [self.to_peer.front(), self.to_link.front()];
        let lines = lines.into_iter().flatten().map(|(at, _)| *at);
        lines.chain(link_at).chain(peer_at).min().map(|at| at.max(now + 1))
    }

    /// Runs for `millis`, or until `done`: whether it was.
    pub fn run_until(&mut self, millis: u64, done: impl Fn(&Self) -> bool) -> bool {
        let end = self.now + millis;
        loop {
            let next = self.step();
            if done(self) {
                return true;
            }
            match next {
                Some(next) if next <= end => self.now = next,
                _ => {
                    self.now = end;
                    return false;
                }
            }
        }
    }

    pub fn run(&mut self, millis: u64) {
        self.run_until(millis, |_| false);
    }

    pub fn open(&mut self) {
        let now = self.instant();
        self.ppp.open(now);
    }

    /// Opens the link, and runs until both ends are up: gives how long that took, in ms.
    pub fn bring_up(&mut self, millis: u64) -> u64 {
        self.open();
        let start = self.now;
        let up = self.run_until(millis, |wire| wire.ppp.ipv4().is_some() && wire.peer.is_up());
        assert!(up, "{:?} {:?}: {:?}", self.ppp.phase(), self.ppp.failure(), self.peer);
        assert_eq!(self.ppp.phase(), Phase::Network);
        self.now - start
    }

    /// A packet each way, on a line that loses nothing from now on.
    pub fn works(&mut self) {
        self.lost.clear();
        let (there, back) = (b"\x45 there".to_vec(), b"\x45 and back".to_vec());
        let before = (self.peer.packets.len(), self.packets.len());
        self.ppp.send(&[&there]).expect("it can be sent");
        self.to_link.push_back((self.now + self.latency, frame(IPV4, &back)));
        self.run(50);
        assert_eq!(self.peer.packets.get(before.0), Some(&there));
        assert_eq!(self.packets.get(before.1), Some(&back));
    }
}
