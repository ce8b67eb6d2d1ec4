//! TCP connections of the host: a SYN is answered when the network has opened the connection.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use smoltcp::socket::tcp::State;

use super::Plan;
use super::endpoint::Endpoint;
use super::ip::{self, Parsed};
use crate::network::{Failure, Handle, Network, TcpState};

/// Connections at a time; what comes beyond them is refused.
const MOST: usize = 64;
/// A host that does not answer a peer's SYN for so long does not want it.
const ANSWER: Duration = Duration::from_secs(30);

const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;

/// The host's end, and the peer's.
pub(super) type Ends = (SocketAddr, SocketAddr);

#[derive(Debug)]
enum Phase {
    /// The host's SYN waits for the network.
    Calling {
        syn: Vec<u8>,
    },
    /// The peer waits for the host.
    Called {
        endpoint: Box<Endpoint>,
        until: Duration,
    },
    Open {
        endpoint: Box<Endpoint>,
        finished: bool,
    },
    /// The network has let go, the host's end has something left to do.
    Leaving {
        endpoint: Box<Endpoint>,
    },
}

#[derive(Debug)]
struct Connection {
    handle: Handle,
    phase: Phase,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Connections {
    all: BTreeMap<Ends, Connection>,
    /// Whose turn it was last to send a packet.
    last: Option<Ends>,
    seed: u64,
}

/// What the host has to be told beside the segments.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Nothing.
    None,
    /// A packet, which is a reset.
    Reset(Vec<u8>),
    /// There is no way to the peer of this packet.
    Unreachable(Vec<u8>),
}

impl Connections {
    /// A segment of the host, in its packet.
    pub(super) fn segment(
        &mut self,
        packet: &Parsed,
        raw: &[u8],
        plan: &Plan,
        net: &mut dyn Network,
    ) -> Answer {
        let segment = packet.payload.as_slice();
        let &[a, b, c, d, _, _, _, _, _, _, _, _, _, flags, ..] = segment else {
            return Answer::None;
        };
        let ends = (
            SocketAddr::new(packet.from, u16::from_be_bytes([a, b])),
            SocketAddr::new(packet.to, u16::from_be_bytes([c, d])),
        );
        let opens = flags & (SYN | ACK | RST) == SYN;
        if opens {
            self.make_room(ends);
        }
        let room = self.all.len() < MOST && ends.1.port() != 0;
        match self.all.get_mut(&ends).map(|c| (c.handle, &mut c.phase)) {
            Some((handle, Phase::Calling { .. })) => {
                if flags & RST != 0 {
                    net.abort(handle);
                    self.all.remove(&ends);
                }
                Answer::None
            }
            Some((
                _,
                Phase::Called { endpoint, .. } | Phase::Open { endpoint, .. } | Phase::Leaving { endpoint },
            )) => {
                endpoint.queues.rx.push_back(raw.to_vec());
                Answer::None
            }
            None if opens && room => {
                let handle = net.connect(None, plan.outside(ends.1));
                let phase = Phase::Calling { syn: raw.to_vec() };
                self.all.insert(ends, Connection { handle, phase });
                Answer::None
            }
            None => ip::reset(packet).map_or(Answer::None, Answer::Reset),
        }
    }

    /// A new connection may take the place of one that only waits for late segments.
    fn make_room(&mut self, ends: Ends) {
        let late = |c: &mut Connection| match &mut c.phase {
            Phase::Leaving { endpoint } => endpoint.socket().state() == State::TimeWait,
            _ => false,
        };
        if self.all.get_mut(&ends).is_some_and(late) {
            self.all.remove(&ends);
        } else if self.all.len() >= MOST
            && let Some(oldest) = self.all.iter_mut().find_map(|(ends, c)| late(c).then_some(*ends))
        {
            self.all.remove(&oldest);
        }
    }

    /// A peer wants to talk to the host.
    pub(super) fn called(
        &mut self,
        now: Duration,
        handle: Handle,
        ends: Ends,
        mtu: usize,
        net: &mut dyn Network,
    ) {
        if self.all.len() >= MOST || self.all.contains_key(&ends) || ends.0.port() == 0 || ends.1.port() == 0
        {
            return net.abort(handle);
        }
        let endpoint = Box::new(Endpoint::connect(now, ends.1, ends.0, mtu, self.next_seed()));
        let phase = Phase::Called { endpoint, until: now + ANSWER };
        self.all.insert(ends, Connection { handle, phase });
    }

    fn next_seed(&mut self) -> u64 {
        self.seed += 1;
        self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    /// Moves what can be moved between the host's ends and the network; answers to SYNs.
    pub(super) fn pump(&mut self, now: Duration, net: &mut dyn Network, mtu: usize) -> Vec<Answer> {
        let mut answers = Vec::new();
        let all: Vec<Ends> = self.all.keys().copied().collect();
        for ends in all {
            let seed = self.next_seed();
            let Some(mut connection) = self.all.remove(&ends) else {
                continue;
            };
            let mut answer = Answer::None;
            let handle = connection.handle;
            connection.phase = match connection.phase {
                Phase::Calling { syn } => match call(handle, syn, net, &mut answer) {
                    Call::Waits(syn) => Phase::Calling { syn },
                    Call::Opened(syn) => {
                        let endpoint = Box::new(Endpoint::listen(now, ends.1, mtu, seed, syn));
                        Phase::Open { endpoint, finished: false }
                    }
                    Call::Failed => {
                        net.abort(handle);
                        answers.push(answer);
                        continue;
                    }
                },
                Phase::Called { mut endpoint, until } => {
                    endpoint.receive(now);
                    let refused = endpoint.is_gone() || until <= now;
                    let left = matches!(net.state(handle), TcpState::Failed(_));
                    if refused || left {
                        net.abort(handle);
                        endpoint.socket().abort();
                        Phase::Leaving { endpoint }
                    } else if endpoint.socket().may_send() {
                        net.admit(handle);
                        Phase::Open { endpoint, finished: false }
                    } else {
                        Phase::Called { endpoint, until }
                    }
                }
                Phase::Open { mut endpoint, mut finished } => {
                    endpoint.receive(now);
                    if exchange(&mut endpoint, handle, &mut finished, net) {
                        Phase::Open { endpoint, finished }
                    } else {
                        Phase::Leaving { endpoint }
                    }
                }
                Phase::Leaving { mut endpoint } => {
                    endpoint.receive(now);
                    Phase::Leaving { endpoint }
                }
            };
            self.all.insert(ends, connection);
        }
        answers
    }

    /// One packet for the host, of the connection whose turn it is.
    pub(super) fn packet(&mut self, now: Duration) -> Option<Vec<u8>> {
        let last = self.last;
        let after = self.all.keys().copied().filter(|ends| Some(*ends) > last);
        let turn: Vec<Ends> =
            after.chain(self.all.keys().copied().filter(|ends| Some(*ends) <= last)).collect();
        for ends in turn {
            let Some(endpoint) = self.all.get_mut(&ends).and_then(|c| c.endpoint()) else {
                continue;
            };
            if let Some(packet) = endpoint.packet(now) {
                self.last = Some(ends);
                return Some(packet);
            }
        }
        None
    }

    /// Connections of which nothing is left are forgotten.
    pub(super) fn sweep(&mut self) {
        self.all.retain(|_, c| match &mut c.phase {
            Phase::Leaving { endpoint } => !endpoint.is_gone(),
            _ => true,
        });
    }

    pub(super) fn due(&mut self, now: Duration) -> Option<Duration> {
        let due = |connection: &mut Connection| match &mut connection.phase {
            Phase::Calling { .. } => None,
            Phase::Called { endpoint, until } => {
                Some(endpoint.due(now).map_or(*until, |due| due.min(*until)))
            }
            Phase::Open { endpoint, .. } | Phase::Leaving { endpoint } => endpoint.due(now),
        };
        self.all.values_mut().filter_map(due).min()
    }

    /// Everything is torn down.
    pub(super) fn abandon(&mut self, net: &mut dyn Network) {
        for connection in std::mem::take(&mut self.all).into_values() {
            if !matches!(connection.phase, Phase::Leaving { .. }) {
                net.abort(connection.handle);
            }
        }
    }
}

impl Connection {
    fn endpoint(&mut self) -> Option<&mut Endpoint> {
        match &mut self.phase {
            Phase::Calling { .. } => None,
            Phase::Called { endpoint, .. } | Phase::Open { endpoint, .. } | Phase::Leaving { endpoint } => {
                Some(endpoint)
            }
        }
    }
}

enum Call {
    Waits(Vec<u8>),
    Opened(Vec<u8>),
    Failed,
}

/// What has become of a connection that the host wants to open.
fn call(handle: Handle, syn: Vec<u8>, net: &mut dyn Network, answer: &mut Answer) -> Call {
    match net.state(handle) {
        TcpState::Connecting => return Call::Waits(syn),
        TcpState::Established | TcpState::PeerClosed => return Call::Opened(syn),
        TcpState::Failed(Failure::TimedOut) => {}
        TcpState::Failed(Failure::Unreachable) => *answer = Answer::Unreachable(syn),
        TcpState::Failed(_) => {
            if let Some(reset) = ip::parse(&syn).as_ref().and_then(ip::reset) {
                *answer = Answer::Reset(reset);
            }
        }
    }
    Call::Failed
}

/// Bytes go both ways as far as there is room; `false` when the network has let go.
fn exchange(endpoint: &mut Endpoint, handle: Handle, finished: &mut bool, net: &mut dyn Network) -> bool {
    let socket = endpoint.socket();
    if socket.can_recv() && net.state(handle) == TcpState::PeerClosed && !net.has_half_open() {
        // Nobody is there any more who could take it.
        socket.abort();
        net.abort(handle);
        return false;
    }
    while socket.can_recv() {
        match socket.recv(|bytes| {
            let taken = net.send(handle, bytes);
            (taken, taken)
        }) {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    while socket.can_send() {
        let room = socket.send_capacity() - socket.send_queue();
        let bytes = net.recv(handle, room);
        if bytes.is_empty() {
            break;
        }
        // There is room for all.
        let _ = socket.send_slice(&bytes);
    }
    // The host's FIN, after all that came before it.
    let host_is_done =
        matches!(socket.state(), State::CloseWait | State::LastAck | State::Closing | State::TimeWait)
            && socket.recv_queue() == 0;
    if host_is_done && !std::mem::replace(finished, true) {
        net.finish(handle);
    }
    match (net.state(handle), socket.state()) {
        (TcpState::Failed(_), _) => {
            socket.abort();
            net.abort(handle);
            false
        }
        // The host has reset it.
        (_, State::Closed) => {
            net.abort(handle);
            false
        }
        (TcpState::PeerClosed, State::TimeWait | State::LastAck) if *finished => {
            net.close(handle);
            false
        }
        (TcpState::PeerClosed, _) => {
            socket.close();
            true
        }
        _ => true,
    }
}
