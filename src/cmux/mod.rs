//! Several channels over one serial line: the multiplexer of 3GPP TS 27.010, basic option, as its
//! initiator. Without I/O, clock and allocation, and of use without the rest of the crate.
//!
//! ```
//! use cellular_nal::Instant;
//! use cellular_nal::cmux::{Channel, Mux, Output, Parameters, State};
//!
//! // For N1 = 31: a frame to receive, and two channels, AT and PPP.
//! let (mut frame, mut buffers) = ([0; 31 + 7], [[0; 128]; 4]);
//! let [rx1, tx1, rx2, tx2] = &mut buffers;
//! let mut channels = [Channel::new(1, rx1, tx1), Channel::new(2, rx2, tx2)];
//! let mut mux = Mux::new(Parameters::new(), &mut frame, &mut channels);
//!
//! // AT+CMUX=0,0,,31 was answered by OK.
//! let now = Instant::from_millis(0);
//! mux.open(0)?;
//! mux.open(1)?;
//! // SABM for the control channel.
//! assert_eq!(mux.poll_output(now), Output::Transmit(&[0xF9, 0x03, 0x3F, 0x01, 0x1C, 0xF9]));
//! mux.transmitted(6);
//! // UA.
//! mux.handle_rx(&[0xF9, 0x03, 0x73, 0x01, 0xD7, 0xF9], now);
//! assert_eq!(mux.state(0), State::Open);
//! # Ok::<(), cellular_nal::Error>(())
//! ```
//!
//! | part of 3GPP TS 27.010 | here |
//! |---|---|
//! | frames (§5.2, §5.3) | UIH, SABM, UA, DM, DISC; N1 up to 32767, one or two octets of length |
//! | establishing and releasing (§5.4.1, §5.4.2) | one DLC after the other, repeated after T1, N2 times |
//! | control channel (§5.4.6) | CLD, Test, FCon, FCoff, MSC, NSC, PN, RPN, RLS and SNC are answered; CLD, MSC and Test are sent; PSC and anything else gets NSC |
//! | flow control (§5.4.8) | MSC for each DLC, both ways; FCoff is obeyed |
//! | start and close down (§5.8) | the command `AT+CMUX` is somebody else's, see [`Parameters::command`] |
//!
//! Not here: the advanced option, UI frames, error recovery mode, power saving, and the role of the
//! responder.
//!
//! Payload is not protected: the FCS of UIH covers the header only (§5.2.1.6).

mod channel;
mod control;
mod frame;
mod hold;
mod line;
mod parameters;
mod recovery;
mod repeat;
mod ring;
mod schedule;
mod station;

pub use channel::{Channel, Signals, State};
pub use parameters::Parameters;
pub use recovery::{ATTEMPTS, Attempt, CLOSE_DOWN};

use crate::error::Error;
use crate::time::Instant;
use hold::Hold;
use station::Station;

/// One thing to do; see [`Mux`].
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output<'a> {
    /// Send these bytes to the modem, as many as fit.
    Transmit(&'a [u8]),
    /// Nothing to do until then, or until bytes come or something is asked for.
    Timeout(Option<(Instant, Timer)>),
}

/// Why the multiplexer wants to be called again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Timer {
    /// SABM or DISC was not acknowledged.
    T1,
    /// A command on the control channel was not answered.
    T2,
    /// A frame that has begun does not end.
    Gap,
}

/// What is known of the modem at the other end of the control channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Test {
    /// It was not asked.
    Idle,
    /// It was asked and has not answered yet.
    Waiting,
    /// It has answered.
    Answered,
    /// It has not answered the last repetition either: the multiplexer has gone, or the modem.
    Silent,
}

/// The multiplexer.
///
/// The rules are those of [`Engine`](crate::Engine):
///
/// 1. Bytes from the modem go into [`handle_rx`](Self::handle_rx), in any pieces.
/// 2. After that, after any other call that may have set something going, and when a deadline has
///    come, call [`poll_output`](Self::poll_output) until it gives [`Output::Timeout`].
/// 3. [`Output::Transmit`] gives bytes for the modem; say with [`transmitted`](Self::transmitted) how
///    many of them the serial port took.
/// 4. `now` never goes backwards.
///
/// DLCI 0, the control channel, stands for the multiplexer itself: [`open`](Self::open) it once
/// `AT+CMUX` was answered, [`close`](Self::close) it to close down. [`state`](Self::state) tells how
/// far it is, and how far any other DLC is. Nothing is queued but the bytes of the channels, and no
/// channel waits for another: a full one is stopped by flow control of its own, and loses what comes
/// all the same ([`lost`](Self::lost)).
///
/// Nothing that the modem sends makes it panic or grow.
#[derive(Debug)]
pub struct Mux<'m, 'b> {
    hold: Hold<'b>,
    station: Station<'m, 'b>,
    /// When bytes came last.
    heard: Instant,
    /// The frame that is open was doubted since.
    doubted: bool,
}

impl<'m, 'b> Mux<'m, 'b> {
    /// A multiplexer that is closed.
    ///
    /// `frame` holds what may be a frame until it is whole: N1 and 7 bytes. A longer frame than it has
    /// room for is not received.
    pub const fn new(parameters: Parameters, frame: &'b mut [u8], channels: &'m mut [Channel<'b>]) -> Self {
        let zero = Instant::from_micros(0);
        Self {
            station: Station::new(parameters, frame.len(), channels),
            hold: Hold::new(frame),
            heard: zero,
            doubted: false,
        }
    }

    /// N1, for `AT+CMUX`.
    #[must_use]
    pub const fn n1(&self) -> u16 {
        self.station.parameters.n1
    }

    /// Takes bytes from the modem.
    pub fn handle_rx(&mut self, mut bytes: &[u8], now: Instant) {
        if bytes.is_empty() {
            return;
        }
        self.heard = now;
        self.doubted = false;
        self.receive(&mut bytes);
    }

    fn receive(&mut self, bytes: &mut &[u8]) {
        while let Some(frame) = self.hold.next(bytes) {
            self.station.quiet = false;
            self.station.on_frame(&frame);
        }
    }

    /// What is to be done now.
    pub fn poll_output(&mut self, now: Instant) -> Output<'_> {
        let gap = (self.hold.is_open() && !self.doubted).then(|| self.heard + self.station.parameters.gap);
        if gap.is_some_and(|gap| now >= gap) {
            self.doubted = true;
            self.hold.doubt();
            self.receive(&mut [].as_slice());
            return self.poll_output(now);
        }
        if self.station.line.takes_more() {
            self.station.start_next(now);
        }
        if self.station.line.is_idle() {
            let next = self.station.next.into_iter().chain(gap.map(|gap| (gap, Timer::Gap)));
            return Output::Timeout(next.min_by_key(|(at, _)| *at));
        }
        Output::Transmit(self.station.outgoing())
    }

    /// The serial port took `count` bytes of the last [`Output::Transmit`].
    pub fn transmitted(&mut self, count: usize) {
        self.station.transmitted(count);
    }

    /// Establishes a DLC; the multiplexer itself when `dlci` is 0. Those that were asked for before
    /// the multiplexer is open follow when it is. Nothing happens to one that is open or opening.
    ///
    /// What was left unread of its last life is dropped. Opening DLCI 0 begins anew, whatever the
    /// state was: bytes and frames under way are forgotten, and so are all DLCs.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] when there is no such channel, [`Error::LinkDown`] when the multiplexer
    /// is neither open nor opening.
    pub fn open(&mut self, dlci: u8) -> Result<(), Error> {
        if dlci == 0 {
            self.hold.clear();
        }
        self.station.quiet = false;
        self.station.open(dlci)
    }

    /// Releases a DLC by DISC. Bytes that have not left are dropped.
    ///
    /// DLCI 0 closes down: all DLCs are released, then CLD is sent. A modem that does not answer is
    /// not waited for longer than T1 and T2 allow. The standard gives the modem the line's command
    /// mode then; see [`ATTEMPTS`] for one that does not show up in it.
    pub fn close(&mut self, dlci: u8) {
        self.station.quiet = false;
        self.station.close(dlci);
    }

    /// How far a DLC is; the multiplexer itself when `dlci` is 0. One that does not exist is closed.
    pub fn state(&self, dlci: u8) -> State {
        self.station.state(dlci)
    }

    /// Takes bytes for the modem and says how many had room.
    ///
    /// # Errors
    ///
    /// [`Error::NotConnected`] when the DLC is not open.
    pub fn write(&mut self, dlci: u8, bytes: &[u8]) -> Result<usize, Error> {
        match self.station.channel_mut(dlci) {
            Some(channel) if channel.state == State::Open => Ok(channel.tx.push(bytes)),
            _ => Err(Error::NotConnected),
        }
    }

    /// How many bytes of a channel have not left yet.
    pub fn unsent(&self, dlci: u8) -> usize {
        self.station.channel(dlci).map_or(0, |channel| channel.tx.len())
    }

    /// Takes bytes from the modem out of a channel, as many as are there and fit. What came before a
    /// DLC was closed can still be read.
    pub fn read(&mut self, dlci: u8, out: &mut [u8]) -> usize {
        let Some(channel) = self.station.channel_mut(dlci) else { return 0 };
        let count = channel.rx.pop(out);
        channel.watch_level();
        self.station.quiet = false;
        count
    }

    /// Bytes from the modem where they lie, as many as lie in one piece. They stay until
    /// [`consume`](Self::consume)d.
    pub fn peek(&self, dlci: u8) -> &[u8] {
        self.station.channel(dlci).map_or(&[], |channel| channel.rx.front())
    }

    /// Drops bytes that [`peek`](Self::peek) has shown.
    pub fn consume(&mut self, dlci: u8, count: usize) {
        if let Some(channel) = self.station.channel_mut(dlci) {
            channel.rx.skip(count);
            channel.watch_level();
            self.station.quiet = false;
        }
    }

    /// The signals that the modem shows on a channel, once it has told them.
    pub fn signals(&self, dlci: u8) -> Option<Signals> {
        self.station.channel(dlci).and_then(|channel| channel.theirs)
    }

    /// Sets the signals that this side shows on a channel; [`Signals::READY`] at first. FC is left to
    /// the multiplexer.
    pub fn set_signals(&mut self, dlci: u8, signals: Signals) {
        if let Some(channel) = self.station.channel_mut(dlci) {
            channel.ours = signals;
            self.station.quiet = false;
        }
    }

    /// Asks the modem for a sign of life on the control channel; see [`tested`](Self::tested).
    pub fn test(&mut self) {
        self.station.quiet = false;
        self.station.test();
    }

    /// What became of the last [`test`](Self::test).
    pub fn tested(&self) -> Test {
        self.station.tested
    }

    /// Bytes of a channel that had no room, since the beginning. The modem does not always stop when
    /// it is asked to.
    pub fn lost(&self, dlci: u8) -> u32 {
        self.station.channel(dlci).map_or(0, |channel| channel.lost)
    }

    /// Bytes that belonged to no frame, since the beginning: damaged ones, or words of a modem that
    /// has left the multiplexer.
    pub fn noise(&self) -> u32 {
        self.hold.noise
    }
}
