//! A host that dials: a small PPP client and an IP stack, in virtual time.
//!
//! It shares nothing with the modem's PPP but the RFCs.

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::time::Duration;

use modem_sim::{Direction, Model, Options};
use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp;
use smoltcp::time::Instant;
use smoltcp::wire::{HardwareAddress, IpCidr};

use super::Rig;

/// Packets both ways.
#[derive(Default)]
pub(crate) struct Wire {
    rx: VecDeque<Vec<u8>>,
    tx: VecDeque<Vec<u8>>,
}

pub(crate) struct Rx(Vec<u8>);
pub(crate) struct Tx<'a>(&'a mut VecDeque<Vec<u8>>);

impl RxToken for Rx {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        f(&self.0)
    }
}

impl TxToken for Tx<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        let mut packet = vec![0; len];
        let result = f(&mut packet);
        self.0.push_back(packet);
        result
    }
}

impl Device for Wire {
    type RxToken<'a> = Rx;
    type TxToken<'a> = Tx<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Rx, Tx<'_>)> {
        Some((Rx(self.rx.pop_front()?), Tx(&mut self.tx)))
    }

    /// smoltcp forgets a retransmission that it may not send at once.
    fn transmit(&mut self, _: Instant) -> Option<Tx<'_>> {
        Some(Tx(&mut self.tx))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut all = DeviceCapabilities::default();
        all.medium = Medium::Ip;
        all.max_transmission_unit = 1500;
        all
    }
}

/// What the client says and wants.
#[derive(Clone, Default)]
pub(crate) struct Wishes {
    pub(crate) name: &'static [u8],
    pub(crate) password: &'static [u8],
    /// Instead of 0.0.0.0.
    pub(crate) address: Option<Ipv4Addr>,
    pub(crate) no_dns: bool,
    pub(crate) refuses_authentication: bool,
    pub(crate) ipv6: bool,
    pub(crate) mute: bool,
}

/// The host.
pub(crate) struct Host {
    pub(crate) rig: Rig,
    pub(crate) wishes: Wishes,
    frame: Vec<u8>,
    /// Frames of the modem that are no IP packets: protocol and data.
    pub(crate) control: Vec<(u16, Vec<u8>)>,
    /// IP packets of the modem, when there is no stack.
    pub(crate) packets: Vec<Vec<u8>>,
    /// Bytes outside frames.
    pub(crate) text: Vec<u8>,
    pub(crate) address: Option<Ipv4Addr>,
    pub(crate) dns: [Option<Ipv4Addr>; 2],
    pub(crate) modem: Option<Ipv4Addr>,
    pub(crate) naks: usize,
    pap: bool,
    ours: [bool; 2],
    theirs: [bool; 2],
    pub(crate) wire: Wire,
    interface: Option<Interface>,
    pub(crate) sockets: SocketSet<'static>,
}

const LCP: u16 = 0xc021;
const IPCP: u16 = 0x8021;

pub(crate) fn fcs(bytes: &[u8]) -> u16 {
    let mut fcs = 0xffff_u16;
    for byte in bytes {
        let mut value = (fcs ^ u16::from(*byte)) & 0xff;
        value = (value ^ (value << 4)) & 0xff;
        fcs = (fcs >> 8) ^ (value << 8) ^ (value << 3) ^ (value >> 4);
    }
    fcs
}

pub(crate) fn framed(protocol: u16, data: &[u8]) -> Vec<u8> {
    let mut content = vec![0xff, 3];
    content.extend(protocol.to_be_bytes());
    content.extend(data);
    let check = !fcs(&content);
    content.extend(check.to_le_bytes());
    let mut out = vec![0x7e];
    // What LCP agrees on for others does not hold for LCP.
    let least = if protocol == LCP { 0x20 } else { 0 };
    for byte in content {
        if byte < least || byte == 0x7d || byte == 0x7e {
            out.extend([0x7d, byte ^ 0x20])
        } else {
            out.push(byte)
        }
    }
    out.push(0x7e);
    out
}

pub(crate) fn control(code: u8, id: u8, data: &[u8]) -> Vec<u8> {
    [&[code, id, 0, data.len() as u8 + 4], data].concat()
}

impl Host {
    pub(crate) fn new(model: Model, options: Options) -> Self {
        Host {
            rig: Rig::new(model, options),
            wishes: Wishes::default(),
            frame: Vec::new(),
            control: Vec::new(),
            packets: Vec::new(),
            text: Vec::new(),
            address: None,
            dns: [None; 2],
            modem: None,
            naks: 0,
            pap: false,
            ours: [false; 2],
            theirs: [false; 2],
            wire: Wire::default(),
            interface: None,
            sockets: SocketSet::new(Vec::new()),
        }
    }

    /// Dials context 1 and returns what the modem has answered.
    pub(crate) fn dial(&mut self) -> String {
        self.rig.pass_ms(3000);
        self.rig.command("AT+CGDCONT=1,\"IP\",\"internet\"");
        self.rig.command("AT+UAUTHREQ=1,1,\"name\",\"password\"");
        self.rig.pass_ms(25);
        self.rig.printed();
        self.rig.send(b"ATD*99***1#\r");
        self.answer()
    }

    /// A line that may be a CONNECT with more behind it.
    pub(crate) fn answer(&mut self) -> String {
        let mut line = self.rig.wait_for(b"\r\n");
        line.extend(self.rig.wait_for(b"\r\n"));
        String::from_utf8_lossy(&line).trim().to_owned()
    }

    /// Dials, and negotiates until there is an address.
    pub(crate) fn up(model: Model, options: Options) -> Self {
        let mut host = Host::new(model, options);
        host.connect();
        host
    }

    pub(crate) fn connect(&mut self) {
        assert!(self.dial().starts_with("CONNECT"));
        self.negotiate();
        self.wait(|host| host.is_up());
        let address = self.address.expect("an address");
        let mut interface =
            Interface::new(Config::new(HardwareAddress::Ip), &mut self.wire, Instant::from_micros(0));
        interface.update_ip_addrs(|all| all.push(IpCidr::new(address.into(), 32)).unwrap());
        interface.routes_mut().add_default_ipv4_route(Ipv4Addr::new(192, 0, 2, 254)).unwrap();
        self.interface = Some(interface);
    }

    pub(crate) fn negotiate(&mut self) {
        self.request_lcp();
    }

    fn request_lcp(&mut self) {
        // ACCM 0, a magic number, and both compressions.
        let options = [2, 6, 0, 0, 0, 0, 5, 6, 9, 9, 9, 9, 7, 2, 8, 2];
        self.say(LCP, &control(1, 1, &options));
    }

    pub(crate) fn request_ipcp(&mut self) {
        let mut options = vec![3, 6];
        options.extend(self.address.or(self.wishes.address).unwrap_or(Ipv4Addr::UNSPECIFIED).octets());
        if !self.wishes.no_dns {
            for (kind, dns) in [129, 131].into_iter().zip(self.dns) {
                options.extend([kind, 6]);
                options.extend(dns.unwrap_or(Ipv4Addr::UNSPECIFIED).octets());
            }
        }
        self.say(IPCP, &control(1, 2 + self.naks as u8, &options));
    }

    pub(crate) fn is_up(&self) -> bool {
        self.ours[1] && self.theirs[1]
    }

    pub(crate) fn say(&mut self, protocol: u16, data: &[u8]) {
        let bytes = framed(protocol, data);
        self.rig.line.push(Direction::ToModem, self.rig.now, &bytes);
    }

    /// Says who the host is, when LCP is open and the modem wants PAP.
    fn authenticate(&mut self) {
        if self.pap && self.ours[0] && self.theirs[0] {
            let (name, password) = (self.wishes.name, self.wishes.password);
            let request = [&[name.len() as u8], name, &[password.len() as u8], password].concat();
            self.say(0xc023, &control(1, 7, &request));
        }
    }

    fn hear(&mut self) {
        for byte in std::mem::take(&mut self.rig.got) {
            if byte != 0x7e {
                self.frame.push(byte);
                continue;
            }
            let raw = std::mem::take(&mut self.frame);
            let mut content = Vec::new();
            let mut bytes = raw.iter();
            while let Some(&byte) = bytes.next() {
                content.push(if byte == 0x7d { bytes.next().copied().unwrap_or(0) ^ 0x20 } else { byte });
            }
            if content.len() < 4 || fcs(&content) != 0xf0b8 {
                self.text.extend(raw);
                continue;
            }
            content.truncate(content.len() - 2);
            let rest = content.strip_prefix(&[0xff, 3]).unwrap_or(&content);
            let (protocol, data) = match rest[0] & 1 {
                1 => (u16::from(rest[0]), rest[1..].to_vec()),
                _ => (u16::from_be_bytes([rest[0], rest[1]]), rest[2..].to_vec()),
            };
            self.frame_of_modem(protocol, data);
        }
    }

    fn frame_of_modem(&mut self, protocol: u16, data: Vec<u8>) {
        if protocol == 0x21 || protocol == 0x57 {
            match &self.interface {
                Some(_) if protocol == 0x21 => self.wire.rx.push_back(data),
                _ => self.packets.push(data),
            }
            return;
        }
        self.control.push((protocol, data.clone()));
        if self.wishes.mute {
            return;
        }
        let (code, id) = (data[0], data[1]);
        let body = &data[4..usize::from(u16::from_be_bytes([data[2], data[3]]))];
        match (protocol, code) {
            (LCP, 1) => {
                let wanted = body.windows(2).any(|w| w == [0xc0, 0x23] || w == [0xc2, 0x23]);
                if wanted && self.wishes.refuses_authentication {
                    let at = body.windows(3).position(|w| w[0] == 3 && (w[2] & 0xfd) == 0xc0).unwrap();
                    let option = &body[at..at + usize::from(body[at + 1])];
                    self.say(LCP, &control(4, id, option));
                } else {
                    self.say(LCP, &control(2, id, body));
                    self.theirs[0] = true;
                    self.pap = body.windows(2).any(|w| w == [0xc0, 0x23]);
                    self.authenticate();
                }
            }
            (LCP, 2) => {
                self.ours[0] = true;
                self.authenticate();
            }
            (LCP, 5) => self.say(LCP, &control(6, id, &[])),
            (LCP, 9) => self.say(LCP, &control(10, id, &[9, 9, 9, 9])),
            (0xc223, 1) => {
                let value = &body[1..1 + usize::from(body[0])];
                let digest = md5::compute([&[id], self.wishes.password, value].concat()).0;
                self.say(0xc223, &control(2, id, &[&[16], digest.as_slice(), self.wishes.name].concat()));
            }
            (IPCP, 1) => {
                if let Some(at) = body.iter().position(|b| *b == 3) {
                    let octets: [u8; 4] = body[at + 2..at + 6].try_into().unwrap();
                    self.modem = Some(octets.into());
                }
                self.say(IPCP, &control(2, id, body));
                self.theirs[1] = true;
                if !self.ours[1] && self.naks == 0 {
                    self.request_ipcp();
                }
            }
            (IPCP, 2) => {
                self.address = self.address.or(self.wishes.address);
                self.ours[1] = true;
            }
            (IPCP, 3) => {
                self.naks += 1;
                let mut rest = body;
                while let &[kind, 6, a, b, c, d, ref more @ ..] = rest {
                    let address = Some(Ipv4Addr::new(a, b, c, d)).filter(|a| !a.is_unspecified());
                    match kind {
                        3 => self.address = address,
                        129 => self.dns[0] = address,
                        _ => self.dns[1] = address,
                    }
                    rest = more;
                }
                if self.address.is_none() {
                    self.rig.pass_ms(500);
                }
                self.request_ipcp();
            }
            _ => {}
        }
    }

    /// One event, at most until `end`.
    fn event(&mut self, end: Duration) -> bool {
        let now = |time: Duration| Instant::from_micros(time.as_micros() as i64);
        let mut due = end;
        if let Some(interface) = &mut self.interface {
            interface.poll(now(self.rig.now), &mut self.wire, &mut self.sockets);
            // The stack does not make packets faster than the line takes them.
            let free = self.rig.line.idle_at(Direction::ToModem) <= self.rig.now + Duration::from_millis(20);
            if free {
                while let Some(packet) = self.wire.tx.pop_front() {
                    self.rig.line.push(Direction::ToModem, self.rig.now, &framed(0x21, &packet));
                }
                interface.poll(now(self.rig.now), &mut self.wire, &mut self.sockets);
            }
            let at = interface.poll_at(now(self.rig.now), &self.sockets);
            let at = at.map_or(end, |at| Duration::from_micros(at.total_micros().max(0) as u64 + 1));
            due = due.min(at.max(self.rig.now + Duration::from_millis(1)));
            if !self.wire.tx.is_empty() {
                due = due.min(self.rig.now + Duration::from_millis(1));
            }
        }
        let more = self.rig.event(due);
        self.hear();
        more || due < end
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.rig.now + time;
        while self.event(end) {}
    }

    /// Goes on until this is true.
    pub(crate) fn wait(&mut self, mut done: impl FnMut(&mut Self) -> bool) {
        let end = self.rig.now + Duration::from_secs(600);
        while !done(self) {
            assert!(
                self.event(end),
                "nothing happens any more, {:?}, control: {:02x?}",
                self.rig.modem,
                self.control
            );
        }
    }

    /// A TCP socket with buffers of this size.
    pub(crate) fn socket(&mut self, size: usize) -> SocketHandle {
        let buffer = || tcp::SocketBuffer::new(vec![0; size]);
        self.sockets.add(tcp::Socket::new(buffer(), buffer()))
    }

    pub(crate) fn tcp(&mut self, handle: SocketHandle) -> &mut tcp::Socket<'static> {
        self.sockets.get_mut(handle)
    }

    /// Opens a connection; it may fail.
    pub(crate) fn open(&mut self, size: usize, to: (Ipv4Addr, u16), from: u16) -> SocketHandle {
        let handle = self.socket(size);
        let interface = self.interface.as_mut().unwrap();
        self.sockets.get_mut::<tcp::Socket<'_>>(handle).connect(interface.context(), to, from).unwrap();
        handle
    }
}

pub(crate) fn checksum(bytes: &[u8]) -> u16 {
    let words =
        bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0)));
    let sum: u32 = words.sum();
    let sum = (sum & 0xffff) + (sum >> 16);
    !((sum & 0xffff) + (sum >> 16)) as u16
}

/// An IPv4 packet.
pub(crate) fn ip(from: Ipv4Addr, to: Ipv4Addr, protocol: u8, payload: &[u8]) -> Vec<u8> {
    ip_fragment(from, to, protocol, payload, 1, 0, false)
}

pub(crate) fn ip_fragment(
    from: Ipv4Addr,
    to: Ipv4Addr,
    protocol: u8,
    payload: &[u8],
    id: u16,
    offset: usize,
    more: bool,
) -> Vec<u8> {
    let mut packet = vec![0x45, 0];
    packet.extend((payload.len() as u16 + 20).to_be_bytes());
    packet.extend(id.to_be_bytes());
    packet.extend(((offset / 8) as u16 | u16::from(more) << 13).to_be_bytes());
    packet.extend([64, protocol, 0, 0]);
    packet.extend(from.octets());
    packet.extend(to.octets());
    let sum = checksum(&packet);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    packet.extend(payload);
    packet
}

/// A UDP datagram in its packet.
pub(crate) fn udp(from: (Ipv4Addr, u16), to: (Ipv4Addr, u16), payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u16 + 8).to_be_bytes();
    let mut summed = [from.0.octets(), to.0.octets()].concat();
    summed.extend([0, 17]);
    summed.extend(length);
    let head = summed.len();
    summed.extend(from.1.to_be_bytes());
    summed.extend(to.1.to_be_bytes());
    summed.extend(length);
    summed.extend([0, 0]);
    summed.extend(payload);
    let sum = checksum(&summed);
    summed[head + 6..head + 8].copy_from_slice(&sum.to_be_bytes());
    ip(from.0, to.0, 17, &summed[head..])
}
