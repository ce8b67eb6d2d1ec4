//! The last segment of a stream comes before one that the line has lost, and is repeated as it was.
use crate::ppp;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use cellular_nal::ip::{self, Ip};
use cellular_nal::ppp::{Config, Output, Ppp};
use embedded_io_async::Read;
use embedded_nal_async::TcpConnect;
use ppp::{at, drain, feed, link};
use smoltcp::phy::ChecksumCapabilities;
use smoltcp::wire::{IpAddress, IpProtocol, IpRepr, TcpControl, TcpPacket, TcpRepr, TcpSeqNumber};

const HOST: Ipv4Addr = Ipv4Addr::new(10, 9, 8, 1);
const OWN: Ipv4Addr = Ipv4Addr::new(10, 9, 8, 2);

fn all() -> ChecksumCapabilities {
    ChecksumCapabilities::default()
}

/// A TCP segment out of a packet of either family: its addresses and what it is.
fn parse(packet: &[u8]) -> Option<(IpAddress, IpAddress, TcpRepr<'_>)> {
    let (from, to, skip): (IpAddress, IpAddress, usize) = match packet[0] >> 4 {
        4 if packet[9] == 6 => {
            let ip = smoltcp::wire::Ipv4Packet::new_checked(packet).expect("it is whole");
            (ip.src_addr().into(), ip.dst_addr().into(), 20)
        }
        6 if packet[6] == 6 => {
            let address =
                |at: usize| Ipv6Addr::from(<[u8; 16]>::try_from(&packet[at..at + 16]).expect("it is"));
            (address(8).into(), address(24).into(), 40)
        }
        _ => return None,
    };
    let segment = TcpPacket::new_checked(&packet[skip..]).expect("it is whole");
    let repr = TcpRepr::parse(&segment, &from, &to, &all()).expect("it is right");
    assert_eq!(segment.src_port(), repr.src_port);
    Some((from, to, repr))
}

/// The peer: a link, and what its user says by hand.
struct Far {
    ppp: Ppp<'static>,
    /// Of the segment that came last.
    ends: Option<(IpAddress, IpAddress, u16, u16)>,
    seq: TcpSeqNumber,
    acknowledged: Vec<TcpSeqNumber>,
    syn: bool,
    millis: u64,
}

impl Far {
    /// Moves bytes until there are none.
    fn exchange(&mut self, ip: &mut Ip<'_>) {
        loop {
            self.millis += 1;
            let now = at(self.millis);
            let (to, _) = drain(&mut self.ppp, now);
            assert_eq!(ip.handle_rx(now, &to), to.len());
            let (mut from, mut buffer) = (vec![], [0; 256]);
            while let Output::Transmit(count) = ip.poll_output(now, &mut buffer) {
                from.extend(&buffer[..count]);
            }
            for packet in feed(&mut self.ppp, now, &from) {
                let Some((from, to, segment)) = parse(&packet) else { continue };
                self.ends = Some((from, to, segment.src_port, segment.dst_port));
                self.acknowledged.extend(segment.ack_number);
                if segment.control == TcpControl::Syn {
                    self.seq = segment.seq_number + 1;
                    self.syn = true;
                }
            }
            if to.is_empty() && from.is_empty() {
                return;
            }
        }
    }

    fn say(&mut self, control: TcpControl, seq: i32, payload: &[u8]) {
        let (to, from, dst_port, src_port) = self.ends.expect("there is a connection");
        let segment = TcpRepr {
            src_port,
            dst_port,
            control,
            seq_number: TcpSeqNumber(seq),
            ack_number: Some(self.seq),
            window_len: 4096,
            window_scale: None,
            max_seg_size: None,
            sack_permitted: false,
            sack_ranges: [None; 3],
            timestamp: None,
            payload,
        };
        let ip = IpRepr::new(from, to, IpProtocol::Tcp, segment.buffer_len(), 64);
        let mut packet = vec![0; ip.buffer_len()];
        ip.emit(&mut packet, &all());
        segment.emit(&mut TcpPacket::new_unchecked(&mut packet[ip.header_len()..]), &from, &to, &all());
        self.ppp.send(&[&packet]).expect("there is room");
    }
}

fn run(six: bool) {
    let mut resources = ip::Resources::<3>::new();
    let mut config = Config::new(1);
    config.ipv6 = true;
    let ip = resources.ip(config);
    let (stack, _runner) = ip::on_wire(ip);
    let mut config = Config::new(2);
    (config.ipv6, config.address, config.peer_address) = (true, HOST, Some(OWN));
    let ppp = link(config);
    let seq = TcpSeqNumber(0);
    let mut far = Far { ppp, ends: None, seq, acknowledged: vec![], syn: false, millis: 0 };
    far.ppp.open(at(0));
    ip.borrow_mut().open(at(0));
    far.exchange(&mut ip.borrow_mut());
    let host = match six {
        false => IpAddr::from(HOST),
        true => {
            let [a, b, c, d, e, f, g, h] = far.ppp.ipv6().expect("it is up").identifier;
            [0xFE, 0x80, 0, 0, 0, 0, 0, 0, a, b, c, d, e, f, g, h].into()
        }
    };
    let heard = std::cell::RefCell::new(vec![]);
    let mut user = pin!(async {
        let mut socket = TcpConnect::connect(&stack, SocketAddr::new(host, 7)).await.expect("it connects");
        let mut buffer = [0; 64];
        loop {
            match socket.read(&mut buffer).await.expect("it comes") {
                0 => break,
                count => heard.borrow_mut().extend_from_slice(&buffer[..count]),
            }
        }
    });
    let mut turn = |far: &mut Far| {
        let mut done = Poll::Pending;
        for _ in 0..4 {
            done = user.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            far.exchange(&mut ip.borrow_mut());
            if done.is_ready() {
                break;
            }
        }
        done
    };
    assert!(turn(&mut far).is_pending());
    assert!(far.syn);
    far.say(TcpControl::Syn, 999, &[]);
    assert!(turn(&mut far).is_pending());
    // The first half is lost.
    far.say(TcpControl::Fin, 1100, &[2; 100]);
    assert!(turn(&mut far).is_pending());
    assert_eq!(far.acknowledged.last(), Some(&TcpSeqNumber(1000)));
    far.say(TcpControl::None, 1000, &[1; 100]);
    far.millis += 1000;
    assert!(turn(&mut far).is_pending());
    assert_eq!(far.acknowledged.last(), Some(&TcpSeqNumber(1200)));
    assert_eq!(*heard.borrow(), [[1; 100], [2; 100]].concat());
    far.say(TcpControl::Fin, 1100, &[2; 100]);
    let done = turn(&mut far);
    assert_eq!(far.acknowledged.last(), Some(&TcpSeqNumber(1201)), "the end is acknowledged too");
    assert!(done.is_ready(), "the stream ends");
    assert_eq!(*heard.borrow(), [[1; 100], [2; 100]].concat());
}

#[test]
fn an_end_behind_a_gap_is_seen() {
    run(false);
    run(true);
}
