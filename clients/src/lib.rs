//! What the tests of this package share: virtual time for embassy-time, and servers in the virtual
//! network behind the simulated modem.

#[path = "../../tests/common/mod.rs"]
pub mod common;

pub mod broker;
pub mod clock;
pub mod coap;
pub mod http;
pub mod mqtt;

use std::fmt::Debug;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use common::{Setup, World};
use modem_sim::line::{Chunking, Faults};
use modem_sim::{ConnId, Model, VirtualNetwork};

/// One modem of each vendor, for what takes long.
pub const ONE_OF_EACH: [Model; 2] = [Model::SaraR5, Model::Ryz014a];

/// A server in the virtual network.
pub trait Server {
    /// Does what is due at `now`.
    fn attend(&mut self, net: &VirtualNetwork, now: Duration);

    /// When something is due although nothing comes.
    fn due(&self) -> Option<Duration> {
        None
    }
}

/// Nobody, or somebody who was told before what to do.
impl Server for () {
    fn attend(&mut self, _: &VirtualNetwork, _: Duration) {}
}

/// A connection to a server, and how much of what has come was looked at.
#[derive(Debug)]
pub struct Inbox {
    pub conn: ConnId,
    taken: usize,
}

impl Inbox {
    /// What has come since the last time.
    pub fn take(&mut self, net: &VirtualNetwork) -> Vec<u8> {
        let mut bytes = net.received(self.conn).split_off(self.taken);
        self.taken += bytes.len();
        bytes.shrink_to_fit();
        bytes
    }
}

/// Connections to `address` that are not among `known`.
pub fn new_connections(net: &VirtualNetwork, address: SocketAddr, known: usize) -> Vec<Inbox> {
    let to_us = net.connections().into_iter().filter(|conn| conn.remote == address && !conn.inbound);
    to_us.skip(known).map(|conn| Inbox { conn: conn.id, taken: 0 }).collect()
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A recorded world with this number of sockets, whose link is up.
pub fn up<const N: usize>(model: Model) -> World {
    // A port gives what its FIFO holds, not what belongs together.
    let line = Faults { chunking: Chunking::Random(16), ..Faults::paced(115_200) };
    let mut world = Setup { record: true, line, ..Setup::new(model) }.build_sized::<N, 1024, 1024>();
    clock::start();
    world.bring_up();
    world
}

/// Runs a future with a server and the time of embassy-time. It is polled when it was woken, and only
/// then. `None` when it is not done after `secs`; it can be gone on with.
pub fn run_for<F: Future>(
    world: &mut World,
    server: &mut impl Server,
    time: Duration,
    future: &mut Pin<&mut F>,
) -> Option<F::Output> {
    let until = world.now + time;
    let woken = Arc::new(Woken(AtomicBool::new(true)));
    let waker = Waker::from(woken.clone());
    loop {
        clock::set(world.now);
        let net = world.net.clone();
        server.attend(&net, world.now);
        if woken.0.swap(false, Ordering::Relaxed)
            && let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker))
        {
            return Some(output);
        }
        // What is due now, before time goes on.
        world.pass(Duration::ZERO);
        if woken.0.load(Ordering::Relaxed) {
            continue;
        }
        let next = [clock::next(), server.due()].into_iter().flatten().fold(until, Duration::min);
        if !world.step(next.max(world.now)) && world.now >= until {
            return None;
        }
    }
}

/// Runs a future to its end, for `secs` of virtual time at most.
pub fn run<F: Future>(world: &mut World, server: &mut impl Server, secs: u64, future: F) -> F::Output {
    let mut future = pin!(future);
    match run_for(world, server, Duration::from_secs(secs), &mut future.as_mut()) {
        Some(output) => output,
        None => panic!("{}: not done after {secs} s:\n{}", world.model, world.tail()),
    }
}

/// Runs a future that has no end until `done` finds that all has happened.
pub fn run_until<F: Future, S: Server>(
    world: &mut World,
    server: &mut S,
    secs: u64,
    future: &mut Pin<&mut F>,
    mut done: impl FnMut(&S) -> bool,
) {
    let end = world.now + Duration::from_secs(secs);
    while !done(server) {
        let ended = run_for(world, server, Duration::from_millis(50), future).is_some();
        assert!(!ended, "{}: the client has ended\n{}", world.model, world.tail());
        assert!(world.now < end, "{}: not done after {secs} s:\n{}", world.model, world.tail());
    }
}

/// Runs a future that has no end for a while.
pub fn go_on<F: Future>(world: &mut World, server: &mut impl Server, secs: u64, future: &mut Pin<&mut F>) {
    let ended = run_for(world, server, Duration::from_secs(secs), future).is_some();
    assert!(!ended, "{}: the client has ended\n{}", world.model, world.tail());
}

/// These bytes are what had to come; says no more than how they differ.
#[track_caller]
pub fn assert_same<E: Debug>(world: &World, got: Result<Vec<u8>, E>, expected: &[u8], context: &str) {
    let wrong = match got {
        Ok(bytes) if bytes == expected => return,
        Ok(bytes) => {
            let same = bytes.iter().zip(expected).take_while(|(a, b)| a == b).count();
            format!("{} bytes for {}, the first {same} of them right", bytes.len(), expected.len())
        }
        Err(error) => format!("{error:?}"),
    };
    panic!("{}: {context}: {wrong}\n{}", world.model, world.tail());
}
