//! `+CMUX` (3GPP TS 27.007 §5.7), and the command interfaces on the channels.
//!
//! Each channel is a [`Terminal`] of its own; one of them is served at a time. The line itself waits
//! meanwhile, and is where it was when the multiplexer ends.

use std::time::Duration;

use super::exec::{DataMode, Exec};
use super::general::ok;
use super::terminal::{Held, Terminal};
use super::{Modem, Step};
use crate::breach::Rule;
use crate::command::{Command, Form};
use crate::mux::{Event, Habits, MuxCounters, Responder, signals};
use crate::reply::{Final, NOT_ALLOWED, NOT_SUPPORTED};

/// The line itself.
const LINE: u8 = 0;
/// The largest N1 of `+CMUX`, and that of a host that names none (SARA-R4 AT commands manual).
const LARGEST_N1: u32 = 1509;
const USUAL_N1: usize = 31;
/// Output that may wait for the host before the modem takes no more from a socket.
const OUTPUT: usize = 4096;

/// What `+CMUX` was told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    speed: u32,
    n1: usize,
}

impl Modem {
    /// Counters of the multiplexer that is on.
    pub fn multiplexer(&self) -> Option<MuxCounters> {
        self.multiplexer.as_ref().map(Responder::counters)
    }

    /// `AT+CMUX=<mode>[,<subset>[,<port_speed>[,<N1>[,<T1>,<N2>,<T2>,<T3>[,<k>]]]]]`. All but N1 is taken and
    /// has no effect.
    pub(super) fn cmux(&mut self, command: &Command) -> Result<Step, Final> {
        if !(self.model.is_ublox() || self.model.sequans().multiplexer || self.options.multiplexer) {
            return Err(NOT_SUPPORTED);
        }
        match command.form {
            Form::Test => {
                let n1 = LARGEST_N1;
                self.info(format!("+CMUX: (0),(0),(1-8),(1-{n1}),(1-255),(0-100),(2-255),(1-255),(1-7)"));
            }
            Form::Read => {
                let Request { speed, n1 } = self.mux_request;
                self.info(format!("+CMUX: 0,0,{speed},{n1},10,3,30,10,2"));
            }
            Form::Action => return Err(Final::Error),
            Form::Set if self.multiplexer.is_some() => return Err(NOT_ALLOWED),
            Form::Set => {
                command.within(0, 0, 0)?;
                command.within_or(1, 0, 0, 0)?;
                let speed = command.within_or(2, 0, 8, 0)?;
                let n1 = command.within_or(3, 1, LARGEST_N1, USUAL_N1 as u32)? as usize;
                for (i, low, high) in [(4, 1, 255), (5, 0, 100), (6, 2, 255), (7, 0, 255), (8, 1, 7)] {
                    command.within_or(i, low, high, low)?;
                }
                self.mux_request = Request { speed, n1 };
                self.mux_begins = true;
            }
        }
        Ok(ok())
    }

    /// The final result of `+CMUX` is out.
    pub(super) fn start_multiplexer(&mut self) {
        let channels = self.model.channels();
        let habits = Habits {
            n1: self.mux_request.n1,
            channels,
            answers_close: self.options.mux_answers_close.unwrap_or(channels.answers_close),
            flags: self.options.mux_flags,
            wrong_way: self.options.mux_wrong_way,
        };
        self.multiplexer = Some(Responder::new(habits));
    }

    /// As a host has left it that is no more.
    pub(super) fn found_multiplexed(&mut self) {
        self.start_multiplexer();
        if let Some(mux) = &mut self.multiplexer {
            mux.found_open([0, 1, 2]);
        }
        for dlci in [1, 2] {
            self.parked.insert(dlci, Terminal::new(&self.options));
        }
    }

    /// All channels are gone, and the line takes commands again.
    pub(super) fn end_multiplexer(&mut self) {
        for dlci in self.open_channels() {
            self.close_terminal(dlci);
        }
        // The answers to what has ended it.
        while let Some(frame) = self.multiplexer.as_mut().and_then(Responder::transmit) {
            self.raw(&frame);
        }
        self.multiplexer = None;
    }

    /// The modem loses its memory: nobody is told.
    pub(super) fn forget_multiplexer(&mut self) {
        self.serve(LINE);
        self.parked.clear();
        self.multiplexer = None;
        self.mux_begins = false;
        self.mux_request = Request::default();
    }

    /// The interfaces that are in use. The line stands in for the channels as long as there are none: sockets
    /// live on.
    pub(super) fn served(&self) -> Vec<u8> {
        let channels = self.open_channels();
        if channels.is_empty() { vec![LINE] } else { channels }
    }

    fn open_channels(&self) -> Vec<u8> {
        let mut all: Vec<u8> =
            self.parked.keys().copied().chain([self.channel]).filter(|c| *c != LINE).collect();
        all.sort_unstable();
        all
    }

    /// Makes another interface the one that is being served.
    pub(super) fn serve(&mut self, dlci: u8) {
        if let Some(terminal) = self.parked.remove(&dlci) {
            let last = std::mem::replace(&mut self.terminal, terminal);
            self.parked.insert(self.channel, last);
            self.channel = dlci;
        }
    }

    pub(super) fn terminals(&self) -> impl Iterator<Item = &Terminal> {
        std::iter::once(&self.terminal).chain(self.parked.values())
    }

    pub(super) fn terminal_at(&self, dlci: u8) -> Option<&Terminal> {
        if dlci == self.channel { Some(&self.terminal) } else { self.parked.get(&dlci) }
    }

    fn terminal_of(&mut self, dlci: u8) -> Option<&mut Terminal> {
        if dlci == self.channel { Some(&mut self.terminal) } else { self.parked.get_mut(&dlci) }
    }

    fn close_terminal(&mut self, dlci: u8) {
        self.serve(dlci);
        if self.channel != dlci {
            return;
        }
        match self.terminal.exec {
            Exec::Wait(_) => self.abort_wait(),
            Exec::Online(_) => self.data_mode_is_cut(),
            _ => {}
        }
        if self.call_is_here() {
            self.drop_call();
        }
        let lines = std::mem::take(&mut self.terminal.urcs);
        let late = std::mem::take(&mut self.terminal.late_urcs);
        self.serve(LINE);
        self.parked.remove(&dlci);
        lines.into_iter().chain(late).for_each(|line| self.publish(line));
    }

    /// Where unsolicited lines come: the first open channel for AT commands that is not in data mode.
    fn reporter(&self) -> u8 {
        let Some(mux) = &self.multiplexer else {
            return LINE;
        };
        let first = mux.channels().reports;
        let quiet = |dlci: &u8| self.terminal_at(*dlci).is_some_and(|t| t.exec.is_data_mode());
        self.open_channels()
            .into_iter()
            .min_by_key(|dlci| (quiet(dlci), *dlci < first, *dlci))
            .unwrap_or(LINE)
    }

    /// The line itself is being served, and carries frames.
    pub(super) fn line_is_multiplexed(&self) -> bool {
        self.multiplexer.is_some() && self.channel == LINE
    }

    /// News of sockets are told here.
    pub(super) fn reports_here(&self) -> bool {
        self.channel == self.reporter()
    }

    /// Brings an unsolicited line to where it belongs.
    pub(super) fn publish(&mut self, line: Vec<u8>) {
        for dlci in self.reporters() {
            if let Some(terminal) = self.terminal_of(dlci) {
                terminal.urcs.push_back(line.clone());
            }
        }
    }

    /// Shows lines that are printed here on the other channels too, if that is wanted.
    pub(super) fn publish_elsewhere(&mut self, lines: &[Vec<u8>]) {
        for dlci in self.reporters().into_iter().filter(|dlci| *dlci != self.channel) {
            if let Some(terminal) = self.parked.get_mut(&dlci) {
                terminal.urcs.extend(lines.iter().cloned());
            }
        }
    }

    fn reporters(&self) -> Vec<u8> {
        if self.options.urcs_on_all_channels { self.served() } else { vec![self.reporter()] }
    }

    /// Another interface is in data mode with this socket.
    pub(crate) fn linked_elsewhere(&self, id: u8) -> bool {
        self.parked.values().any(|t| t.exec.data_mode() == Some(DataMode::Socket(id)))
    }

    /// Too much of this channel's output waits for the host.
    pub(crate) fn output_is_full(&self) -> bool {
        self.multiplexer.is_some() && self.terminal.output() >= OUTPUT
    }

    /// Bytes of the line while the multiplexer is on.
    pub(super) fn multiplexed_rx(&mut self, bytes: &[u8]) {
        let now = self.now;
        if let Some(mux) = &mut self.multiplexer {
            mux.receive(now, bytes);
        }
        while let Some(event) = self.multiplexer.as_mut().and_then(Responder::next_event) {
            match event {
                Event::Data(dlci, bytes) => self.channel_rx(dlci, &bytes),
                Event::Opened(dlci) => self.channel_opens(dlci),
                Event::Closed(dlci) => self.close_terminal(dlci),
                Event::Signals(dlci, octet) => self.host_signals(dlci, octet),
                Event::Breach(rule, detail) => self.breach(rule, detail),
                Event::Ended => {
                    let rest = self.multiplexer.as_mut().map(Responder::rest).unwrap_or_default();
                    self.end_multiplexer();
                    rest.into_iter().for_each(|byte| self.rx_byte(byte));
                }
            }
        }
    }

    fn channel_opens(&mut self, dlci: u8) {
        if !self.model.channels().carries_commands(dlci) {
            return;
        }
        self.parked.insert(dlci, Terminal::new(&self.options));
        // What nobody could be told until now.
        if let Some(waiting) = self.terminal_of(LINE).map(|t| std::mem::take(&mut t.urcs)) {
            waiting.into_iter().for_each(|line| self.publish(line));
        }
    }

    fn channel_rx(&mut self, dlci: u8, bytes: &[u8]) {
        self.serve(dlci);
        if self.channel != dlci {
            // Nothing is sent to a receiver of positions.
            return;
        }
        let room = self.mux_queue();
        let mut lost = 0;
        for &byte in bytes {
            if self.terminal.held.is_empty() && !self.holds_back() {
                self.rx_byte(byte);
            } else if self.terminal.held.len() < room {
                let data = self.terminal.exec.is_data_mode();
                self.terminal.held.push_back(Held { at: self.now, byte, data });
            } else {
                lost += 1;
            }
        }
        if lost > 0 {
            self.sequans.lose(lost);
            self.breach(Rule::MultiplexerFlowControl, format!("channel {dlci} has no room for {lost} bytes"));
        }
    }

    fn mux_queue(&self) -> usize {
        self.options.mux_queue.max(4 * self.mux_request.n1)
    }

    /// "Another method to terminate the PPP session is to send a MSC MUX frame for logical DTR de-assert"
    /// (SARA/LEXI internet applications §4.2).
    fn host_signals(&mut self, dlci: u8, octet: u8) {
        self.serve(dlci);
        let dialed = self.terminal.exec.data_mode() == Some(DataMode::Dialup);
        if dialed && self.channel == dlci && octet & signals::RTC == 0 {
            self.drop_call();
            self.print_final(Final::NoCarrier);
        }
    }

    /// The signals of each channel, level-triggered: those that the host has been told are not repeated.
    pub(super) fn tell_signals(&mut self) {
        let room = self.mux_queue();
        for dlci in self.open_channels() {
            let Some(terminal) = self.terminal_of(dlci) else {
                continue;
            };
            let held = terminal.held.len();
            // From half the queue on it is full, until only a quarter is left.
            terminal.stopped = held >= room / 2 || (terminal.stopped && held > room / 4);
            let mut octet = signals::EA | signals::RTC | signals::RTR;
            if terminal.stopped {
                octet |= signals::FC;
            }
            if terminal.exec.is_data_mode() {
                octet |= signals::DV;
            }
            if let Some(mux) = self.multiplexer.as_mut() {
                mux.tell(dlci, octet);
            }
        }
    }

    pub(super) fn multiplexer_due(&self) -> Option<Duration> {
        self.multiplexer.as_ref().and_then(Responder::due)
    }

    /// What the passage of time brings about; a frame may turn out to be none.
    pub(super) fn advance_multiplexer(&mut self) -> bool {
        let now = self.now;
        let late = self.multiplexer.as_mut().filter(|mux| mux.due().is_some_and(|due| due <= now));
        let any = late.map(|mux| mux.advance(now)).is_some();
        if any {
            self.multiplexed_rx(&[]);
        }
        any
    }

    /// There is something for the host, and it takes it.
    pub(super) fn has_output(&self) -> bool {
        if !self.pins.rts {
            return false;
        }
        let Some(mux) = &self.multiplexer else {
            return !self.terminal.out.is_empty();
        };
        let ready = |dlci: u8, t: &Terminal| dlci != LINE && t.output() > 0 && mux.may_send(dlci);
        mux.has_frames()
            || ready(self.channel, &self.terminal)
            || self.parked.iter().any(|(&dlci, terminal)| ready(dlci, terminal))
    }

    /// The next frame: control first, then each channel in turn.
    pub(super) fn next_frame(&mut self) -> Option<Vec<u8>> {
        let mux = self.multiplexer.as_mut()?;
        if let Some(frame) = mux.transmit() {
            self.uart.print(self.now, self.settings.baud, frame.len());
            return Some(frame);
        }
        let mut turn = self.open_channels();
        let next = turn.iter().position(|dlci| *dlci > self.last_sent).unwrap_or(0);
        turn.rotate_left(next);
        for dlci in turn {
            let mux = self.multiplexer.as_ref()?;
            if !mux.may_send(dlci) {
                continue;
            }
            let n1 = mux.n1(dlci);
            self.serve(dlci);
            while self.terminal.unsent.len() < n1
                && let Some(bytes) = self.next_chunk()
            {
                self.terminal.unsent.extend(bytes);
            }
            let len = n1.min(self.terminal.unsent.len());
            if len > 0 {
                let info = self.terminal.unsent.drain(..len).collect();
                self.last_sent = dlci;
                let frame = self.multiplexer.as_mut()?.data(dlci, info);
                self.uart.print(self.now, self.settings.baud, frame.len());
                return Some(frame);
            }
        }
        None
    }
}

impl Default for Request {
    fn default() -> Self {
        Request { speed: 0, n1: USUAL_N1 }
    }
}
