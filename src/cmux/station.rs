//! What frames from the modem mean.

use super::channel::{Channel, Signals, State};
use super::control::{Answers, Message, Messages, kind};
use super::frame::{Kind, LAST_DLCI, OVERHEAD};
use super::hold::Frame;
use super::line::Line;
use super::parameters::Parameters;
use super::repeat::Repeat;
use super::{Test, Timer};
use crate::error::Error;
use crate::time::Instant;

/// So many of this side's frames in a row have to come back until the multiplexer is taken for gone.
const ECHOES: u8 = 3;

/// A command that establishes or releases: at most one is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Sabm(u8),
    Disc(u8),
    CloseDown,
}

/// Everything behind the search for frames.
#[derive(Debug)]
pub(super) struct Station<'m, 'b> {
    pub(super) parameters: Parameters,
    /// The longest frame that can be received.
    room: usize,
    pub(super) channels: &'m mut [Channel<'b>],
    /// That of DLCI 0.
    pub(super) state: State,
    pub(super) step: Option<Step>,
    pub(super) stepping: Repeat,
    /// DLCIs that UA, or DM, is to be sent for, one bit each.
    pub(super) ua: u64,
    pub(super) dm: u64,
    pub(super) answers: Answers,
    /// The modem takes no data at all (FCoff).
    pub(super) halted: bool,
    /// The modem has answered a status command, so it will again.
    pub(super) answers_status: bool,
    pub(super) tested: Test,
    pub(super) testing: Repeat,
    pub(super) line: Line,
    /// C/R in the modem's UIH frames, once it is known.
    theirs: Option<bool>,
    /// Frames in a row that had it the other way: those of this side, perhaps.
    echoes: u8,
    /// The channel whose turn is next.
    pub(super) turn: usize,
    /// There was nothing to say but the bytes of users when that was looked into last, and nothing has
    /// happened since.
    pub(super) quiet: bool,
    /// While it is quiet: when it ends.
    pub(super) next: Option<(Instant, Timer)>,
}

impl<'m, 'b> Station<'m, 'b> {
    pub(super) const fn new(parameters: Parameters, room: usize, channels: &'m mut [Channel<'b>]) -> Self {
        Self {
            parameters,
            room,
            channels,
            state: State::Closed,
            step: None,
            stepping: Repeat::IDLE,
            ua: 0,
            dm: 0,
            answers: Answers::new(),
            halted: false,
            answers_status: false,
            tested: Test::Idle,
            testing: Repeat::IDLE,
            line: Line::new(),
            theirs: None,
            echoes: 0,
            turn: 0,
            quiet: false,
            next: None,
        }
    }
}

impl<'b> Station<'_, 'b> {
    pub(super) fn channel(&self, dlci: u8) -> Option<&Channel<'b>> {
        self.channels.iter().find(|channel| channel.dlci == dlci)
    }

    pub(super) fn channel_mut(&mut self, dlci: u8) -> Option<&mut Channel<'b>> {
        self.channels.iter_mut().find(|channel| channel.dlci == dlci)
    }

    pub(super) fn state(&self, dlci: u8) -> State {
        match dlci {
            0 => self.state,
            _ => self.channel(dlci).map_or(State::Closed, |channel| channel.state),
        }
    }

    pub(super) fn open(&mut self, dlci: u8) -> Result<(), Error> {
        if dlci == 0 {
            self.restart();
            return Ok(());
        }
        if dlci > LAST_DLCI || self.channel(dlci).is_none() {
            return Err(Error::InvalidInput);
        }
        if !matches!(self.state, State::Opening | State::Open) {
            return Err(Error::LinkDown);
        }
        if !matches!(self.state(dlci), State::Opening | State::Open) {
            self.enter(dlci, State::Opening);
            if let Some(channel) = self.channel_mut(dlci) {
                channel.rx.truncate(0);
            }
        }
        Ok(())
    }

    fn restart(&mut self) {
        self.line = Line::new();
        self.answers.clear();
        (self.ua, self.dm) = (0, 0);
        self.halted = false;
        self.answers_status = false;
        (self.theirs, self.echoes) = (None, 0);
        self.tested = Test::Idle;
        self.step = None;
        self.state = State::Opening;
        for channel in self.channels.iter_mut() {
            channel.reset(State::Closed, 0, 0);
        }
    }

    pub(super) fn close(&mut self, dlci: u8) {
        if dlci != 0 {
            return self.release(dlci);
        }
        self.state = match self.state {
            // Whether the modem has begun already is not known: it is told all the same.
            State::Opening | State::Open | State::Closing => State::Closing,
            State::Closed | State::Failed(_) => State::Closed,
        };
        for place in 0..self.channels.len() {
            let Some(channel) = self.channels.get(place) else { break };
            self.release(channel.dlci);
        }
    }

    fn release(&mut self, dlci: u8) {
        let known = match self.state(dlci) {
            State::Open => true,
            // When its SABM has left it may be established at the other end.
            State::Opening => self.step == Some(Step::Sabm(dlci)),
            State::Closing => return,
            State::Closed | State::Failed(_) => false,
        };
        let told = known && self.parameters.answers_disc;
        self.enter(dlci, if told { State::Closing } else { State::Closed });
    }

    /// A DLC that is not the control channel changes its state.
    pub(super) fn enter(&mut self, dlci: u8, state: State) {
        let n1 = self.parameters.n1;
        let (sending, current) = (self.line.body, self.line.channel);
        let found = self.channels.iter_mut().enumerate().find(|(_, channel)| channel.dlci == dlci);
        if let Some((place, channel)) = found {
            debug!("cmux: DLC {} changes its state", dlci);
            channel.reset(state, n1, if place == current { sending } else { 0 });
        }
    }

    /// The multiplexer has ended, and with it all DLCs.
    pub(super) fn end(&mut self, state: State) {
        info!("cmux: the multiplexer has ended");
        self.state = state;
        self.drop_channels();
    }

    /// No DLC is established any more, and none is going to be.
    pub(super) fn drop_channels(&mut self) {
        for place in 0..self.channels.len() {
            let Some(channel) = self.channels.get(place) else { break };
            match (channel.dlci, channel.state) {
                (dlci, State::Opening | State::Open) => self.enter(dlci, State::Failed(Error::LinkDown)),
                (dlci, State::Closing) => self.enter(dlci, State::Closed),
                (_, State::Closed | State::Failed(_)) => {}
            }
        }
    }

    pub(super) fn test(&mut self) {
        if self.state == State::Open {
            self.tested = Test::Waiting;
            self.testing = Repeat::IDLE;
        }
    }

    pub(super) fn on_frame(&mut self, frame: &Frame<'_>) {
        // Before the multiplexer has begun, frames are leftovers of the last time, or echo.
        let up = matches!(self.state, State::Open | State::Closing);
        if up && frame.kind == Kind::Uih && self.is_echo(frame.cr) {
            return;
        }
        match frame.kind {
            Kind::Ua => self.on_ua(frame.dlci),
            Kind::Dm => self.on_dm(frame.dlci),
            _ if !up => {}
            Kind::Sabm => self.on_sabm(frame.dlci),
            Kind::Disc => self.on_disc(frame.dlci),
            Kind::Uih if frame.dlci == 0 => {
                for message in Messages::new(frame.info) {
                    self.on_message(&message);
                }
            }
            Kind::Uih => match self.channel_mut(frame.dlci) {
                Some(channel) if channel.state == State::Open => channel.receive(frame.info),
                // Not acknowledged yet, or on its way out (§5.4.1, §5.4.2).
                Some(Channel { state: State::Opening | State::Closing, .. }) => {}
                _ => self.dm |= 1 << frame.dlci,
            },
        }
    }

    /// Whether a frame is one of this side's: a modem that has restarted is in command mode, and echoes
    /// what it is sent. Modems differ in C/R, but each has it one way.
    fn is_echo(&mut self, cr: bool) -> bool {
        if *self.theirs.get_or_insert(cr) == cr {
            self.echoes = 0;
            return false;
        }
        // Only this side's frames have it set.
        if !cr {
            return false;
        }
        self.echoes += 1;
        if self.echoes >= ECHOES {
            self.end(State::Failed(Error::Aborted));
        }
        true
    }

    fn on_ua(&mut self, dlci: u8) {
        match self.step {
            Some(Step::Sabm(0)) if dlci == 0 && self.state == State::Opening => self.state = State::Open,
            Some(Step::Sabm(to)) if dlci == to && self.state(to) == State::Opening => {
                self.enter(to, State::Open);
            }
            Some(Step::Disc(to)) if dlci == to && self.state(to) == State::Closing => {
                self.enter(to, State::Closed);
            }
            // Close down was answered as if it were DISC.
            Some(Step::CloseDown) if dlci == 0 => self.end(State::Closed),
            _ => {}
        }
    }

    /// The DLC is not established at the other end (§5.3.3).
    fn on_dm(&mut self, dlci: u8) {
        match (dlci, self.state(dlci)) {
            (0, State::Opening) => self.end(State::Failed(Error::Refused)),
            (0, State::Open) => self.end(State::Failed(Error::Closed)),
            (0, State::Closing) => self.end(State::Closed),
            (_, State::Opening) if self.step == Some(Step::Sabm(dlci)) => {
                self.enter(dlci, State::Failed(Error::Refused));
            }
            (_, State::Open) => self.enter(dlci, State::Failed(Error::Closed)),
            (_, State::Closing) => self.enter(dlci, State::Closed),
            _ => {}
        }
    }

    fn on_sabm(&mut self, dlci: u8) {
        match self.state(dlci) {
            // The control channel is the initiator's: this is echo.
            _ if dlci == 0 => {}
            State::Opening | State::Open => {
                self.ua |= 1 << dlci;
                self.enter(dlci, State::Open);
            }
            _ => self.dm |= 1 << dlci,
        }
    }

    fn on_disc(&mut self, dlci: u8) {
        match self.state(dlci) {
            _ if dlci == 0 => {
                self.ua |= 1;
                self.on_close_down();
            }
            State::Opening | State::Open => {
                self.ua |= 1 << dlci;
                self.enter(dlci, State::Failed(Error::Closed));
            }
            State::Closing => {
                self.ua |= 1 << dlci;
                self.enter(dlci, State::Closed);
            }
            _ => self.dm |= 1 << dlci,
        }
    }

    fn on_close_down(&mut self) {
        let asked = self.state == State::Closing;
        self.end(if asked { State::Closed } else { State::Failed(Error::Closed) });
    }

    fn on_message(&mut self, message: &Message<'_>) {
        if message.is_command {
            self.on_command(message);
        } else {
            self.on_response(message);
        }
    }

    fn on_command(&mut self, message: &Message<'_>) {
        match message.kind {
            kind::FCON => self.halted = false,
            kind::FCOFF => self.halted = true,
            kind::MSC => {
                if let (Some(dlci), Some(octet)) = (message.dlci(), message.value(1))
                    && let Some(channel) = self.channel_mut(dlci)
                    && channel.state == State::Open
                {
                    channel.theirs = Some(Signals::from_octet(octet));
                }
            }
            kind::CLD => self.on_close_down(),
            kind::PN if message.len >= 8 => return self.on_parameters(message),
            // With nothing but a DLC in it the question is what this side uses (§5.4.6.3.9): 9600 bit/s,
            // 8 bits, no parity, one stop bit, no flow control, XON and XOFF as usual.
            kind::RPN if message.len == 1 => {
                let dlci = message.value(0).unwrap_or(0);
                return self.answers.add(kind::RPN, 8, [dlci, 3, 3, 0, 0x11, 0x13, 0, 0].into_iter());
            }
            kind::TEST | kind::PN | kind::RPN | kind::RLS | kind::SNC => {}
            _ => return self.answers.add(kind::NSC, 1, core::iter::once(message.octet)),
        }
        // The response has the value of the command.
        self.answers.add(message.kind, message.len, (0..message.len).map_while(|i| message.value(i)));
    }

    /// PN: the modem proposes parameters for a DLC, and gets those that hold (§5.4.6.3.1). N1 may be
    /// made smaller by the one who answers.
    fn on_parameters(&mut self, message: &Message<'_>) {
        let value = |index| message.value(index).unwrap_or(0);
        let room = self.room.saturating_sub(OVERHEAD).min(usize::from(u16::MAX)) as u16;
        let n1 = u16::from_le_bytes([value(4), value(5)]).min(room).max(1);
        if let Some(channel) = self.channel_mut(value(0) & 0x3F) {
            channel.n1 = channel.n1.min(n1);
        }
        let [low, high] = n1.to_le_bytes();
        let octets = [value(0), value(1), value(2), value(3), low, high, value(6), value(7)];
        self.answers.add(kind::PN, octets.len(), octets.into_iter());
    }

    fn on_response(&mut self, message: &Message<'_>) {
        let (answered, dlci) = match message.kind {
            // Which DLC a refused command was about is not told.
            kind::NSC => (message.value(0).map(|octet| octet & !super::frame::CR), None),
            kind => (Some(kind), message.dlci()),
        };
        match answered {
            Some(kind::MSC) => {
                self.answers_status |= message.kind == kind::MSC;
                for channel in self.channels.iter_mut() {
                    if dlci.is_none_or(|dlci| dlci == channel.dlci) {
                        channel.telling = Repeat::IDLE;
                    }
                }
            }
            Some(kind::TEST) if self.tested == Test::Waiting => self.tested = Test::Answered,
            Some(kind::CLD) if self.step == Some(Step::CloseDown) => self.end(State::Closed),
            _ => {}
        }
    }
}
