//! A link from its opening on, in each phase, opposite a peer that says anything.

use cellular_nal::Instant;
use cellular_nal::ppp::{Config, Output, Phase, Ppp};

use crate::peer::{CHAP, IPCP, IPV4, IPV6, IPV6CP, LCP, PAP, Peer, content, control, frame};
use crate::{Cuts, Tape};

/// One input.
pub fn run(input: &[u8]) {
    let mut tape = Tape(input);
    let (kind, start) = (tape.byte(), tape.byte());
    let mut rx = vec![0; [1500 + Ppp::OVERHEAD, 4000, 300, 60, 8, 0][tape.below(6)]];
    let mut tx = vec![0; [1500 + Ppp::OVERHEAD, 4000, 300, 60, 8, 0][tape.below(6)]];
    let cuts = Cuts::new(tape.byte());
    let mut session = Session {
        ppp: Ppp::new(config(kind), &mut rx, &mut tx),
        peer: Peer::new(),
        now: Instant::from_millis(0),
        due: None,
        id: 0,
        sent: Vec::new(),
        cuts,
    };
    session.ppp.open(session.now);
    session.start(start);
    while !tape.is_over() {
        session.step(&mut tape);
        session.listen();
    }
    session.end();
}

fn config(kind: u8) -> Config<'static> {
    let mut config = Config::new(4711);
    config = match kind & 3 {
        0 => Ok(config),
        1 => config.pap("user", "secret"),
        _ => config.credentials("user", "secret"),
    }
    .expect("these are short");
    config.ipv6 = kind & 4 != 0;
    config.ipv4 = kind & 8 == 0 || !config.ipv6;
    config.accm = if kind & 16 != 0 { 0x000A_0000 } else { 0 };
    config.compression = kind & 32 == 0;
    config.echo_required = kind & 64 != 0;
    if kind & 128 != 0 {
        config.peer_address = Some(core::net::Ipv4Addr::new(10, 0, 2, 2));
        config.mru = 128;
        config.mtu = 300;
    }
    config
}

struct Session<'b> {
    ppp: Ppp<'b>,
    peer: Peer,
    now: Instant,
    due: Option<Instant>,
    id: u8,
    /// Packets that the link has taken and that have not arrived.
    sent: Vec<Vec<u8>>,
    cuts: Cuts,
}

impl Session<'_> {
    /// Brings the link to one of its phases.
    fn start(&mut self, start: u8) {
        let auth: &[u8] = match start & 7 {
            0 => return,
            1 => &[],
            2 | 3 => &[3, 4, 0xC0, 0x23],
            4 | 5 => &[3, 5, 0xC2, 0x23, 5],
            _ => &[1, 4, 5, 0xDC, 2, 6, 0, 0, 0, 0, 5, 6, 1, 2, 3, 4, 7, 2, 8, 2],
        };
        self.listen();
        self.say(LCP, &control(1, 1, auth));
        self.agree();
        if matches!(start & 7, 2 | 4) {
            return;
        }
        if start & 7 == 5 {
            self.say(CHAP, &control(1, 9, b"\x08challengpeer"));
        }
        self.agree();
        self.say(IPCP, &control(1, 1, &[3, 6, 10, 0, 2, 2]));
        self.say(IPV6CP, &control(1, 1, &[1, 10, 1, 2, 3, 4, 5, 6, 7, 8]));
        self.agree();
    }

    /// Some turns of a peer without wishes.
    fn agree(&mut self) {
        for _ in 0..4 {
            self.listen();
            for (protocol, packet) in self.peer.answers() {
                self.say(protocol, &packet);
            }
        }
    }

    /// One operation of a user, of the peer or of time.
    fn step(&mut self, tape: &mut Tape<'_>) {
        match tape.below(16) {
            0 => self.feed(tape.bytes(64)),
            1 => self.now = self.due.filter(|&due| due > self.now).unwrap_or(self.now),
            2 => self.now = self.now + cellular_nal::Duration::from_millis(u32::from(tape.byte()) * 20),
            3 => {
                while let Some(reception) = self.ppp.received() {
                    reception.take(|packet| assert!(!packet.is_empty() && packet.len() <= 1500));
                }
            }
            4 => self.send(&tape.long(1600)),
            5 => self.transmit(&tape.long(1600)),
            6 => self.agree(),
            7 => match tape.below(4) {
                0 => self.ppp.close(self.now),
                1 => self.ppp.hang_up(),
                2 if self.ppp.phase() == Phase::Dead => self.ppp.open(self.now),
                _ => self.feed(b"\r\nNO CARRIER\r\n"),
            },
            // An answer to the last request of a protocol, with the same options or others.
            8 | 9 => {
                let (code, own) = (2 + tape.below(3) as u8, tape.below(2) == 0);
                let Some((protocol, packet)) = self.peer.heard.pop() else { return };
                let data = if own { &packet[4..] } else { tape.bytes(60) };
                self.say(protocol, &control(code, packet[1], data));
            }
            // Any control packet, well formed.
            10..13 => {
                let protocol = [LCP, IPCP, IPV6CP, PAP, CHAP, 0x80FD][tape.below(6)];
                let code = tape.byte() % 16;
                self.id = if tape.below(3) == 0 { tape.byte() } else { self.id.wrapping_add(1) };
                let data = tape.long(1600);
                self.say(protocol, &control(code, self.id, &data));
            }
            // Anything in a valid frame.
            13 => {
                let accm = if tape.below(2) == 0 { 0 } else { u32::MAX };
                let bytes = tape.long(1600);
                self.feed(&frame(&bytes, accm));
            }
            14 => {
                let (protocol, form) = ([IPV4, IPV6, 0x0001, 0x00FD][tape.below(4)], tape.byte());
                let bytes = tape.long(1600);
                self.feed(&frame(&content(protocol, &bytes, form), 0));
            }
            // A frame that breaks off, or has one bit wrong.
            _ => {
                let mut line = frame(&content(LCP, &control(1, 1, tape.bytes(32)), 0), u32::MAX);
                let at = tape.below(line.len());
                if tape.below(2) == 0 {
                    line.truncate(at)
                } else {
                    line[at] ^= 1 << tape.below(8)
                }
                self.feed(&line);
            }
        }
    }

    fn say(&mut self, protocol: u16, packet: &[u8]) {
        self.feed(&frame(&content(protocol, packet, 0), u32::MAX));
    }

    fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let mut piece = self.cuts.take(&mut bytes);
            while !piece.is_empty() {
                let taken = self.ppp.handle_rx(self.now, piece);
                assert!(taken <= piece.len());
                piece = &piece[taken..];
                let waits = !piece.is_empty();
                // It stops for nothing but a packet that has to be taken.
                assert!(!waits || self.ppp.received().map(|reception| reception.take(|_| ())).is_some());
            }
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        let mtu = usize::from(self.ppp.mtu());
        match self.ppp.send(&[&[0x45], bytes]) {
            Ok(()) => self.sent.push([&[0x45], bytes].concat()),
            Err(cellular_nal::Error::Oversized) => assert!(bytes.len() + 1 > mtu),
            Err(_) => {}
        }
    }

    fn transmit(&mut self, bytes: &[u8]) {
        let mtu = usize::from(self.ppp.mtu());
        let Some(room) = self.ppp.transmission() else { return };
        let len = bytes.len() + 1;
        room.fill(len, |to| {
            assert!(to.len() == len || len > mtu);
            if let Some((first, rest)) = to.split_first_mut() {
                *first = 0x60;
                rest.copy_from_slice(&bytes[..rest.len()]);
            }
        });
        if len <= mtu {
            self.sent.push([&[0x60], bytes].concat());
        }
    }

    /// Takes what the link has to say, until it waits.
    fn listen(&mut self) {
        let mut said = 0;
        let mut line = [0; 256];
        loop {
            let room = self.cuts.size(line.len());
            if self.ppp.phase() == Phase::Dead {
                self.peer.reset();
                self.sent.clear();
            }
            match self.ppp.poll_output(self.now, &mut line[..room]) {
                Output::Transmit(count) => {
                    assert!((1..=room).contains(&count));
                    said += count;
                    assert!(said < 20_000, "it always has something to say");
                    self.peer.hear(&line[..count]);
                }
                Output::Timeout(due) => {
                    assert!(due.is_none_or(|due| due > self.now));
                    self.due = due;
                    break;
                }
            }
        }
        for packet in self.peer.packets.drain(..) {
            // Those before it were dropped when their protocol was closed.
            let at = self.sent.iter().position(|sent| *sent == packet);
            let at = at.expect("what arrives was sent");
            self.sent.drain(..=at);
        }
    }

    /// Whatever has happened, the link comes to its end when nobody speaks any more.
    fn end(&mut self) {
        self.ppp.close(self.now);
        for _ in 0..20 {
            self.listen();
            match self.due {
                Some(due) => self.now = due,
                None => break,
            }
        }
        assert_eq!(self.ppp.phase(), Phase::Dead);
        self.ppp.open(self.now);
        self.listen();
        assert_eq!(self.ppp.phase(), Phase::Establish);
    }
}
