//! One AT command interface: the line itself, or a channel of the multiplexer.

use std::collections::VecDeque;
use std::time::Duration;

use super::exec::Exec;
use super::output::Chunk;
use crate::command::Command;
use crate::options::{Boot, Options, UrcTiming};

/// A byte that waits until it can be taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub(super) at: Duration,
    pub(super) byte: u8,
    /// It came in data mode and is for the connection.
    pub(super) data: bool,
}

/// The state of one interface. SIM, registration, contexts and sockets are the modem's.
#[derive(Debug)]
pub(super) struct Terminal {
    pub(super) echo: bool,
    pub(super) verbose: bool,
    pub(super) cmee: u32,
    /// S3.
    pub(super) terminator: u8,
    /// S2.
    pub(super) escape_character: u8,
    /// S12, in fiftieths of a second (SARA/LEXI internet applications §9.1.4: 1 s by default).
    pub(super) escape_delay: u8,
    /// `&D`; `None` for the model's own.
    pub(super) dtr_drop: Option<u32>,
    /// Characters of the command line so far.
    pub(super) line: Vec<u8>,
    /// The previous byte from the host.
    pub(super) last_byte: Option<u8>,
    /// Bytes that wait for room in a socket's queue: the modem has taken its CTS away, or has told so on
    /// the channel.
    pub(super) held: VecDeque<Held>,
    /// Bytes that came while a command was executing; only Sequans keeps them, for a payload
    /// (RYZ014 use cases §3.5).
    pub(super) early: Vec<u8>,
    pub(super) busy_noted: bool,
    pub(super) exec: Exec,
    /// Commands of the same line that come after the one that executes.
    pub(super) rest: VecDeque<Command>,
    /// The socket that the executing command speaks about.
    pub(super) addressed: Option<u8>,
    pub(super) out: VecDeque<Chunk>,
    /// Taken from `out` for a frame of the multiplexer, and longer than that.
    pub(super) unsent: VecDeque<u8>,
    /// The host was asked to send no more on this channel.
    pub(super) stopped: bool,
    pub(super) urcs: VecDeque<Vec<u8>>,
    pub(super) late_urcs: VecDeque<Vec<u8>>,
    pub(super) last_final: Option<Duration>,
    pub(super) last_urc: Option<Duration>,
    pub(super) timing: UrcTiming,
}

impl Terminal {
    pub(super) fn new(options: &Options) -> Self {
        let mut terminal = Terminal {
            echo: true,
            verbose: true,
            cmee: 0,
            terminator: b'\r',
            escape_character: b'+',
            escape_delay: 50,
            dtr_drop: None,
            line: Vec::new(),
            last_byte: None,
            held: VecDeque::new(),
            early: Vec::new(),
            busy_noted: false,
            exec: Exec::Idle,
            rest: VecDeque::new(),
            addressed: None,
            out: VecDeque::new(),
            unsent: VecDeque::new(),
            stopped: false,
            urcs: VecDeque::new(),
            late_urcs: VecDeque::new(),
            last_final: None,
            last_urc: None,
            timing: options.urc_timing,
        };
        terminal.reset(options);
        terminal
    }

    /// Back to what holds after a boot.
    pub(super) fn reset(&mut self, options: &Options) {
        // With a modem that was found running the option tells what a previous host had left.
        self.echo = options.boot == Boot::Running || options.echo.unwrap_or(true);
        self.verbose = true;
        self.cmee = 0;
        self.terminator = b'\r';
        self.escape_character = b'+';
        self.escape_delay = 50;
        self.dtr_drop = None;
    }

    /// Bytes that wait for the host.
    pub(super) fn output(&self) -> usize {
        self.unsent.len() + self.out.iter().map(|chunk| chunk.bytes.len()).sum::<usize>()
    }

    /// What lives in RAM is gone; the settings last until the boot.
    pub(super) fn halt(&mut self) {
        self.line.clear();
        self.early.clear();
        self.held.clear();
        self.exec = Exec::Idle;
        self.rest.clear();
        self.addressed = None;
        self.out.clear();
        self.urcs.clear();
        self.late_urcs.clear();
        self.last_byte = None;
        self.last_final = None;
        self.last_urc = None;
    }
}
