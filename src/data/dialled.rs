//! Commands and PPP on one line, in turn.

use core::cell::RefCell;
use core::task::Waker;

use super::Link;
use super::call::DataConnection;
use crate::drive::{Drive, Task};
use crate::engine::{Engine, PinSet};
use crate::time::Instant;

/// Who has the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    Engine,
    /// The engine still, but it begins nothing any more.
    Parking,
    Data,
}

#[derive(Debug)]
struct State<'d, L> {
    data: DataConnection<'d, L>,
    owner: Owner,
}

/// A modem whose line carries commands until the link is up, then PPP.
///
/// When PPP ends, for whatever reason, the engine calls the modem back into command mode, looks at the
/// link, and the modem is dialled again: at once, and with longer and longer pauses where that fails.
#[derive(Debug)]
pub struct Dialled<'d, L> {
    pub(crate) engine: &'d RefCell<Engine>,
    pub(crate) link: &'d RefCell<L>,
    state: RefCell<State<'d, L>>,
}

impl<'d, L: Link> Dialled<'d, L> {
    /// The line of a modem, with what it is for.
    pub const fn new(engine: &'d RefCell<Engine>, link: &'d RefCell<L>) -> Self {
        Self {
            engine,
            link,
            state: RefCell::new(State { data: DataConnection::new(link, false), owner: Owner::Engine }),
        }
    }
}

impl<L: Link> State<'_, L> {
    fn advance(&mut self, now: Instant, engine: &mut Engine) {
        let down = engine.is_down();
        match self.owner {
            Owner::Engine => {
                self.data.explain(engine.link_error());
                if engine.is_settled() && now >= self.data.retry_at() {
                    engine.park();
                    self.owner = Owner::Parking;
                }
            }
            Owner::Parking if down => {
                engine.unpark(now, true);
                self.owner = Owner::Engine;
            }
            Owner::Parking => {
                if engine.quiet_at().is_some_and(|at| at <= now) {
                    self.data.begin(now);
                    self.owner = Owner::Data;
                }
            }
            Owner::Data => {
                if self.data.advance(now, engine, !down) {
                    engine.unpark(now, self.data.is_clean());
                    self.owner = Owner::Engine;
                    if self.data.is_in_vain() {
                        engine.dialled_in_vain(now);
                    }
                }
            }
        }
    }
}

impl<L: Link> Drive for Dialled<'_, L> {
    fn room(&self) -> usize {
        let state = self.state.borrow();
        if state.owner == Owner::Data { state.data.room() } else { self.engine.borrow_mut().room() }
    }

    fn handle_rx(&self, now: Instant, bytes: &[u8]) {
        let (mut state, mut engine) = (self.state.borrow_mut(), self.engine.borrow_mut());
        if state.owner == Owner::Data {
            state.data.handle_rx(now, &engine, bytes);
            engine.wake_runner();
        } else {
            engine.handle_rx(now, bytes);
        }
    }

    fn poll_output(&self, now: Instant, chunk: &mut [u8]) -> Task {
        let (mut state, mut engine) = (self.state.borrow_mut(), self.engine.borrow_mut());
        loop {
            let owner = state.owner;
            let task = if owner == Owner::Data {
                state.data.poll_output(now, &engine, chunk)
            } else {
                engine.task(now, chunk)
            };
            let Task::Timeout(deadline) = task else { return task };
            state.advance(now, &mut engine);
            if state.owner != owner {
                continue;
            }
            let parked = (owner == Owner::Parking).then(|| engine.quiet_at()).flatten();
            let retry = (owner == Owner::Engine && engine.is_settled()).then(|| state.data.retry_at());
            let next = deadline.into_iter().chain(parked).chain(retry).min();
            if next.is_some_and(|at| at <= now) {
                continue;
            }
            return Task::Timeout(next);
        }
    }

    fn transmitted(&self, count: usize) {
        let mut state = self.state.borrow_mut();
        if state.owner == Owner::Data {
            state.data.transmitted(count);
        } else {
            self.engine.borrow_mut().transmitted(count);
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
