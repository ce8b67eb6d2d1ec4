//! Gets a command line of the modem, or a channel that is one, to carry something else: data, or frames.
//!
//! A small conversation of its own beside the engine's: on a multiplexer's data channel there is no
//! engine.

use crate::at::{CommandWriter, Final};
use crate::dialect::{Args, Call, DataCall, Timing, template};
use crate::error::{Error, Failure};
use crate::link::Config;
use crate::time::{Duration, Instant};

/// How long an answer to `AT` is waited for.
const ANSWER: Duration = Duration::from_secs(1);
/// How long a command before the dial may take.
const PREPARATION: Duration = Duration::from_secs(10);
/// Calls until the escape from data mode is tried, and until nobody is there.
const CALLS: (u8, u8) = (3, 6);
/// The longest command: an APN between quotes.
const COMMAND: usize = 128;
/// So much of a line is looked at.
const LINE: usize = 48;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// `AT` is on its way, so often.
    Calling(u8),
    /// Silence before `+++`, and behind it.
    Guarding,
    Escaping,
    /// The command at this place is on its way.
    Preparing(u8),
    Dialling,
    Connected,
    Failed(Error),
}

/// What is to be reached.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    /// A data connection; `CONNECT` answers.
    Data(DataCall),
    /// The multiplexer, with frames of so many bytes (3GPP TS 27.007 §5.7); `OK` answers.
    Multiplexer { n1: u16 },
}

impl Goal {
    /// The longest wait for the answer.
    const fn patience(&self) -> Duration {
        match self {
            Self::Data(call) => call.patience,
            Self::Multiplexer { .. } => PREPARATION,
        }
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Come again then.
    Waiting(Instant),
    /// What comes now is data, or frames.
    Connected,
    Failed(Error),
}

#[derive(Debug)]
pub(crate) struct Dialler {
    stage: Stage,
    due: Instant,
    /// No command before this: the modem wants silence behind results.
    ready: Instant,
    line: heapless::Vec<u8, LINE>,
    command: [u8; COMMAND],
    sent: usize,
    len: usize,
}

impl Dialler {
    pub(crate) const fn new() -> Self {
        Self {
            stage: Stage::Failed(Error::LinkDown),
            due: Instant::NEVER,
            ready: Instant::START,
            line: heapless::Vec::new(),
            command: [0; COMMAND],
            sent: 0,
            len: 0,
        }
    }

    /// Begins.
    pub(crate) fn start(&mut self, now: Instant) {
        self.line.clear();
        self.call(now, 1);
    }

    /// Bytes that are to be sent now; say how many were [`transmitted`](Self::transmitted).
    pub(crate) fn outgoing(&self, now: Instant) -> &[u8] {
        let bytes = self.command.get(self.sent..self.len).unwrap_or_default();
        if now < self.ready { &[] } else { bytes }
    }

    /// Whether all that was to be said has left.
    pub(crate) const fn is_silent(&self) -> bool {
        self.sent >= self.len
    }

    pub(crate) fn transmitted(&mut self, count: usize) {
        self.sent = self.len.min(self.sent + count);
    }

    fn say(&mut self, text: &[u8], until: Instant) {
        self.due = until;
        (self.sent, self.len) = (0, text.len());
        if let Some(to) = self.command.get_mut(..text.len()) {
            to.copy_from_slice(text);
        }
    }

    fn call(&mut self, now: Instant, count: u8) {
        self.stage = Stage::Calling(count);
        self.say(b"AT\r", now + ANSWER);
    }

    /// Says the command at this place, or the last one when there is none.
    fn go_on(&mut self, now: Instant, goal: Goal, config: &Config, place: u8) {
        let prepare = match goal {
            Goal::Data(call) => call.prepare.get(usize::from(place)),
            Goal::Multiplexer { .. } => None,
        };
        let mut own;
        let config = match goal {
            Goal::Data(DataCall { context: Some(cid), .. }) => {
                own = config.clone();
                own.cid = cid;
                &own
            }
            _ => config,
        };
        let mut writer = CommandWriter::new(&mut self.command);
        let mut write = |template| {
            let args = Args { config, name: &[], call: &Call::new(), secure: None };
            template::write(template, &args, &mut writer);
        };
        let patience = match (prepare, goal) {
            (Some(template), _) => {
                self.stage = Stage::Preparing(place);
                write(template);
                PREPARATION
            }
            (None, goal) => {
                self.stage = Stage::Dialling;
                match goal {
                    Goal::Data(call) => write(call.dial),
                    // The modem keeps its bit rate and its timers.
                    Goal::Multiplexer { n1 } => _ = writer.text("+CMUX=0,0,,").number(n1.into()),
                }
                goal.patience()
            }
        };
        match writer.finish() {
            Some(len) => (self.sent, self.len, self.due) = (0, len, now + patience),
            None => self.stage = Stage::Failed(Error::InvalidInput),
        }
    }

    /// Takes bytes from the modem and says how many: those behind `CONNECT` are data.
    pub(crate) fn handle_rx(
        &mut self,
        now: Instant,
        bytes: &[u8],
        goal: Goal,
        config: &Config,
        timing: &Timing,
    ) -> usize {
        for (place, &byte) in bytes.iter().enumerate() {
            if byte != b'\r' && byte != b'\n' {
                // What does not fit makes a line that means nothing.
                _ = self.line.push(byte);
                continue;
            }
            let result = Final::parse(self.line.trim_ascii());
            self.line.clear();
            let Some(result) = result else { continue };
            self.ready = now + timing.gap;
            self.on_final(now, result, goal, config);
            if self.stage == Stage::Connected {
                let line_feed = byte == b'\r' && bytes.get(place + 1) == Some(&b'\n');
                return place + 1 + usize::from(line_feed);
            }
        }
        bytes.len()
    }

    fn on_final(&mut self, now: Instant, result: Final, goal: Goal, config: &Config) {
        match (self.stage, result) {
            (Stage::Calling(_), Final::Ok) => self.go_on(now, goal, config, 0),
            (Stage::Preparing(place), _) => self.go_on(now, goal, config, place + 1),
            (Stage::Dialling, Final::Connect) => self.stage = Stage::Connected,
            // In data mode it is the answer to a call that was late.
            (Stage::Dialling, Final::Ok) => {
                if let Goal::Multiplexer { .. } = goal {
                    self.stage = Stage::Connected;
                }
            }
            (Stage::Dialling, Final::NoCarrier) => self.stage = Stage::Failed(Error::NoAddress),
            (Stage::Dialling, Final::Error(code)) => {
                self.stage = Stage::Failed(Failure::Modem(code).into());
            }
            (Stage::Dialling, Final::Aborted) => self.stage = Stage::Failed(Error::Aborted),
            _ => {}
        }
    }

    /// Sets time forward.
    pub(crate) fn poll(&mut self, now: Instant, timing: &Timing) -> Progress {
        match self.stage {
            Stage::Connected => return Progress::Connected,
            Stage::Failed(error) => return Progress::Failed(error),
            _ if now < self.ready && !self.is_silent() => return Progress::Waiting(self.ready),
            _ if now < self.due => return Progress::Waiting(self.due),
            Stage::Calling(count) if count == CALLS.0 => {
                self.stage = Stage::Guarding;
                self.due = now + timing.escape;
            }
            Stage::Calling(count) if count >= CALLS.1 => self.stage = Stage::Failed(Error::NoModem),
            Stage::Calling(count) => self.call(now, count + 1),
            Stage::Guarding => {
                self.stage = Stage::Escaping;
                self.say(b"+++", now + timing.escape + timing.escape_answer);
            }
            Stage::Escaping => self.call(now, CALLS.0 + 1),
            // A command whose answer does not come may have been damaged.
            Stage::Preparing(_) => self.call(now, 1),
            Stage::Dialling => self.stage = Stage::Failed(Error::Timeout),
        }
        self.poll(now, timing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing {
        gap: Duration::ZERO,
        boot: Duration::ZERO,
        close_notice: Duration::ZERO,
        close_report: Duration::ZERO,
        escape: Duration::from_secs(1),
        escape_answer: Duration::ZERO,
    };

    fn said(dialler: &mut Dialler) -> Vec<u8> {
        let bytes = dialler.outgoing(Instant::from_millis(1 << 30)).to_vec();
        dialler.transmitted(bytes.len());
        bytes
    }

    #[test]
    fn what_stands_behind_connect_is_data() {
        let (config, goal) = (Config::new(), Goal::Data(DataCall::new()));
        for connect in [&b"\r\nCONNECT\r\n"[..], b"\r\n CONNECT 150000000\r\n", b"CONNECT\r"] {
            let mut dialler = Dialler::new();
            let now = Instant::from_millis(0);
            dialler.start(now);
            assert_eq!(said(&mut dialler), b"AT\r");
            assert_eq!(dialler.handle_rx(now, b"AT\r\r\nOK\r\n", goal, &config, &TIMING), 9);
            assert_eq!(said(&mut dialler), b"ATH\r");
            assert_eq!(dialler.handle_rx(now, b"\r\nOK\r\n", goal, &config, &TIMING), 6);
            assert_eq!(said(&mut dialler), b"ATD*99***1#\r");
            let bytes = [connect, b"~\xff"].concat();
            assert_eq!(dialler.handle_rx(now, &bytes, goal, &config, &TIMING), connect.len());
            assert_eq!(dialler.poll(now, &TIMING), Progress::Connected);
        }
    }

    #[test]
    fn a_modem_that_is_in_data_mode_is_called_out_of_it() {
        let mut dialler = Dialler::new();
        let mut now = Instant::from_millis(0);
        dialler.start(now);
        let mut all = said(&mut dialler);
        while let Progress::Waiting(at) = dialler.poll(now, &TIMING) {
            all.extend(said(&mut dialler));
            now = at;
        }
        assert_eq!(all, b"AT\rAT\rAT\r+++AT\rAT\rAT\r");
        assert_eq!(dialler.poll(now, &TIMING), Progress::Failed(Error::NoModem));
    }
}
