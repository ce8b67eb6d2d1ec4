//! A multiplexer of the crate, and a modem at the other end that was written from 3GPP TS 27.010 by its
//! values and shares nothing with the crate. Time is virtual.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(missing_docs, unreachable_pub)]

use std::collections::{BTreeMap, BTreeSet};

use cellular_nal::Instant;
use cellular_nal::cmux::{Channel, Mux, Output, Parameters, State};

pub const SABM: u8 = 0x3F;
pub const UA: u8 = 0x73;
pub const DM: u8 = 0x1F;
pub const DISC: u8 = 0x53;
pub const UIH: u8 = 0xEF;

pub type Host<'a> = Mux<'a, 'a>;

/// Storage of a multiplexer, for tests that make very many of them.
pub struct Owned {
    parameters: Parameters,
    dlcis: Vec<u8>,
    size: usize,
    frame: Vec<u8>,
    rings: Vec<u8>,
}

pub fn owned(parameters: Parameters, dlcis: &[u8], size: usize) -> Owned {
    let frame = vec![0; usize::from(parameters.n1) + 7];
    Owned { parameters, dlcis: dlcis.to_vec(), size, frame, rings: vec![0; 2 * size * dlcis.len()] }
}

impl Owned {
    /// Calls `test` with a multiplexer in this storage.
    pub fn with<R>(&mut self, test: impl FnOnce(&mut Host<'_>) -> R) -> R {
        let mut rings = self.rings.chunks_mut(self.size);
        let mut room = || rings.next().unwrap();
        let mut channels: Vec<_> =
            self.dlcis.iter().map(|&dlci| Channel::new(dlci, room(), room())).collect();
        test(&mut Mux::new(self.parameters, &mut self.frame, &mut channels))
    }
}

/// A multiplexer whose channels have `size` bytes each way.
pub fn mux(parameters: Parameters, dlcis: &[u8], size: usize) -> Host<'static> {
    let room = || &mut *Box::leak(vec![0; size].into_boxed_slice());
    let channels: Vec<_> = dlcis.iter().map(|&dlci| Channel::new(dlci, room(), room())).collect();
    let frame = Box::leak(vec![0; usize::from(parameters.n1) + 7].into_boxed_slice());
    Mux::new(parameters, frame, Box::leak(channels.into_boxed_slice()))
}

/// CRC-8 with x^8 + x^2 + x + 1 over bits that come least significant first, one bit at a time.
pub fn fcs(bytes: &[u8]) -> u8 {
    let mut register = 0xFFu8;
    for bit in bytes.iter().flat_map(|byte| (0..8).map(move |i| byte >> i & 1)) {
        let feedback = (register >> 7) ^ bit;
        register = register << 1 ^ if feedback == 1 { 0x07 } else { 0 };
    }
    !register.reverse_bits()
}

/// A frame; `first` is the address octet.
pub fn frame_at(first: u8, control: u8, info: &[u8]) -> Vec<u8> {
    let mut header = vec![first, control];
    if info.len() < 128 {
        header.push((info.len() as u8) << 1 | 1);
    } else {
        header.extend([(info.len() as u8) << 1, (info.len() >> 7) as u8]);
    }
    let fcs = fcs(&header);
    [&[0xF9], &header[..], info, &[fcs, 0xF9]].concat()
}

/// A frame of the modem: it sets C/R in responses, and clears it in commands and data.
pub fn frame(dlci: u8, control: u8, info: &[u8]) -> Vec<u8> {
    let response = matches!(control, UA | DM);
    frame_at(dlci << 2 | u8::from(response) << 1 | 1, control, info)
}

/// A frame that the host has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub dlci: u8,
    pub control: u8,
    pub info: Vec<u8>,
}

/// The responder.
pub struct Modem {
    pub answers_disc: bool,
    pub answers_status: bool,
    pub answers_close_down: bool,
    /// DLCs that are refused.
    pub refuses: Vec<u8>,
    /// DLCs whose SABM is not answered.
    pub ignores: Vec<u8>,
    /// The frame heard, or sent, with this number gets lost.
    pub lose_heard: Option<usize>,
    pub lose_sent: Option<usize>,
    pub sent: usize,
    /// All frames of the host that were not lost.
    pub heard: Vec<Heard>,
    pub counted: usize,
    pub input: Vec<u8>,
    /// What goes to the host next.
    pub output: Vec<u8>,
    pub open: BTreeSet<u8>,
    pub data: BTreeMap<u8, Vec<u8>>,
    pub signals: BTreeMap<u8, u8>,
    /// `None` in command mode.
    pub n1: Option<usize>,
}

impl Modem {
    pub fn new(n1: usize) -> Self {
        Self {
            answers_disc: true,
            answers_status: true,
            answers_close_down: true,
            refuses: Vec::new(),
            ignores: Vec::new(),
            lose_heard: None,
            lose_sent: None,
            sent: 0,
            heard: Vec::new(),
            counted: 0,
            input: Vec::new(),
            output: Vec::new(),
            open: BTreeSet::new(),
            data: BTreeMap::new(),
            signals: BTreeMap::new(),
            n1: Some(n1),
        }
    }

    pub fn send(&mut self, dlci: u8, control: u8, info: &[u8]) {
        if self.lose_sent != Some(self.sent) {
            self.output.extend(frame(dlci, control, info));
        }
        self.sent += 1;
    }

    pub fn hear(&mut self, bytes: &[u8]) {
        self.input.extend(bytes);
        while let Some(heard) = self.cut() {
            let lost = self.lose_heard == Some(self.counted);
            self.counted += 1;
            if !lost {
                self.on_frame(&heard);
                self.heard.push(heard);
            }
        }
    }

    /// Takes a frame out of what came. The host is held to the letter of the standard.
    fn cut(&mut self) -> Option<Heard> {
        while self.input.starts_with(&[0xF9, 0xF9]) {
            self.input.remove(0);
        }
        let bytes = &self.input;
        if bytes.len() < 6 {
            return None;
        }
        assert_eq!(bytes[0], 0xF9, "no flag: {bytes:02x?}");
        let (len, at) = match bytes[3] & 1 {
            1 => (usize::from(bytes[3] >> 1), 4),
            _ => (usize::from(bytes[3] >> 1) | usize::from(bytes[4]) << 7, 5),
        };
        if bytes.len() < at + len + 2 {
            return None;
        }
        let (address, control) = (bytes[1], bytes[2]);
        assert_eq!(address & 1, 1, "one octet of address");
        assert_eq!(address & 2 != 0, !matches!(control, UA | DM), "C/R of {bytes:02x?}");
        assert!(matches!(control, SABM | UA | DM | DISC | UIH), "control {control:02x}");
        assert_eq!(bytes[at + len], fcs(&bytes[1..at]), "FCS of {bytes:02x?}");
        assert_eq!(bytes[at + len + 1], 0xF9, "closing flag of {bytes:02x?}");
        assert!(len <= self.n1.expect("the multiplexer is up"), "{len} bytes are more than N1");
        let heard = Heard { dlci: address >> 2, control, info: bytes[at..at + len].to_vec() };
        self.input.drain(..at + len + 1);
        Some(heard)
    }

    fn on_frame(&mut self, heard: &Heard) {
        let Heard { dlci, control, ref info } = *heard;
        if !self.open.contains(&0) && (dlci, control) != (0, SABM) {
            // In command mode this is noise.
            return;
        }
        match control {
            SABM if self.ignores.contains(&dlci) => {}
            SABM if self.refuses.contains(&dlci) => self.send(dlci, DM, &[]),
            SABM => {
                self.open.insert(dlci);
                self.send(dlci, UA, &[]);
            }
            DISC if !self.answers_disc => {}
            DISC => {
                let was_open = self.open.remove(&dlci);
                self.send(dlci, if was_open { UA } else { DM }, &[]);
            }
            UIH if !self.open.contains(&dlci) => self.send(dlci, DM, &[]),
            UIH if dlci == 0 => self.on_message(info),
            UIH => self.data.entry(dlci).or_default().extend(info),
            _ => {}
        }
    }

    fn on_message(&mut self, info: &[u8]) {
        let (kind, value) = (info[0], &info[2..]);
        assert_eq!(info[1], (value.len() as u8) << 1 | 1, "length of a message");
        match kind {
            0xC3 => {
                self.open.clear();
                if self.answers_close_down {
                    self.send(0, UIH, &[0xC1, 1]);
                }
            }
            0xE3 => {
                assert_eq!(value[0] & 3, 3, "bits of the DLCI in MSC");
                assert_eq!(value[1] & 1, 1, "EA of the signals");
                self.signals.insert(value[0] >> 2, value[1]);
                if self.answers_status {
                    self.send(0, UIH, &[0xE1, 5, value[0], value[1]]);
                }
            }
            0x23 => self.send(0, UIH, &[&[0x21, info[1]], value].concat()),
            _ => assert_eq!(kind & 2, 0, "an unknown command: {info:02x?}"),
        }
    }

    /// The modem tells its signals of a channel.
    pub fn tell(&mut self, dlci: u8, signals: u8) {
        self.send(0, UIH, &[0xE3, 5, dlci << 2 | 3, signals]);
    }

    /// Messages of the host on the control channel with this type.
    pub fn messages(&self, kind: u8) -> Vec<Vec<u8>> {
        let control = self.heard.iter().filter(|heard| heard.dlci == 0 && heard.control == UIH);
        control.filter(|heard| heard.info[0] == kind).map(|heard| heard.info.clone()).collect()
    }
}

/// Moves bytes both ways until neither side has any; gives the host's next deadline.
pub fn exchange(mux: &mut Host<'_>, modem: &mut Modem, now: Instant) -> Option<Instant> {
    for _ in 0..100_000 {
        let deadline = match mux.poll_output(now) {
            Output::Transmit(bytes) => {
                let count = bytes.len();
                assert!(count > 0, "nothing to transmit");
                modem.hear(bytes);
                mux.transmitted(count);
                continue;
            }
            Output::Timeout(deadline) => deadline,
            _ => unreachable!(),
        };
        if modem.output.is_empty() {
            if let Some((at, timer)) = deadline {
                assert!(at > now, "{timer:?} is over and nothing happens");
            }
            return deadline.map(|(at, _)| at);
        }
        mux.handle_rx(&std::mem::take(&mut modem.output), now);
    }
    panic!("it never comes to rest");
}

/// Lets time pass until `done` or until nothing is waited for, for 100 s at most. Gives the time.
pub fn run(
    mux: &mut Host<'_>,
    modem: &mut Modem,
    mut now: Instant,
    done: impl Fn(&Host<'_>) -> bool,
) -> Instant {
    let end = Instant::from_micros(now.as_micros() + 100_000_000);
    while now < end {
        let deadline = exchange(mux, modem, now);
        if done(mux) {
            break;
        }
        match deadline {
            Some(at) => now = at,
            None => break,
        }
    }
    now
}

/// A multiplexer with all channels open, and what is left of the start has been read.
pub fn opened(parameters: Parameters, dlcis: &[u8], size: usize) -> (Host<'static>, Modem) {
    let mut mux = mux(parameters, dlcis, size);
    let mut modem = Modem::new(parameters.n1.into());
    mux.open(0).unwrap();
    for &dlci in dlcis {
        mux.open(dlci).unwrap();
    }
    exchange(&mut mux, &mut modem, Instant::from_millis(0));
    for &dlci in dlcis {
        assert_eq!(mux.state(dlci), State::Open);
    }
    (mux, modem)
}

/// All bytes that can be read from a channel.
pub fn read(mux: &mut Host<'_>, dlci: u8) -> Vec<u8> {
    let mut all = Vec::new();
    let mut buffer = [0; 100];
    loop {
        match mux.read(dlci, &mut buffer) {
            0 => return all,
            count => all.extend(&buffer[..count]),
        }
    }
}

/// Bytes in which flags and headers are frequent. The same seed, the same bytes.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        self.0 >> 33
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.next() as usize % limit
    }

    pub fn byte(&mut self) -> u8 {
        const FREQUENT: [u8; 12] = [0xF9, 0xF9, 0xF9, 0x03, 0x01, 0x07, 0x0B, 0xEF, 0x3F, 0x73, 0xE3, 0x05];
        if self.below(2) == 0 { FREQUENT[self.below(FREQUENT.len())] } else { self.next() as u8 }
    }
}
