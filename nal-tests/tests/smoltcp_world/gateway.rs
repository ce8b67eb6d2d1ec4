//! What a smoltcp stack reaches over its cable: the servers of a virtual network.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use modem_sim::{Failure, Handle, Network, TcpState};
use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::ChecksumCapabilities;
use smoltcp::socket::tcp::{Socket, SocketBuffer, State};
use smoltcp::time::Instant;
use smoltcp::wire::{
    HardwareAddress, IpAddress, IpCidr, IpProtocol, Ipv4Packet, Ipv4Repr, TcpPacket, UdpPacket, UdpRepr,
};

use super::names;
use super::wire::{End, cable};

const OWN: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);

/// A router that ends each TCP connection and opens one in the virtual network.
pub struct Gateway {
    net: Box<dyn Network>,
    /// Towards the stack.
    cable: End,
    /// Between the filter and the sockets of the router.
    inner: End,
    device: End,
    interface: Interface,
    sockets: SocketSet<'static>,
    /// The first packet of a connection whose server has not answered yet.
    waiting: BTreeMap<(SocketAddrV4, SocketAddrV4), (Handle, Vec<u8>)>,
    open: Vec<Relay>,
    /// By the port of the stack.
    datagrams: BTreeMap<u16, (Handle, SocketAddrV4)>,
    /// Who asks, and with what.
    questions: Vec<(Handle, SocketAddrV4, SocketAddrV4, Vec<u8>)>,
}

/// A connection on both sides.
struct Relay {
    server: Handle,
    client: SocketHandle,
    /// The server has closed, and the client has been told.
    ended: bool,
    /// The client has closed, and the server has been told.
    closed: bool,
}

impl Gateway {
    pub fn new(net: Box<dyn Network>, cable_end: End) -> Self {
        let (inner, mut device) = cable();
        let mut interface =
            Interface::new(Config::new(HardwareAddress::Ip), &mut device, Instant::from_millis(0));
        interface.update_ip_addrs(|addresses| {
            addresses.push(IpCidr::new(IpAddress::Ipv4(OWN), 8)).expect("there is room for one address");
        });
        interface.set_any_ip(true);
        interface.routes_mut().add_default_ipv4_route(OWN).expect("there is room for one route");
        Self {
            net,
            cable: cable_end,
            inner,
            device,
            interface,
            sockets: SocketSet::new(Vec::new()),
            waiting: BTreeMap::new(),
            open: Vec::new(),
            datagrams: BTreeMap::new(),
            questions: Vec::new(),
        }
    }

    /// Does what is to be done at this time.
    pub fn tick(&mut self, now: Duration) {
        self.net.advance(now);
        while let Some(packet) = { self.cable.inbound.borrow_mut().pop_front() } {
            self.sort(packet);
        }
        self.admit();
        let now = Instant::from_micros(now.as_micros() as i64);
        self.interface.poll(now, &mut self.device, &mut self.sockets);
        self.relay();
        self.interface.poll(now, &mut self.device, &mut self.sockets);
        self.open.retain(|relay| {
            let over = self.sockets.get::<Socket<'_>>(relay.client).state() == State::Closed;
            if over {
                self.sockets.remove(relay.client);
                if !relay.closed {
                    self.net.abort(relay.server);
                }
            }
            !over
        });
        self.answer();
        let mut outbound = self.cable.outbound.borrow_mut();
        outbound.extend(self.inner.inbound.borrow_mut().drain(..));
    }

    /// Looks at a packet of the stack.
    fn sort(&mut self, packet: Vec<u8>) {
        let Ok(ip) = Ipv4Packet::new_checked(&packet[..]) else { return };
        let (source, target) = (ip.src_addr(), ip.dst_addr());
        match ip.next_header() {
            IpProtocol::Tcp => {
                let Ok(tcp) = TcpPacket::new_checked(ip.payload()) else { return };
                let from = SocketAddrV4::new(source, tcp.src_port());
                let to = SocketAddrV4::new(target, tcp.dst_port());
                if tcp.syn() && !tcp.ack() {
                    if !self.waiting.contains_key(&(from, to)) {
                        let server = self.net.connect(Some(from.port()), to.into());
                        self.waiting.insert((from, to), (server, packet));
                    }
                } else {
                    self.inner.outbound.borrow_mut().push_back(packet);
                }
            }
            IpProtocol::Udp => {
                let Ok(udp) = UdpPacket::new_checked(ip.payload()) else { return };
                let from = SocketAddrV4::new(source, udp.src_port());
                let to = SocketAddrV4::new(target, udp.dst_port());
                self.datagram(from, to, udp.payload());
            }
            _ => {}
        }
    }

    fn datagram(&mut self, from: SocketAddrV4, to: SocketAddrV4, payload: &[u8]) {
        if to.port() == names::PORT {
            if let Some(name) = names::asked(payload) {
                let question = self.net.resolve(&name);
                self.questions.push((question, from, to, payload.to_vec()));
            }
            return;
        }
        let socket = match self.datagrams.get(&from.port()) {
            Some((socket, _)) => *socket,
            None => {
                let socket = self.net.bind(Some(from.port())).expect("the stack alone uses the network");
                self.datagrams.insert(from.port(), (socket, from));
                socket
            }
        };
        // A network may lose datagrams.
        let _ = self.net.send_to(socket, to.into(), payload);
    }

    /// Lets connections in whose server has answered.
    fn admit(&mut self) {
        let net = &mut self.net;
        let sockets = &mut self.sockets;
        let open = &mut self.open;
        let inner = &self.inner;
        self.waiting.retain(|&(_, to), (server, packet)| match net.state(*server) {
            TcpState::Connecting => true,
            TcpState::Established | TcpState::PeerClosed => {
                let buffer = || SocketBuffer::new(vec![0; 4096]);
                let mut socket = Socket::new(buffer(), buffer());
                socket.set_nagle_enabled(false);
                socket.set_ack_delay(None);
                socket.listen((IpAddress::Ipv4(*to.ip()), to.port())).expect("a new socket may listen");
                let client = sockets.add(socket);
                open.push(Relay { server: *server, client, ended: false, closed: false });
                inner.outbound.borrow_mut().push_back(std::mem::take(packet));
                false
            }
            // Nobody listens at that port, which is what the stack hears.
            TcpState::Failed(Failure::Refused) => {
                inner.outbound.borrow_mut().push_back(std::mem::take(packet));
                false
            }
            TcpState::Failed(_) => false,
        });
    }

    fn relay(&mut self) {
        for relay in &mut self.open {
            let client = self.sockets.get_mut::<Socket<'_>>(relay.client);
            if client.state() == State::Listen || client.state() == State::SynReceived {
                continue;
            }
            if relay.ended && client.can_recv() {
                // The server has closed both directions.
                client.abort();
                continue;
            }
            while client.can_recv() && !relay.closed {
                let taken = client.recv(|bytes| {
                    let count = self.net.send(relay.server, bytes);
                    (count, count)
                });
                if taken.unwrap_or(0) == 0 {
                    break;
                }
            }
            let room = client.send_capacity() - client.send_queue();
            if room > 0 && client.may_send() {
                let bytes = self.net.recv(relay.server, room);
                client.send_slice(&bytes).expect("there is room for as many");
            }
            if !relay.closed {
                match self.net.state(relay.server) {
                    TcpState::PeerClosed if !relay.ended => {
                        client.close();
                        relay.ended = true;
                    }
                    TcpState::Failed(_) => client.abort(),
                    _ => {}
                }
            }
            let told = matches!(
                client.state(),
                State::CloseWait | State::LastAck | State::Closing | State::TimeWait
            );
            if told && !client.can_recv() && !relay.closed {
                self.net.close(relay.server);
                relay.closed = true;
                client.close();
            }
        }
    }

    /// Names and datagrams for the stack.
    fn answer(&mut self) {
        let mut packets = Vec::new();
        for &(socket, client) in self.datagrams.values() {
            while let Some((SocketAddr::V4(from), bytes)) = self.net.recv_from(socket) {
                packets.push(packet(from, client, &bytes));
            }
        }
        self.questions.retain(|(question, from, to, asked)| match self.net.resolved(*question) {
            None => true,
            Some(result) => {
                let addresses: Vec<Ipv4Addr> = result
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|address| match address {
                        IpAddr::V4(address) => Some(address),
                        IpAddr::V6(_) => None,
                    })
                    .collect();
                packets.push(packet(*to, *from, &names::answer(asked, &addresses)));
                false
            }
        });
        self.cable.outbound.borrow_mut().extend(packets);
    }
}

fn packet(from: SocketAddrV4, to: SocketAddrV4, payload: &[u8]) -> Vec<u8> {
    let none = ChecksumCapabilities::ignored();
    let udp = UdpRepr { src_port: from.port(), dst_port: to.port() };
    let ip = Ipv4Repr {
        src_addr: *from.ip(),
        dst_addr: *to.ip(),
        next_header: IpProtocol::Udp,
        payload_len: udp.header_len() + payload.len(),
        hop_limit: 64,
    };
    let mut bytes = vec![0; ip.buffer_len() + ip.payload_len];
    let mut packet = Ipv4Packet::new_unchecked(&mut bytes[..]);
    ip.emit(&mut packet, &none);
    udp.emit(
        &mut UdpPacket::new_unchecked(packet.payload_mut()),
        &ip.src_addr.into(),
        &ip.dst_addr.into(),
        payload.len(),
        |room| room.copy_from_slice(payload),
        &none,
    );
    bytes
}
