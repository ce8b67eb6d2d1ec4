//! Making, connecting, asking and closing sockets.

use std::net::SocketAddr;
use std::time::Duration;

use super::{AsyncConnect, SOCKETS, Socket, State, errno};
use crate::command::{Command, Form};
use crate::modem::{Modem, Step, Wait};
use crate::network::{Failure, Handle, TcpState};
use crate::options::Security;
use crate::reply::{BAD_PARAMETERS, Final, NOT_ALLOWED, NOT_SUPPORTED};

impl Modem {
    /// `AT+USOCR=<6|17>[,<local_port>[,<IP type>[,<cid>]]]` (SARA/LEXI internet applications §5.1,
    /// §5.6, LENA-R8 application development §9.2.1).
    pub(super) fn usocr(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        let tcp = match command.number(0)? {
            6 => true,
            17 => false,
            _ => return Err(BAD_PARAMETERS),
        };
        let port = match command.within_or(1, 0, 65535, 0)? {
            0 => None,
            port => Some(port as u16),
        };
        if port.is_some() && self.options.refuse_local_port {
            return Err(NOT_SUPPORTED);
        }
        command.within_or(2, 0, 3, 0)?;
        if command.arg(3).is_some() && !self.is_active(self.cid(command, 3)?) {
            return Err(NOT_ALLOWED);
        }
        if self.options.socket_needs_context && self.data_context().is_none() {
            return Err(NOT_ALLOWED);
        }
        let Some(id) = self.ublox.sockets.iter().position(Option::is_none) else {
            self.ublox.last_error = 24;
            return Err(NOT_ALLOWED);
        };
        let net = if tcp {
            None
        } else {
            Some(self.bind_source(port).map_err(|failure| {
                self.ublox.last_error = errno(failure);
                NOT_ALLOWED
            })?)
        };
        self.ublox.sockets[id] = Some(Socket::new(tcp, port, net));
        self.watch_call();
        match port {
            Some(port) => self.info(format!("+USOCR: {id},{port}")),
            None => self.info(format!("+USOCR: {id}")),
        }
        Ok(Final::Ok.into())
    }

    /// The socket that parameter 0 names.
    pub(super) fn socket_id(&mut self, command: &Command) -> Result<u8, Final> {
        if command.form != Form::Set {
            return Err(Final::Error);
        }
        let id = command.within(0, 0, SOCKETS as u32 - 1)? as u8;
        self.ublox.socket(id)?;
        Ok(id)
    }

    /// `AT+USOSEC=<id>,<0|1>[,<profile>]`: between +USOCR and +USOCO (SARA/LEXI internet
    /// applications §5.11).
    pub(super) fn usosec(&mut self, command: &Command) -> Result<Step, Final> {
        let id = self.socket_id(command)?;
        let on = command.within(1, 0, 1)? == 1;
        let profile = command.within_or(2, 0, 4, 0)?;
        let dtls = self.traits().dtls;
        let s = self.ublox.socket(id)?;
        if s.state != State::Created {
            return Err(NOT_ALLOWED);
        }
        if on && !s.tcp && !dtls {
            return Err(NOT_SUPPORTED);
        }
        (s.secure, s.profile) = (on, profile);
        Ok(Final::Ok.into())
    }

    /// `AT+USOCO=<id>,"<host>",<port>[,<async>]` (SARA/LEXI internet applications §5.1).
    pub(super) fn usoco(&mut self, command: &Command) -> Result<Step, Final> {
        let id = self.socket_id(command)?;
        let host = command.text(1)?;
        let port = command.port(2)?;
        let background = command.within_or(3, 0, 1, 0)? == 1;
        let pending = self.ublox.sockets.iter().flatten().any(|s| s.connecting.is_some());
        let s = self.ublox.socket(id)?;
        if s.connecting.is_some() {
            // The same connect once more closes the socket.
            s.connecting = None;
            s.state = State::Dead;
            return Err(NOT_ALLOWED);
        }
        if pending || s.state != State::Created {
            return Err(NOT_ALLOWED);
        }
        s.state = State::Connecting;
        let secure = s.secure;
        let deadline = self.now + self.options.connect_timeout;
        let mut query = None;
        if self.data_context().is_none() || (secure && !self.room_for_security()) {
            return Err(self.connect_failed(id, errno(Failure::Unreachable)));
        }
        match host.parse() {
            Ok(ip) => self.connect_to(id, SocketAddr::new(ip, port)),
            Err(_) => query = Some(self.net.resolve(&host)),
        }
        if background {
            self.ublox.socket(id)?.connecting = Some(AsyncConnect { query, port, deadline });
            return Ok(Final::Ok.into());
        }
        Ok(Step::Wait(Wait::UbloxConnect { id, query, port, deadline }))
    }

    fn connect_to(&mut self, id: u8, remote: SocketAddr) {
        let Ok(s) = self.ublox.socket(id) else { return };
        s.remote = Some(remote);
        let secure = s.secure && self.options.security == Security::Real;
        let (tcp, port, bound) = (s.tcp, s.local_port, s.net);
        let port = if tcp { self.source_port(port) } else { port };
        let net = if tcp { Some(self.net.connect(port, remote)) } else { bound };
        if let Ok(s) = self.ublox.socket(id) {
            s.net = net;
        }
        if let Some(net) = net.filter(|_| secure)
            && !self.secure(id, net, remote)
        {
            // The profile cannot be used: no byte leaves.
            self.net.abort(net);
            if let Ok(s) = self.ublox.socket(id) {
                s.net = None;
            }
        }
    }

    /// The socket of a failed connect is closed; +UUSOCL tells that after the error.
    fn connect_failed(&mut self, id: u8, error: u32) -> Final {
        self.ublox.last_error = error;
        if let Ok(s) = self.ublox.socket(id) {
            s.state = State::Dead;
        }
        NOT_ALLOWED
    }

    /// The command was dropped, and the socket with it.
    pub(crate) fn abort_connect(&mut self, id: u8) {
        self.connect_failed(id, 125);
    }

    /// The command was dropped; the close goes on.
    pub(crate) fn close_in_background(&mut self, id: u8, deadline: Duration) {
        if let Ok(s) = self.ublox.socket(id) {
            s.closing = Some(deadline);
        }
    }

    /// How far a connect is: `Some` when it is over.
    pub(super) fn connect_progress(
        &mut self,
        id: u8,
        query: &mut Option<Handle>,
        port: u16,
        deadline: Duration,
    ) -> Option<Result<(), u32>> {
        if let Some(handle) = *query {
            match self.net.resolved(handle) {
                Some(Ok(addresses)) if !addresses.is_empty() => {
                    *query = None;
                    self.connect_to(id, SocketAddr::new(addresses[0], port));
                }
                Some(_) => return Some(Err(errno(Failure::Unreachable))),
                None => {
                    return (deadline <= self.now).then_some(Err(errno(Failure::TimedOut)));
                }
            }
        }
        let Ok(s) = self.ublox.socket(id) else {
            return Some(Err(errno(Failure::Reset)));
        };
        // A UDP connect only remembers the peer.
        let state = match s.net {
            Some(net) if s.tcp || self.net.is_secured(net) => self.net.state(net),
            Some(_) => TcpState::Established,
            None => TcpState::Failed(Failure::Unreachable),
        };
        match state {
            TcpState::Connecting if deadline <= self.now => Some(Err(errno(Failure::TimedOut))),
            TcpState::Connecting => None,
            TcpState::Established | TcpState::PeerClosed => {
                s.state = State::Open;
                Some(Ok(()))
            }
            TcpState::Failed(failure) => Some(Err(errno(failure))),
        }
    }

    pub(crate) fn poll_connect(
        &mut self,
        id: u8,
        query: &mut Option<Handle>,
        port: u16,
        deadline: Duration,
    ) -> Option<Final> {
        match self.connect_progress(id, query, port, deadline)? {
            Ok(()) => Some(Final::Ok),
            Err(error) => Some(self.connect_failed(id, error)),
        }
    }

    /// `AT+USOCL=<id>[,1]`: no +UUSOCL afterwards, unless the close goes on in the background. That
    /// is for TCP, and not for SARA-R5.
    pub(super) fn usocl(&mut self, command: &Command) -> Result<Step, Final> {
        let id = self.socket_id(command)?;
        let background = command.within_or(1, 0, 1, 0)? == 1;
        if background && !self.traits().background_close {
            return Err(NOT_SUPPORTED);
        }
        let now = self.now;
        let linger = self.options.linger;
        let s = self.ublox.socket(id)?;
        if s.state == State::Closing || background && !s.tcp {
            return Err(NOT_ALLOWED);
        }
        // SARA/LEXI internet applications §A.1: "a defined maximum time", in milliseconds.
        let own = s.options.get(&(65535, 128)).filter(|values| values[0] == 1);
        let linger = own.map_or(linger, |values| Duration::from_millis(u64::from(values[1])));
        let deadline = now + linger;
        s.connecting = None;
        s.announce = false;
        s.connected = None;
        if s.state == State::Open && s.tcp {
            s.state = State::Closing;
            if background {
                s.closing = Some(deadline);
                return Ok(Final::Ok.into());
            }
            return Ok(Step::Wait(Wait::UbloxClose { id, deadline }));
        }
        if background {
            // There is nothing to wait for.
            s.state = State::Dead;
            return Ok(Final::Ok.into());
        }
        self.free(id, false);
        Ok(Final::Ok.into())
    }

    pub(crate) fn poll_close(&mut self, id: u8, deadline: Duration) -> Option<Final> {
        let over = self.close_progress(id, deadline)?;
        self.free(id, !over);
        Some(Final::Ok)
    }

    /// `Some` when a close is over: everything has left, or the time is up.
    pub(super) fn close_progress(&mut self, id: u8, deadline: Duration) -> Option<bool> {
        let Ok(s) = self.ublox.socket(id) else {
            return Some(true);
        };
        let (queued, net) = (s.tx.len(), s.net);
        let over = net.is_none_or(|net| {
            queued + self.net.unacknowledged(net) == 0 || matches!(self.net.state(net), TcpState::Failed(_))
        });
        (over || deadline <= self.now).then_some(over)
    }

    fn free(&mut self, id: u8, abort: bool) {
        let socket = self.ublox.sockets[usize::from(id)].take();
        if let Some(net) = socket.and_then(|s| s.net) {
            if abort {
                self.net.abort(net);
            } else {
                self.net.close(net);
            }
        }
    }

    /// `AT+USOCTL=<id>,<what>` (SARA/LEXI internet applications §5.3.3, §5.8).
    pub(super) fn usoctl(&mut self, command: &Command) -> Result<Step, Final> {
        let id = self.socket_id(command)?;
        let what = command.number(1)?;
        let tells_unacknowledged = self.traits().tells_unacknowledged;
        let s = self.ublox.socket(id)?;
        let value = match what {
            0 => if s.tcp { "6" } else { "17" }.to_owned(),
            1 => s.error.to_string(),
            2 => s.sent.to_string(),
            3 => s.received.to_string(),
            4 => match s.remote {
                Some(remote) => format!("\"{}\",{}", remote.ip(), remote.port()),
                None => return Err(NOT_ALLOWED),
            },
            // "This command is valid only for TCP socket."
            10 if s.tcp => match s.state {
                State::Created | State::Dead => "0",
                State::Listening => "1",
                State::Connecting => "2",
                State::Open => "4",
                State::Closing => "5",
                State::PeerClosed => "7",
            }
            .to_owned(),
            11 if tells_unacknowledged && s.tcp => {
                let (queued, net) = (s.tx.len(), s.net);
                (queued + net.map_or(0, |net| self.net.unacknowledged(net))).to_string()
            }
            // "For SARA-R5 series the <param_id>=11 is not supported."
            11 if !tells_unacknowledged => return Err(NOT_SUPPORTED),
            _ => return Err(NOT_ALLOWED),
        };
        self.info(format!("+USOCTL: {id},{what},{value}"));
        Ok(Final::Ok.into())
    }
}
