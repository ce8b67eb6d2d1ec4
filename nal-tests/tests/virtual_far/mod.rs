//! The far end of a bench in the virtual network of the simulator.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(missing_docs, missing_debug_implementations, unreachable_pub)]

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::time::Duration;

use modem_sim::{ConnId, Failure, Peer, ScriptStep, TcpState, VirtualNetwork};
use nal_tests::pattern::{self, Digest};
use nal_tests::{Bench, CLOSE_AFTER, Ended, FarEnd, GOODBYE, Role, STRANGER, Seen, TRICKLE};

const NAME: (&str, [u8; 4]) = ("echo.example", [10, 0, 0, 7]);
const OTHER: (&str, [u8; 4]) = ("other.example", [10, 0, 0, 8]);
const SILENT: &str = "silent.example";
const STRANGE_PORT: u16 = 999;
/// How long a slow reader reads, and how long it then does not.
const SLOW: Duration = Duration::from_millis(50);
/// A stack may refuse one connection while it takes another, so a dial is repeated.
const REDIAL: Duration = Duration::from_millis(50);

/// Where the server of a role is, for TCP and UDP.
fn address(role: Role) -> SocketAddr {
    SocketAddr::from(([10, 0, 1, role as u8 + 1], 1000 + role as u16))
}

/// What the server of a role is. The rest is done by [`VirtualFar::attend`].
fn peer(role: Role, bulk: u32) -> Peer {
    match role {
        Role::Echo | Role::Echo2 | Role::Stranger => Peer::Echo,
        Role::Discard | Role::Stall | Role::SlowReader => Peer::Discard,
        Role::Chargen => Peer::Scripted(vec![ScriptStep::Send(pattern_of(bulk))]),
        Role::Trickle => Peer::Scripted(trickle()),
        Role::Goodbye | Role::HalfClose => Peer::SendThenClose(GOODBYE.to_vec()),
        Role::CloseAfter => Peer::CloseAfter(CLOSE_AFTER),
        Role::Reset => Peer::Scripted(vec![ScriptStep::Await(1), ScriptStep::Reset]),
        Role::Refuse => Peer::Refuse,
        Role::Blackhole => Peer::Blackhole,
    }
}

fn pattern_of(len: u32) -> Vec<u8> {
    let mut bytes = vec![0; len as usize];
    pattern::fill(&mut bytes, 0);
    bytes
}

fn trickle() -> Vec<ScriptStep> {
    let (bytes, mut steps, mut len) = (pattern_of(TRICKLE), Vec::new(), 1);
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(rest.len().min(len));
        steps.push(ScriptStep::Send(piece.to_vec()));
        steps.push(ScriptStep::Pause(Duration::from_millis(20)));
        (rest, len) = (behind, if len < 1024 { len * 2 } else { 1 });
    }
    steps
}

/// Servers of all roles that the network can have.
pub struct VirtualFar {
    net: VirtualNetwork,
    bulk: u32,
    datagrams: Cell<usize>,
    /// Connections from outside: to which port, and what they do.
    dials: RefCell<Vec<(ConnId, u16, Role)>>,
    redial: Cell<Duration>,
    /// A slow reader has a connection.
    slow: Cell<bool>,
    transactions: Cell<Option<u64>>,
    /// The link can be cut and restored by whoever asks for [`VirtualFar::link_wanted`].
    cuts: Cell<bool>,
    wanted: Cell<Option<bool>>,
}

impl VirtualFar {
    /// Puts the servers into a network.
    pub fn new(net: &VirtualNetwork, bulk: u32) -> Self {
        for role in Role::ALL {
            let at = address(role);
            net.on(at.ip(), at.port(), peer(role, bulk));
        }
        for (name, address) in [NAME, OTHER] {
            net.host(name, &[address.into()]);
        }
        net.silent_host(SILENT);
        Self {
            net: net.clone(),
            bulk,
            datagrams: Cell::new(net.datagrams().len()),
            dials: RefCell::default(),
            redial: Cell::default(),
            slow: Cell::default(),
            transactions: Cell::default(),
            cuts: Cell::default(),
            wanted: Cell::default(),
        }
    }

    /// A bench for a stack that can do what this network can.
    pub fn bench(&self) -> Bench<'_> {
        let mut bench = Bench::new();
        for role in Role::ALL {
            bench.tcp.set(role, address(role));
        }
        for role in [Role::Echo, Role::Echo2, Role::Discard, Role::Refuse, Role::Blackhole, Role::Stranger] {
            bench.udp.set(role, address(role));
        }
        // Bytes for a peer that has closed are lost in this network.
        bench.tcp.unset(Role::HalfClose);
        bench.names.v4 = Some((NAME.0, NAME.1.into()));
        bench.names.other = Some((OTHER.0, OTHER.1.into()));
        bench.names.missing = Some("nothing.example");
        bench.names.silent = Some(SILENT);
        bench.can.ipv6 = false;
        bench.can.half_close = false;
        bench.can.close_write = false;
        bench.bulk = self.bulk;
        bench.local = Some([10, 20, 30, 40].into());
        bench.far = Some(self);
        bench
    }

    /// Does what the servers of the network cannot; to be called whenever time has passed.
    pub fn attend(&self, now: Duration) {
        let slow_reads = (now.as_millis() / SLOW.as_millis()).is_multiple_of(2);
        self.slow.set(false);
        for conn in self.net.connections().iter().filter(|conn| conn.open && !conn.inbound) {
            if conn.remote == address(Role::Stall) {
                self.net.set_reading(conn.id, false);
            } else if conn.remote == address(Role::SlowReader) {
                self.slow.set(true);
                self.net.set_reading(conn.id, slow_reads);
            }
        }
        if now >= self.redial.get() {
            self.redial.set(now + REDIAL);
            for (conn, port, role) in self.dials.borrow_mut().iter_mut() {
                if let TcpState::Failed(Failure::Refused) = self.net.peer_state(*conn) {
                    *conn = self.call(*port, *role);
                }
            }
        }
        let datagrams = self.net.datagrams();
        for datagram in datagrams.iter().skip(self.datagrams.replace(datagrams.len())) {
            if datagram.to == address(Role::Stranger) {
                let from = SocketAddr::new(datagram.to.ip(), STRANGE_PORT);
                self.net.push_datagram(from, datagram.from.port(), STRANGER);
            }
        }
    }

    /// When [`VirtualFar::attend`] has to be called again, if nothing else happens.
    pub fn next(&self, now: Duration) -> Option<Duration> {
        let turn = u32::try_from(now.as_millis() / SLOW.as_millis()).unwrap_or(u32::MAX);
        self.slow.get().then(|| SLOW * (turn + 1))
    }

    /// What a case wants of the link since the last call: cut or restored.
    pub fn link_wanted(&self) -> Option<bool> {
        self.cuts.set(true);
        self.wanted.take()
    }

    /// What [`FarEnd::transactions`] says.
    pub fn set_transactions(&self, count: u64) {
        self.transactions.set(Some(count));
    }

    fn call(&self, port: u16, role: Role) -> ConnId {
        let from = ([151, 9, 34, 1], 40_000 + (self.net.connections().len() % 20_000) as u16).into();
        self.net.dial(port, from, peer(role, self.bulk))
    }

    fn seen(&self, conn: ConnId) -> Option<Seen> {
        let known = self.net.connections().into_iter().find(|known| known.id == conn)?;
        let received = self.net.received(conn);
        let ended = match self.net.peer_state(conn) {
            TcpState::PeerClosed if known.closed_by_modem => Ended::End,
            TcpState::Failed(_) => Ended::Reset,
            _ => Ended::Open,
        };
        Some(Seen { received: received.len() as u64, digest: Digest::of(&received), ended })
    }
}

impl FarEnd for VirtualFar {
    fn taken(&self, role: Role) -> Option<u32> {
        let all = self.net.connections();
        Some(all.iter().filter(|conn| conn.remote == address(role) && !conn.inbound).count() as u32)
    }

    fn newest(&self, role: Role) -> Option<Seen> {
        let all = self.net.connections();
        self.seen(all.iter().rfind(|conn| conn.remote == address(role) && !conn.inbound)?.id)
    }

    fn dial(&self, to: SocketAddr, role: Role) -> Option<()> {
        let conn = self.call(to.port(), role);
        self.dials.borrow_mut().push((conn, to.port(), role));
        Some(())
    }

    fn dialed(&self) -> Option<Seen> {
        let conn = self.dials.borrow().last()?.0;
        self.seen(conn)
    }

    fn datagram(&self, to: SocketAddr, bytes: &[u8]) -> Option<()> {
        self.net.push_datagram(([10, 9, 9, 9], 999).into(), to.port(), bytes);
        Some(())
    }

    fn link(&self, up: bool) -> Option<()> {
        self.cuts.get().then(|| self.wanted.set(Some(up)))
    }

    fn open(&self, role: Role, open: bool) -> Option<()> {
        let at = address(role);
        self.net.on(at.ip(), at.port(), if open { Peer::Echo } else { peer(role, self.bulk) });
        Some(())
    }

    fn transactions(&self) -> Option<u64> {
        self.transactions.get()
    }
}
