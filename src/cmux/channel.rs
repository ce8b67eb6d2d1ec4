//! One DLC: its rings and what both sides have said about it.

use super::hold::Info;
use super::repeat::Repeat;
use super::ring::Ring;
use crate::error::Error;

/// How far a DLC is; that of DLCI 0 is the multiplexer itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum State {
    /// Not established, and not asked for.
    Closed,
    /// Asked for; the modem has not acknowledged it yet.
    Opening,
    /// Established.
    Open,
    /// Being released.
    Closing,
    /// Not established, although it was asked for: [`Error::Refused`] by DM, [`Error::Timeout`] when
    /// SABM was not answered, [`Error::Closed`] when the modem has released it, [`Error::LinkDown`]
    /// when the multiplexer has gone.
    Failed(Error),
}

/// V.24 signals of one side (3GPP TS 27.010 §5.4.6.3.7).
///
/// ```
/// use cellular_nal::cmux::Signals;
/// assert!(Signals::READY.contains(Signals::DV));
/// assert!(!Signals::READY.without(Signals::RTC).contains(Signals::RTC));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Signals(u8);

impl Signals {
    /// Flow control: this side takes no data.
    pub const FC: Self = Self(0x02);
    /// Ready to communicate: DTR of the host, DSR of the modem.
    pub const RTC: Self = Self(0x04);
    /// Ready to receive: RTS of the host, CTS of the modem.
    pub const RTR: Self = Self(0x08);
    /// Incoming call: RI of the modem.
    pub const IC: Self = Self(0x40);
    /// Data valid: DCD of the modem. When it goes out, the carrier is lost.
    pub const DV: Self = Self(0x80);
    /// What a side that is ready for everything shows.
    pub const READY: Self = Self(0x04 | 0x08 | 0x80);

    const ALL: u8 = 0x02 | 0x04 | 0x08 | 0x40 | 0x80;

    /// Whether all of `other` are on.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// These and those of `other`.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These without those of `other`.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) const fn from_octet(octet: u8) -> Self {
        Self(octet & Self::ALL)
    }

    pub(super) const fn octet(self) -> u8 {
        self.0 | super::frame::EA
    }
}

/// A DLC of a [`Mux`](super::Mux) with the storage for its bytes.
///
/// `rx` should have room for at least two frames of the largest size (N1), better four: when it is
/// half full the modem is asked to stop, and what is under way by then still has to fit.
#[derive(Debug)]
pub struct Channel<'b> {
    pub(super) dlci: u8,
    pub(super) rx: Ring<'b>,
    pub(super) tx: Ring<'b>,
    pub(super) state: State,
    /// Most bytes of information in a frame to the modem.
    pub(super) n1: u16,
    /// The modem's signals, once it has told them.
    pub(super) theirs: Option<Signals>,
    /// What this side shows, but for FC.
    pub(super) ours: Signals,
    /// The modem is asked to send nothing.
    pub(super) stopped: bool,
    /// What the modem was told last.
    pub(super) told: Option<Signals>,
    /// The status command that has told it.
    pub(super) telling: Repeat,
    /// Bytes from the modem that found no room.
    pub(super) lost: u32,
}

impl<'b> Channel<'b> {
    /// A DLC that is not established. `dlci` is 1 to 61; another number makes one that cannot be
    /// opened.
    pub const fn new(dlci: u8, rx: &'b mut [u8], tx: &'b mut [u8]) -> Self {
        Self {
            dlci,
            rx: Ring::new(rx),
            tx: Ring::new(tx),
            state: State::Closed,
            n1: 0,
            theirs: None,
            ours: Signals::READY,
            stopped: false,
            told: None,
            telling: Repeat::IDLE,
            lost: 0,
        }
    }

    /// Begins a new life. `sending` bytes are in a frame that has begun to leave.
    pub(super) fn reset(&mut self, state: State, n1: u16, sending: usize) {
        self.state = state;
        self.n1 = n1;
        self.theirs = None;
        self.stopped = false;
        self.told = None;
        self.telling = Repeat::IDLE;
        self.tx.truncate(sending);
    }

    pub(super) fn receive(&mut self, info: Info<'_>) {
        for piece in info.into_iter().filter(|piece| !piece.is_empty()) {
            let taken = self.rx.push(piece);
            self.lost = self.lost.wrapping_add((piece.len() - taken) as u32);
        }
        self.watch_level();
    }

    /// Stops the modem at half of the storage and lets it go on at a quarter, so that not each read
    /// makes it a message.
    pub(super) fn watch_level(&mut self) {
        let (len, capacity) = (self.rx.len(), self.rx.capacity());
        self.stopped = if self.stopped { len > capacity / 4 } else { len > capacity / 2 };
    }

    /// What the modem should know of this side.
    pub(super) const fn signals(&self) -> Signals {
        if self.stopped { self.ours.with(Signals::FC) } else { self.ours.without(Signals::FC) }
    }

    /// Whether the modem takes data.
    pub(super) fn may_send(&self) -> bool {
        self.state == State::Open && !self.theirs.is_some_and(|theirs| theirs.contains(Signals::FC))
    }
}
