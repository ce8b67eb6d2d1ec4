//! The host's end of a multiplexer, byte by byte and without any cleverness.

use std::collections::BTreeMap;

use modem_sim::{Model, Options};

use super::Rig;

pub(crate) const SABM: u8 = 0x3f;
pub(crate) const UA: u8 = 0x73;
pub(crate) const DM: u8 = 0x1f;
pub(crate) const DISC: u8 = 0x53;
pub(crate) const UIH: u8 = 0xef;

/// Control and data channels of the models: all that takes commands, the first for reports first.
pub(crate) fn command_channels(model: Model) -> &'static [u8] {
    match model {
        Model::SaraR42 | Model::LexiR422 => &[1, 2],
        Model::Ryz014a | Model::Cassiopeia | Model::Gm02s => &[2, 3, 4, 1],
        _ => &[1, 2, 3],
    }
}

/// CRC-8 by long division, of the reflected polynomial 0x07.
fn check(bytes: &[u8]) -> u8 {
    let mut remainder = 0xffu8;
    for &byte in bytes {
        for bit in 0..8 {
            let odd = (remainder ^ (byte >> bit)) & 1;
            remainder >>= 1;
            if odd == 1 {
                remainder ^= 0b1110_0000;
            }
        }
    }
    0xff - remainder
}

/// A frame of the host, with both flags.
pub(crate) fn frame(dlci: u8, control: u8, info: &[u8]) -> Vec<u8> {
    framed(dlci * 4 + 3, control, info)
}

/// The same with any address octet.
pub(crate) fn framed(address: u8, control: u8, info: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xf9, address, control];
    if info.len() < 128 {
        bytes.push((info.len() * 2 + 1) as u8);
    } else {
        bytes.extend([(info.len() % 128 * 2) as u8, (info.len() / 128) as u8]);
    }
    let sum = check(&bytes[1..]);
    bytes.extend_from_slice(info);
    bytes.extend([sum, 0xf9]);
    bytes
}

/// A host that has a multiplexer.
pub(crate) struct MuxRig {
    pub(crate) rig: Rig,
    pub(crate) n1: usize,
    /// Frames that were no data of a channel, as address, control and information.
    pub(crate) other: Vec<(u8, u8, Vec<u8>)>,
    /// Unread data of the channels.
    pub(crate) data: BTreeMap<u8, Vec<u8>>,
    /// Signals of the channels as the modem has told them.
    pub(crate) signals: BTreeMap<u8, u8>,
    /// Answers the modem's commands on the control channel.
    pub(crate) answers: bool,
}

impl MuxRig {
    /// A modem that has said OK to `AT+CMUX`.
    pub(crate) fn new(model: Model, options: Options, n1: usize) -> Self {
        let mut rig = Rig::new(model, options);
        rig.ok(&format!("AT+CMUX=0,0,,{n1}"));
        rig.pass_ms(100);
        let (other, data, signals) = Default::default();
        MuxRig { rig, n1, other, data, signals, answers: true }
    }

    /// The same with these channels open, and all that comes with it read.
    pub(crate) fn opened(model: Model, options: Options, n1: usize, dlcis: &[u8]) -> Self {
        let mut mux = MuxRig::new(model, options, n1);
        mux.open(0);
        dlcis.iter().for_each(|dlci| mux.open(*dlci));
        mux.pass_ms(200);
        mux
    }

    pub(crate) fn open(&mut self, dlci: u8) {
        self.send(&frame(dlci, SABM, b""));
        assert_eq!(self.other.pop(), Some((dlci * 4 + 3, UA, Vec::new())), "channel {dlci}");
    }

    /// Time passes, and what the modem has sent is taken apart; it must be frames and nothing else.
    pub(crate) fn pass_ms(&mut self, ms: u64) {
        for _ in 0..ms {
            self.rig.pass_ms(1);
            self.sort();
        }
        self.sort();
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.rig.send(bytes);
        self.pass_ms(5);
    }

    fn sort(&mut self) {
        while !self.rig.got.is_empty() {
            let got = std::mem::take(&mut self.rig.got);
            let start = got.iter().position(|b| *b != 0xf9).unwrap_or(got.len());
            let Some(&[address, control, length]) = got[start..].first_chunk() else {
                return;
            };
            assert_eq!(got[0], 0xf9, "'{}'", got.escape_ascii());
            let (header, len) = match length & 1 {
                1 => (3, usize::from(length) / 2),
                _ => (4, usize::from(length) / 2 + usize::from(got[start + 3]) * 128),
            };
            let end = start + header + len;
            assert_eq!(got.get(end), Some(&check(&got[start..start + header])), "'{}'", got.escape_ascii());
            assert_eq!(got.get(end + 1), Some(&0xf9));
            let info = got[start + header..end].to_vec();
            self.rig.got = got[end + 2..].to_vec();
            self.take(address, control, info);
        }
    }

    fn take(&mut self, address: u8, control: u8, info: Vec<u8>) {
        assert!(info.len() <= self.n1, "{} octets", info.len());
        match (address, control, info.as_slice()) {
            (0x01, UIH, &[0xe3, 0x05, channel, octet]) => {
                self.signals.insert(channel / 4, octet);
                if self.answers {
                    self.rig.send(&frame(0, UIH, &[0xe1, 0x05, channel, octet]));
                }
            }
            (5.., UIH, _) => {
                assert_eq!(address & 2, 0, "the responder's data has C/R 0");
                self.data.entry(address / 4).or_default().extend(info);
            }
            _ => self.other.push((address, control, info)),
        }
    }

    /// Sends bytes on a channel, in frames of N1.
    pub(crate) fn write(&mut self, dlci: u8, bytes: &[u8]) {
        for piece in bytes.chunks(self.n1) {
            self.rig.send(&frame(dlci, UIH, piece));
        }
        self.sort();
    }

    /// A message on the control channel; the answer's information field.
    pub(crate) fn message(&mut self, info: &[u8]) -> Vec<u8> {
        self.send(&frame(0, UIH, info));
        let (address, control, info) = self.other.pop().expect("an answer");
        assert_eq!((address, control), (0x01, UIH));
        info
    }

    /// What has come on a channel.
    pub(crate) fn printed(&mut self, dlci: u8) -> String {
        String::from_utf8_lossy(&self.data.remove(&dlci).unwrap_or_default()).into_owned()
    }

    /// Waits for this on a channel; all up to its end.
    pub(crate) fn wait_for(&mut self, dlci: u8, text: &[u8]) -> Vec<u8> {
        for _ in 0..100_000 {
            let data = self.data.entry(dlci).or_default();
            if let Some(at) = data.windows(text.len()).position(|w| w == text) {
                return data.drain(..at + text.len()).collect();
            }
            self.pass_ms(1);
        }
        let data = self.data.remove(&dlci).unwrap_or_default();
        panic!("channel {dlci}: no '{}' in '{}'", text.escape_ascii(), data.escape_ascii());
    }

    /// A command on a channel; all up to its final result.
    pub(crate) fn command(&mut self, dlci: u8, text: &str) -> String {
        self.pass_ms(25);
        self.write(dlci, format!("{text}\r").as_bytes());
        for _ in 0..100_000 {
            let printed = self.data.get(&dlci).map(|data| String::from_utf8_lossy(data)).unwrap_or_default();
            let over = ["\r\nOK\r\n", "ERROR\r\n", "\r\nNO CARRIER\r\n", "\r\nCONNECT\r\n"];
            if over.iter().any(|end| printed.ends_with(end)) || printed.contains("+CME ERROR") {
                return self.printed(dlci);
            }
            self.pass_ms(1);
        }
        panic!("channel {dlci}: no final result of {text}: {:?}", self.data.get(&dlci));
    }

    pub(crate) fn ok(&mut self, dlci: u8, text: &str) -> String {
        let answer = self.command(dlci, text);
        assert!(answer.ends_with("\r\nOK\r\n"), "channel {dlci}, {text}: {answer:?}");
        answer
    }

    pub(crate) fn assert_no_breach(&self) {
        assert_eq!(self.rig.modem.breaches(), []);
    }
}
