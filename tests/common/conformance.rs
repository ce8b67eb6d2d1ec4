//! A bench of `nal-tests` in virtual time: its far end, its timer, and what drives both.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use modem_sim::{ConnId, Failure, Model, Peer, ScriptStep, TcpState, VirtualNetwork};
use nal_tests::pattern::{self, Digest};
use nal_tests::{
    Bench, CLOSE_AFTER, Capabilities, Deviation, Ended, FarEnd, GOODBYE, Outcome, Records, Role, STRANGER,
    Seen, TRICKLE, Timer,
};

use super::{ECHO_NAME, Setup, World};

/// Sockets of a world here.
const SOCKETS: usize = 3;

/// Where the server of a role is, for TCP and UDP.
pub fn address(role: Role) -> SocketAddr {
    match role {
        Role::Echo => super::ECHO.into(),
        role => SocketAddr::from(([10, 0, 1, role as u8 + 1], 1000 + role as u16)),
    }
}

const STRANGE_PORT: u16 = 999;
/// The address to which [`OTHER_NAME`] belongs.
const OTHER: [u8; 4] = [10, 0, 0, 8];
const OTHER_NAME: &str = "other.example";
const SILENT_NAME: &str = "silent.example";

fn pattern_of(len: u32) -> Vec<u8> {
    let mut bytes = vec![0; len as usize];
    pattern::fill(&mut bytes, 0);
    bytes
}

/// What the server of a role is in the virtual network. Reading slowly and answering from another
/// port is done by [`Far::attend`].
fn peer(role: Role, bulk: u32) -> Peer {
    match role {
        Role::Echo | Role::Echo2 | Role::Stranger => Peer::Echo,
        Role::Discard | Role::Stall | Role::SlowReader => Peer::Discard,
        Role::Chargen => Peer::Scripted(vec![ScriptStep::Send(pattern_of(bulk))]),
        Role::Trickle => {
            let (bytes, mut steps, mut from, mut len) = (pattern_of(TRICKLE), Vec::new(), 0, 1);
            while from < bytes.len() {
                let to = bytes.len().min(from + len);
                steps.extend([
                    ScriptStep::Send(bytes[from..to].to_vec()),
                    ScriptStep::Pause(Duration::from_millis(20)),
                ]);
                (from, len) = (to, if len < 1024 { len * 2 } else { 1 });
            }
            Peer::Scripted(steps)
        }
        Role::Goodbye | Role::HalfClose => Peer::SendThenClose(GOODBYE.to_vec()),
        Role::CloseAfter => Peer::CloseAfter(CLOSE_AFTER),
        Role::Reset => Peer::Scripted(vec![ScriptStep::Await(1), ScriptStep::Reset]),
        Role::Refuse => Peer::Refuse,
        Role::Blackhole => Peer::Blackhole,
    }
}

enum Command {
    Link(bool),
    Forget,
}

/// The far end of a world.
pub struct Far {
    net: VirtualNetwork,
    now: Cell<Duration>,
    timers: RefCell<BTreeMap<(Duration, u64), Waker>>,
    count: Cell<u64>,
    commands: RefCell<VecDeque<Command>>,
    datagrams: Cell<usize>,
    bulk: Cell<u32>,
    /// Connections from outside: to which port, and what they do.
    dials: RefCell<Vec<(ConnId, u16, Role)>>,
    redial: Cell<Duration>,
    /// How often the link was cut or restored.
    losses: Cell<u32>,
}

impl Far {
    /// Puts the servers into a world's network.
    pub fn new(world: &World, bulk: u32) -> Self {
        let net = world.net.clone();
        for role in Role::ALL {
            let at = address(role);
            net.on(at.ip(), at.port(), peer(role, bulk));
        }
        net.host(OTHER_NAME, &[OTHER.into()]);
        net.silent_host(SILENT_NAME);
        Far {
            net,
            now: Cell::new(world.now),
            timers: RefCell::default(),
            count: Cell::default(),
            commands: RefCell::default(),
            datagrams: Cell::new(world.net.datagrams().len()),
            bulk: Cell::new(bulk),
            dials: RefCell::default(),
            redial: Cell::default(),
            losses: Cell::default(),
        }
    }

    /// A bench for a stack whose modem can do what the documents say.
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
        bench.names.v4 = Some((ECHO_NAME, super::ECHO.0.into()));
        bench.names.other = Some((OTHER_NAME, OTHER.into()));
        bench.names.missing = Some("nothing.example");
        bench.names.silent = Some(SILENT_NAME);
        bench.can = Capabilities::ALL;
        bench.can.ipv6 = false;
        bench.can.half_close = false;
        bench.can.close_write = false;
        bench.can.empty_datagrams = false;
        bench.max_datagram = 1024;
        bench.max_sockets = Some(SOCKETS);
        bench.rounds = 50;
        bench.bulk = self.bulk.get();
        bench.idle_ms = 10_000;
        bench.settle_ms = 60_000;
        bench.limit_ms = 3_600_000;
        bench.local = Some([10, 20, 30, 40].into());
        bench.far = Some(self);
        bench
    }

    /// Does what the network's own servers cannot, and what cases have asked for.
    pub fn attend(&self, world: &mut World) {
        self.now.set(world.now);
        for conn in self.net.connections().iter().filter(|conn| conn.open) {
            if conn.remote == address(Role::Stall) && !conn.inbound {
                self.net.set_reading(conn.id, false);
            }
        }
        if self.now.get() >= self.redial.get() {
            // A modem may refuse one connection while it takes another.
            self.redial.set(self.now.get() + Duration::from_millis(50));
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
        while let Some(command) = self.commands.borrow_mut().pop_front() {
            match command {
                // The modem restarts by itself, and every other time it has no power until later.
                Command::Link(up) => {
                    let round = self.losses.replace(self.losses.get() + 1) / 2;
                    match (round % 2, up) {
                        (0, true) => {}
                        (0, false) => world.modem.reboot(world.now),
                        _ => world.modem.power(world.now, up),
                    }
                }
                Command::Forget => world.modem.vanish_sockets(),
            }
        }
    }

    /// Runs a future that uses this timer. It is polled when it was woken, and only then.
    pub fn run<F: Future>(&self, world: &mut World, secs: u64, future: F) -> Option<F::Output> {
        let until = world.now + Duration::from_secs(secs);
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let waker = Waker::from(flag.clone());
        let mut future = pin!(future);
        loop {
            self.attend(world);
            self.ring();
            if flag.0.swap(false, Ordering::Relaxed) {
                if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return Some(output);
                }
                self.attend(world);
            }
            // What is due now, before time goes on.
            world.pass(Duration::ZERO);
            if flag.0.load(Ordering::Relaxed) {
                continue;
            }
            let next = self.timers.borrow().keys().next().map_or(until, |&(at, _)| at.min(until));
            if !world.step(next) && world.now >= until {
                return None;
            }
        }
    }

    fn call(&self, port: u16, role: Role) -> ConnId {
        let from = ([151, 9, 34, 1], 40_000 + (self.net.connections().len() % 20_000) as u16).into();
        self.net.dial(port, from, peer(role, self.bulk.get()))
    }

    fn ring(&self) {
        let mut timers = self.timers.borrow_mut();
        while let Some(entry) = timers.first_entry() {
            if entry.key().0 > self.now.get() {
                break;
            }
            entry.remove().wake();
        }
    }

    fn seen(&self, conn: ConnId, closed_by_modem: bool) -> Seen {
        let received = self.net.received(conn);
        let ended = match self.net.peer_state(conn) {
            TcpState::PeerClosed if closed_by_modem => Ended::End,
            TcpState::Failed(_) => Ended::Reset,
            _ => Ended::Open,
        };
        Seen { received: received.len() as u64, digest: Digest::of(&received), ended }
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The time of a world.
#[derive(Clone)]
pub struct Clock(pub Rc<Far>);

impl Timer for Clock {
    async fn after(&self, milliseconds: u32) {
        let far = &self.0;
        let at = far.now.get() + Duration::from_millis(milliseconds.into());
        let id = far.count.get();
        far.count.set(id + 1);
        let _guard = Registered { far, key: (at, id) };
        poll_fn(|context| {
            if far.now.get() >= at {
                return Poll::Ready(());
            }
            far.timers.borrow_mut().insert((at, id), context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

struct Registered<'a> {
    far: &'a Far,
    key: (Duration, u64),
}

impl Drop for Registered<'_> {
    fn drop(&mut self) {
        self.far.timers.borrow_mut().remove(&self.key);
    }
}

impl FarEnd for Far {
    fn taken(&self, role: Role) -> Option<u32> {
        let all = self.net.connections();
        Some(all.iter().filter(|conn| conn.remote == address(role) && !conn.inbound).count() as u32)
    }

    fn newest(&self, role: Role) -> Option<Seen> {
        let all = self.net.connections();
        let conn = all.iter().rfind(|conn| conn.remote == address(role) && !conn.inbound)?;
        Some(self.seen(conn.id, conn.closed_by_modem))
    }

    fn dial(&self, to: SocketAddr, role: Role) -> Option<()> {
        let conn = self.call(to.port(), role);
        self.dials.borrow_mut().push((conn, to.port(), role));
        Some(())
    }

    fn dialed(&self) -> Option<Seen> {
        let id = self.dials.borrow().last()?.0;
        let all = self.net.connections();
        let conn = all.iter().find(|conn| conn.id == id)?;
        Some(self.seen(id, conn.closed_by_modem))
    }

    fn datagram(&self, to: SocketAddr, bytes: &[u8]) -> Option<()> {
        self.net.push_datagram(([10, 9, 9, 9], 999).into(), to.port(), bytes);
        Some(())
    }

    fn link(&self, up: bool) -> Option<()> {
        self.commands.borrow_mut().push_back(Command::Link(up));
        Some(())
    }

    fn forget_sockets(&self) -> Option<()> {
        self.commands.borrow_mut().push_back(Command::Forget);
        Some(())
    }
}

/// A world with three sockets whose link is up, and its far end.
pub fn bench_of(model: Model) -> (World, Rc<Far>) {
    let mut world = Setup { record: true, ..Setup::new(model) }.build_sized::<SOCKETS, 1024, 1024>();
    world.bring_up();
    let far = Rc::new(Far::new(&world, 20_000));
    (world, far)
}

/// What came out and is not what was known; and the modem has no fault to find with its host.
pub fn surprises(mut world: World, records: &Records, deviations: &[Deviation]) -> Vec<String> {
    let model = world.model;
    let mut wrong = Vec::new();
    for entry in records.entries() {
        println!("{model}: {}", entry.text());
        if matches!(entry.outcome, Outcome::Fail(_) | Outcome::Mended { .. }) {
            wrong.push(format!("{model}: {}", entry.text()));
        }
    }
    for known in deviations {
        let exists = records.entries().any(|entry| entry.case.id == known.id);
        assert!(exists, "there is no case {} to deviate from", known.id);
    }
    println!("{}", records.summary());
    world.leaves_nothing();
    wrong
}

/// Where the cases of both async facades are known to fail, because of what the documents say.
pub fn async_deviations(model: Model) -> Vec<Deviation> {
    let mut known =
        vec![Deviation::new("A10", "the modem tells a reset and an orderly end with the same words")];
    if !model.is_ublox() {
        let reason = "a UDP socket of this modem has one peer, that of the last datagram (AT+SQNSD)";
        known.extend([Deviation::new("D05", reason), Deviation::new("D11", reason)]);
    }
    known
}
