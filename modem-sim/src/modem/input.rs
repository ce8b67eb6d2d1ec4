//! What the host sends, byte by byte.

use std::time::Duration;

use super::exec::{Exec, PayloadKind};
use super::general::Speed;
use super::output::Mark;
use super::{Modem, Power};
use crate::breach::Rule;
use crate::options::UrcTiming;

/// Longest command line; the longest legal one is a +USOWR with 1024 characters.
const LINE_LIMIT: usize = 2400;
/// Longest text of AT+SQNSSEND; what comes after that is thrown away.
const TEXT_LIMIT: usize = 1500;
const CTRL_Z: u8 = 0x1a;
const ESC: u8 = 0x1b;
const BACKSPACE: u8 = 0x08;
const PPP_FLAG: u8 = 0x7e;

impl Modem {
    pub(super) fn rx_byte(&mut self, byte: u8) {
        if self.power != Power::Up {
            self.terminal.last_byte = None;
            return;
        }
        if !self.hears(byte) {
            return;
        }
        match &self.terminal.exec {
            Exec::Idle => self.command_byte(byte),
            Exec::Collect(_) => self.payload_byte(byte),
            Exec::Online(_) => self.online_byte(byte, self.now),
            _ => self.busy_byte(byte),
        }
        self.terminal.last_byte = Some(byte);
    }

    /// LENA-R8 application development §5.3: the first command after boot "will be not executed",
    /// and 100 ms later the interface is ready.
    fn hears(&mut self, byte: u8) -> bool {
        match self.settings.speed {
            Speed::Known => return true,
            Speed::Unknown if byte == self.terminal.terminator => {
                self.settings.speed = Speed::Settling(self.now + Duration::from_millis(100));
            }
            Speed::Settling(until) if until <= self.now => {
                self.settings.speed = Speed::Known;
                return true;
            }
            Speed::Unknown | Speed::Settling(_) => {}
        }
        false
    }

    fn command_byte(&mut self, byte: u8) {
        let cr = self.terminal.terminator;
        if byte == b'\n' && cr != b'\n' && self.terminal.line.is_empty() {
            if self.terminal.last_byte == Some(cr) {
                self.line_feed();
            }
            return;
        }
        // A PPP frame (RFC 1662 §3.1 begins it with this flag) that crossed with NO CARRIER is no command.
        if self.terminal.line.is_empty()
            && ![cr, PPP_FLAG].contains(&byte)
            && let Some(end) = self.gap_end()
            && self.now < end
        {
            let early = (end - self.now).as_micros();
            self.breach(Rule::CommandGap, format!("command begins {early} µs too early"));
            self.terminal.last_final = None;
            self.terminal.last_urc = None;
        }
        if self.terminal.echo {
            self.push(vec![byte], Mark::None);
        }
        if byte == cr {
            let line = std::mem::take(&mut self.terminal.line);
            self.begin(line);
        } else if byte == BACKSPACE {
            self.terminal.line.pop();
        } else if self.terminal.line.len() <= LINE_LIMIT {
            self.terminal.line.push(byte);
        }
    }

    /// A complete line.
    fn begin(&mut self, line: Vec<u8>) {
        let start = line.iter().position(|b| *b > b' ').unwrap_or(line.len());
        let text = line[start..].to_vec();
        if text.is_empty() {
            return;
        }
        let is_command = text.len() >= 2 && text[..2].eq_ignore_ascii_case(b"AT");
        if !is_command && self.options.ignore_garbage {
            return;
        }
        self.terminal.busy_noted = false;
        self.terminal.early.clear();
        self.terminal.timing = match self.options.urc_timing {
            _ if self.model.ublox().is_some_and(|traits| traits.quiet_commands) => UrcTiming::AfterFinal,
            UrcTiming::Mixed(_) => match self.dice.below(3) {
                0 => UrcTiming::BeforeFinal,
                1 => UrcTiming::Immediate,
                _ => UrcTiming::AfterFinal,
            },
            chosen => chosen,
        };
        self.terminal.exec = Exec::Latent { at: self.now + self.options.answer_latency, line: text };
    }

    fn line_feed(&mut self) {
        self.breach(Rule::LineFeedAfterCarriageReturn, "LF follows the CR of a command".to_owned());
    }

    /// A byte while a command executes. u-blox loses it; Sequans keeps it for a payload that the
    /// command may ask for and drops it at the final result.
    fn busy_byte(&mut self, byte: u8) {
        if byte == b'\n' && self.terminal.last_byte == Some(self.terminal.terminator) {
            self.line_feed();
        } else if !self.terminal.busy_noted {
            self.terminal.busy_noted = true;
            let (rule, line) = match &self.terminal.exec {
                Exec::Latent { line, .. } if self.wants_payload(line) => {
                    (Rule::PayloadBeforePrompt, line.clone())
                }
                Exec::Latent { line, .. } => (Rule::CommandWhileBusy, line.clone()),
                _ => (Rule::CommandWhileBusy, Vec::new()),
            };
            let line = String::from_utf8_lossy(&line).into_owned();
            let what = char::from(byte).escape_default();
            self.breach(rule, format!("'{what}' came before the answer to '{line}'"));
        }
        let abortable = self.options.abortable && self.model.ublox().is_some_and(|t| t.quiet_commands);
        if abortable && matches!(self.terminal.exec, Exec::Wait(_)) {
            if byte == self.terminal.terminator {
                let line = std::mem::take(&mut self.terminal.line);
                if line.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(b"AT")) {
                    self.abort_wait();
                    self.begin(line);
                }
            } else if self.terminal.line.len() <= LINE_LIMIT {
                self.terminal.line.push(byte);
            }
        }
        if !self.model.is_ublox() {
            self.terminal.early.push(byte);
        }
    }

    fn wants_payload(&self, line: &[u8]) -> bool {
        let line = String::from_utf8_lossy(line).to_ascii_uppercase();
        let quotes = line.matches('"').count();
        line.starts_with("AT+SQNSSEND")
            || line.starts_with("AT+SQNSNVW")
            || line.starts_with("AT+CMGS")
            || line.starts_with("AT+CMGW")
            || line.starts_with("AT+UDWNFILE")
            || line.starts_with("AT+USECMNG=0")
            || (line.starts_with("AT+USOWR") && quotes == 0)
            || (line.starts_with("AT+USOST") && quotes == 2)
    }

    pub(super) fn payload_byte(&mut self, byte: u8) {
        let now = self.now;
        let ublox = self.model.is_ublox();
        let last = self.terminal.last_byte;
        let terminator = self.terminal.terminator;
        let Exec::Collect(payload) = &mut self.terminal.exec else {
            return;
        };
        let fifty = Duration::from_millis(50);
        let broken = match payload.prompted {
            None if byte == b'\n' && last == Some(terminator) && payload.got.is_empty() => {
                Some(Rule::LineFeedAfterCarriageReturn)
            }
            None => Some(Rule::PayloadBeforePrompt),
            Some(at) if payload.fifty_milliseconds && now < at + fifty => {
                Some(Rule::PayloadBeforeFiftyMilliseconds)
            }
            Some(_) => None,
        };
        if let Some(rule) = broken {
            let noted = std::mem::replace(&mut payload.noted, true);
            if !noted {
                let since = payload.prompted.map_or(Duration::ZERO, |at| now - at).as_micros();
                self.breach(rule, format!("payload begins {since} µs after the prompt"));
            }
            if ublox {
                return;
            }
        }
        self.take_payload(byte);
    }

    /// A byte that belongs to the payload.
    pub(super) fn take_payload(&mut self, byte: u8) {
        let now = self.now;
        let latency = self.options.answer_latency;
        let Exec::Collect(payload) = &mut self.terminal.exec else {
            return;
        };
        let typed = matches!(
            payload.kind,
            PayloadKind::SequansText { .. }
                | PayloadKind::MessageText { .. }
                | PayloadKind::MessagePdu { .. }
        );
        let complete = if typed {
            // RYZ014 use cases §6.2.4: these are control characters.
            match byte {
                CTRL_Z => true,
                ESC => {
                    payload.cancelled = true;
                    true
                }
                BACKSPACE => {
                    payload.got.pop();
                    false
                }
                _ => {
                    let limit = if payload.hex { 2 * TEXT_LIMIT } else { TEXT_LIMIT };
                    if payload.got.len() < limit {
                        payload.got.push(byte);
                    }
                    // RYZ014 use cases §6.2.5: "it will trigger immediately".
                    payload.hex && !byte.is_ascii_hexdigit()
                }
            }
        } else {
            payload.got.push(byte);
            // A digit that is none ends hexadecimal input at once (RYZ014 use cases §3.5).
            payload.got.len() >= payload.need || (payload.hex && !byte.is_ascii_hexdigit())
        };
        if complete {
            let payload = std::mem::take(payload);
            self.terminal.busy_noted = false;
            self.terminal.exec = Exec::Collected { at: now + latency, payload };
        }
    }
}
