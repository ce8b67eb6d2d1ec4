//! One socket, as its user sees it.

use core::net::SocketAddr;

use smoltcp::iface::SocketHandle;

use crate::error::Error;
use crate::socket::WakerCell;
use crate::time::{Duration, Instant};

/// How far a socket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nobody has it.
    Free,
    /// It waits for a connection to the listener at this place.
    Listening(u8),
    /// A connection to the listener at this place has come, and nobody has taken it.
    Incoming(u8),
    /// The handshake of TCP is under way.
    Opening,
    /// It is its user's.
    Open,
    /// Its user has let it go; what was written is still to leave.
    Released,
}

/// The state of a socket beside what smoltcp keeps.
#[derive(Debug)]
pub(super) struct Slot {
    /// What smoltcp calls it.
    pub(super) inner: Option<SocketHandle>,
    pub(super) state: State,
    pub(super) generation: u8,
    /// Why it died, where that is not the peer's end.
    pub(super) error: Option<Error>,
    /// Its one peer; for a bound UDP socket there is none.
    pub(super) remote: Option<SocketAddr>,
    pub(super) local_port: u16,
    /// This direction was ended by the user.
    pub(super) shut: bool,
    /// How long the state may last, counted from the next look at the clock.
    pub(super) patience: Option<Duration>,
    pub(super) deadline: Instant,
    pub(super) reader: WakerCell,
    pub(super) writer: WakerCell,
}

impl Slot {
    pub(super) const fn new() -> Self {
        Self {
            inner: None,
            state: State::Free,
            generation: 0,
            error: None,
            remote: None,
            local_port: 0,
            shut: false,
            patience: None,
            deadline: Instant::NEVER,
            reader: WakerCell::new(),
            writer: WakerCell::new(),
        }
    }

    /// Begins another life.
    pub(super) fn occupy(&mut self, state: State, remote: Option<SocketAddr>, local_port: u16) {
        self.state = state;
        self.generation = self.generation.wrapping_add(1);
        self.error = None;
        self.remote = remote;
        self.local_port = local_port;
        self.shut = false;
        self.patience = None;
        self.deadline = Instant::NEVER;
    }

    pub(super) fn limit(&mut self, patience: Duration) {
        self.patience = Some(patience);
        self.deadline = Instant::NEVER;
    }

    pub(super) fn free(&mut self) {
        self.state = State::Free;
        self.patience = None;
        self.deadline = Instant::NEVER;
        self.wake();
    }

    pub(super) fn wake(&mut self) {
        self.reader.wake();
        self.writer.wake();
    }
}

/// A port at which connections are waited for.
#[derive(Debug)]
pub(super) struct Listener {
    /// 0 where there is none.
    pub(super) port: u16,
    pub(super) generation: u8,
    pub(super) waker: WakerCell,
}

impl Listener {
    pub(super) const fn new() -> Self {
        Self { port: 0, generation: 0, waker: WakerCell::new() }
    }
}
