//! A bench of `nal-tests` in virtual time: its far end, its timer, and what drives both.

#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(missing_docs, unreachable_pub)]

#[path = "../../nal-tests/program/modems.rs"]
pub mod modems;
#[path = "../../nal-tests/tests/results/mod.rs"]
pub mod results;
#[path = "../../nal-tests/tests/virtual_far/mod.rs"]
pub mod virtual_far;

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

use cellular_nal::ip::Ip;
use modem_sim::Model;
use nal_tests::{Bench, Deviation, FarEnd, Outcome, Records, Role, Seen, Timer};

use crate::common::{Mode, Setup, World};
use virtual_far::VirtualFar;

/// Bytes that a case may take for its buffers and what it keeps while it waits, on a device too.
const CASE: usize = 8 << 10;

/// Sockets of a world here.
const SOCKETS: usize = 3;

enum Command {
    Link(bool),
    Forget,
    Late,
}

/// The far end of a world: its network's, and what can be done to the modem.
pub struct Far {
    network: VirtualFar,
    now: Cell<Duration>,
    timers: RefCell<BTreeMap<(Duration, u64), Waker>>,
    count: Cell<u64>,
    commands: RefCell<VecDeque<Command>>,
    /// How often the link was cut or restored.
    losses: Cell<u32>,
    /// The sockets are the modem's own.
    by_modem: bool,
}

impl Far {
    /// Puts the servers into a world's network.
    pub fn new(world: &World, bulk: u32) -> Self {
        Far {
            network: VirtualFar::new(&world.net, bulk),
            now: Cell::new(world.now),
            timers: RefCell::default(),
            count: Cell::default(),
            commands: RefCell::default(),
            losses: Cell::default(),
            by_modem: world.ip.is_none(),
        }
    }

    /// A bench for a stack whose modem can do what the documents say.
    pub fn bench(&self) -> Bench<'_> {
        let mut bench = self.network.bench();
        bench.can.empty_datagrams = false;
        bench.max_datagram = 1024;
        bench.max_sockets = Some(SOCKETS);
        bench.rounds = 50;
        bench.idle_ms = 10_000;
        bench.settle_ms = 60_000;
        bench.limit_ms = 3_600_000;
        bench.far = Some(self);
        bench
    }

    /// Does what the network's own servers cannot, and what cases have asked for.
    pub fn attend(&self, world: &mut World) {
        self.now.set(world.now);
        self.network.set_transactions(world.modem.commands());
        self.network.attend(world.now);
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
                // One of them has the number of the socket that is open now.
                Command::Late if world.model.is_ublox() => {
                    for id in 0..SOCKETS {
                        world.modem.inject(world.now, &format!("+UUSORD: {id},7"));
                        world.modem.inject(world.now, &format!("+UUSOCL: {id}"));
                    }
                }
                Command::Late => {
                    for id in 1..=SOCKETS {
                        world.modem.inject(world.now, &format!("+SQNSRING: {id},7"));
                        world.modem.inject(world.now, &format!("+SQNSH: {id}"));
                    }
                }
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
            let timer = self.timers.borrow().keys().next().map(|&(at, _)| at);
            let next = [timer, self.network.next(world.now)].into_iter().flatten().fold(until, Duration::min);
            if !world.step(next) && world.now >= until {
                return None;
            }
        }
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
        self.network.taken(role)
    }

    fn newest(&self, role: Role) -> Option<Seen> {
        self.network.newest(role)
    }

    fn dial(&self, to: SocketAddr, role: Role) -> Option<()> {
        self.network.dial(to, role)
    }

    fn dialed(&self) -> Option<Seen> {
        self.network.dialed()
    }

    fn datagram(&self, to: SocketAddr, bytes: &[u8]) -> Option<()> {
        self.network.datagram(to, bytes)
    }

    fn open(&self, role: Role, open: bool) -> Option<()> {
        self.network.open(role, open)
    }

    fn transactions(&self) -> Option<u64> {
        self.network.transactions()
    }

    fn late_report(&self) -> Option<()> {
        self.by_modem.then_some(())?;
        self.commands.borrow_mut().push_back(Command::Late);
        Some(())
    }

    fn link(&self, up: bool) -> Option<()> {
        self.commands.borrow_mut().push_back(Command::Link(up));
        Some(())
    }

    fn forget_sockets(&self) -> Option<()> {
        self.by_modem.then_some(())?;
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

/// The same with PPP on the line.
pub fn bench_of_ip(model: Model, mode: Mode) -> (World, Rc<Far>) {
    let setup = Setup { record: true, mode, ..Setup::new(model) };
    let mut world = setup.build_sized::<1, 1024, 1024>();
    world.ip_up();
    let far = Rc::new(Far::new(&world, 20_000));
    (world, far)
}

/// What the IP stack can do, and what it lacks.
pub fn of_ip<'a>(bench: Bench<'a>, world: &World) -> Bench<'a> {
    let (_, ip) = world.ip.expect("there is an IP stack");
    limits_of_ip(bench, ip)
}

/// The same for a stack that is up.
pub fn limits_of_ip<'a>(mut bench: Bench<'a>, ip: &RefCell<Ip<'_>>) -> Bench<'a> {
    modems::of_ip(&mut bench);
    // In router mode the modem translates addresses, and this one is its peer's.
    bench.local = ip.borrow().ppp().ipv4().map(|ipv4| ipv4.address.into());
    bench
}

/// What came out and is not what was known; and the modem has no fault to find with its host.
pub fn surprises(mut world: World, records: &Records, deviations: &[Deviation]) -> Vec<String> {
    let model = world.model;
    let mut wrong = Vec::new();
    let mut largest = 0;
    for entry in records.entries() {
        println!("{model}: {}", entry.text());
        largest = largest.max(entry.figures.future.unwrap_or(0));
        if matches!(entry.outcome, Outcome::Fail(_) | Outcome::Mended { .. }) {
            wrong.push(format!("{model}: {}", entry.text()));
        }
    }
    for known in deviations {
        let exists = records.entries().any(|entry| entry.case.id == known.id);
        assert!(exists, "there is no case {} to deviate from", known.id);
    }
    println!("{}The largest case takes {largest} bytes.", records.summary());
    // Here, where pointers are twice as long as on a microcontroller.
    assert!(largest <= CASE, "the largest case takes {largest} bytes");
    world.leaves_nothing();
    wrong
}
