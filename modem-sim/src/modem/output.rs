//! What the modem prints, and when it may print unsolicited lines.

use std::time::Duration;

use super::exec::{DataMode, Exec, Online};
use super::{Modem, Power};
use crate::options::UrcTiming;
use crate::reply::Final;

/// What becomes true when a [`Chunk`] has been handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    None,
    /// The command is over.
    Final,
    /// The host may send its payload.
    Prompt,
    /// An unsolicited line.
    Urc,
    /// Data mode begins.
    Online(DataMode),
}

/// Bytes that are handed out together.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    pub(super) bytes: Vec<u8>,
    pub(super) mark: Mark,
}

impl Modem {
    pub(super) fn push(&mut self, bytes: Vec<u8>, mark: Mark) {
        self.terminal.out.push_back(Chunk { bytes, mark });
    }

    /// An information text line, of any bytes.
    pub(crate) fn info(&mut self, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        let mut bytes = Vec::with_capacity(text.len() + 4);
        // ATV0 leaves the CR LF in front of an information text away (ITU-T V.250 §6.2.6).
        if self.terminal.verbose {
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(text);
        bytes.extend_from_slice(b"\r\n");
        self.push(bytes, Mark::None);
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.push(bytes.to_vec(), Mark::None);
    }

    pub(super) fn prompt(&mut self, text: &str) {
        self.push(text.as_bytes().to_vec(), Mark::Prompt);
    }

    /// The final result; unsolicited lines that were held for this place come first.
    pub(super) fn print_final(&mut self, result: Final) {
        if self.terminal.timing == UrcTiming::BeforeFinal {
            self.flush_urcs(self.terminal.addressed);
        }
        let text = if self.terminal.verbose && result == Final::Dialed {
            format!("\r\n{}\r\n", self.connect_text())
        } else if self.terminal.verbose {
            format!("\r\n{}\r\n", result.text(self.terminal.cmee))
        } else {
            format!("{}\r", result.digit())
        };
        let mark = match (result, self.terminal.addressed) {
            (Final::Connect, Some(id)) => Mark::Online(DataMode::Socket(id)),
            (Final::Dialed, _) => Mark::Online(DataMode::Dialup),
            _ => Mark::Final,
        };
        self.push(text.into_bytes(), mark);
        self.terminal.exec = Exec::Flush;
        while let Some(line) = self.terminal.late_urcs.pop_front() {
            self.publish(line);
        }
        if mark == Mark::Final {
            self.terminal.addressed = None;
        }
    }

    /// An unsolicited line. What a command itself brings about is told after its final result.
    pub(crate) fn urc(&mut self, line: &str) {
        self.urc_bytes(line.as_bytes().to_vec());
    }

    /// As [`Modem::urc`].
    pub(super) fn urc_bytes(&mut self, line: Vec<u8>) {
        if self.power != Power::Up {
            return;
        }
        if self.raising {
            self.terminal.late_urcs.push_back(line);
        } else {
            self.publish(line);
        }
    }

    /// Prints unsolicited lines when this is the place for them.
    pub(super) fn print_urcs(&mut self) -> bool {
        if self.line_is_multiplexed() {
            return false;
        }
        let allowed = match &self.terminal.exec {
            // With echo on, a line that has begun is already on its way back.
            Exec::Idle => !self.terminal.echo || self.terminal.line.is_empty(),
            Exec::Latent { .. } | Exec::Wait(_) => self.terminal.timing == UrcTiming::Immediate,
            _ => false,
        };
        allowed && self.flush_urcs(None)
    }

    fn flush_urcs(&mut self, except: Option<u8>) -> bool {
        let mut lines: Vec<Vec<u8>> = self.terminal.urcs.drain(..).collect();
        if self.reports_here() {
            let news =
                if self.model.is_ublox() { self.ublox_urcs(except) } else { self.sequans_urcs(except) };
            self.publish_elsewhere(&news);
            lines.extend(news);
        }
        let any = !lines.is_empty();
        for line in lines {
            self.ring_for(false);
            let bytes = [b"\r\n", line.as_slice(), b"\r\n"].concat();
            self.push(bytes, Mark::Urc);
        }
        any
    }

    pub(super) fn next_chunk(&mut self) -> Option<Vec<u8>> {
        let Chunk { bytes, mark } = self.terminal.out.pop_front()?;
        if self.multiplexer.is_none() {
            self.uart.print(self.now, self.settings.baud, bytes.len());
        }
        match mark {
            Mark::None => {}
            Mark::Urc => self.terminal.last_urc = Some(self.now),
            Mark::Prompt => {
                if let Exec::Collect(payload) = &mut self.terminal.exec {
                    payload.prompted = Some(self.now);
                }
            }
            Mark::Final => {
                self.terminal.last_final = Some(self.now);
                self.terminal.exec = Exec::Idle;
                self.terminal.early.clear();
                if let Some(baud) = self.settings.next_baud.take() {
                    self.settings.baud = baud;
                }
                if std::mem::take(&mut self.mux_begins) {
                    self.start_multiplexer();
                }
            }
            Mark::Online(of) => self.terminal.exec = Exec::Online(Online::new(of, self.now)),
        }
        Some(bytes)
    }

    /// The moment from which the next command may come.
    pub(super) fn gap_end(&self) -> Option<Duration> {
        let default = if self.model.is_ublox() { 20 } else { 0 };
        let gap = self.options.command_gap.unwrap_or(Duration::from_millis(default));
        let urc = self.terminal.last_urc.filter(|_| self.options.gap_after_urc);
        self.terminal.last_final.into_iter().chain(urc).max().map(|at| at + gap)
    }
}
