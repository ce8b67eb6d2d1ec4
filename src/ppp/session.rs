//! One link: its state, and the contract.

use super::auth::Proof;
#[cfg(feature = "smoltcp")]
use super::automaton::State;
use super::automaton::{Automaton, Event};
use super::config::Config;
use super::fifo::{self, Fifo};
use super::hdlc::{Counters, Decoder, Encoder};
use super::ipcp::Ipcp;
use super::ipv6cp::Ipv6cp;
use super::lcp::Lcp;
use super::packet::Outbox;
use super::status::{Failure, Ipv4, Ipv6, Phase};
use crate::time::Instant;

/// Address, control and protocol in front of a packet, the check sequence behind it.
const FRAME: usize = 6;

/// A point-to-point link, without I/O.
///
/// The rules, as for the [`Engine`](crate::Engine):
///
/// 1. [`open`](Self::open) when the line is a connection, after `CONNECT`.
/// 2. Bytes from the line go into [`handle_rx`](Self::handle_rx), in any pieces. It stops where a
///    packet has to be taken first: take it, and give the rest again.
/// 3. Packets that have come are taken by [`received`](Self::received), packets are sent by
///    [`transmission`](Self::transmission); [`ports`](Self::ports) gives both, for stacks that
///    answer one packet by another.
/// 4. After any of these, and when a deadline has come, call [`poll_output`](Self::poll_output) with
///    an empty buffer until it gives [`Output::Timeout`](super::Output::Timeout). What it has written
///    must be sent in that order: there is no `transmitted`, because the bytes are the caller's.
/// 5. `now` never goes backwards.
///
/// What the link is like is asked by [`phase`](Self::phase), [`ipv4`](Self::ipv4),
/// [`ipv6`](Self::ipv6) and [`failure`](Self::failure), at any time: there are no events to miss.
///
/// There are two buffers. In the first, frames are received and packets wait to be taken; in the
/// second, packets wait to be sent. Packets stay in one piece and are not copied. Each buffer has to
/// hold one packet of the largest size and [`Ppp::OVERHEAD`] bytes; larger ones hold more packets.
/// Control packets have a place of their own, and go first.
///
/// Nothing that the peer sends makes it panic or grow. Every phase has a time limit.
///
/// ```
/// use cellular_nal::{Instant, ppp::{Config, Output, Phase, Ppp}};
/// let (mut rx, mut tx) = ([0; 1500 + Ppp::OVERHEAD], [0; 1500 + Ppp::OVERHEAD]);
/// let mut ppp = Ppp::new(Config::new(4711), &mut rx, &mut tx);
/// let now = Instant::from_millis(0);
/// ppp.open(now);
/// assert_eq!(ppp.phase(), Phase::Establish);
/// let mut line = [0; 64];
/// let Output::Transmit(count) = ppp.poll_output(now, &mut line) else { unreachable!() };
/// assert_eq!(line[..8], *b"\x7e\xff\x7d\x23\xc0\x21\x7d\x21"); // LCP Configure-Request
/// # let _ = count;
/// ```
#[derive(Debug)]
pub struct Ppp<'b> {
    pub(super) config: Config<'b>,
    pub(super) rx: &'b mut [u8],
    pub(super) received: Fifo,
    pub(super) decoder: Decoder,
    /// Packets that came at the wrong time or in no known protocol.
    pub(super) ignored: u32,
    pub(super) tx: &'b mut [u8],
    pub(super) waiting: Fifo,
    pub(super) outbox: Outbox,
    pub(super) encoder: Encoder,
    /// What the encoder writes is a control packet.
    pub(super) in_control: bool,
    /// The line has been silent: the next frame begins with a flag of its own.
    pub(super) paused: bool,
    pub(super) phase: Phase,
    pub(super) failure: Option<Failure>,
    pub(super) lcp: (Automaton, Lcp),
    pub(super) ipcp: (Automaton, Ipcp),
    pub(super) ipv6cp: (Automaton, Ipv6cp),
    pub(super) proof: Proof,
    /// The next timer, and whether nothing has happened since it was looked for.
    pub(super) next: Option<Instant>,
    pub(super) settled: bool,
    /// When patience is over.
    pub(super) up_by: Option<Instant>,
    pub(super) echo: Echo,
    /// A word of the modem may stand at the end of what was received; when that is believed.
    pub(super) carrier: Option<Instant>,
    pub(super) rejects: Rejects,
}

/// The watch over a peer that should answer.
#[derive(Debug, Default)]
pub(super) struct Echo {
    pub(super) at: Option<Instant>,
    /// Something came since the last look.
    pub(super) heard: bool,
    pub(super) missed: u8,
    pub(super) id: u8,
    /// The peer has answered once.
    pub(super) answered: bool,
    /// The peer does not know the question.
    pub(super) refused: bool,
}

/// Protocol-Rejects: not more than so many a second.
#[derive(Debug, Default)]
pub(super) struct Rejects {
    pub(super) id: u8,
    pub(super) since: Instant,
    pub(super) count: u8,
}

impl<'b> Ppp<'b> {
    /// What each buffer needs beside a packet of the largest size, in bytes.
    pub const OVERHEAD: usize = FRAME + fifo::OVERHEAD;

    /// A link that is not open. It receives into `rx`, and sends from `tx`.
    pub fn new(config: Config<'b>, rx: &'b mut [u8], tx: &'b mut [u8]) -> Self {
        let (lcp, ipcp, ipv6cp) = options(&config, rx.len());
        Self {
            decoder: Decoder::new(config.accm),
            config,
            rx,
            received: Fifo::new(),
            ignored: 0,
            tx,
            waiting: Fifo::new(),
            outbox: Outbox::new(),
            encoder: Encoder::new(),
            in_control: false,
            paused: true,
            phase: Phase::Dead,
            failure: None,
            lcp: (Automaton::new(), lcp),
            ipcp: (Automaton::new(), ipcp),
            ipv6cp: (Automaton::new(), ipv6cp),
            proof: Proof::new(),
            next: None,
            settled: false,
            up_by: None,
            echo: Echo::default(),
            carrier: None,
            rejects: Rejects::default(),
        }
    }

    /// The line carries bytes to a peer: begins to negotiate, from the start. What was on its way is
    /// dropped.
    pub fn open(&mut self, now: Instant) {
        self.hang_up();
        self.failure = None;
        // Another magic number and identifier each time.
        self.config.seed = self.lcp.1.draw();
        let (lcp, ipcp, ipv6cp) = options(&self.config, self.rx.len());
        self.lcp = (Automaton::new(), lcp);
        self.ipcp = (Automaton::new(), ipcp);
        self.ipv6cp = (Automaton::new(), ipv6cp);
        self.phase = Phase::Establish;
        self.up_by = Some(now + self.config.patience);
        if self.config.ipv4 {
            self.ipcp.0.apply(Event::Open, now, &self.config.timing);
        }
        if self.config.ipv6 {
            self.ipv6cp.0.apply(Event::Open, now, &self.config.timing);
        }
        self.lcp.0.apply(Event::Open, now, &self.config.timing);
        self.lcp.0.apply(Event::Up, now, &self.config.timing);
    }

    /// Announces the end and waits for the answer, some seconds at most; the link is
    /// [`Phase::Dead`] then.
    pub fn close(&mut self, now: Instant) {
        self.settled = false;
        if self.phase != Phase::Dead {
            self.terminate(None, now);
        }
    }

    /// The line carries nothing any more: the link is dead at once. What has been received can still
    /// be taken.
    // Called from many places.
    #[inline(never)]
    pub fn hang_up(&mut self) {
        self.settled = false;
        self.phase = Phase::Dead;
        self.up_by = None;
        self.carrier = None;
        self.echo = Echo::default();
        self.proof.end();
        self.outbox.fifo.clear();
        self.waiting.clear();
        self.encoder.reset();
        self.decoder.reset();
        self.paused = true;
    }

    /// How far the link is.
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// Why the link ended, or is about to. `None` when it was closed on this side, and while it is
    /// well.
    pub const fn failure(&self) -> Option<Failure> {
        self.failure
    }

    /// The IPv4 configuration, while IPv4 packets can be sent.
    pub fn ipv4(&self) -> Option<Ipv4> {
        (self.phase == Phase::Network && self.ipcp.0.is_opened()).then(|| self.ipcp.1.result())
    }

    /// The IPv6 configuration, while IPv6 packets can be sent.
    pub fn ipv6(&self) -> Option<Ipv6> {
        (self.phase == Phase::Network && self.ipv6cp.0.is_opened()).then(|| self.ipv6cp.1.result())
    }

    /// Whether IPv4 and IPv6 are being negotiated, and may still come to something.
    #[cfg(feature = "smoltcp")]
    pub(crate) fn negotiates(&self) -> (bool, bool) {
        let tries = |automaton: &Automaton| {
            let state = automaton.state();
            self.phase == Phase::Network && state as u8 >= State::ReqSent as u8 && state != State::Opened
        };
        (tries(&self.ipcp.0), tries(&self.ipv6cp.0))
    }

    /// The largest packet that can be sent, in bytes: not more than was configured, the peer
    /// receives and the buffer holds.
    pub fn mtu(&self) -> u16 {
        self.largest().min(self.lcp.1.peer.mru)
    }

    /// The same, whatever the peer receives.
    pub(crate) fn largest(&self) -> u16 {
        let room = u16::try_from(self.tx.len().saturating_sub(Self::OVERHEAD)).unwrap_or(u16::MAX);
        self.config.mtu.min(room)
    }

    /// Whether packets wait to leave.
    pub const fn has_output(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// What the receiver met so far.
    pub const fn counters(&self) -> Counters {
        self.decoder.counters()
    }

    /// How many intact packets were ignored: they came before their protocol was open, in a protocol
    /// that is not known, or larger than was agreed. Wraps around.
    pub const fn ignored(&self) -> u32 {
        self.ignored
    }
}

fn options(config: &Config<'_>, room: usize) -> (Lcp, Ipcp, Ipv6cp) {
    let room = u16::try_from(room.saturating_sub(Ppp::OVERHEAD)).unwrap_or(u16::MAX);
    let most = config.mru.min(room);
    let mut lcp = Lcp::new(most, config.accm, config.compression, config.chap.is_some(), config.seed);
    let identifier = u64::from(lcp.draw()) << 32 | u64::from(lcp.draw());
    (lcp, Ipcp::new(config.address, config.dns, config.peer_address), Ipv6cp::new(identifier))
}
