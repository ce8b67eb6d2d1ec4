//! The other end of a link that carries IPv6: it agrees to everything, and is a router when it is told to.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(missing_docs, unreachable_pub)]

use std::cell::RefCell;
use std::net::Ipv6Addr;

use cellular_nal::ip::{Ip, Resources};
use cellular_nal::ppp::{Config, Output};

use crate::ppp::{IPCP, IPV4, IPV6, IPV6CP, LCP, at, control, frame, split, unstuff};

pub const ROUTER: Ipv6Addr = Ipv6Addr::new(0xFE80, 0, 0, 0, 0, 0, 0, 1);
pub const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xFF02, 0, 0, 0, 0, 0, 0, 1);
pub const PREFIX: [u16; 4] = [0x2001, 0xDB8, 1, 2];

/// A stack over a link, and the peer.
pub struct Link {
    pub ip: &'static RefCell<Ip<'static>>,
    pub now: u64,
    /// Packets of IP that have come to the peer, and when, in ms.
    pub packets: Vec<(u64, Vec<u8>)>,
    /// Protocols that the peer knows nothing of.
    pub rejects: Vec<u16>,
    /// Protocols that the peer has no answer for.
    pub ignores: Vec<u16>,
}

impl Link {
    pub fn new(change: impl FnOnce(&mut Config<'static>)) -> Self {
        let mut config = Config::new(4711);
        config.ipv6 = true;
        change(&mut config);
        let resources = Box::leak(Box::new(Resources::<'static, 5, 2, 2048, 2048>::new()));
        Self { ip: resources.ip(config), now: 0, packets: vec![], rejects: vec![], ignores: vec![] }
    }

    /// Opens the link, and lets both ends agree.
    pub fn open(&mut self) {
        self.ip.borrow_mut().open(at(self.now));
        self.run(0);
    }

    /// Lets time pass.
    pub fn run(&mut self, millis: u64) {
        let end = self.now + millis;
        loop {
            let next = self.settle().map_or(u64::MAX, |at| at.as_micros().div_ceil(1000));
            assert!(next > self.now, "something is due and nothing comes of it");
            if next > end {
                self.now = end;
                return;
            }
            self.now = next;
        }
    }

    fn settle(&mut self) -> Option<cellular_nal::Instant> {
        loop {
            let (mut said, mut line) = (vec![], [0; 64]);
            let due = loop {
                let output = self.ip.borrow_mut().poll_output(at(self.now), &mut line);
                match output {
                    Output::Transmit(count) => said.extend(&line[..count]),
                    Output::Timeout(due) => break due,
                }
                assert!(said.len() < 100_000, "there is no end to what is sent");
            };
            if said.is_empty() {
                return due;
            }
            for content in unstuff(&said) {
                let (protocol, packet) = split(&content);
                self.hear(protocol, &packet);
            }
        }
    }

    fn hear(&mut self, protocol: u16, packet: &[u8]) {
        if [IPV4, IPV6].contains(&protocol) {
            return self.packets.push((self.now, packet.to_vec()));
        }
        if self.rejects.contains(&protocol) {
            let what = [&protocol.to_be_bytes(), packet].concat();
            return self.say(LCP, &control(8, 1, &what));
        }
        if !self.ignores.contains(&protocol) {
            for answer in agree(protocol, packet) {
                self.say(protocol, &answer);
            }
        }
    }

    fn say(&mut self, protocol: u16, packet: &[u8]) {
        let line = frame(protocol, packet);
        self.feed(&line);
    }

    fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let count = self.ip.borrow_mut().handle_rx(at(self.now), bytes);
            assert!(count > 0, "it takes nothing, and has all the room");
            bytes = &bytes[count..];
        }
    }

    /// A packet of IPv6 for the stack.
    pub fn give(&mut self, packet: &[u8]) {
        self.say(IPV6, packet);
        self.run(0);
    }

    /// A packet of IPv4 for the stack.
    pub fn give_ipv4(&mut self, packet: &[u8]) {
        self.say(IPV4, packet);
        self.run(0);
    }

    /// A router advertisement with these options.
    pub fn advertise(&mut self, lifetime: u16, options: &[Vec<u8>]) {
        self.give(&advertisement(ROUTER, ALL_NODES, lifetime, options));
    }

    /// The stack's address, as it tells it.
    pub fn address(&self) -> Option<Ipv6Addr> {
        self.ip.borrow().ipv6_address()
    }

    /// When the router was asked.
    pub fn solicitations(&self) -> Vec<u64> {
        let asked = self.packets.iter().filter(|(_, packet)| packet.get(40) == Some(&133));
        asked.map(|(at, _)| *at).collect()
    }
}

/// What a peer that agrees to everything, and gives an address, says to a packet of one of these protocols.
pub fn agree(protocol: u16, packet: &[u8]) -> Vec<Vec<u8>> {
    let own: &[u8] = match protocol {
        LCP => &[5, 6, 1, 2, 3, 4],
        IPCP => &[3, 6, 10, 0, 0, 1],
        IPV6CP => &[1, 10, 0, 0, 0, 0, 0, 0, 0, 1],
        _ => return vec![],
    };
    let given = [3, 6, 10, 0, 0, 2, 129, 6, 9, 9, 9, 9, 131, 6, 8, 8, 8, 8];
    match packet[0] {
        1 if protocol == IPCP && packet[4..] != given => vec![control(3, packet[1], &given)],
        1 => vec![control(2, packet[1], &packet[4..]), control(1, 77, own)],
        _ => vec![],
    }
}

/// A message of ICMPv6 with its checksum, in a packet.
pub fn icmp(from: Ipv6Addr, to: Ipv6Addr, mut message: Vec<u8>) -> Vec<u8> {
    let addresses = [from.octets(), to.octets()].concat();
    let pseudo = [&addresses[..], &[0, 0], &(message.len() as u16).to_be_bytes(), &[0, 0, 0, 58]].concat();
    let bytes = [&pseudo[..], &message].concat();
    let sum = bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | pair.get(1).map_or(0, |&low| low.into()));
    let mut sum: u32 = sum.sum();
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    message[2..4].copy_from_slice(&(!(sum as u16)).to_be_bytes());
    let mut packet = vec![0x60, 0, 0, 0];
    packet.extend((message.len() as u16).to_be_bytes());
    packet.extend([58, 255]);
    packet.extend(addresses);
    packet.extend(message);
    packet
}

pub fn advertisement(from: Ipv6Addr, to: Ipv6Addr, lifetime: u16, options: &[Vec<u8>]) -> Vec<u8> {
    let mut message = vec![134, 0, 0, 0, 64, 0];
    message.extend(lifetime.to_be_bytes());
    message.extend([0; 8]);
    options.iter().for_each(|option| message.extend(option));
    icmp(from, to, message)
}

/// The prefix of this network, autonomous.
pub fn prefix(valid: u32, preferred: u32) -> Vec<u8> {
    let [a, b, c, d] = PREFIX;
    let mut option = vec![3, 4, 64, 0xC0];
    option.extend([valid.to_be_bytes(), preferred.to_be_bytes(), [0; 4]].concat());
    option.extend(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).octets());
    option
}

/// That has the prefix of this network.
pub fn is_ours(address: Option<Ipv6Addr>) -> bool {
    address.is_some_and(|address| address.segments()[..4] == PREFIX)
}
