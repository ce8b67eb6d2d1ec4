//! Faults that a host has to recover from, and what heals each (LENA-R8 application development §8.2).

use std::collections::BTreeSet;
use std::time::Duration;

use super::Modem;
use super::exec::Exec;
use crate::command::Form;
use crate::network::Handle;

/// What makes a fault go away. Each heals what those before it heal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recovery {
    /// The next `AT…`.
    Command,
    /// `AT+CFUN=0` and the like: a detach.
    Radio,
    /// A restart by command: `AT+CFUN=16` or `15`, `AT^RESET`.
    Restart,
    /// The reset pin.
    ResetPin,
    /// The power key: off and on.
    PowerKey,
    /// Only the supply.
    Supply,
}

/// A fault of the modem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It says nothing any more.
    Deaf(Recovery),
    /// The sockets that are open now carry nothing any more. Others do.
    Sockets,
    /// Nothing goes over any context, until one is deactivated or the modem detaches.
    Context,
    /// It finds no network.
    Registration(Recovery),
}

/// The modem stops in the middle of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hang {
    /// Commands that begin so, after the `AT`; an empty text is any command.
    pub command: String,
    /// So many of them are executed before.
    pub skip: u64,
    /// Bytes of the answer that are still printed.
    pub after: usize,
    /// What brings the modem back.
    pub until: Recovery,
}

#[derive(Debug)]
struct Deaf {
    until: Recovery,
    /// Bytes that are still printed.
    left: usize,
    line: Vec<u8>,
}

/// Everything that is wrong.
#[derive(Debug, Default)]
pub(super) struct Faults {
    deaf: Option<Deaf>,
    stuck: BTreeSet<Handle>,
    context: bool,
    registration: Option<Recovery>,
}

impl Modem {
    /// Something goes wrong now.
    pub fn fail(&mut self, now: Duration, fault: Fault) {
        self.advance(now);
        match fault {
            Fault::Deaf(until) => self.faults.deaf = Some(Deaf { until, left: 0, line: Vec::new() }),
            Fault::Sockets => {
                let all = self.ublox.handles().chain(self.sequans.handles());
                self.faults.stuck.extend(all);
            }
            Fault::Context => self.faults.context = true,
            Fault::Registration(until) => {
                self.faults.registration = Some(until);
                if self.attached() {
                    self.settle_registration();
                }
            }
        }
        self.update_reach();
        self.tick();
    }

    /// It says nothing any more.
    pub fn is_deaf(&self) -> bool {
        self.faults.deaf.is_some()
    }

    /// A socket that carries nothing.
    pub(crate) fn is_stuck(&self, handle: Option<Handle>) -> bool {
        handle.is_some_and(|handle| self.faults.stuck.contains(&handle))
    }

    pub(super) fn cannot_register(&self) -> bool {
        self.faults.registration.is_some()
    }

    /// Contexts carry something.
    pub(super) fn context_works(&self) -> bool {
        !self.faults.context
    }

    /// Something was done that heals this much.
    pub(super) fn heal(&mut self, by: Recovery) {
        if self.faults.deaf.as_ref().is_some_and(|deaf| deaf.until <= by) {
            self.faults.deaf = None;
        }
        if self.faults.registration.is_some_and(|until| until <= by) {
            self.faults.registration = None;
        }
        if by >= Recovery::Radio {
            self.heal_context();
        }
        if by >= Recovery::Restart {
            self.faults.stuck.clear();
        }
    }

    pub(crate) fn heal_context(&mut self) {
        if std::mem::take(&mut self.faults.context) {
            self.update_reach();
        }
    }

    /// Whether a pin does anything.
    pub(super) fn obeys(&self, what: Recovery) -> bool {
        self.faults.deaf.as_ref().is_none_or(|deaf| deaf.until <= what)
    }

    /// A command begins; it may be the one in which the modem stops.
    pub(super) fn may_hang(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line.get(2..).unwrap_or_default()).to_ascii_uppercase();
        let hangs = &mut self.options.hangs;
        for i in 0..hangs.len() {
            if !text.starts_with(&hangs[i].command.to_ascii_uppercase()) {
                continue;
            }
            if hangs[i].skip > 0 {
                hangs[i].skip -= 1;
                continue;
            }
            let Hang { after, until, .. } = hangs.remove(i);
            self.faults.deaf = Some(Deaf { until, left: after, line: Vec::new() });
            return;
        }
    }

    /// What of the output is still printed.
    pub(super) fn muffled(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        if let Some(deaf) = &mut self.faults.deaf {
            let left = bytes.len().min(deaf.left);
            deaf.left -= left;
            bytes.truncate(left);
        }
        bytes
    }

    /// Whether the bytes of the host have come to a deaf modem. A command that heals it is executed.
    pub(super) fn deafened(&mut self, bytes: &[u8]) -> bool {
        let Some(deaf) = &mut self.faults.deaf else { return false };
        for &byte in bytes {
            if byte != b'\r' {
                deaf.line.push(byte);
                continue;
            }
            let line = std::mem::take(&mut deaf.line);
            let start = line.windows(2).position(|two| two.eq_ignore_ascii_case(b"AT"));
            let command = start.map(|start| line[start..].to_vec()).unwrap_or_default();
            if recovers(&command, deaf.until) {
                self.faults.deaf = None;
                if matches!(self.terminal.exec, Exec::Wait(_)) {
                    self.abort_wait();
                }
                self.terminal.halt();
                command.into_iter().chain([b'\r']).for_each(|byte| self.rx_byte(byte));
                break;
            }
        }
        true
    }
}

/// Whether a command brings a deaf modem back.
fn recovers(line: &[u8], until: Recovery) -> bool {
    let [_, _, body @ ..] = line else { return false };
    let Some(commands) = crate::command::parse(body) else { return false };
    commands.iter().any(|command| {
        let function = (command.name == "+CFUN" && command.form == Form::Set)
            .then(|| (command.number(0).unwrap_or(0), command.number(1).unwrap_or(0)));
        match until {
            Recovery::Command => true,
            Recovery::Radio => function.is_some() || command.name == "^RESET",
            Recovery::Restart => {
                command.name == "^RESET" || function.is_some_and(|(value, reset)| value > 4 || reset == 1)
            }
            Recovery::ResetPin | Recovery::PowerKey | Recovery::Supply => false,
        }
    }) || (until == Recovery::Command && commands.is_empty())
}
