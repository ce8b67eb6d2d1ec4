//! Data mode of a socket, online mode of Sequans (RYZ014 use cases §6) and direct link of u-blox: the
//! escape sequence, and the end.

use std::time::Duration;

use super::exec::{DataMode, Exec, Online};
use super::{Held, Modem};
use crate::options::DirectLinkEnd;
use crate::reply::Final;
use crate::ublox::traits::Escape;

/// End of a frame: what comes later is not part of it.
const FRAME: Duration = Duration::from_millis(100);

/// What makes an escape sequence.
struct Rules {
    character: Option<u8>,
    before: Duration,
    between: Duration,
    after: Duration,
}

impl Modem {
    fn escape_rules(&self) -> Rules {
        let same = |character, time| Rules { character, before: time, between: time, after: time };
        match self.model.ublox().map(|traits| traits.escape) {
            None => same(Some(b'+'), self.options.escape_guard),
            Some(Escape::Registers) => {
                let character = Some(self.terminal.escape_character).filter(u8::is_ascii);
                same(character, Duration::from_millis(20) * u32::from(self.terminal.escape_delay))
            }
            Some(Escape::Frame(before, between)) => {
                Rules { character: Some(b'+'), before, between, after: FRAME }
            }
        }
    }

    /// The host must wait, if it has RTS and CTS ("if the host MCU supports hardware flow control",
    /// RYZ014 use cases §8.2). A full queue itself is in no document.
    pub(super) fn queue_is_full(&self) -> bool {
        let holds = self.options.flow_control || self.multiplexer.is_some();
        match &self.terminal.exec {
            Exec::Online(Online { of: DataMode::Socket(id), .. }) if holds => {
                if self.model.is_ublox() {
                    self.direct_full(*id)
                } else {
                    self.online_full(*id)
                }
            }
            _ => false,
        }
    }

    /// A byte of the host has to wait.
    pub(super) fn holds_back(&self) -> bool {
        self.queue_is_full() || self.output_is_full()
    }

    /// Takes bytes that had to wait, as if they had come without a pause; true when there was one.
    pub(super) fn take_held(&mut self) -> bool {
        let mut any = false;
        while !self.holds_back()
            && let Some(Held { at, byte, data }) = self.terminal.held.pop_front()
        {
            any = true;
            let Exec::Online(online) = &self.terminal.exec else {
                if data {
                    // The connection is over, and this was meant for it.
                    self.sequans.lose(1);
                } else {
                    self.rx_byte(byte);
                }
                continue;
            };
            // What came before the end of the guard time decides whether it was an escape.
            if online.escape_due.is_some_and(|due| due <= at) {
                self.terminal.held.push_front(Held { at, byte, data });
                self.online_step();
            } else {
                self.online_byte(byte, at);
            }
        }
        any
    }

    pub(super) fn online_byte(&mut self, byte: u8, now: Duration) {
        let rules = self.escape_rules();
        let Exec::Online(online) = &mut self.terminal.exec else {
            return;
        };
        let of = online.of;
        let quiet = online.plus > 0 || now >= online.last_data + rules.before;
        if Some(byte) == rules.character && quiet && online.plus < 3 {
            online.plus += 1;
            let pause = if online.plus == 3 { rules.after } else { rules.between };
            // Without a delay the characters may come at any time.
            let timed = !pause.is_zero() || online.plus == 3;
            online.escape_due = timed.then(|| now + pause);
            return;
        }
        let mut data = vec![rules.character.unwrap_or_default(); usize::from(online.plus)];
        data.push(byte);
        online.plus = 0;
        online.escape_due = None;
        online.last_data = now;
        self.data_from_host(of, &data);
    }

    fn data_from_host(&mut self, of: DataMode, bytes: &[u8]) {
        match of {
            DataMode::Dialup => self.dialup_data(bytes),
            DataMode::Socket(id) if self.model.is_ublox() => self.direct_data(id, bytes),
            DataMode::Socket(id) => self.online_data(id, bytes),
        }
    }

    /// Online mode that nobody has asked for; `false` while the line is not free for it.
    pub(crate) fn go_online(&mut self, id: u8) -> bool {
        let idle = matches!(self.terminal.exec, Exec::Idle) && self.terminal.line.is_empty();
        let free = idle && self.reports_here() && !self.line_is_multiplexed();
        if free {
            self.terminal.addressed = Some(id);
            self.print_final(Final::Connect);
        }
        free
    }

    /// The guard time after `+++`, and the end of the connection.
    pub(super) fn online_step(&mut self) -> bool {
        let now = self.now;
        let rules = self.escape_rules();
        let Exec::Online(Online { of, plus, escape_due, last_data, .. }) = &mut self.terminal.exec else {
            return false;
        };
        let of = *of;
        if escape_due.is_some_and(|due| due <= now) {
            let count = std::mem::take(plus);
            *escape_due = None;
            if count == 3 {
                self.leave_data_mode(of);
            } else {
                *last_data = now;
                self.data_from_host(of, &vec![rules.character.unwrap_or_default(); usize::from(count)]);
            }
            return true;
        }
        let DataMode::Socket(id) = of else {
            return self.call_is_over();
        };
        if !self.model.is_ublox() {
            let over = self.online_over(id);
            if over {
                self.terminal.addressed = None;
                self.print_final(Final::NoCarrier);
            }
            return over;
        }
        match self.direct_over(id) {
            None | Some(DirectLinkEnd::Stays) => return false,
            Some(DirectLinkEnd::Disconnect) => self.disconnect(id),
            Some(DirectLinkEnd::NoCarrier) => {
                self.terminal.addressed = Some(id);
                self.print_final(Final::NoCarrier);
            }
        }
        true
    }

    /// The channel has gone from under the connection: the socket goes on in command mode.
    pub(super) fn data_mode_is_cut(&mut self) {
        if let Some(id) = self.in_online_mode() {
            if self.model.is_ublox() {
                self.direct_send(id, true);
            } else {
                self.assemble(id, true);
            }
        }
    }

    /// The host has sent the escape sequence.
    fn leave_data_mode(&mut self, of: DataMode) {
        let DataMode::Socket(id) = of else {
            return self.leave_call();
        };
        if self.model.is_ublox() {
            self.direct_send(id, true);
            self.disconnect(id);
        } else {
            self.assemble(id, true);
            self.terminal.addressed = None;
            self.print_final(Final::Ok);
        }
    }

    /// News of the socket itself come after the OK.
    fn disconnect(&mut self, id: u8) {
        self.info("DISCONNECT");
        self.terminal.addressed = Some(id);
        self.print_final(Final::Ok);
    }
}
