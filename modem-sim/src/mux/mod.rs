//! The modem's side of the multiplexer: 3GPP TS 27.010, basic option, as the responder.
//!
//! A [`Responder`] has no clock and no line of its own: it takes the bytes of the host and gives
//! [`Event`]s and the frames that are due.

mod frame;
mod message;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::breach::Rule;
use frame::{Deframer, FLAG, Frame, Kind};
use message::{CLD, FCOFF, FCON, MSC, Message, NSC, PN, PSC, RLS, RPN, TEST};

/// Octet of signals in MSC (§5.4.6.3.7).
pub(crate) mod signals {
    pub(crate) const EA: u8 = 0x01;
    /// The sender can take nothing.
    pub(crate) const FC: u8 = 0x02;
    /// DTR of the host, DSR of the modem.
    pub(crate) const RTC: u8 = 0x04;
    /// RTS of the host, CTS of the modem.
    pub(crate) const RTR: u8 = 0x08;
    /// The modem's carrier.
    pub(crate) const DV: u8 = 0x80;
}

/// Times that a command on the control channel is repeated, and the pause before each. N2 is the 3 of
/// §5.7.4; T2 would be 300 ms, but a slow line may hold the answer up behind much data.
const TRIES: u32 = 3;
const PATIENCE: Duration = Duration::from_secs(1);
/// User channels; 62 looks like a flag and 63 is reserved.
const LAST: u8 = 61;

/// What channels a modem has.
#[derive(Debug)]
pub(crate) struct Channels {
    /// AT commands and data.
    pub(crate) first: u8,
    pub(crate) last: u8,
    /// The first one for unsolicited lines; those before it are for data.
    pub(crate) reports: u8,
    /// Positions; they carry no commands.
    pub(crate) gnss: Option<u8>,
    /// DISC is answered.
    pub(crate) answers_close: bool,
}

impl Channels {
    pub(crate) fn carries_commands(&self, dlci: u8) -> bool {
        (self.first..=self.last).contains(&dlci)
    }
}

/// Flags around the frames that the modem sends; all of them are as the standard has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MuxFlags {
    /// Each frame has its own two.
    Own,
    /// One closes a frame and opens the next.
    Shared,
    /// So many stand before each frame, and so many behind it.
    Many(u8),
}

/// How often something went over the line of a multiplexer, see
/// [`Modem::multiplexer`](crate::Modem::multiplexer).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MuxCounters {
    /// Frames of the host.
    pub received: u64,
    /// Frames of the modem.
    pub sent: u64,
    /// Frames of the host whose FCS or closing flag was wrong. They may be the line's fault.
    pub damaged: u64,
    /// Bytes that were part of no frame.
    pub ignored: u64,
}

/// How a responder is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habits {
    pub(crate) n1: usize,
    pub(crate) channels: &'static Channels,
    pub(crate) answers_close: bool,
    pub(crate) flags: MuxFlags,
    /// Data has C/R set, as if the modem were the initiator.
    pub(crate) wrong_way: bool,
}

/// What the host wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Opened(u8),
    Closed(u8),
    Data(u8, Vec<u8>),
    /// The host's signals of a channel.
    Signals(u8, u8),
    /// Back to command mode.
    Ended,
    Breach(Rule, String),
}

#[derive(Debug)]
struct Channel {
    /// The host takes nothing.
    stopped: bool,
    /// Signals that the host was told last.
    told: u8,
}

/// A command that waits for its answer.
#[derive(Debug)]
struct Pending {
    dlci: u8,
    value: Vec<u8>,
    tries: u32,
    due: Duration,
}

#[derive(Debug)]
pub(crate) struct Responder {
    habits: Habits,
    deframer: Deframer,
    channels: BTreeMap<u8, Channel>,
    /// N1 of channels for which PN has set another one.
    n1: BTreeMap<u8, usize>,
    /// FCoff.
    all_stopped: bool,
    frames: VecDeque<Vec<u8>>,
    events: VecDeque<Event>,
    pending: Vec<Pending>,
    now: Duration,
    received: u64,
    sent: u64,
}

impl Responder {
    pub(crate) fn new(habits: Habits) -> Self {
        Responder {
            habits,
            deframer: Deframer::default(),
            channels: BTreeMap::new(),
            n1: BTreeMap::new(),
            all_stopped: false,
            frames: VecDeque::new(),
            events: VecDeque::new(),
            pending: Vec::new(),
            now: Duration::ZERO,
            received: 0,
            sent: 0,
        }
    }

    pub(crate) fn channels(&self) -> &'static Channels {
        self.habits.channels
    }

    /// These channels are open, and the host has forgotten it.
    pub(crate) fn found_open(&mut self, dlcis: impl IntoIterator<Item = u8>) {
        self.channels.extend(dlcis.into_iter().map(|dlci| (dlci, Channel { stopped: false, told: 0 })));
    }

    pub(crate) fn counters(&self) -> MuxCounters {
        let Deframer { damaged, ignored, .. } = self.deframer;
        MuxCounters { received: self.received, sent: self.sent, damaged, ignored }
    }

    /// Bytes from the line; [`Responder::next_event`] tells what they mean.
    pub(crate) fn receive(&mut self, now: Duration, bytes: &[u8]) {
        self.now = now;
        self.deframer.push(now, bytes);
    }

    /// What came behind the frame that has ended the multiplexer.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let bytes = self.deframer.rest();
        let flags = bytes.iter().take_while(|b| **b == FLAG).count();
        bytes[flags..].to_vec()
    }

    pub(crate) fn next_event(&mut self) -> Option<Event> {
        while self.events.is_empty() {
            let frame = self.deframer.next_frame()?;
            self.received += 1;
            self.take(frame);
        }
        self.events.pop_front()
    }

    pub(crate) fn due(&self) -> Option<Duration> {
        self.deframer.due().into_iter().chain(self.pending.iter().map(|p| p.due)).min()
    }

    /// Time has passed.
    pub(crate) fn advance(&mut self, now: Duration) {
        self.now = now;
        self.deframer.give_up(now);
        let mut again = Vec::new();
        let mut given_up = Vec::new();
        self.pending.retain_mut(|p| {
            if p.due > now {
                return true;
            }
            if p.tries == 0 {
                given_up.push(p.dlci);
                return false;
            }
            p.tries -= 1;
            p.due = now + PATIENCE;
            again.push(p.value.clone());
            true
        });
        for dlci in given_up {
            self.breach(Rule::MultiplexerUnanswered, format!("no answer to the signals of channel {dlci}"));
        }
        for value in again {
            self.say(&Message::command(MSC, value));
        }
    }

    /// A frame of the control channel that is due.
    pub(crate) fn transmit(&mut self) -> Option<Vec<u8>> {
        self.frames.pop_front()
    }

    pub(crate) fn has_frames(&self) -> bool {
        !self.frames.is_empty()
    }

    /// The host takes data of this channel.
    pub(crate) fn may_send(&self, dlci: u8) -> bool {
        !self.all_stopped && self.channels.get(&dlci).is_some_and(|c| !c.stopped)
    }

    /// Most bytes of one frame.
    pub(crate) fn n1(&self, dlci: u8) -> usize {
        self.n1.get(&dlci).copied().unwrap_or(self.habits.n1)
    }

    /// The frame that carries this.
    pub(crate) fn data(&mut self, dlci: u8, info: Vec<u8>) -> Vec<u8> {
        let frame = Frame { dlci, command: self.habits.wrong_way, kind: Kind::Uih, info };
        self.wrap(&frame)
    }

    /// Tells the host the signals of a channel, if it does not know them yet.
    pub(crate) fn tell(&mut self, dlci: u8, signals: u8) {
        let Some(channel) = self.channels.get_mut(&dlci).filter(|c| c.told != signals) else {
            return;
        };
        channel.told = signals;
        let value = vec![dlci << 2 | 3, signals];
        self.pending.retain(|p| p.dlci != dlci);
        self.pending.push(Pending { dlci, value: value.clone(), tries: TRIES, due: self.now + PATIENCE });
        self.say(&Message::command(MSC, value));
    }

    fn wrap(&mut self, frame: &Frame) -> Vec<u8> {
        self.sent += 1;
        let (before, behind) = match self.habits.flags {
            MuxFlags::Own => (1, 1),
            MuxFlags::Shared => (usize::from(self.sent == 1), 1),
            MuxFlags::Many(n) => (usize::from(n.max(1)), usize::from(n.max(1))),
        };
        let mut bytes = vec![FLAG; before];
        bytes.extend(frame.to_bytes());
        bytes.extend(vec![FLAG; behind]);
        bytes
    }

    /// A response: the responder's have C/R set (§5.2.1.2).
    fn respond(&mut self, dlci: u8, kind: Kind) {
        let bytes = self.wrap(&Frame { dlci, command: true, kind, info: Vec::new() });
        self.frames.push_back(bytes);
    }

    fn say(&mut self, message: &Message) {
        let bytes = self.data(0, message.to_bytes());
        self.frames.push_back(bytes);
    }

    fn breach(&mut self, rule: Rule, detail: String) {
        self.events.push_back(Event::Breach(rule, detail));
    }

    fn take(&mut self, frame: Frame) {
        let Frame { dlci, command, kind, info } = frame;
        if dlci > LAST {
            return;
        }
        let response = matches!(kind, Kind::Ua | Kind::Dm);
        if command == response {
            // The initiator's commands, data among them, have C/R set, its responses have not.
            let bit = u8::from(command);
            self.breach(Rule::MultiplexerCommandBit, format!("{kind:?} on channel {dlci} has C/R {bit}"));
        }
        match kind {
            Kind::Sabm => self.open(dlci),
            Kind::Disc => self.close(dlci),
            Kind::Dm if dlci != 0 => self.shut(dlci),
            Kind::Ua | Kind::Dm => {}
            Kind::Uih | Kind::Ui => self.data_of_host(dlci, kind, info),
        }
    }

    fn open(&mut self, dlci: u8) {
        let own = self.habits.channels;
        let known = dlci == 0 || own.carries_commands(dlci) || own.gnss == Some(dlci);
        if dlci != 0 && !self.channels.contains_key(&0) {
            self.breach(Rule::MultiplexerClosedChannel, format!("SABM on channel {dlci} before channel 0"));
            return self.respond(dlci, Kind::Dm);
        }
        if !known {
            return self.respond(dlci, Kind::Dm);
        }
        self.respond(dlci, Kind::Ua);
        if dlci == 0 {
            self.all_stopped = false;
        }
        // What is open already begins anew. PN comes before SABM, so its N1 stays.
        let again = self.channels.insert(dlci, Channel { stopped: false, told: 0 }).is_some();
        if dlci != 0 {
            let closed = again.then_some(Event::Closed(dlci));
            self.events.extend(closed.into_iter().chain([Event::Opened(dlci)]));
        }
    }

    fn close(&mut self, dlci: u8) {
        let open = self.channels.contains_key(&dlci);
        if self.habits.answers_close {
            self.respond(dlci, if open { Kind::Ua } else { Kind::Dm });
        }
        if dlci == 0 && open {
            self.events.push_back(Event::Ended);
        } else {
            self.shut(dlci);
        }
    }

    fn shut(&mut self, dlci: u8) {
        self.pending.retain(|p| p.dlci != dlci);
        self.n1.remove(&dlci);
        if self.channels.remove(&dlci).is_some() {
            self.events.push_back(Event::Closed(dlci));
        }
    }

    fn data_of_host(&mut self, dlci: u8, kind: Kind, info: Vec<u8>) {
        let n1 = self.n1(dlci);
        if info.len() > n1 {
            let len = info.len();
            self.breach(Rule::MultiplexerFrameSize, format!("{len} octets on channel {dlci}, N1 is {n1}"));
        }
        if kind == Kind::Ui {
            let detail = format!("UI on channel {dlci} although +CMUX has chosen UIH");
            self.breach(Rule::MultiplexerMessage, detail);
        }
        if self.channels.contains_key(&dlci) {
            if dlci == 0 {
                self.messages(&info);
            } else {
                self.events.push_back(Event::Data(dlci, info));
            }
            return;
        }
        // A host that has restarted does not know whether there is a control channel.
        let closes = |m: &Message| m.kind == CLD && m.command;
        if dlci == 0 && Message::all(&info).0.iter().any(closes) {
            return self.messages(&info);
        }
        self.breach(Rule::MultiplexerClosedChannel, format!("data on channel {dlci}, which is closed"));
        self.respond(dlci, Kind::Dm);
    }

    fn messages(&mut self, info: &[u8]) {
        let (messages, malformed) = Message::all(info);
        if malformed || messages.is_empty() {
            self.breach(Rule::MultiplexerMessage, format!("control message {info:02x?}"));
        }
        for message in messages {
            if message.command {
                self.command(message);
            } else {
                self.answered(&message);
            }
        }
    }

    /// The host has answered a command of this end, or says that it cannot.
    fn answered(&mut self, message: &Message) {
        match (message.kind, message.value.first()) {
            (MSC, Some(address)) => self.pending.retain(|p| p.dlci != address >> 2),
            (NSC, Some(kind)) if kind & !2 == MSC => self.pending.clear(),
            _ => {}
        }
    }

    fn command(&mut self, message: Message) {
        let octet = message.octet();
        let Message { kind, value, .. } = message;
        let answer = match kind {
            CLD => {
                self.say(&Message::answer(CLD, Vec::new()));
                self.events.push_back(Event::Ended);
                return;
            }
            PN => self.negotiate(value),
            FCON | FCOFF => {
                self.all_stopped = kind == FCOFF;
                Some(value)
            }
            MSC => self.host_signals(value),
            // The settings of the port that is no port: 115 200 bit/s, 8 data bits, no parity.
            RPN if value.len() == 1 => Some(vec![value[0], 7, 3, 0, 0x11, 0x13, 0xff, 0xff]),
            RPN | RLS | TEST | PSC => Some(value),
            _ => {
                return self.say(&Message::answer(NSC, vec![octet]));
            }
        };
        match answer {
            Some(value) => self.say(&Message::answer(kind, value)),
            None => self.breach(Rule::MultiplexerMessage, format!("control message {kind:02x} is too short")),
        }
    }

    /// PN: a smaller N1 is taken, a larger one is made smaller (§5.4.6.3.1).
    fn negotiate(&mut self, mut value: Vec<u8>) -> Option<Vec<u8>> {
        let &[dlci, _, _, _, low, high, _, _] = value.get(..8)? else {
            return None;
        };
        let n1 = usize::from(u16::from_le_bytes([low, high])).clamp(1, self.habits.n1);
        self.n1.insert(dlci & 0x3f, n1);
        value[4..6].copy_from_slice(&(n1 as u16).to_le_bytes());
        Some(value)
    }

    fn host_signals(&mut self, value: Vec<u8>) -> Option<Vec<u8>> {
        let &[address, octet] = value.get(..2)? else {
            return None;
        };
        let dlci = address >> 2;
        if let Some(channel) = self.channels.get_mut(&dlci).filter(|_| dlci != 0) {
            channel.stopped = octet & signals::FC != 0;
            self.events.push_back(Event::Signals(dlci, octet));
        }
        Some(value)
    }
}
