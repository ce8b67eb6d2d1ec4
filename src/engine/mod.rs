//! When to say it: the core that has no clock, no transport and no vendor.

mod check;
mod doze;
#[cfg_attr(not(any(feature = "async", feature = "nb")), allow(dead_code, reason = "facades exchange"))]
pub(crate) mod exchange;
mod extras;
mod finish;
mod job;
mod ledger;
mod line;
mod listener;
#[cfg_attr(not(any(feature = "async", feature = "nb")), allow(dead_code, reason = "facades wait for them"))]
pub(crate) mod messages;
mod online;
mod operations;
mod output;
#[cfg(any(feature = "embassy-net", feature = "smoltcp"))]
mod park;
pub(crate) mod payload;
#[cfg_attr(not(any(feature = "async", feature = "nb")), allow(dead_code, reason = "facades ping"))]
pub(crate) mod ping;
#[cfg(any(feature = "async", feature = "nb"))]
#[cfg_attr(not(feature = "nb"), allow(unreachable_pub, reason = "users of `nb` alone see its types"))]
pub(crate) mod provision;
mod recover;
mod report;
mod schedule;
mod security;
mod sockets;
mod sync;
mod transaction;
#[cfg_attr(
    not(any(feature = "async", feature = "nb")),
    allow(dead_code, unreachable_pub, reason = "facades upgrade")
)]
pub(crate) mod upgrade;
mod upload;

use doze::Doze;
use extras::{Extras, Pipes};
use job::Job;
use ledger::Ledger;
use online::Online;
pub use output::{Output, Pin, PinSet, Timer};
use payload::Feed;
use recover::{Press, WAKES};
use sync::Sync;
use upload::Upload;

use crate::at::Framer;
use crate::dialect::{Dialect, Limits, Timing};
use crate::link::{Config, Link, Status};
use crate::socket::{Driver, Lookup, Slots, State, Table, Waiters};
use crate::time::{Duration, Instant};

const NO_DEADLINE: (Instant, Timer) = (Instant::NEVER, Timer::Link);

/// The longest command: a host name between quotes.
const COMMAND: usize = 280;

/// A modem and its sockets, without I/O.
///
/// The shells in `asynch` and `nb` drive it; so can anything else that has a clock and a serial
/// port. The rules:
///
/// 1. Bytes from the modem go into [`handle_rx`](Self::handle_rx), in any pieces.
/// 2. After that, after any operation of a user, and when a deadline has come, call
///    [`poll_output`](Self::poll_output) until it gives [`Output::Timeout`]. That one says when to
///    come again at the latest.
/// 3. [`Output::Transmit`] gives bytes for the modem; say with [`transmitted`](Self::transmitted)
///    how many of them the serial port took.
/// 4. `now` never goes backwards.
///
/// Nothing that the modem sends makes it panic or grow. Each command has a time limit; after one
/// that ran out, the engine makes sure that a late answer meets no later command.
#[derive(Debug)]
pub struct Engine<S: ?Sized = dyn Slots> {
    framer: Framer,
    pub(crate) core: Core<S>,
}

/// Everything behind the framer. What is small and used often stands first, because it takes half the
/// code to reach.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Core<S: ?Sized = dyn Slots> {
    /// Modem's sockets that belong to nobody and are to be closed, one bit for each id.
    stale: u8,
    close_failures: u8,
    /// Sockets that are being closed in the background; `closing_by` is when that should be over.
    closing: u8,
    /// Damaged answers in a row.
    damages: u8,
    /// Connections in a row that nobody has answered.
    timeouts: u8,
    /// Commands have been answered without echo since it was switched off.
    echo_is_off: bool,
    /// The modem has announced its start since it was last called.
    fresh: bool,
    /// Whatever the framer is in the middle of is not to be believed.
    out_of_step: bool,
    /// The line is in other hands: nothing is begun.
    parked: bool,
    /// Others use the line beside this, so that it must not sleep.
    shared: bool,
    last_id: u8,
    next_slot: u8,
    /// A socket whose failed connect has not been followed by its closing notice yet.
    notice: Option<u8>,
    /// CR and LF between raw payload and `OK`, as this modem prints them.
    separator: Option<u8>,
    /// What the modem's counters are good for.
    ledger: Ledger,
    pub(crate) port: u16,
    /// The command line under way, `sent` of `len` bytes of `command`.
    len: usize,
    sent: usize,
    /// It fills the words before `now`, which stands at a multiple of 8.
    extras: Extras,
    pub(crate) now: Instant,
    pub(crate) dialect: &'static dyn Dialect,
    /// What the dialect says of itself.
    pub(crate) limits: Limits,
    timing: &'static Timing,
    pub(crate) runner: Driver,
    /// Users that wait for the link, a free slot or the resolver.
    pub(crate) waiters: Waiters,
    pub(crate) link: Link,
    /// No command before this: the modem wants silence behind results.
    ready_at: Instant,
    /// Nothing is to be done before this, and why then.
    deadline: (Instant, Timer),
    /// The framer keeps payload that has come since time was set forward.
    held: bool,
    closing_by: Instant,
    notice_by: Instant,
    /// After a restart that echo has shown, the modem is left alone until then.
    quiet_until: Instant,
    /// A bit rate that the serial port must be set to.
    baud: Option<u32>,
    /// The pins that there are, one of them that must be set, and one that is held.
    pins: PinSet,
    pin: Option<(Pin, bool)>,
    press: Option<Press>,
    doze: Doze,
    /// The bit rate of the serial port, as far as it is known.
    rate: u32,
    /// Lines that were neither answer nor known report.
    noise: u32,
    sync: Option<Sync>,
    job: Option<Job>,
    /// The line is a raw pipe.
    online: Option<Online>,
    feed: Feed,
    pub(crate) upload: Upload,
    exchange: exchange::Exchange,
    arrivals: messages::Arrivals,
    upgrade: upgrade::Tracker,
    pinging: ping::Pinging,
    pub(crate) status: Status,
    pub(crate) config: Config,
    pub(crate) lookup: Lookup,
    command: [u8; COMMAND],
    pub(crate) table: S,
}

impl<const N: usize, const RX: usize, const TX: usize> Engine<Table<N, RX, TX>> {
    pub(crate) fn new(dialect: &'static dyn Dialect, config: Config) -> Self {
        let rate = config.baud;
        Self {
            framer: Framer::new(),
            core: Core {
                dialect,
                limits: dialect.limits(),
                timing: dialect.timing(),
                config,
                status: Status::new(),
                link: Link::new(),
                now: Instant::START,
                command: [0; COMMAND],
                len: 0,
                sent: 0,
                job: None,
                sync: None,
                extras: Extras::new(),
                online: None,
                deadline: NO_DEADLINE,
                held: false,
                baud: None,
                pins: PinSet::NONE,
                pin: None,
                press: None,
                doze: Doze::new(),
                rate,
                ready_at: Instant::START,
                echo_is_off: false,
                fresh: false,
                stale: 0,
                close_failures: 0,
                closing: 0,
                closing_by: Instant::START,
                damages: 0,
                timeouts: 0,
                quiet_until: Instant::START,
                notice: None,
                notice_by: Instant::START,
                out_of_step: false,
                parked: false,
                shared: false,
                ledger: Ledger::new(),
                separator: None,
                last_id: 0,
                next_slot: 0,
                port: 0,
                lookup: Lookup::new(),
                feed: Feed::new(),
                upload: Upload::new(),
                exchange: exchange::Exchange::new(),
                arrivals: messages::Arrivals::new(),
                upgrade: upgrade::Tracker::new(),
                pinging: ping::Pinging::new(),
                noise: 0,
                runner: Driver::new(),
                waiters: Waiters::new(),
                table: Table::new(),
            },
        }
    }
}

impl Engine {
    /// The link as it is now.
    pub fn status(&mut self) -> Status {
        self.core.status.state = self.core.link.state();
        self.core.status.asleep = self.core.link.is_asleep();
        self.core.status.clone()
    }

    /// Name of the modem as [`Dialect::name`](crate::dialect::Dialect::name) gives it: "auto" while
    /// it is not known.
    pub fn model(&self) -> &'static str {
        self.core.dialect.name()
    }

    /// How many lines came that were neither an answer nor a known report.
    pub fn noise(&self) -> u32 {
        self.core.noise
    }
}

/// The place of socket `id` in a set of the modem's sockets.
const fn bit(id: u8) -> u8 {
    1 << (id & 7)
}

impl Core {
    /// What moves the bytes while the line is a raw pipe.
    fn pipe(&self) -> Option<&'static Pipes> {
        self.extras.pipes.filter(|_| self.online.is_some())
    }

    pub(crate) fn request(&mut self, up: bool) {
        self.link.request(self.now, up);
        if up && self.upgrade.is_alone() {
            self.link.installs();
        }
        if !up {
            self.drop_sockets(crate::Error::LinkDown);
        }
        self.answer_waiters();
        self.runner.wake();
    }

    /// The connection that all sockets stand on is gone; the modem may still hold them.
    fn drop_sockets(&mut self, error: crate::Error) {
        for slot in self.table.all_mut() {
            if error == crate::Error::LinkDown && slot.released && slot.state == State::Open {
                // What was written before it was let go still leaves.
                continue;
            }
            if slot.has_id {
                self.stale |= bit(slot.id);
            }
            // The modem may have forgotten the profile.
            slot.place.set_ready(false);
            if slot.state != State::Wanted || error == crate::Error::LinkDown {
                slot.fail(error);
            }
        }
        self.lookup.fail(error);
        self.end_ping(error);
        self.waiters.wake();
    }

    /// The modem has started anew: it knows nothing of its sockets and settings. That is certain
    /// when it has said so, and likely when echo is back.
    fn restart(&mut self, certain: bool) {
        warning!("the modem has restarted");
        self.drop_sockets(crate::Error::Aborted);
        self.notice = None;
        self.closing = 0;
        self.fresh = certain;
        // The command that was echoed is being carried out.
        self.quiet_until = self.now + if certain { Duration::ZERO } else { Duration::from_secs(1) };
        self.echo_is_off = false;
        self.forget_dozing();
        self.forget_job();
        self.link.restarted(self.now);
        if let Some(sync) = &mut self.sync {
            sync.started(self.now);
        }
    }

    /// The modem does not answer any more.
    fn lost(&mut self) {
        self.drop_sockets(crate::Error::Aborted);
        self.fresh = false;
        self.notice = None;
        self.echo_is_off = false;
        self.link.lost(self.now);
        self.answer_waiters();
    }

    // Out of line it saves 220 bytes.
    #[inline(never)]
    fn begin_sync(&mut self, sync: Sync) {
        self.sync = Some(sync);
        self.out_of_step = true;
    }

    /// Makes sure that the modem is in step before the next command.
    pub(crate) fn resync(&mut self) {
        self.len = 0;
        self.sent = 0;
        self.begin_sync(Sync::new(self.now.max(self.ready_at), false, 10));
    }

    /// The buffer of commands is needed, whoever has it.
    fn spoil_answer(&mut self) {
        if let Some(exchanges) = self.extras.exchanges {
            (exchanges.spoil)(self);
        }
    }

    /// Sets time forward: deadlines, then the next command where one is due.
    fn advance(&mut self, now: Instant) {
        self.note_held();
        self.now = now;
        self.link.start_clocks(now);
        loop {
            self.deadline = NO_DEADLINE;
            self.watch_ping();
            if self.extras.keys.is_some_and(|keys| (keys.advance)(self)) {
                return;
            }
            if self.parked && self.job.is_none() && self.sync.is_none() && self.sent >= self.len {
                return;
            }
            if self.extras.upgrades.is_some_and(|upgrades| (upgrades.alone)(self)) {
                return;
            }
            if self.link.is_calling() && self.climb() {
                continue;
            }
            // A command that nobody answers for is let go first.
            let leaves = self.job.is_none() && self.sent < self.len;
            if self.sync.is_none() && self.link.is_calling() && !leaves {
                self.forget_job();
                let patience = (self.timing.boot.as_millis() / 1000) as u8 + 2;
                let wakes = self.link.may_sleep() || self.link.has_switched_off();
                let patience = if wakes { WAKES } else { patience };
                self.begin_sync(Sync::new(now.max(self.quiet_until), !wakes, patience));
            }
            if self.sent < self.len || self.baud.is_some() {
                return self.wait_for_port();
            }
            if self.extras.pipes.is_some_and(|pipes| (pipes.advance)(self)) || self.advance_sync() {
                return;
            }
            let waits = if self.job.is_some() { self.advance_job() } else { self.start_next() };
            if waits {
                return;
            }
        }
    }

    /// Payload has come since, so the answer may take longer.
    fn note_held(&mut self) {
        if let (true, Some(job)) = (core::mem::take(&mut self.held), &mut self.job) {
            job.deadline = self.now + job.patience();
        }
    }

    /// Notes a deadline of a part of the engine that has nothing to do before. Gives true, as that part
    /// has to.
    // Called from many places.
    #[inline(never)]
    fn wait(&mut self, at: Instant, timer: Timer) -> bool {
        if at < self.deadline.0 {
            self.deadline = (at, timer);
        }
        true
    }
}
