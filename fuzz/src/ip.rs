//! The IP stack over a link that is up: a router and others who say anything, users, and time.

use core::cell::RefCell;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::task::{Poll, Waker};

use cellular_nal::dialect::ReleaseAssistance;
use cellular_nal::ip::{Ip, Resources};
use cellular_nal::ppp::{Config, Output};
use cellular_nal::{Duration, Instant, SocketHandle, Sockets};

use crate::peer::{IPCP, IPV4, IPV6, IPV6CP, LCP, Peer, content, control, frame};
use crate::{Cuts, Tape};

const ROUTER: Ipv6Addr = Ipv6Addr::new(0xFE80, 0, 0, 0, 0, 0, 0, 1);
const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xFF02, 0, 0, 0, 0, 0, 0, 1);
const SERVER: Ipv6Addr = Ipv6Addr::new(0x2001, 0xDB8, 9, 0, 0, 0, 0, 9);
const SERVER4: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 7);
const OWN4: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 15);

/// One input.
pub fn run(input: &[u8]) {
    let mut tape = Tape(input);
    let mut resources = Resources::<6, 2, 1600, 1600>::new();
    let mut config = Config::new(4711);
    config.ipv6 = true;
    config.ipv4 = tape.below(4) > 0;
    let cuts = Cuts::new(tape.byte());
    let ip = resources.ip(config);
    let mut session = Session {
        ip,
        peer: Peer::new(),
        now: Instant::from_millis(0),
        due: None,
        cuts,
        sockets: Vec::new(),
        id: 0,
    };
    session.open();
    while !tape.is_over() {
        session.step(&mut tape);
        session.listen();
    }
    // Whatever has happened, a new link believes the next advertisement.
    session.open();
    session.advertise(&[0x20, 1, 0x0D, 0xB8, 0, 1, 0, 2]);
    session.listen();
    let address = session.ip.borrow().ipv6_address().expect("it has an address");
    assert_eq!(address.segments()[..4], [0x2001, 0xDB8, 1, 2]);
}

struct Session<'s> {
    ip: &'s RefCell<Ip<'s>>,
    peer: Peer,
    now: Instant,
    due: Option<Instant>,
    cuts: Cuts,
    sockets: Vec<SocketHandle>,
    id: u8,
}

impl Session<'_> {
    fn open(&mut self) {
        self.peer.reset();
        self.ip.borrow_mut().open(self.now);
        self.listen();
        for (protocol, options) in
            [(LCP, &[][..]), (IPCP, &[3, 6, 10, 0, 2, 2][..]), (IPV6CP, &[1, 10, 1, 2, 3, 4, 5, 6, 7, 8][..])]
        {
            for _ in 0..3 {
                for (protocol, packet) in self.peer.answers() {
                    self.say(protocol, &packet);
                }
                self.listen();
            }
            self.say(protocol, &control(1, 1, options));
            self.listen();
        }
    }

    /// One thing that the peer, a user or time does.
    fn step(&mut self, tape: &mut Tape<'_>) {
        match tape.below(12) {
            0 => self.now = self.due.filter(|&due| due > self.now).unwrap_or(self.now),
            1 => self.now = self.now + Duration::from_secs(u32::from(tape.byte()) * [1, 100][tape.below(2)]),
            2..5 => self.give_advertisement(tape),
            5 | 6 => self.give_ipv6(tape),
            7 => self.give_ipv4(tape),
            8 => {
                let protocol = [IPV4, IPV6, IPCP, IPV6CP][tape.below(4)];
                let bytes = tape.long(1600);
                self.say(protocol, &bytes);
            }
            9 => {
                let protocol = [IPCP, IPV6CP][tape.below(2)];
                self.id = self.id.wrapping_add(1);
                let packet = control(1 + tape.below(6) as u8, self.id, tape.bytes(24));
                self.say(protocol, &packet);
            }
            10 => self.use_socket(tape),
            _ => self.take_socket(tape),
        }
    }

    fn give_advertisement(&mut self, tape: &mut Tape<'_>) {
        let lifetime = [0, 1, 1800, u16::MAX][tape.below(4)];
        let mut message = vec![134, 0, 0, 0, 64, 0];
        message.extend(lifetime.to_be_bytes());
        message.extend([0; 8]);
        for _ in 0..tape.below(4) {
            let mut option = vec![[3, 5, 25, 1][tape.below(4)], 0];
            option.extend(tape.bytes(60));
            option.resize(option.len().next_multiple_of(8), 0);
            option[1] = (option.len() / 8) as u8;
            match tape.below(8) {
                0 => option[1] = tape.byte(),
                // A prefix that is as it should be, but for what is random.
                1..5 if option[0] == 3 => {
                    option.resize(32, 0);
                    option[1..4].copy_from_slice(&[4, 64, 0xC0]);
                    let preferred = option[8..12].to_vec();
                    option[4..8].copy_from_slice(&preferred);
                }
                _ => {}
            }
            message.extend(option);
        }
        let from = if tape.below(8) == 0 { SERVER } else { ROUTER };
        let hops = if tape.below(8) == 0 { tape.byte() } else { 255 };
        let packet = ipv6(from, ALL_NODES, 58, hops, message);
        self.say(IPV6, &packet);
    }

    fn advertise(&mut self, prefix: &[u8; 8]) {
        let mut message = vec![134, 0, 0, 0, 64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 64, 0x40];
        message.extend([0, 0, 1, 0].repeat(2));
        message.extend([0; 4]);
        message.extend(prefix);
        message.extend([0; 8]);
        let packet = ipv6(ROUTER, ALL_NODES, 58, 255, message);
        self.say(IPV6, &packet);
    }

    fn give_ipv6(&mut self, tape: &mut Tape<'_>) {
        let own = self.ip.borrow().ipv6_address();
        let from = [SERVER, ROUTER, Ipv6Addr::LOCALHOST, ALL_NODES, Ipv6Addr::UNSPECIFIED][tape.below(5)];
        let to = [own, own, Some(ALL_NODES), Some(Ipv6Addr::LOCALHOST), Some(SERVER)][tape.below(5)];
        let next = [6, 17, 58, 0, 43, 44, 60, 59, tape.byte()][tape.below(9)];
        let hops = tape.byte();
        let message = tape.long(1500);
        let packet = ipv6(from, to.unwrap_or(ALL_NODES), next, hops, message);
        self.say(IPV6, &packet);
    }

    fn give_ipv4(&mut self, tape: &mut Tape<'_>) {
        let to = [OWN4, Ipv4Addr::BROADCAST, Ipv4Addr::new(224, 0, 0, 1), SERVER4][tape.below(4)];
        let protocol = [1, 2, 6, 17, tape.byte()][tape.below(5)];
        let message = tape.long(1480);
        let mut packet = vec![0x45, 0];
        packet.extend((message.len() as u16 + 20).to_be_bytes());
        packet.extend([0, 1, tape.byte() & 0x3F, 0, 64, protocol, 0, 0]);
        packet.extend([SERVER4.octets(), to.octets()].concat());
        let sum = !sum(&packet);
        packet[10..12].copy_from_slice(&sum.to_be_bytes());
        let pseudo = [&packet[12..20], &[0, protocol], &(message.len() as u16).to_be_bytes()].concat();
        packet.extend(summed(&pseudo, protocol, message));
        self.say(IPV4, &packet);
    }

    fn take_socket(&mut self, tape: &mut Tape<'_>) {
        let waker = Waker::noop();
        let remote = remote(tape);
        let mut ip = self.ip.borrow_mut();
        let taken = match tape.below(5) {
            0 => ip.open_tcp(remote, waker),
            1 => ip.open_udp(remote, 0, waker),
            2 => ip.open_bound(u16::from(tape.byte()), waker),
            3 => ip.listen(u16::from(tape.byte()), waker),
            _ => {
                let family = [None, Some(false), Some(true)][tape.below(3)];
                if let Poll::Ready(Ok(ticket)) = ip.resolve("a.example", family, waker)
                    && tape.below(2) == 0
                {
                    ip.cancel_lookup(ticket);
                }
                return;
            }
        };
        if let Poll::Ready(Ok(handle)) = taken {
            self.sockets.push(handle);
        }
    }

    fn use_socket(&mut self, tape: &mut Tape<'_>) {
        let Some(&handle) = self.sockets.get(tape.below(self.sockets.len().max(1))) else { return };
        let (waker, mut buffer) = (Waker::noop(), [0; 64]);
        let to = remote(tape);
        let mut ip = self.ip.borrow_mut();
        if let Some(own) = ip.local_address(handle, to.ip()) {
            assert!(!own.ip().is_multicast() && !own.ip().is_unspecified());
        }
        match tape.below(7) {
            0 => _ = ip.read(handle, &mut buffer, waker),
            1 => _ = ip.write(handle, tape.bytes(64), waker),
            2 => {
                let bytes = tape.long(1600);
                _ = ip.send_datagram(handle, Some(to), &bytes, ReleaseAssistance::None, waker);
            }
            3 => _ = ip.receive_datagram(handle, &mut buffer, waker),
            4 => {
                if let Poll::Ready(Ok((handle, _))) = ip.accept(handle, waker) {
                    self.sockets.push(handle);
                }
            }
            5 => _ = ip.poll_open(handle, waker),
            _ => {
                ip.release(handle);
                self.sockets.retain(|&other| other != handle);
            }
        }
    }

    fn say(&mut self, protocol: u16, packet: &[u8]) {
        let line = frame(&content(protocol, packet, 0), u32::MAX);
        let mut line = &line[..];
        while !line.is_empty() {
            let mut piece = self.cuts.take(&mut line);
            while !piece.is_empty() {
                let taken = self.ip.borrow_mut().handle_rx(self.now, piece);
                piece = &piece[taken..];
                if !piece.is_empty() {
                    self.listen();
                }
            }
        }
    }

    /// Takes what the stack has to say, until it waits.
    fn listen(&mut self) {
        let (mut said, mut line) = (0, [0; 256]);
        loop {
            let output = self.ip.borrow_mut().poll_output(self.now, &mut line);
            match output {
                Output::Transmit(count) => {
                    said += count;
                    assert!(said < 100_000, "it always has something to say");
                    self.peer.hear(&line[..count]);
                }
                Output::Timeout(due) => {
                    assert!(due.is_none_or(|due| due > self.now));
                    self.due = due;
                    break;
                }
            }
        }
        self.peer.packets.clear();
        let ip = self.ip.borrow();
        if let Some(address) = ip.ipv6_address() {
            assert!(!address.is_multicast() && !address.is_unicast_link_local() && !address.is_loopback());
        }
        assert!((1280..=1500).contains(&ip.mtu()));
    }
}

fn remote(tape: &mut Tape<'_>) -> SocketAddr {
    let addresses: [IpAddr; 6] = [
        SERVER.into(),
        SERVER4.into(),
        ROUTER.into(),
        ALL_NODES.into(),
        Ipv6Addr::LOCALHOST.into(),
        Ipv6Addr::UNSPECIFIED.into(),
    ];
    SocketAddr::new(addresses[tape.below(6)], u16::from(tape.byte()))
}

fn sum(bytes: &[u8]) -> u16 {
    let pairs =
        bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | pair.get(1).map_or(0, |&low| low.into()));
    let mut sum: u32 = pairs.sum();
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    sum as u16
}

/// The message with its checksum, where the protocol has one at a known place.
fn summed(pseudo: &[u8], protocol: u8, mut message: Vec<u8>) -> Vec<u8> {
    let at = match protocol {
        1 | 58 => 2,
        6 => 16,
        17 => 6,
        _ => return message,
    };
    if protocol == 17 && message.len() >= 8 {
        let len = (message.len() as u16).to_be_bytes();
        message[4..6].copy_from_slice(&len);
    }
    if let Some(place) = message.get_mut(at..at + 2) {
        place.fill(0);
        let sum = if protocol == 1 { sum(&message) } else { sum(&[pseudo, &message].concat()) };
        message[at..at + 2].copy_from_slice(&(!sum).to_be_bytes());
    }
    message
}

fn ipv6(from: Ipv6Addr, to: Ipv6Addr, next: u8, hops: u8, message: Vec<u8>) -> Vec<u8> {
    let addresses = [from.octets(), to.octets()].concat();
    let length = (message.len() as u16).to_be_bytes();
    let pseudo = [&addresses[..], &[0, 0], &length, &[0, 0, 0, next]].concat();
    let mut packet = vec![0x60, 0, 0, 0, length[0], length[1], next, hops];
    packet.extend(addresses);
    packet.extend(summed(&pseudo, next, message));
    packet
}
