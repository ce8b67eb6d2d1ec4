//! The life of a command: CR, execution, payload, waiting, final result.

use std::time::Duration;

use super::ping::Ping;
use super::{Modem, Power};
use crate::command::{self, Command, Form};
use crate::network::Handle;
use crate::reply::Final;
use std::net::SocketAddr;

/// What a command has come to.
#[derive(Debug)]
pub(crate) enum Step {
    Done(Final),
    /// Print the prompt and take a payload.
    Collect(&'static str, Payload),
    Wait(Wait),
    /// No result at all.
    Silent,
}

impl From<Final> for Step {
    fn from(result: Final) -> Self {
        Step::Done(result)
    }
}

/// Where a payload goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum PayloadKind {
    /// Nowhere.
    #[default]
    None,
    /// `+USOWR` of a socket.
    UbloxWrite(u8),
    /// `+USOST` of a socket.
    UbloxSendTo(u8, SocketAddr),
    /// `+USECMNG=0` of type and name.
    UbloxCertificate(u8, String),
    /// `+UDWNFILE` of a file.
    UbloxFile(String),
    /// `+SQNSSENDEXT` of a socket.
    SequansCounted(u8),
    /// `+SQNSSEND` of a socket, to another address if one was given.
    SequansText { id: u8, to: Option<SocketAddr> },
    /// `+CMGS` or `+CMGW` in text mode, to a number.
    MessageText { to: String, write: bool },
    /// `+CMGS` or `+CMGW` of a unit of this length.
    MessagePdu { len: usize, write: bool },
    /// `+SQNSNVW` of kind and slot.
    SequansStore { key: bool, slot: u8 },
}

/// A payload that is being collected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Payload {
    pub(crate) kind: PayloadKind,
    pub(crate) need: usize,
    pub(crate) hex: bool,
    pub(crate) fifty_milliseconds: bool,
    pub(crate) got: Vec<u8>,
    pub(crate) cancelled: bool,
    /// When the prompt was handed out.
    pub(crate) prompted: Option<Duration>,
    pub(crate) noted: bool,
}

impl Payload {
    pub(crate) fn new(kind: PayloadKind, need: usize) -> Self {
        Payload { kind, need, ..Payload::default() }
    }
}

/// What an executing command waits for.
#[derive(Debug)]
pub(crate) enum Wait {
    /// A moment.
    Until { at: Duration, result: Final },
    /// A moment, and then there is something to tell.
    Tell { at: Duration, line: String, result: Final },
    /// The end of a download.
    Upgrade,
    /// Answers to `+PING`.
    Ping(Box<Ping>),
    /// The answer of the name server for `+UDNSRN` or `+SQNDNSLKUP`.
    Dns { query: Handle, name: String, deadline: Duration },
    /// A u-blox connect; while a name is being resolved there is a query.
    UbloxConnect { id: u8, query: Option<Handle>, port: u16, deadline: Duration },
    /// A u-blox close: until the queue is empty.
    UbloxClose { id: u8, deadline: Duration },
    /// A Sequans dial.
    SequansDial { id: u8, query: Option<Handle>, deadline: Duration, online: bool },
    /// A Sequans shutdown: until the queue is empty.
    SequansClose { id: u8, deadline: Duration },
}

impl Wait {
    fn due(&self) -> Duration {
        match self {
            Wait::Until { at, .. } | Wait::Tell { at, .. } => *at,
            Wait::Ping(ping) => ping.due(),
            Wait::Upgrade => Duration::MAX,
            Wait::Dns { deadline, .. }
            | Wait::UbloxConnect { deadline, .. }
            | Wait::UbloxClose { deadline, .. }
            | Wait::SequansDial { deadline, .. }
            | Wait::SequansClose { deadline, .. } => *deadline,
        }
    }
}

/// What the line carries the bytes of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DataMode {
    /// A socket: online mode, or direct link.
    Socket(u8),
    /// A dial-up connection.
    Dialup,
}

/// Data mode.
#[derive(Debug)]
pub(super) struct Online {
    pub(super) of: DataMode,
    /// The last byte that was not part of an escape sequence.
    pub(super) last_data: Duration,
    /// `+` characters after a pause.
    pub(super) plus: u8,
    /// End of the guard time after the last `+`.
    pub(super) escape_due: Option<Duration>,
}

impl Online {
    pub(super) fn new(of: DataMode, now: Duration) -> Self {
        Online { of, last_data: now, plus: 0, escape_due: None }
    }
}

/// What the modem does with the line.
#[derive(Debug)]
pub(super) enum Exec {
    /// Takes a command.
    Idle,
    /// Has a line and answers soon.
    Latent {
        at: Duration,
        line: Vec<u8>,
    },
    Collect(Payload),
    /// Has a payload and answers soon.
    Collected {
        at: Duration,
        payload: Payload,
    },
    Wait(Wait),
    /// The final result is in the output.
    Flush,
    Online(Online),
}

impl Exec {
    /// What is in data mode now.
    pub(super) fn data_mode(&self) -> Option<DataMode> {
        match self {
            Exec::Online(online) => Some(online.of),
            _ => None,
        }
    }

    /// Bytes of the host are for a connection.
    pub(super) fn is_data_mode(&self) -> bool {
        self.data_mode().is_some()
    }

    pub(super) fn due(&self) -> Option<Duration> {
        match self {
            Exec::Latent { at, .. } | Exec::Collected { at, .. } => Some(*at),
            Exec::Wait(wait) => Some(wait.due()),
            Exec::Online(online) => online.escape_due,
            Exec::Idle | Exec::Collect(_) | Exec::Flush => None,
        }
    }
}

impl Modem {
    /// One step of the executing command, if it can make one.
    pub(super) fn step(&mut self) -> bool {
        match std::mem::replace(&mut self.terminal.exec, Exec::Flush) {
            Exec::Latent { at, line } if at <= self.now => {
                self.commands += 1;
                self.may_hang(&line);
                self.first(&line);
                true
            }
            Exec::Collected { at, payload } if at <= self.now => {
                self.raising = true;
                let step = self.deliver(payload);
                self.raising = false;
                self.go(step);
                true
            }
            Exec::Wait(mut wait) => {
                self.raising = true;
                let result = self.poll_wait(&mut wait);
                self.raising = false;
                match result {
                    Some(result) => {
                        self.go(result.into());
                        true
                    }
                    None => {
                        self.terminal.exec = Exec::Wait(wait);
                        false
                    }
                }
            }
            Exec::Online(online) => {
                self.terminal.exec = Exec::Online(online);
                self.online_step()
            }
            other => {
                self.terminal.exec = other;
                false
            }
        }
    }

    /// Starts the first command of a line.
    fn first(&mut self, line: &[u8]) {
        self.terminal.rest.clear();
        self.terminal.addressed = None;
        let commands = match line {
            [b'A' | b'a', b'T' | b't', body @ ..] => command::parse(body),
            _ => None,
        };
        match commands {
            None => self.print_final(Final::Error),
            Some(commands) => {
                self.terminal.rest.extend(commands);
                self.go(Step::Done(Final::Ok));
            }
        }
    }

    /// Goes on after a command of the line, or after a part of one.
    fn go(&mut self, mut step: Step) {
        loop {
            match step {
                Step::Done(Final::Ok) => match self.terminal.rest.pop_front() {
                    None => return self.print_final(Final::Ok),
                    Some(command) => {
                        self.terminal.addressed = addressed(&command);
                        self.raising = true;
                        step = self.execute(&command);
                        self.raising = false;
                        if self.power != Power::Up {
                            return;
                        }
                    }
                },
                Step::Done(result) => {
                    self.terminal.rest.clear();
                    return self.print_final(result);
                }
                Step::Collect(prompt, payload) => {
                    self.prompt(prompt);
                    self.terminal.exec = Exec::Collect(payload);
                    // RYZ014 use cases §3.5: what is in the input buffer is taken as data.
                    for byte in std::mem::take(&mut self.terminal.early) {
                        self.take_payload(byte);
                    }
                    return;
                }
                Step::Wait(wait) => {
                    self.terminal.exec = Exec::Wait(wait);
                    return;
                }
                Step::Silent => {
                    self.terminal.rest.clear();
                    self.terminal.exec = Exec::Idle;
                    return;
                }
            }
        }
    }

    fn execute(&mut self, command: &Command) -> Step {
        let result = self.general_command(command).unwrap_or_else(|| {
            if self.model.is_ublox() { self.ublox_command(command) } else { self.sequans_command(command) }
        });
        result.unwrap_or_else(Step::Done)
    }

    fn deliver(&mut self, payload: Payload) -> Step {
        if matches!(payload.kind, PayloadKind::MessageText { .. } | PayloadKind::MessagePdu { .. }) {
            return self.message_typed(payload).unwrap_or_else(Step::Done);
        }
        if let PayloadKind::UbloxFile(path) = payload.kind {
            return self.keep_file(path, payload.got);
        }
        if self.model.is_ublox() { self.ublox_payload(payload) } else { self.sequans_payload(payload) }
            .unwrap_or_else(Step::Done)
    }

    fn poll_wait(&mut self, wait: &mut Wait) -> Option<Final> {
        match wait {
            Wait::Until { at, result } => (*at <= self.now).then_some(*result),
            Wait::Tell { at, line, result } => (*at <= self.now).then(|| {
                self.info(&*line);
                *result
            }),
            Wait::Ping(ping) => self.poll_ping(ping),
            Wait::Upgrade => self.poll_upgrade(),
            Wait::Dns { query, name, deadline } => self.poll_dns(*query, name, *deadline),
            Wait::UbloxConnect { id, query, port, deadline } => {
                self.poll_connect(*id, query, *port, *deadline)
            }
            Wait::UbloxClose { id, deadline } => self.poll_close(*id, *deadline),
            Wait::SequansDial { id, query, deadline, online } => {
                self.poll_dial(*id, query, *deadline, *online)
            }
            Wait::SequansClose { id, deadline } => self.poll_shutdown(*id, *deadline),
        }
    }

    /// The waiting command is dropped without a result.
    pub(super) fn abort_wait(&mut self) {
        let Exec::Wait(wait) = std::mem::replace(&mut self.terminal.exec, Exec::Idle) else {
            return;
        };
        self.terminal.rest.clear();
        self.terminal.addressed = None;
        match wait {
            Wait::Dns { query, .. } => self.net.abort(query),
            Wait::UbloxConnect { id, query, .. } => {
                query.into_iter().for_each(|query| self.net.abort(query));
                self.abort_connect(id);
            }
            Wait::UbloxClose { id, deadline } => self.close_in_background(id, deadline),
            Wait::Until { .. }
            | Wait::Tell { .. }
            | Wait::Ping(_)
            | Wait::Upgrade
            | Wait::SequansDial { .. }
            | Wait::SequansClose { .. } => {}
        }
    }

    fn poll_dns(&mut self, query: Handle, name: &str, deadline: Duration) -> Option<Final> {
        match self.net.resolved(query) {
            Some(Ok(addresses)) if !addresses.is_empty() => {
                if self.model.is_ublox() {
                    let name = if self.options.uudnsrn { "+UUDNSRN" } else { "+UDNSRN" };
                    self.info(format!("{name}: \"{}\"", addresses[0]));
                } else {
                    let list: Vec<_> = addresses.iter().map(|a| format!("\"{a}\"")).collect();
                    self.info(format!("+SQNDNSLKUP: \"{name}\",{}", list.join(",")));
                }
                Some(Final::Ok)
            }
            Some(_) => Some(crate::reply::NOT_ALLOWED),
            None if deadline <= self.now => {
                self.net.abort(query);
                Some(crate::reply::NOT_ALLOWED)
            }
            None => None,
        }
    }
}

/// The socket that a command speaks about.
fn addressed(command: &Command) -> Option<u8> {
    let socket = ["+USO", "+SQNS"].iter().any(|p| command.name.starts_with(p));
    let creates = matches!(command.name.as_str(), "+USOCR" | "+SQNSPCFG");
    if !socket || creates || command.form != Form::Set {
        return None;
    }
    command.number(0).ok().and_then(|n| u8::try_from(n).ok())
}
