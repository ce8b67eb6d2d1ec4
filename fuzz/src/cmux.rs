//! A multiplexer from its opening on, opposite a modem that says anything.

use cellular_nal::cmux::{Channel, Mux, Output, Parameters, Signals, State};
use cellular_nal::{Duration, Instant};

use crate::{Cuts, Tape};

pub(crate) const SABM: u8 = 0x3F;
pub(crate) const UA: u8 = 0x73;
pub(crate) const DM: u8 = 0x1F;
pub(crate) const DISC: u8 = 0x53;
pub(crate) const UIH: u8 = 0xEF;

/// The check sequence of a header, bit by bit (3GPP TS 27.010 §5.2.1.6).
fn fcs(header: &[u8]) -> u8 {
    let mut register = 0xFF_u8;
    for octet in header {
        register ^= octet;
        for _ in 0..8 {
            register = if register & 1 == 1 { (register >> 1) ^ 0xE0 } else { register >> 1 };
        }
    }
    !register
}

/// A frame between flags.
pub(crate) fn frame(dlci: u8, control: u8, info: &[u8]) -> Vec<u8> {
    let mut header = vec![dlci << 2 | 1, control];
    if info.len() < 128 {
        header.push((info.len() << 1 | 1) as u8);
    } else {
        header.extend([(info.len() << 1) as u8, (info.len() >> 7) as u8]);
    }
    let check = fcs(&header);
    [&[0xF9], &header[..], info, &[check, 0xF9]].concat()
}

/// One input, played with the bytes from the modem cut at two ways: all else must be the same.
pub fn run(input: &[u8]) {
    let mut tape = Tape(input);
    let seed = tape.byte();
    let whole = play(tape.clone(), Cuts::NONE);
    let cut = play(tape, Cuts::new(seed));
    assert_eq!(whole, cut);
}

/// What can be seen from outside.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    sent: Vec<u8>,
    read: Vec<u8>,
    states: Vec<State>,
}

fn play(mut tape: Tape<'_>, cuts: Cuts) -> Seen {
    let kind = tape.byte();
    let parameters = Parameters {
        n1: [31, 127, 8, 1509][usize::from(kind & 3)],
        answers_disc: kind & 4 == 0,
        n2: [9, 3, 0, 20][usize::from(kind >> 3 & 3)],
        ..Parameters::new()
    };
    let room = [usize::from(parameters.n1) + 7, 20, 5, 0][usize::from((kind >> 5).saturating_sub(4))];
    let size = [512, 64, 1, 3000][tape.below(4)];
    let (mut hold, mut rings) = (vec![0; room], vec![0; 6 * size]);
    let mut rings = rings.chunks_mut(size);
    let mut ring = || rings.next().expect("there are six");
    let mut channels = [1, 2, 61].map(|dlci| Channel::new(dlci, ring(), ring()));
    let mux = Mux::new(parameters, &mut hold, &mut channels);
    let mut session = Session {
        mux,
        now: Instant::from_millis(0),
        due: None,
        cuts,
        heard: Vec::new(),
        frames: Vec::new(),
        seen: Seen::default(),
    };
    if kind >> 5 & 1 == 0 {
        session.bring_up();
    }
    while !tape.is_over() {
        session.step(&mut tape);
    }
    session.end();
    session.seen
}

struct Session<'m, 'b> {
    mux: Mux<'m, 'b>,
    now: Instant,
    due: Option<Instant>,
    cuts: Cuts,
    /// What the multiplexer has sent of a frame that is not whole.
    heard: Vec<u8>,
    /// Frames that were not answered: address, control, information.
    frames: Vec<(u8, u8, Vec<u8>)>,
    seen: Seen,
}

impl Session<'_, '_> {
    fn bring_up(&mut self) {
        for dlci in [0, 1, 2] {
            self.open(dlci);
            self.listen();
            self.answer();
        }
    }

    /// Opening the multiplexer anew breaks off what is being sent.
    fn open(&mut self, dlci: u8) {
        let _ = self.mux.open(dlci);
        if dlci == 0 {
            self.heard.clear();
            self.frames.clear();
        }
    }

    fn step(&mut self, tape: &mut Tape<'_>) {
        let dlci = |tape: &mut Tape<'_>| [1, 2, 0, 61, 3, 62, 63, 255][tape.below(8)];
        match tape.below(16) {
            0 => self.feed(tape.bytes(64)),
            1 | 2 => {
                let (dlci, info) = (dlci(tape) & 63, tape.long(1600));
                self.feed(&frame(dlci, UIH, &info));
            }
            3 => {
                let control = [SABM, UA, DM, DISC, UIH, 0xFF, 0x03, 0x2F][tape.below(8)];
                self.feed(&frame(dlci(tape) & 63, control, tape.bytes(3)));
            }
            // Messages on the control channel, as long as they say.
            4..7 => {
                const TYPES: [u8; 16] = [
                    0xE3, 0xE1, 0x83, 0x81, 0xC3, 0xC1, 0x23, 0x21, 0xA3, 0x63, 0x11, 0x13, 0x93, 0x53, 0xD3,
                    0x43,
                ];
                let mut info = Vec::new();
                for _ in 0..=tape.below(3) {
                    let (kind, value) = (TYPES[tape.below(16)], tape.bytes(12));
                    info.extend([kind, (value.len() << 1 | 1) as u8]);
                    info.extend(value);
                }
                self.feed(&frame(0, UIH, &info));
            }
            7 => {
                let (dlci, bytes) = (dlci(tape), tape.long(3000));
                let _ = self.mux.write(dlci, &bytes);
            }
            8 => self.read(dlci(tape), tape.byte()),
            9 => self.open(dlci(tape)),
            10 => match tape.below(4) {
                0 => self.mux.close(dlci(tape)),
                1 => self.mux.test(),
                _ => {
                    let signals = if tape.below(2) == 0 { Signals::READY } else { Signals::IC };
                    self.mux.set_signals(dlci(tape), signals);
                }
            },
            11 => {
                self.listen();
                self.now = self.due.unwrap_or(self.now).max(self.now);
            }
            12 => self.now = self.now + Duration::from_millis(u32::from(tape.byte())),
            // Part of what is to be sent leaves.
            13 => {
                let most = 1 + tape.below(40);
                self.transmit(most);
            }
            14 => self.answer(),
            _ => self.listen(),
        }
        self.seen.states.extend([0, 1, 2, 61].map(|dlci| self.mux.state(dlci)));
    }

    fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let piece = self.cuts.take(&mut bytes);
            self.mux.handle_rx(piece, self.now);
        }
    }

    fn read(&mut self, dlci: u8, count: u8) {
        let mut buffer = [0; 255];
        let got = if count & 1 == 0 {
            self.mux.read(dlci, &mut buffer[..usize::from(count)])
        } else {
            let front = self.mux.peek(dlci);
            let got = front.len().min(usize::from(count));
            buffer[..got].copy_from_slice(&front[..got]);
            self.mux.consume(dlci, got);
            got
        };
        assert!(got <= usize::from(count));
        self.seen.read.extend_from_slice(&buffer[..got]);
    }

    /// Lets up to `most` bytes leave; false when there are none.
    fn transmit(&mut self, most: usize) -> bool {
        match self.mux.poll_output(self.now) {
            Output::Transmit(bytes) => {
                assert!(!bytes.is_empty());
                let count = bytes.len().min(most);
                let bytes = bytes[..count].to_vec();
                self.mux.transmitted(count);
                self.seen.sent.extend_from_slice(&bytes);
                self.heard.extend_from_slice(&bytes);
                self.take_frames();
                true
            }
            Output::Timeout(due) => {
                let due = due.map(|(due, _)| due);
                assert!(due.is_none_or(|due| due > self.now));
                self.due = due;
                false
            }
            other => panic!("{other:?}"),
        }
    }

    fn listen(&mut self) {
        let mut turns = 0;
        while self.transmit(usize::MAX) {
            turns += 1;
            assert!(turns < 10_000, "it always has something to send");
        }
    }

    /// All that is sent are valid frames.
    fn take_frames(&mut self) {
        while let [0xF9, address, control, low, high, ..] = self.heard[..] {
            let (len, at) = if low & 1 == 1 { (low >> 1, 4) } else { (low >> 1, 5) };
            let len = usize::from(len) | if at == 5 { usize::from(high) << 7 } else { 0 };
            let total = at + len + 2;
            if self.heard.len() < total {
                return;
            }
            assert_eq!(self.heard[total - 2], fcs(&self.heard[1..at]));
            assert_eq!(self.heard[total - 1], 0xF9);
            assert!(address & 1 == 1 && address >> 2 < 62);
            if self.frames.len() < 16 {
                self.frames.push((address >> 2, control, self.heard[at..at + len].to_vec()));
            }
            self.heard.drain(..total);
        }
        assert!(self.heard.first().is_none_or(|&first| first == 0xF9));
    }

    /// What a modem without wishes answers.
    fn answer(&mut self) {
        for (dlci, control, mut info) in core::mem::take(&mut self.frames) {
            match control {
                SABM | DISC => self.feed(&frame(dlci, UA, &[])),
                // Responses are commands without C/R.
                UIH if dlci == 0 && !info.is_empty() && info[0] & 2 == 2 => {
                    info[0] &= !2;
                    self.feed(&frame(0, UIH, &info));
                }
                _ => {}
            }
        }
    }

    /// Whatever has happened, it closes when nobody answers any more, and can be opened again.
    fn end(&mut self) {
        self.mux.close(0);
        for _ in 0..300 {
            self.listen();
            match self.due {
                Some(due) => self.now = due,
                None => break,
            }
        }
        assert!(matches!(self.mux.state(0), State::Closed | State::Failed(_)), "{:?}", self.mux.state(0));
        self.open(0);
        self.listen();
        assert!(self.seen.sent.ends_with(&frame_of_opening()));
    }
}

/// SABM of DLCI 0, as a command of the initiator.
fn frame_of_opening() -> [u8; 6] {
    [0xF9, 0x03, SABM, 0x01, 0x1C, 0xF9]
}
