//! State and events of the virtual network.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::coverage::Air;
use super::dial::{Listener, Strays};
use super::messages::Mailbox;
use super::service::Services;
use super::{Datagram, Failure, Message, Peer, ScriptStep, TcpState};
use crate::Prng;

/// Bytes of a TCP segment on the way to the modem.
const SEGMENT: usize = 1360;

/// One TCP connection, both ends.
#[derive(Debug)]
pub(super) struct Conn {
    pub(super) remote: SocketAddr,
    pub(super) local_port: u16,
    pub(super) state: TcpState,
    /// The state for the far end.
    pub(super) far: TcpState,
    /// The far end has opened it.
    pub(super) inbound: bool,
    /// Arrived at the modem's end, not taken yet.
    pub(super) arrived: VecDeque<u8>,
    /// The server's FIN has arrived.
    pub(super) fin: bool,
    pub(super) in_flight: usize,
    /// The server takes bytes.
    pub(super) reading: bool,
    pub(super) received: Vec<u8>,
    pub(super) server_open: bool,
    pub(super) client_closed: bool,
    pub(super) client_reset: bool,
    /// The modem has sent its FIN, and goes on receiving.
    pub(super) client_finished: bool,
    /// It has reached the server.
    server_finished: bool,
    script: VecDeque<ScriptStep>,
    /// Bytes received that no `Await` has used.
    unused: usize,
    pausing: bool,
    peer: Peer,
}

impl Conn {
    pub(super) fn new(remote: SocketAddr, local_port: u16, peer: Peer) -> Self {
        let script = match &peer {
            Peer::Chargen(len, seed) => VecDeque::from([ScriptStep::Send(Prng::new(*seed).bytes(*len))]),
            Peer::SendThenClose(bytes) => {
                VecDeque::from([ScriptStep::Send(bytes.clone()), ScriptStep::Close])
            }
            Peer::CloseAfter(n) => VecDeque::from([ScriptStep::Await(*n), ScriptStep::Close]),
            Peer::Scripted(steps) => steps.clone().into(),
            Peer::Echo | Peer::Discard | Peer::Refuse | Peer::Blackhole => VecDeque::new(),
        };
        Conn {
            remote,
            local_port,
            state: TcpState::Connecting,
            far: TcpState::Connecting,
            inbound: false,
            arrived: VecDeque::new(),
            fin: false,
            in_flight: 0,
            reading: true,
            received: Vec::new(),
            server_open: false,
            client_closed: false,
            client_reset: false,
            client_finished: false,
            server_finished: false,
            script,
            unused: 0,
            pausing: false,
            peer,
        }
    }
}

#[derive(Debug)]
pub(super) struct Udp {
    pub(super) local_port: u16,
    pub(super) inbound: VecDeque<(SocketAddr, Vec<u8>)>,
    pub(super) open: bool,
}

/// A DNS query and its answer.
#[derive(Debug)]
pub(super) struct Query {
    name: String,
    pub(super) answer: Option<Result<Vec<IpAddr>, Failure>>,
}

#[derive(Debug)]
pub(super) enum Event {
    Dial(u64),
    DialAnswer(u64),
    Syn(u64),
    SynAck(u64),
    Rejected(u64),
    ToServer(u64, Vec<u8>),
    Ack(u64, usize),
    ToClient(u64, Vec<u8>),
    Fin(u64),
    Reset(u64),
    ClientFin(u64, bool),
    HalfClosed(u64),
    PauseOver(u64),
    Dns(u64),
    UdpToServer { from_port: u16, to: SocketAddr, bytes: Vec<u8> },
    UdpToClient { from: SocketAddr, port: u16, bytes: Vec<u8> },
    Message(Message),
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) now: Duration,
    pub(super) rtt: Duration,
    pub(super) address: Ipv4Addr,
    pub(super) hosts: HashMap<String, Vec<IpAddr>>,
    pub(super) silent_names: Vec<String>,
    pub(super) peers: HashMap<SocketAddr, Peer>,
    pub(super) services: Services,
    pub(super) conns: BTreeMap<u64, Conn>,
    pub(super) udps: BTreeMap<u64, Udp>,
    pub(super) listeners: BTreeMap<u64, Listener>,
    pub(super) queries: BTreeMap<u64, Query>,
    pub(super) datagrams: Vec<Datagram>,
    pub(super) strays: Strays,
    pub(super) air: Air,
    pub(super) mailbox: Mailbox,
    events: BTreeMap<(Duration, u64), Event>,
    next: u64,
    next_port: u16,
}

impl World {
    pub(super) fn new() -> Self {
        World {
            now: Duration::ZERO,
            rtt: Duration::from_millis(60),
            address: Ipv4Addr::new(10, 20, 30, 40),
            hosts: HashMap::new(),
            silent_names: Vec::new(),
            peers: HashMap::new(),
            services: Services::default(),
            conns: BTreeMap::new(),
            udps: BTreeMap::new(),
            listeners: BTreeMap::new(),
            queries: BTreeMap::new(),
            datagrams: Vec::new(),
            strays: Strays::default(),
            air: Air::default(),
            mailbox: Mailbox::default(),
            events: BTreeMap::new(),
            next: 0,
            next_port: 49165,
        }
    }

    pub(super) fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(super) fn port(&mut self, wanted: Option<u16>) -> u16 {
        wanted.unwrap_or_else(|| {
            let port = self.next_port;
            self.next_port = self.next_port.checked_add(1).unwrap_or(49152);
            port
        })
    }

    pub(super) fn at(&mut self, delay: Duration, event: Event) {
        let seq = self.fresh();
        self.events.insert((self.now + delay, seq), event);
    }

    pub(super) fn half(&self) -> Duration {
        self.rtt / 2
    }

    pub(super) fn next_event(&self) -> Option<Duration> {
        self.events.keys().next().map(|&(at, _)| at)
    }

    pub(super) fn advance(&mut self, now: Duration) {
        while let Some((&(at, _), _)) = self.events.first_key_value() {
            if at > now {
                break;
            }
            if let Some((_, event)) = self.events.pop_first() {
                self.now = self.now.max(at);
                if let Some(event) = self.crosses(event) {
                    self.happen(event);
                }
            }
        }
        self.now = self.now.max(now);
    }

    pub(super) fn open(&mut self, local_port: Option<u16>, remote: SocketAddr) -> u64 {
        let id = self.fresh();
        let local_port = self.port(local_port);
        let conn = self.far_end(id, remote, local_port);
        self.conns.insert(id, conn);
        self.at(self.half(), Event::Syn(id));
        id
    }

    pub(super) fn query(&mut self, name: &str) -> u64 {
        let id = self.fresh();
        self.queries.insert(id, Query { name: name.to_owned(), answer: None });
        if !self.silent_names.iter().any(|n| n.eq_ignore_ascii_case(name)) {
            self.at(self.rtt, Event::Dns(id));
        }
        id
    }

    pub(super) fn client_send(&mut self, id: u64, bytes: &[u8]) -> usize {
        let Some(conn) = self.conns.get_mut(&id) else {
            return 0;
        };
        if conn.state != TcpState::Established || !conn.reading || bytes.is_empty() {
            return 0;
        }
        conn.in_flight += bytes.len();
        self.at(self.half(), Event::ToServer(id, bytes.to_vec()));
        self.at(self.rtt, Event::Ack(id, bytes.len()));
        bytes.len()
    }

    /// The modem's FIN, after which it goes on receiving.
    pub(super) fn client_finish(&mut self, id: u64) {
        if let Some(conn) = self.conns.get_mut(&id)
            && !conn.client_closed
            && !std::mem::replace(&mut conn.client_finished, true)
        {
            self.at(self.half(), Event::HalfClosed(id));
        }
    }

    pub(super) fn client_close(&mut self, id: u64, reset: bool) {
        if self.turn_away(id) {
            return;
        }
        if let Some(conn) = self.conns.get_mut(&id)
            && !conn.client_closed
        {
            conn.client_closed = true;
            conn.client_reset = reset;
            self.at(self.half(), Event::ClientFin(id, reset));
        }
        if let Some(udp) = self.udps.get_mut(&id) {
            udp.open = false;
        }
        self.queries.remove(&id);
        self.stop_listening(id);
    }

    pub(super) fn server_send(&mut self, id: u64, bytes: &[u8]) {
        if self.conns.get(&id).is_some_and(|c| c.server_open) {
            for segment in bytes.chunks(SEGMENT) {
                self.at(self.half(), Event::ToClient(id, segment.to_vec()));
            }
        }
    }

    pub(super) fn server_close(&mut self, id: u64, reset: bool) {
        if let Some(conn) = self.conns.get_mut(&id)
            && conn.server_open
        {
            conn.server_open = false;
            conn.far = TcpState::PeerClosed;
            self.at(self.half(), if reset { Event::Reset(id) } else { Event::Fin(id) });
        }
    }

    pub(super) fn udp_out(&mut self, from_port: u16, to: SocketAddr, bytes: Vec<u8>) {
        self.at(self.half(), Event::UdpToServer { from_port, to, bytes });
    }

    pub(super) fn udp_in(&mut self, from: SocketAddr, port: u16, bytes: Vec<u8>) {
        self.at(self.half(), Event::UdpToClient { from, port, bytes });
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Dial(id) => self.dial_arrives(id),
            Event::DialAnswer(id) => self.dial_answer(id),
            Event::Syn(id) => self.syn(id),
            Event::SynAck(id) => self.set_state(id, TcpState::Connecting, TcpState::Established),
            Event::Rejected(id) => {
                self.set_state(id, TcpState::Connecting, TcpState::Failed(Failure::Refused));
            }
            Event::ToServer(id, bytes) => self.reach_server(id, &bytes),
            Event::Ack(id, n) => {
                if let Some(conn) = self.conns.get_mut(&id) {
                    conn.in_flight -= n;
                }
            }
            Event::ToClient(id, bytes) => {
                if let Some(conn) = self.conns.get_mut(&id)
                    && !conn.client_closed
                {
                    conn.arrived.extend(bytes);
                }
            }
            Event::Fin(id) => {
                if let Some(conn) = self.conns.get_mut(&id) {
                    conn.fin = true;
                }
            }
            Event::Reset(id) => {
                if let Some(conn) = self.conns.get_mut(&id) {
                    conn.state = TcpState::Failed(Failure::Reset);
                }
            }
            Event::ClientFin(id, reset) => {
                let open = self.conns.get(&id).is_some_and(|c| c.far == TcpState::Established);
                self.server_close(id, reset);
                if let Some(conn) = self.conns.get_mut(&id).filter(|_| open && reset) {
                    conn.far = TcpState::Failed(Failure::Reset);
                }
            }
            Event::HalfClosed(id) => {
                if let Some(conn) = self.conns.get_mut(&id) {
                    conn.server_finished = true;
                }
                self.play(id);
            }
            Event::PauseOver(id) => {
                if let Some(conn) = self.conns.get_mut(&id) {
                    conn.pausing = false;
                }
                self.play(id);
            }
            Event::Dns(id) => {
                let Some(query) = self.queries.get_mut(&id) else {
                    return;
                };
                query.answer = Some(match self.hosts.get(&query.name.to_ascii_lowercase()) {
                    Some(addresses) if !addresses.is_empty() => Ok(addresses.clone()),
                    _ => Err(Failure::Unreachable),
                });
            }
            Event::Message(message) => self.mailbox.to_modem.push_back(message),
            Event::UdpToServer { from_port, to, bytes } => self.udp_at_server(from_port, to, bytes),
            Event::UdpToClient { from, port, bytes } => {
                let socket = self.udps.values_mut().find(|u| u.open && u.local_port == port);
                match socket {
                    Some(udp) => udp.inbound.push_back((from, bytes)),
                    None => self.stray_datagram(from, port, bytes),
                }
            }
        }
    }

    fn set_state(&mut self, id: u64, from: TcpState, to: TcpState) {
        if let Some(conn) = self.conns.get_mut(&id)
            && conn.state == from
        {
            conn.state = to;
        }
    }

    fn syn(&mut self, id: u64) {
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        if conn.client_closed {
            return;
        }
        match conn.peer {
            Peer::Refuse => {
                conn.far = TcpState::Failed(Failure::Refused);
                self.at(self.half(), Event::Rejected(id));
            }
            Peer::Blackhole => {}
            _ => {
                conn.server_open = true;
                conn.far = TcpState::Established;
                self.at(self.half(), Event::SynAck(id));
                self.play(id);
            }
        }
    }

    fn reach_server(&mut self, id: u64, bytes: &[u8]) {
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        if !conn.server_open {
            return;
        }
        conn.received.extend_from_slice(bytes);
        conn.unused += bytes.len();
        if conn.peer == Peer::Echo {
            self.server_send(id, bytes);
        } else if !self.stream_at_service(id, bytes) {
            self.play(id);
        }
    }

    /// Goes on with the server's script as far as possible.
    pub(super) fn play(&mut self, id: u64) {
        loop {
            let Some(conn) = self.conns.get_mut(&id) else {
                return;
            };
            if conn.pausing || !conn.server_open {
                return;
            }
            match conn.script.front() {
                // There will be no more: a server that has nothing left to say closes too.
                None if conn.server_finished => return self.server_close(id, false),
                None => return,
                Some(ScriptStep::Await(n)) if conn.unused < *n => {
                    if conn.server_finished {
                        self.server_close(id, false);
                    }
                    return;
                }
                Some(ScriptStep::Await(n)) => conn.unused -= *n,
                Some(_) => {}
            }
            match conn.script.pop_front() {
                Some(ScriptStep::Send(bytes)) => self.server_send(id, &bytes),
                Some(ScriptStep::Pause(time)) => {
                    conn.pausing = true;
                    self.at(time, Event::PauseOver(id));
                }
                Some(ScriptStep::Close) => self.server_close(id, false),
                Some(ScriptStep::Reset) => self.server_close(id, true),
                Some(ScriptStep::Await(_)) | None => {}
            }
        }
    }

    fn udp_at_server(&mut self, port: u16, to: SocketAddr, bytes: Vec<u8>) {
        let from = SocketAddr::new(self.address.into(), port);
        self.datagrams.push(Datagram { at: self.now, from, to, payload: bytes.clone() });
        if self.datagram_at_service(port, to, &bytes) {
            return;
        }
        match self.peers.get_mut(&to) {
            Some(Peer::Echo) => self.udp_in(to, port, bytes),
            Some(Peer::Chargen(len, seed)) => {
                let answer = Prng::new(*seed).bytes(*len);
                self.udp_in(to, port, answer);
            }
            Some(Peer::SendThenClose(answer)) => {
                let answer = answer.clone();
                self.udp_in(to, port, answer);
            }
            Some(Peer::Scripted(steps)) => {
                // Each datagram gets the answers up to the next Await.
                let end = steps
                    .iter()
                    .skip(1)
                    .position(|s| matches!(s, ScriptStep::Await(_)))
                    .map_or(steps.len(), |p| p + 1);
                let steps: Vec<_> = steps.drain(..end).collect();
                let mut delay = self.half();
                for step in steps {
                    match step {
                        ScriptStep::Send(bytes) => {
                            self.at(delay, Event::UdpToClient { from: to, port, bytes });
                        }
                        ScriptStep::Pause(time) => delay += time,
                        ScriptStep::Await(_) | ScriptStep::Close | ScriptStep::Reset => {}
                    }
                }
            }
            _ => {}
        }
    }
}
