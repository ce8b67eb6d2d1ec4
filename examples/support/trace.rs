//! Shows the conversation with the modem.

use core::time::Duration;
use std::time::Instant;

/// Longest piece of a line that is shown at once.
const WIDTH: usize = 96;

/// Digits behind this are a PIN.
const SECRET: &[u8] = b"+CPIN=";

/// Prints both directions of the serial line to standard error, a line at a time, with the seconds
/// since the start. A trace that is not enabled does nothing.
pub(crate) struct Trace {
    enabled: bool,
    start: Instant,
    sent: Line,
    received: Line,
}

impl Trace {
    pub(crate) fn new(enabled: bool) -> Self {
        Self { enabled, start: Instant::now(), sent: Line::new('>'), received: Line::new('<') }
    }

    /// Bytes that went to the modem.
    pub(crate) fn sent(&mut self, bytes: &[u8]) {
        if self.enabled {
            // What the modem has said before, such as a prompt without line end, comes first.
            self.received.print();
            self.sent.take(bytes, self.start.elapsed());
        }
    }

    /// Bytes that came from the modem.
    pub(crate) fn received(&mut self, bytes: &[u8]) {
        if self.enabled {
            self.sent.print();
            self.received.take(bytes, self.start.elapsed());
        }
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        self.sent.print();
        self.received.print();
    }
}

/// A line of one direction, as far as it is known.
struct Line {
    mark: char,
    text: Vec<u8>,
    since: Duration,
    mask: Mask,
}

impl Line {
    fn new(mark: char) -> Self {
        Self { mark, text: Vec::new(), since: Duration::ZERO, mask: Mask::default() }
    }

    fn take(&mut self, bytes: &[u8], now: Duration) {
        for &byte in bytes {
            if self.text.is_empty() {
                self.since = now;
            }
            self.text.push(self.mask.apply(byte));
            if self.is_complete() || self.text.len() == WIDTH {
                self.print();
            }
        }
    }

    fn is_complete(&self) -> bool {
        match self.text.as_slice() {
            // The modem puts CR LF before its lines, too.
            b"\r\n" => self.mark == '>',
            [.., b'\n'] => true,
            // A command ends with CR alone.
            [b'A', b'T', .., b'\r'] => self.mark == '>',
            _ => false,
        }
    }

    fn print(&mut self) {
        if !self.text.is_empty() {
            let seconds = self.since.as_secs_f64();
            eprintln!("{seconds:8.3} {} {}", self.mark, printable(&self.text));
        }
        self.text.clear();
    }
}

/// The text with escapes for what cannot be shown.
fn printable(text: &[u8]) -> String {
    let mut shown = String::with_capacity(text.len());
    for &byte in text {
        match byte {
            b'"' | b'\'' => shown.push(char::from(byte)),
            _ => shown.extend(byte.escape_ascii().map(char::from)),
        }
    }
    shown
}

/// Makes stars of a PIN, wherever the bytes are cut.
#[derive(Default)]
struct Mask {
    matched: usize,
    secret: bool,
}

impl Mask {
    fn apply(&mut self, byte: u8) -> u8 {
        if self.secret && byte.is_ascii_digit() {
            return b'*';
        }
        self.secret &= matches!(byte, b'"' | b',');
        self.matched = match SECRET.get(self.matched) {
            Some(expected) if *expected == byte.to_ascii_uppercase() => self.matched + 1,
            _ => usize::from(byte == b'+'),
        };
        if self.matched == SECRET.len() {
            self.secret = true;
            self.matched = 0;
        }
        byte
    }
}
