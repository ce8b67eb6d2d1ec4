//! A modem, a serial line and an engine in virtual time.
//!
//! Nothing here sleeps: time jumps to whatever happens next. The same seed gives the same run.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(missing_docs, unreachable_pub)]

pub mod conversation;
pub mod dialing;
pub mod dropping;
pub mod faulty;
pub mod golden;
mod hooks;
#[cfg(feature = "nb")]
pub mod nb;
pub mod recovery;
pub mod script;
mod side;
pub mod six;
pub mod tls;
pub mod urcs;

pub use hooks::{Behind, Extra, Lost, OnPin};
pub use side::Mode;

use std::cell::RefCell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use cellular_nal::asynch::{Control, Stack};
use cellular_nal::dialect::{Dialect, detect};
use cellular_nal::{Config, Drive, Engine, Error, Instant, Resources, SocketHandle, Task, ppp};
use modem_sim::line::{Faults, Line};
use modem_sim::{Breach, Direction, Model, Modem, Options, Peer, Rule, VirtualNetwork};

/// A server that returns every byte; it is always there.
pub const ECHO: ([u8; 4], u16) = ([10, 0, 0, 7], 7);
pub const ECHO_NAME: &str = "echo.example";

/// Everything at both ends of the line.
pub struct World {
    pub engine: &'static RefCell<Engine>,
    pub stack: Stack<'static>,
    pub control: Control<'static>,
    /// The stack over PPP, where there is one.
    pub ip: Option<side::OnIp>,
    drive: Box<dyn Drive>,
    pub modem: Modem,
    pub net: VirtualNetwork,
    pub line: Line,
    pub now: Duration,
    pub model: Model,
    host_baud: u32,
    /// The conversation, when it is recorded.
    pub log: Rc<RefCell<Vec<String>>>,
    /// Bits per second of the host's port can change.
    pub baud_changes: bool,
    pub on_pin: OnPin,
    woken: Arc<Woken>,
    /// Looks at each piece that the modem prints, and may put something behind it.
    pub behind: Option<Behind>,
    /// Pieces that the modem prints and that never arrive.
    pub lost: Option<Lost>,
    /// Bytes that the host's port takes at once; all there are, if `None`.
    pub fifo: Option<usize>,
    /// Bytes that the host's port has not given on yet.
    waiting: Vec<u8>,
}

/// How a world is made.
pub struct Setup {
    pub model: Model,
    pub options: Options,
    pub config: Config,
    pub seed: u64,
    pub line: Faults,
    pub record: bool,
    /// Bit rate of the host's port at the start.
    pub host_baud: u32,
    /// Another dialect than the model's own.
    pub dialect: Option<&'static dyn Dialect>,
    pub mode: Mode,
    /// How PPP is negotiated.
    pub ppp: ppp::Config<'static>,
}

impl Setup {
    pub fn new(model: Model) -> Self {
        Setup {
            model,
            options: Options::default(),
            config: Config::new(),
            seed: 1,
            line: Faults::paced(115_200),
            record: false,
            host_baud: 115_200,
            dialect: None,
            mode: Mode::Sockets,
            ppp: ppp::Config::new(4711),
        }
    }

    pub fn build(self) -> World {
        self.build_sized::<2, 1024, 1024>()
    }

    pub fn build_sized<const N: usize, const RX: usize, const TX: usize>(self) -> World {
        let net = VirtualNetwork::new();
        net.set_rtt(self.options.rtt);
        net.on(ECHO.0, ECHO.1, Peer::Echo);
        net.host(ECHO_NAME, &[ECHO.0.into()]);
        let baud = self.options.baud;
        let mut modem = Modem::new(self.model, self.options, Box::new(net.clone()));
        let log = Rc::new(RefCell::new(Vec::new()));
        if self.record {
            let sink = log.clone();
            modem.trace(Box::new(move |at, direction, bytes| {
                // Only fills what the modem may still wait for.
                if direction == Direction::ToModem && bytes.iter().all(|&byte| byte == b'\r') {
                    return;
                }
                let arrow = if direction == Direction::ToModem { '>' } else { '<' };
                let text = bytes.escape_ascii();
                let line = format!("{:9.3} {arrow} {text}", at.as_secs_f64());
                if std::env::var_os("SEED").is_some() {
                    println!("{line}");
                }
                sink.borrow_mut().push(line);
            }));
        }
        let mut line = Line::new(self.seed);
        line.set_faults(Direction::ToModem, self.line.clone());
        line.set_faults(Direction::ToHost, self.line);
        line.set_speeds(self.host_baud, baud);
        let resources = Box::leak(Box::new(Resources::<N, RX, TX>::new()));
        let (stack, control, runner) = cellular_nal::asynch::new(
            self.dialect.unwrap_or_else(|| dialect(self.model)),
            self.config,
            resources,
        );
        let engine = runner.engine();
        let (ip, drive) = side::drive(self.mode, engine, self.ppp);
        // Frames come byte by byte, and what waits in the port cannot be overtaken.
        let fifo = ip.is_some().then_some(64);
        World {
            engine,
            stack,
            control,
            ip,
            drive,
            modem,
            net,
            line,
            now: Duration::ZERO,
            model: self.model,
            host_baud: self.host_baud,
            log,
            baud_changes: true,
            on_pin: Box::new(recovery::wired),
            woken: Arc::default(),
            behind: None,
            lost: None,
            fifo,
            waiting: Vec::new(),
        }
    }
}

pub fn dialect(model: Model) -> &'static dyn Dialect {
    detect::by_name(&model.to_string()).expect("there is a dialect for each model")
}

/// A world whose link is up.
pub fn up(model: Model) -> World {
    let mut world = Setup::new(model).build();
    world.bring_up();
    world
}

/// How often a task was woken.
#[derive(Default)]
pub(crate) struct Woken(pub(crate) AtomicU64);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

pub(crate) fn instant(now: Duration) -> Instant {
    Instant::from_micros(now.as_micros() as u64)
}

impl World {
    pub fn bring_up(&mut self) {
        let control = self.control;
        self.run(60, control.connect()).expect("the link comes up");
    }

    /// The link comes up before `secs` are over; until then it may be refused. Says how long it took.
    pub fn comes_up(&mut self, secs: u64) -> Duration {
        let (control, start) = (self.control, self.now);
        loop {
            match self.try_run(secs, control.connect()) {
                Some(Ok(())) => return self.now - start,
                last if self.now - start >= Duration::from_secs(secs) => {
                    panic!("{:?}: no link after {secs} s: {last:?}\n{}", self.model, self.tail())
                }
                _ => self.pass_secs(1),
            }
        }
    }

    /// Lets everything happen that is due, then jumps to the next thing, `limit` at the latest.
    /// False when that has come.
    pub fn step(&mut self, limit: Duration) -> bool {
        let next = self.settle(limit);
        self.now = next.max(self.now);
        self.now < limit
    }

    /// Lets everything happen that is due now, and says when something is due again.
    fn settle(&mut self, limit: Duration) -> Duration {
        let mut next = limit;
        loop {
            let mut busy = false;
            let mut chunk = [0; 2048];
            loop {
                let size = self.fifo.unwrap_or(chunk.len()).min(chunk.len());
                match self.drive.poll_output(instant(self.now), &mut chunk[..size]) {
                    Task::Transmit(_) if self.fifo.is_some() && self.idle_at() > self.now => {
                        next = next.min(self.idle_at());
                        break;
                    }
                    Task::Transmit(count) => {
                        self.line.push(Direction::ToModem, self.now, &chunk[..count]);
                        self.drive.transmitted(count);
                        busy = true;
                    }
                    Task::Baud(baud) => {
                        if self.baud_changes {
                            self.host_baud = baud;
                            self.line.set_speeds(baud, self.modem.baud());
                        }
                        busy = true;
                    }
                    Task::Pin { pin, active } => {
                        (self.on_pin)(&mut self.modem, self.now, pin, active);
                        busy = true;
                    }
                    Task::Timeout(at) => {
                        if let Some(at) = at {
                            let at = Duration::from_micros(at.as_micros());
                            assert!(
                                at > self.now,
                                "something is due and nothing comes of it at {:?}",
                                self.now
                            );
                            next = next.min(at);
                        }
                        break;
                    }
                }
            }
            self.line.set_speeds(self.host_baud, self.modem.baud());
            self.line.set_ready(Direction::ToModem, self.now, self.modem.ready_to_receive());
            while let Some(bytes) = self.modem.poll_transmit(self.now) {
                if !self.lost.as_mut().is_some_and(|lost| lost(&bytes)) {
                    self.line.push(Direction::ToHost, self.now, &bytes);
                }
                busy = true;
                self.go_behind(&bytes);
            }
            while let Some(bytes) = self.line.poll(Direction::ToModem, self.now) {
                self.modem.handle_rx(self.now, &bytes);
                busy = true;
            }
            while let Some(bytes) = self.line.poll(Direction::ToHost, self.now) {
                self.waiting.extend(bytes);
                busy = true;
            }
            // As much as the engine has room for; the port holds the rest back.
            let room = self.drive.room();
            self.line.set_ready(Direction::ToHost, self.now, self.waiting.len() <= room);
            let room = room.min(self.waiting.len());
            if room > 0 {
                let bytes: Vec<u8> = self.waiting.drain(..room).collect();
                self.drive.handle_rx(instant(self.now), &bytes);
                busy = true;
            }
            if self.modem.poll_timeout().is_some_and(|at| at <= self.now) {
                self.modem.handle_timeout(self.now);
                busy = true;
            }
            if !busy {
                break;
            }
            next = limit;
        }
        [self.modem.poll_timeout(), self.line.next_due()].into_iter().flatten().fold(next, Duration::min)
    }

    /// When the host's port has sent all that it took.
    fn idle_at(&self) -> Duration {
        self.line.idle_at(Direction::ToModem)
    }

    fn go_behind(&mut self, bytes: &[u8]) {
        match self.behind.as_mut().and_then(|behind| behind(bytes)) {
            Some(Extra::Inject(line)) => self.modem.inject(self.now, &line),
            Some(Extra::Raw(bytes)) => {
                self.log.borrow_mut().push(format!("            + {}", bytes.escape_ascii()));
                self.line.push(Direction::ToHost, self.now, &bytes);
            }
            Some(Extra::Reboot) => self.modem.reboot(self.now),
            Some(Extra::PowerOff) => self.modem.power(self.now, false),
            Some(Extra::Unplug) => self.plug(false),
            None => {}
        }
    }

    /// The host's port has this bit rate from the start.
    pub fn host_opens_at(&mut self, baud: u32) {
        self.host_baud = baud;
    }

    /// Pulls the cable, or plugs it in.
    pub fn plug(&mut self, plugged: bool) {
        let lose_per_million = if plugged { 0 } else { 1_000_000 };
        for direction in [Direction::ToModem, Direction::ToHost] {
            self.line.set_faults(direction, Faults { lose_per_million, ..Faults::paced(115_200) });
        }
    }

    /// Lets time pass.
    pub fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while self.step(until) {}
    }

    pub fn pass_secs(&mut self, secs: u64) {
        self.pass(Duration::from_secs(secs));
    }

    /// Runs a future to its end, for `secs` of virtual time at most.
    pub fn run<F: Future>(&mut self, secs: u64, future: F) -> F::Output {
        match self.try_run(secs, future) {
            Some(output) => output,
            None => panic!("not done after {secs} s; the end of the conversation:\n{}", self.tail()),
        }
    }

    pub fn try_run<F: Future>(&mut self, secs: u64, future: F) -> Option<F::Output> {
        self.try_run_for(Duration::from_secs(secs), &mut pin!(future).as_mut())
    }

    /// Runs a future for a while; it can be gone on with afterwards.
    pub fn try_run_for<F: Future>(&mut self, time: Duration, future: &mut Pin<&mut F>) -> Option<F::Output> {
        let until = self.now + time;
        let waker = Waker::from(self.woken.clone());
        let mut context = Context::from_waker(&waker);
        loop {
            let before = self.woken.0.load(Ordering::Relaxed);
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return Some(output);
            }
            // A task is polled only when it was woken: a lost wake-up shows here.
            loop {
                let next = self.settle(until);
                if self.woken.0.load(Ordering::Relaxed) != before {
                    break;
                }
                if next >= until {
                    self.now = until;
                    return None;
                }
                self.now = next.max(self.now);
            }
        }
    }

    /// Runs a future until it has been polled `polls` times or `events` things have happened, then
    /// drops it. `Some` when it was done before.
    pub fn run_and_drop<F: Future>(
        &mut self,
        polls: usize,
        mut events: usize,
        future: F,
    ) -> Option<F::Output> {
        let limit = self.now + Duration::from_secs(1000);
        let mut future = pin!(future);
        let waker = Waker::from(self.woken.clone());
        let mut context = Context::from_waker(&waker);
        for _ in 0..polls {
            let before = self.woken.0.load(Ordering::Relaxed);
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return Some(output);
            }
            loop {
                let next = self.settle(limit);
                if self.woken.0.load(Ordering::Relaxed) != before {
                    break;
                }
                assert!(next < limit, "neither done nor dropped:\n{}", self.tail());
                events = events.checked_sub(1)?;
                self.now = next.max(self.now);
            }
        }
        None
    }

    /// A new connection carries bytes both ways, within `secs`.
    pub fn echoes(&mut self, secs: u64) {
        let (stack, said) = (self.stack, pattern(100, self.now.as_nanos() as u64));
        let heard = self.try_run(secs, conversation::echo(stack, &said));
        match heard {
            Some(Ok(heard)) => assert_eq!(heard, said, "the echo differs:\n{}", self.tail()),
            other => panic!(
                "{:?}: a new connection has no echo within {secs} s: {other:?}\n{}",
                self.model,
                self.tail()
            ),
        }
    }

    /// All sockets are closed in the modem soon, and it has no fault to find.
    pub fn leaves_nothing(&mut self) {
        self.leaves_nothing_open();
        self.no_breach();
    }

    /// All sockets are closed in the modem soon.
    pub fn leaves_nothing_open(&mut self) {
        self.pass_secs(40);
        let (open, model) = (self.modem.open_sockets(), self.model);
        assert!(open.is_empty(), "{model:?}: sockets {open:?} are left in the modem:\n{}", self.tail());
    }

    /// Calls `poll` after everything that happens until it is ready.
    pub fn poll<T>(&mut self, secs: u64, mut poll: impl FnMut(&mut Engine, &Waker) -> Poll<T>) -> T {
        let engine = self.engine;
        self.run(secs, std::future::poll_fn(move |cx| poll(&mut engine.borrow_mut(), cx.waker())))
    }

    /// Opens a TCP connection by the engine's own operations.
    pub fn open(&mut self, remote: impl Into<std::net::SocketAddr>) -> Result<SocketHandle, Error> {
        let remote = remote.into();
        let handle = self.poll(200, |engine, waker| engine.open_tcp(remote, waker))?;
        self.poll(200, |engine, waker| engine.poll_open(handle, waker))?;
        Ok(handle)
    }

    pub fn tail(&self) -> String {
        let log = self.log.borrow();
        log[log.len().saturating_sub(60)..].join("\n")
    }

    /// The modem has no fault to find with its host.
    pub fn no_breach(&self) {
        // A modem that restarts in silence hears data where it expects commands.
        let is_data = |breach: &&Breach| self.ip.is_some() && breach.rule == Rule::CommandWhileBusy;
        let breaches = self.modem.breaches().iter().filter(|breach| !is_data(breach));
        let breaches: Vec<String> = breaches.map(ToString::to_string).collect();
        assert!(breaches.is_empty(), "{breaches:#?}\n{}", self.tail());
    }
}

/// Bytes that tell their place.
pub fn pattern(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..len)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 24) as u8
        })
        .collect()
}
