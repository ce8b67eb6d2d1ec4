//! One socket: its state, its flags, its positions in the buffers.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::datagram::Front;
use super::option::Setting;
use super::pipe::Pipe;
use super::secure::Place;
use super::{Ring, WakerCell};
use crate::dialect::{ReleaseAssistance, SecurityProfile};
use crate::error::Error;
use crate::time::{Duration, Instant};

/// First and longest wait before a socket that is silent is asked whether it still stands. A lost
/// unsolicited line, or a socket that vanished without one, is found by this.
const PROBE: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(60));

/// First and longest wait before a write that the modem refused is tried again.
const RETRY: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// How long a write that nobody flushes waits for more bytes to go with it.
const LINGER: Duration = Duration::from_millis(20);

/// How long staged bytes may take to leave behind a socket that was dropped.
const RELEASE: Duration = Duration::from_secs(30);

/// No address at all.
pub(crate) const NOBODY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// A socket address without what nobody here uses of IPv6 ones: two thirds of the size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint(pub(crate) IpAddr, pub(crate) u16);

impl From<SocketAddr> for Endpoint {
    fn from(address: SocketAddr) -> Self {
        Self(address.ip(), address.port())
    }
}

impl From<Endpoint> for SocketAddr {
    fn from(Endpoint(ip, port): Endpoint) -> Self {
        Self::new(ip, port)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Tcp,
    /// Datagrams to and from one peer.
    Udp,
    /// Datagrams to and from anybody.
    Bound,
    /// Connections from outside.
    Listener,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Nobody uses the slot.
    Free,
    /// A user wants it open.
    Wanted,
    /// The procedure that opens it runs.
    Opening,
    /// The modem has a socket for it.
    Open,
    /// A peer has opened it, and nobody has accepted it yet.
    Incoming,
    /// The modem has none (any more); the user has not let go yet.
    Dead,
}

/// Flags stand first, and in this order: what is within 32 bytes of the beginning takes half the code
/// to reach. The others stand so that there is next to nothing between them.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Slot {
    pub(crate) state: State,
    pub(crate) kind: Kind,
    /// The modem's id, while `has_id`.
    pub(crate) id: u8,
    pub(crate) has_id: bool,
    pub(crate) generation: u8,
    /// The user has let go: what is staged is sent, then the modem's socket is closed.
    pub(crate) released: bool,
    /// Something may be unread in the modem.
    pub(crate) maybe_unread: bool,
    /// The modem must be asked how much before the next read.
    pub(crate) ask: bool,
    /// The modem said that the peer has closed.
    pub(crate) peer_closed: bool,
    /// It must be found out whether the modem's socket still stands.
    pub(crate) check: bool,
    /// All has been read and nothing will follow.
    pub(crate) eof: bool,
    /// Nothing can be written any more.
    pub(crate) write_closed: bool,
    /// What was written is compared with the modem's count before a flush is done.
    pub(crate) verify: bool,
    /// Times in a row that the modem did not give that count, or one that is too low.
    pub(crate) doubts: u8,
    /// The modem's counters are not comparable any more.
    pub(crate) uncounted: bool,
    /// Staged bytes go out now.
    pub(crate) tx_commit: bool,
    /// The last command was a write: a read comes next, so that neither starves.
    pub(crate) sent_last: bool,
    /// What the network is told with the staged datagram.
    pub(crate) release: ReleaseAssistance,
    /// The listener that an incoming connection came to.
    pub(crate) listener: u8,
    /// The place of the profile of a secure socket in the modem, and whether the modem has it.
    pub(crate) place: Place,
    /// How the socket died.
    pub(crate) error: Option<Error>,
    /// Why staged bytes were dropped; the next flush says so.
    pub(crate) write_error: Option<Error>,
    pub(crate) pipe: Pipe,
    /// Length of the server's name of a secure socket. It stands in the transmit buffer, where nothing can
    /// be written before the socket is open.
    pub(crate) server_name: u8,
    /// So much is unread in the modem, where it has said so.
    pub(crate) unread: u16,

    /// Bytes at the front of the transmit buffer that wait to be sent.
    pub(crate) tx_len: usize,
    pub(crate) rx: Ring,
    /// Bytes that the modem has given since the socket was opened.
    pub(crate) read_total: u32,
    /// Bytes that the modem has taken since the socket was opened.
    pub(crate) sent_total: u32,
    /// What the modem has counted last.
    pub(crate) counted: Option<u32>,
    pub(crate) reader: WakerCell,
    pub(crate) writer: WakerCell,
    retry_delay: Duration,
    probe_delay: Duration,
    /// How it is secured; nothing of a plain one.
    pub(crate) profile: Option<&'static SecurityProfile>,
    retry_at: Instant,
    probe_at: Instant,
    verify_at: Instant,
    /// Staged bytes go out then at the latest; counted from when the engine first sees them.
    tx_linger: Instant,
    /// A socket that was let go is closed no later than this, sent or not; counted from when the engine
    /// first sees it.
    release_by: Instant,

    /// The peer; of a bound socket, the one that the staged datagram is for.
    pub(crate) remote: SocketAddr,
    /// The peer that the modem's socket of a bound one is tied to, where it needs one.
    pub(crate) tied: Option<Endpoint>,
    pub(crate) setting: Setting,
    /// The first datagram that is, or is coming, in the ring.
    pub(crate) front: Front,
    pub(crate) local_port: u16,
}

impl Slot {
    pub(crate) const fn new() -> Self {
        Self {
            generation: 0,
            state: State::Free,
            kind: Kind::Tcp,
            id: 0,
            has_id: false,
            remote: NOBODY,
            tied: None,
            local_port: 0,
            listener: 0,
            setting: Setting::Idle,
            release: ReleaseAssistance::None,
            pipe: Pipe::Off,
            place: Place::NONE,
            server_name: 0,
            profile: None,
            uncounted: false,
            released: false,
            release_by: Instant::NEVER,
            maybe_unread: false,
            unread: 0,
            ask: false,
            peer_closed: false,
            verify: false,
            doubts: 0,
            counted: None,
            verify_at: Instant::START,
            check: false,
            eof: false,
            write_closed: false,
            write_error: None,
            error: None,
            rx: Ring::new(),
            front: Front::None,
            tx_len: 0,
            read_total: 0,
            sent_total: 0,
            tx_commit: false,
            tx_linger: Instant::NEVER,
            sent_last: false,
            retry_at: Instant::START,
            retry_delay: RETRY.0,
            probe_at: Instant::START,
            probe_delay: PROBE.0,
            reader: WakerCell::new(),
            writer: WakerCell::new(),
        }
    }

    /// Begins a new life of the slot.
    pub(crate) fn occupy(&mut self, kind: Kind, remote: SocketAddr, local_port: u16) {
        let generation = self.generation.wrapping_add(1);
        *self = Self { generation, kind, remote, local_port, state: State::Wanted, ..Self::new() };
    }

    /// The modem has a socket for this slot.
    pub(crate) fn opened(&mut self, now: Instant) {
        self.state = State::Open;
        self.touch(now);
        self.wake();
    }

    /// The modem has no socket for this slot, for the reason `error`.
    #[inline(never)]
    pub(crate) fn fail(&mut self, error: Error) {
        if self.state == State::Free {
            return;
        }
        self.has_id = false;
        self.tx_len = 0;
        self.roll_back();
        self.error.get_or_insert(error);
        self.bury();
    }

    /// The stream ended in order: what was read stays readable.
    pub(crate) fn end(&mut self) {
        self.eof = true;
        self.write_closed = true;
        self.tx_len = 0;
        self.wake();
    }

    /// The modem's socket is closed and forgotten.
    pub(crate) fn closed(&mut self) {
        self.has_id = false;
        let goes_on = !self.released || self.tx_len > 0;
        if self.kind == Kind::Bound && self.state == State::Open && self.tied.is_some() && goes_on {
            // It gets another one for its next peer.
            self.tied = None;
            return;
        }
        self.bury();
    }

    /// The modem has no socket for this slot any more. Somebody may still have a handle of it.
    fn bury(&mut self) {
        let owned = !self.released && self.state != State::Incoming;
        self.state = if owned { State::Dead } else { State::Free };
        self.wake();
    }

    pub(crate) const fn is_datagram(&self) -> bool {
        matches!(self.kind, Kind::Udp | Kind::Bound)
    }

    /// What came in the span that was damaged does not count.
    pub(crate) fn roll_back(&mut self) {
        self.rx.rollback();
        self.front.roll_back();
    }

    // Out of line, this and `touch` save 100 bytes.
    #[inline(never)]
    pub(crate) fn wake(&mut self) {
        self.reader.wake();
        self.writer.wake();
    }

    /// Something happened on the socket: it need not be asked for a while.
    #[inline(never)]
    pub(crate) fn touch(&mut self, now: Instant) {
        self.probe_delay = PROBE.0;
        self.probe_at = now + PROBE.0;
    }

    pub(crate) const fn probe_at(&self) -> Instant {
        self.probe_at
    }

    /// Nothing has happened since: the next question comes later.
    pub(crate) fn probed(&mut self, now: Instant) {
        self.probe_delay = self.probe_delay.doubled(PROBE.1);
        self.probe_at = now + self.probe_delay;
    }

    /// The modem's count is to be asked for again, a little later each time.
    pub(crate) fn doubt(&mut self, now: Instant) {
        self.verify_at = now + Duration::from_millis(250 << self.doubts.min(6));
        self.doubts = self.doubts.saturating_add(1);
    }

    /// When the modem's count is to be asked for, where it is.
    pub(crate) fn verify_at(&self) -> Option<Instant> {
        (self.verify && !self.released).then_some(self.verify_at)
    }

    /// The modem took no data.
    pub(crate) fn stalled(&mut self, now: Instant) {
        self.retry_at = now + self.retry_delay;
        self.retry_delay = self.retry_delay.doubled(RETRY.1);
    }

    /// The modem took data.
    pub(crate) fn flowed(&mut self) {
        if self.tx_len == 0 {
            self.tx_commit = false;
            self.tx_linger = Instant::NEVER;
        }
        self.retry_delay = RETRY.0;
        self.retry_at = Instant::START;
    }

    /// When the staged bytes may go out: at once when they were committed, and not before a retry.
    pub(crate) fn send_at(&self) -> Instant {
        if self.tx_len == 0 || self.write_closed || self.state != State::Open {
            return Instant::NEVER;
        }
        let hurry = self.tx_commit || self.released;
        if hurry { self.retry_at } else { self.tx_linger.max(self.retry_at) }
    }

    /// Starts the clocks of what users have set going since the last time.
    pub(crate) fn start_clocks(&mut self, now: Instant) {
        if self.released {
            self.release_by = self.release_by.min(now + RELEASE);
            if now >= self.release_by {
                self.tx_len = 0;
            }
        }
        if self.released && self.state == State::Open && !self.has_id && self.tx_len == 0 {
            self.state = State::Free;
        }
        if self.tx_len == 0 {
            self.tx_linger = Instant::NEVER;
            self.tx_commit = false;
        } else {
            self.tx_linger = self.tx_linger.min(now + LINGER);
        }
    }

    /// When a socket that was let go is closed, sent or not.
    pub(crate) const fn release_by(&self) -> Instant {
        self.release_by
    }
}
