//! Commands and PPP at once, each on a channel of the modem's multiplexer.

mod advance;

use core::cell::RefCell;
use core::task::Waker;

use super::Link;
use super::call::DataConnection;
use super::channels::{Memory, MuxResources};
use super::wire::Chunk;
use crate::cmux::{self, Mux};
use crate::dialect::Multiplexer;
use crate::drive::{Drive, Task};
use crate::engine::{Engine, Pin, PinSet};
use crate::error::Error;
use crate::link::{Dialler, Goal};
use crate::time::Instant;

/// Bytes that are moved at a time.
const CHUNK: usize = 64;
/// What the line carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The engine's commands.
    Plain,
    /// The engine's still, but it begins nothing any more.
    Parking,
    /// `AT+CMUX`.
    Starting,
    /// Frames come after this.
    Pausing(Instant),
    /// Frames; the channels are being established, until then at the latest.
    Opening(Instant),
    /// Frames; the first command may come after this.
    Settling(Instant),
    /// Frames with commands and data.
    Open,
}

struct Line<'d, L> {
    data: DataConnection<'d, L>,
    starter: Dialler,
    memory: Option<Memory<'d>>,
    mux: Option<Mux<'d, 'd>>,
    modem: Option<&'static Multiplexer>,
    phase: Phase,
    /// Why the multiplexer does not start, and when it is tried again.
    failure: Option<Error>,
    retry: Instant,
    /// Since when the modem does not answer, with the next thing to do about it.
    silent: Option<Instant>,
    /// The channel for data is established again then.
    reopen: Instant,
    /// The modem has shown that there is a connection.
    carrier: bool,
    /// The close-down that is sent on the plain line.
    note: Chunk,
    /// A pin that the engine wants to be set.
    pin: Option<(Pin, bool)>,
    source: Source,
}

/// Whose the bytes were that were given last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Engine,
    Starter,
    Note,
    Mux,
}

/// A modem whose line carries commands and PPP at once, in the frames of the multiplexer.
pub struct Multiplexed<'d, L> {
    pub(crate) engine: &'d RefCell<Engine>,
    pub(crate) link: &'d RefCell<L>,
    line: RefCell<Line<'d, L>>,
}

impl<L> core::fmt::Debug for Multiplexed<'_, L> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Multiplexed").field("phase", &self.line.borrow().phase).finish_non_exhaustive()
    }
}

impl<'d, L: Link> Multiplexed<'d, L> {
    /// The line of a modem, with what it is for, and memory for the multiplexer.
    pub fn new<const FRAME: usize, const RX: usize, const TX: usize>(
        engine: &'d RefCell<Engine>,
        link: &'d RefCell<L>,
        multiplexer: &'d mut MuxResources<'d, FRAME, RX, TX>,
    ) -> Self {
        Self::in_memory(engine, link, multiplexer.parts())
    }

    fn in_memory(engine: &'d RefCell<Engine>, link: &'d RefCell<L>, memory: Memory<'d>) -> Self {
        let line = Line {
            data: DataConnection::new(link, true),
            starter: Dialler::new(),
            memory: Some(memory),
            mux: None,
            modem: None,
            phase: Phase::Plain,
            failure: None,
            retry: Instant::START,
            silent: None,
            reopen: Instant::START,
            carrier: false,
            note: Chunk::new(),
            pin: None,
            source: Source::Engine,
        };
        Self { engine, link, line: RefCell::new(line) }
    }
}

impl<L: Link> Line<'_, L> {
    /// Gives what came on the channels to those whose it is.
    fn deliver(&mut self, now: Instant, engine: &mut Engine) {
        let (Some(mux), Some(modem)) = (&mut self.mux, self.modem) else { return };
        let mut chunk = [0; CHUNK];
        while mux_has(mux, modem.at) {
            let room = engine.room().min(CHUNK);
            let count = mux.read(modem.at, chunk.get_mut(..room).unwrap_or_default());
            if count == 0 {
                break;
            }
            engine.handle_rx(now, chunk.get(..count).unwrap_or_default());
        }
        while mux_has(mux, modem.data) {
            // What nobody waits for is words of the modem.
            let room = if self.data.is_idle() { CHUNK } else { self.data.room().min(CHUNK) };
            let count = mux.read(modem.data, chunk.get_mut(..room).unwrap_or_default());
            if count == 0 {
                break;
            }
            if !self.data.is_idle() {
                self.data.handle_rx(now, engine, chunk.get(..count).unwrap_or_default());
            }
        }
    }

    /// Puts what is to be said on the channels, as far as there is room. Says when there is more.
    fn collect(&mut self, now: Instant, engine: &mut Engine) -> Option<Instant> {
        let (Some(mux), Some(modem)) = (&mut self.mux, self.modem) else { return None };
        let mut chunk = [0; CHUNK];
        let mut next = None;
        if self.phase == Phase::Open {
            loop {
                match engine.task(now, &mut chunk) {
                    Task::Transmit(count) => {
                        let bytes = chunk.get(..count).unwrap_or_default();
                        match mux.write(modem.at, bytes) {
                            Ok(count @ 1..) => engine.transmitted(count),
                            _ => break,
                        }
                    }
                    // The line has one bit rate, and it is the right one.
                    Task::Baud(_) => {}
                    Task::Pin { pin, active } => {
                        self.pin = Some((pin, active));
                        return Some(now);
                    }
                    Task::Timeout(at) => {
                        next = at;
                        break;
                    }
                }
            }
        }
        while !self.data.is_idle() {
            match self.data.poll_output(now, engine, &mut chunk) {
                Task::Transmit(count) => {
                    let bytes = chunk.get(..count).unwrap_or_default();
                    match mux.write(modem.data, bytes) {
                        Ok(count @ 1..) => self.data.transmitted(count),
                        _ => break,
                    }
                }
                // PPP sets neither.
                Task::Baud(_) | Task::Pin { .. } => {}
                Task::Timeout(at) => {
                    next = next.into_iter().chain(at).min();
                    break;
                }
            }
        }
        next
    }

    /// What leaves the plain line.
    fn plain_output(&mut self, now: Instant, engine: &mut Engine, chunk: &mut [u8]) -> Task {
        if !self.note.is_empty() {
            self.source = Source::Note;
            return Task::Transmit(self.note.copy(chunk));
        }
        match self.phase {
            Phase::Starting | Phase::Pausing(_) => {
                self.source = Source::Starter;
                let bytes = self.starter.outgoing(now);
                let count = bytes.len().min(chunk.len());
                if let (Some(to), Some(from), 1..) = (chunk.get_mut(..count), bytes.get(..count), count) {
                    to.copy_from_slice(from);
                    return Task::Transmit(count);
                }
                Task::Timeout(None)
            }
            _ => {
                self.source = Source::Engine;
                engine.task(now, chunk)
            }
        }
    }

    /// What leaves the line with frames.
    fn framed_output(&mut self, now: Instant, engine: &mut Engine, chunk: &mut [u8]) -> Task {
        self.source = Source::Mux;
        let more = self.collect(now, engine);
        if let Some((pin, active)) = self.pin.take() {
            return Task::Pin { pin, active };
        }
        let Some(mux) = &mut self.mux else { return Task::Timeout(None) };
        match mux.poll_output(now) {
            cmux::Output::Transmit(bytes) => {
                let count = bytes.len().min(chunk.len());
                if let (Some(to), Some(from)) = (chunk.get_mut(..count), bytes.get(..count)) {
                    to.copy_from_slice(from);
                }
                Task::Transmit(count)
            }
            cmux::Output::Timeout(at) => Task::Timeout(more.into_iter().chain(at.map(|(at, _)| at)).min()),
        }
    }
}

fn mux_has(mux: &Mux<'_, '_>, dlci: u8) -> bool {
    !mux.peek(dlci).is_empty()
}

impl<L: Link> Drive for Multiplexed<'_, L> {
    fn room(&self) -> usize {
        let line = self.line.borrow();
        if line.is_framed() { CHUNK } else { self.engine.borrow_mut().room() }
    }

    fn handle_rx(&self, now: Instant, bytes: &[u8]) {
        let (mut line, mut engine) = (self.line.borrow_mut(), self.engine.borrow_mut());
        if line.is_framed() {
            if let Some(mux) = &mut line.mux {
                mux.handle_rx(bytes, now);
            }
            line.deliver(now, &mut engine);
            return engine.wake_runner();
        }
        match (line.phase, line.modem) {
            (Phase::Starting, Some(_)) => {
                let n1 = line.mux.as_ref().map_or(31, Mux::n1);
                let goal = Goal::Multiplexer { n1 };
                // Behind the answer nothing comes before this side has begun.
                _ = line.starter.handle_rx(now, bytes, goal, engine.config(), engine.timing());
                engine.wake_runner();
            }
            (Phase::Pausing(_), _) => {}
            _ => engine.handle_rx(now, bytes),
        }
    }

    fn poll_output(&self, now: Instant, chunk: &mut [u8]) -> Task {
        let (mut line, mut engine) = (self.line.borrow_mut(), self.engine.borrow_mut());
        loop {
            let phase = line.phase;
            let task = if line.is_framed() {
                line.deliver(now, &mut engine);
                line.framed_output(now, &mut engine, chunk)
            } else {
                line.plain_output(now, &mut engine, chunk)
            };
            let Task::Timeout(deadline) = task else { return task };
            let idle = line.data.is_idle();
            let next = line.advance(now, &mut engine);
            let more = !line.note.is_empty() || line.phase != phase || line.data.is_idle() != idle;
            let next = deadline.into_iter().chain(next).min();
            if !more && next.is_none_or(|at| at > now) {
                return Task::Timeout(next);
            }
        }
    }

    fn transmitted(&self, count: usize) {
        let mut line = self.line.borrow_mut();
        match line.source {
            Source::Engine => self.engine.borrow_mut().transmitted(count),
            Source::Starter => line.starter.transmitted(count),
            Source::Note => line.note.take(count),
            Source::Mux => {
                if let Some(mux) = &mut line.mux {
                    mux.transmitted(count);
                }
            }
        }
    }

    fn register(&self, waker: &Waker) {
        self.engine.borrow_mut().register_runner(waker);
        self.link.borrow_mut().register_runner(waker);
    }

    fn attach(&self, pins: PinSet) {
        self.engine.borrow_mut().attach(pins);
    }

    fn wake(&self) {
        self.engine.borrow_mut().wake_runner();
        self.link.borrow_mut().wake_runner();
    }
}
