//! The host has restarted and the modem is in multiplexer mode, maybe in the middle of a frame, or in data mode, or
//! in command mode: the attempts in their order get an `OK`.
use crate::cmux;

use cellular_nal::Duration;
use cellular_nal::cmux::{ATTEMPTS, Attempt};

/// What a modem does with bytes outside of a test of the multiplexer's own frames.
enum Mode {
    Command(Vec<u8>),
    Data,
    /// What came of a frame.
    Multiplexer(Vec<u8>),
}

struct Device {
    mode: Mode,
    /// Whether it looks at P in the close down.
    wants_p: Option<bool>,
}

impl Device {
    /// Whether `OK` came.
    fn hear(&mut self, bytes: &[u8], guarded: bool) -> bool {
        let mut ok = false;
        for &byte in bytes {
            match &mut self.mode {
                Mode::Command(line) if byte == b'\r' => {
                    ok |= line == b"AT";
                    line.clear();
                }
                Mode::Command(line) => line.push(byte),
                Mode::Data => {}
                Mode::Multiplexer(held) => {
                    held.push(byte);
                    if closes_down(held, self.wants_p) {
                        self.mode = Mode::Command(Vec::new());
                    }
                }
            }
        }
        if matches!(self.mode, Mode::Data) && guarded && bytes == b"+++" {
            self.mode = Mode::Command(Vec::new());
            ok = true;
        }
        ok
    }
}

/// A simple reader by length: it takes what follows a flag for a frame and throws away what is none.
fn closes_down(held: &mut Vec<u8>, wants_p: Option<bool>) -> bool {
    loop {
        let Some(start) = held.iter().position(|&byte| byte == 0xF9) else {
            held.clear();
            return false;
        };
        held.drain(..start);
        while held.starts_with(&[0xF9, 0xF9]) {
            held.remove(0);
        }
        let [_, address, control, length, ..] = held[..] else { return false };
        let total = match length & 1 {
            1 => usize::from(length >> 1) + 6,
            _ if held.len() < 5 => return false,
            _ => (usize::from(length >> 1) | usize::from(held[4]) << 7) + 7,
        };
        if total > 1509 + 7 {
            held.remove(0);
            continue;
        }
        if held.len() < total {
            return false;
        }
        let frame: Vec<u8> = held.drain(..total - 1).collect();
        let whole = frame[total - 2] == cmux::fcs(&frame[1..4]) && held[0] == 0xF9;
        let p = control & 0x10 != 0;
        let fits = address == 0x03 && control & 0xEF == 0xEF && wants_p.is_none_or(|wanted| wanted == p);
        if whole && fits && frame[4..].starts_with(&[0xC3, 0x01]) {
            return true;
        }
    }
}

/// The attempt that was answered.
fn answered(mode: Mode, wants_p: Option<bool>) -> Option<usize> {
    let mut device = Device { mode, wants_p };
    for (i, attempt) in ATTEMPTS.iter().enumerate() {
        let ok = match *attempt {
            Attempt::Call(bytes, wait) => {
                assert!(wait >= Duration::from_secs(1));
                device.hear(bytes, false)
            }
            Attempt::Fill(count) => {
                assert!(!device.hear(&vec![b'\r'; count], false));
                false
            }
            Attempt::Send(bytes, wait) => {
                assert!(wait >= Duration::from_millis(100));
                assert!(!device.hear(bytes, false));
                false
            }
            Attempt::Escape(bytes) => device.hear(bytes, true),
            _ => unreachable!(),
        };
        if ok {
            return Some(i);
        }
    }
    None
}

#[test]
fn a_modem_left_in_multiplexer_mode_is_called_back() {
    assert_eq!(answered(Mode::Command(Vec::new()), None), Some(0));
    for wants_p in [None, Some(false), Some(true)] {
        assert_eq!(answered(Mode::Multiplexer(Vec::new()), wants_p), Some(3));
        // It has the beginning of a frame.
        for info in [&b"A"[..], &[0xF9; 1509]] {
            let frame = cmux::frame_at(0x07, cmux::UIH, info);
            for begun in (1..10).chain([1000, 1500, 1515]).filter(|&begun| begun < frame.len()) {
                let begun = frame[..begun].to_vec();
                assert_eq!(answered(Mode::Multiplexer(begun), wants_p), Some(3));
            }
        }
    }
    assert_eq!(answered(Mode::Data, None), Some(4));
    // The frames do not spoil the line of a modem in command mode that missed the first call.
    assert_eq!(answered(Mode::Command(b"AT+C".to_vec()), None), Some(3));
}
