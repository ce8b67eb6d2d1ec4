//! Shows the conversation with the modem.

use core::time::Duration;
use std::time::Instant;

/// Longest piece of a line that is shown at once.
const WIDTH: usize = 96;

/// Behind these, the rest of the line may hold a PIN, a key or a password.
const SECRETS: [&[u8]; 3] = [b"+CPIN=", b"SECPRF", b"SQNSPCFG"];

/// Around a private key.
const KEY: &[u8] = b"PRIVATE KEY";

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

/// Makes stars of what is secret, wherever the bytes are cut.
#[derive(Default)]
struct Mask {
    /// The last bytes, in capitals.
    recent: Vec<u8>,
    hidden: Hidden,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Hidden {
    #[default]
    Nothing,
    /// The rest of the line.
    Line,
    /// Until the end of a private key.
    Key,
}

impl Mask {
    fn apply(&mut self, byte: u8) -> u8 {
        let shown = if self.hidden != Hidden::Nothing && byte.is_ascii_alphanumeric() { b'*' } else { byte };
        if self.recent.len() == KEY.len() {
            self.recent.remove(0);
        }
        self.recent.push(byte.to_ascii_uppercase());
        let line_ends = matches!(byte, b'\r' | b'\n');
        self.hidden = match self.hidden {
            Hidden::Key if self.recent == KEY => Hidden::Line,
            Hidden::Line if line_ends => Hidden::Nothing,
            Hidden::Nothing if self.recent == KEY => Hidden::Key,
            Hidden::Nothing if SECRETS.iter().any(|secret| self.recent.ends_with(secret)) => Hidden::Line,
            hidden => hidden,
        };
        shown
    }
}
