//! Configuring, dialling, asking and shutting sockets.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use super::{SOCKETS, Session, State, slot, socket_id};
use crate::command::{Command, Form};
use crate::modem::{Modem, Step, Wait};
use crate::network::{Handle, TcpState};
use crate::options::{DialFailure, Security};
use crate::reply::{Final, NOT_ALLOWED, NOT_SUPPORTED};

impl Session {
    pub(super) fn new(tcp: bool, port: u16, local_port: Option<u16>, any_remote: u32, now: Duration) -> Self {
        Session {
            tcp,
            state: State::Opening,
            net: None,
            remote: None,
            port,
            host: String::new(),
            local_port,
            any_remote,
            keeps: false,
            listening: None,
            rings: false,
            rx: VecDeque::new(),
            datagrams: VecDeque::new(),
            tx: VecDeque::new(),
            assembly: Vec::new(),
            assembling: now,
            unannounced: 0,
            suspended: false,
            told: false,
            losing: false,
            overflows: false,
            sent: 0,
            received: 0,
            last_traffic: now,
        }
    }
}

impl Modem {
    /// A socket must be shut while it is configured.
    pub(super) fn config_id(&mut self, command: &Command) -> Result<u8, Final> {
        let id = socket_id(command)?;
        match &self.sequans.sessions[slot(id)] {
            Some(s) if !s.told => Err(NOT_ALLOWED),
            _ => Ok(id),
        }
    }

    /// `AT+SQNSCFG=<connId>,<cid>,<pktSz>,<maxTo>,<connTo>,<txTo>` (RYZ014 use cases §6.1.2).
    pub(super) fn sqnscfg(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                let id = self.config_id(command)?;
                let mut c = self.sequans.configs[slot(id)].clone();
                c.cid = command.within_or(1, 1, 8, c.cid)?;
                c.packet = command.within_or(2, 0, 1500, c.packet)?;
                c.idle = command.within_or(3, 0, 65535, c.idle)?;
                // RYZ014 use cases §6.1.4.1 give 0 too: the default.
                c.connect = match command.within_or(4, 0, 1200, c.connect)? {
                    0 => 600,
                    time => time.max(10),
                };
                c.flush = command.within_or(5, 0, 255, c.flush)?;
                self.sequans.configs[slot(id)] = c;
            }
            Form::Read => {
                for id in 1..=SOCKETS {
                    let c = &self.sequans.configs[slot(id)];
                    let (cid, packet, idle) = (c.cid, c.packet, c.idle);
                    let (connect, flush) = (c.connect, c.flush);
                    self.info(format!("+SQNSCFG: {id},{cid},{packet},{idle},{connect},{flush}"));
                }
            }
            Form::Test | Form::Action => {}
        }
        Ok(Final::Ok.into())
    }

    /// `AT+SQNSCFGEXT=<connId>,<srMode>,<recvDataMode>,<keepalive>[,<listenAutoRsp>[,
    /// <sendDataMode>…]]` (RYZ014 use cases §6.2.4).
    pub(super) fn sqnscfgext(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                let id = self.config_id(command)?;
                let mut c = self.sequans.configs[slot(id)].clone();
                c.ring_mode = command.within_or(1, 0, 2, c.ring_mode)?;
                c.recv_hex = command.within_or(2, 0, 1, u32::from(c.recv_hex))? == 1;
                c.keepalive = command.within_or(3, 0, 240, c.keepalive)?;
                c.listen_auto = command.within_or(4, 0, 1, 0)?;
                c.send_hex = command.within_or(5, 0, 1, 0)? == 1;
                self.sequans.configs[slot(id)] = c;
            }
            Form::Read => {
                for id in 1..=SOCKETS {
                    let c = &self.sequans.configs[slot(id)];
                    let text = format!(
                        "+SQNSCFGEXT: {id},{},{},{},{},{}",
                        c.ring_mode,
                        u8::from(c.recv_hex),
                        c.keepalive,
                        c.listen_auto,
                        u8::from(c.send_hex)
                    );
                    self.info(text);
                }
            }
            Form::Test | Form::Action => {}
        }
        Ok(Final::Ok.into())
    }

    /// `AT+SQNSSCFG=<connId>,<enable>,<spId>` (RYZ014 use cases §6.3.2).
    pub(super) fn sqnsscfg(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form == Form::Read {
            for id in 1..=SOCKETS {
                let c = &self.sequans.configs[slot(id)];
                let text = format!("+SQNSSCFG: {id},{},{}", u8::from(c.secure), c.profile);
                self.info(text);
            }
        } else if command.form == Form::Set {
            let id = self.config_id(command)?;
            let secure = command.within(1, 0, 1)? == 1;
            let profile = command.within_or(2, 1, 6, 1)?;
            let c = &mut self.sequans.configs[slot(id)];
            (c.secure, c.profile) = (secure, profile);
        }
        Ok(Final::Ok.into())
    }

    fn dial_failed(&mut self, id: u8) -> Final {
        if let Some(net) = self.sequans.sessions[slot(id)].take().and_then(|s| s.net) {
            self.net.abort(net);
        }
        match self.options.dial_failure {
            DialFailure::NoCarrier => Final::NoCarrier,
            DialFailure::Error => NOT_SUPPORTED,
        }
    }

    /// `AT+SQNSD=<connId>,<txProt>,<rPort>,"<host>"[,<closureType>[,<lPort>[,<connMode>[,
    /// <acceptAnyRemote>]]]]` (RYZ014 use cases §6.1, §6.2).
    pub(super) fn sqnsd(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        let id = self.config_id(command)?;
        let tcp = command.within(1, 0, 1)? == 0;
        let port = command.port(2)?;
        let host = command.text(3)?;
        let keeps = command.within_or(4, 0, 255, 0)? == 255;
        let local_port = match command.within_or(5, 0, 65535, 0)? {
            // RYZ014 use cases §6.2: a TCP dial with 8000 still leaves from 49165.
            port if port > 0 && !tcp => Some(port as u16),
            _ => None,
        };
        let online = command.within_or(6, 0, 1, 0)? == 0;
        let any_remote = command.within_or(7, 0, 2, 0)?;
        let config = self.sequans.configs[slot(id)].clone();
        let old = self.sequans.sessions[slot(id)].take();
        if let Some(net) = old.and_then(|s| s.net) {
            self.net.close(net);
        }
        let mut session = Session::new(tcp, port, local_port, any_remote, self.now);
        session.keeps = keeps && tcp;
        session.host = host.clone();
        self.sequans.sessions[slot(id)] = Some(session);
        if !self.is_active(config.cid) {
            return Err(self.dial_failed(id));
        }
        let mut query = None;
        match host.parse() {
            Ok(ip) => self.dial_to(id, SocketAddr::new(ip, port)),
            Err(_) => query = Some(self.net.resolve(&host)),
        }
        let deadline = self.now + Duration::from_millis(100) * config.connect;
        Ok(Step::Wait(Wait::SequansDial { id, query, deadline, online }))
    }

    fn dial_to(&mut self, id: u8, remote: SocketAddr) {
        let Ok(s) = self.sequans.session(id) else {
            return;
        };
        s.remote = Some(remote);
        let (tcp, port) = (s.tcp, s.local_port);
        let net = if tcp { Some(self.net.connect(port, remote)) } else { self.net.bind(port).ok() };
        let secure = self.sequans.configs[slot(id)].secure && self.options.security == Security::Real;
        let net = net.filter(|net| {
            // With a profile that cannot be used no byte leaves.
            let done = !secure || self.secure_session(id, *net, remote);
            if !done {
                self.net.abort(*net);
            }
            done
        });
        if let Ok(s) = self.sequans.session(id) {
            s.net = net;
        }
    }

    pub(crate) fn poll_dial(
        &mut self,
        id: u8,
        query: &mut Option<Handle>,
        deadline: Duration,
        online: bool,
    ) -> Option<Final> {
        let late = deadline <= self.now;
        if let Some(handle) = *query {
            match self.net.resolved(handle) {
                Some(Ok(addresses)) if !addresses.is_empty() => {
                    *query = None;
                    let port = self.sequans.session(id).map_or(0, |s| s.port);
                    self.dial_to(id, SocketAddr::new(addresses[0], port));
                }
                Some(_) => return Some(self.dial_failed(id)),
                None => return late.then(|| self.dial_failed(id)),
            }
        }
        let now = self.now;
        let Ok(s) = self.sequans.session(id) else {
            return Some(self.dial_failed(id));
        };
        let state = match s.net {
            Some(net) if s.tcp || self.net.is_secured(net) => self.net.state(net),
            Some(_) => TcpState::Established,
            None => return Some(self.dial_failed(id)),
        };
        match state {
            TcpState::Connecting => late.then(|| self.dial_failed(id)),
            TcpState::Failed(_) => Some(self.dial_failed(id)),
            TcpState::Established | TcpState::PeerClosed => {
                s.state = State::Open;
                s.last_traffic = now;
                Some(if online { Final::Connect } else { Final::Ok })
            }
        }
    }

    /// `AT+SQNSH=<connId>`: answers when what is queued has left; no +SQNSH afterwards.
    pub(super) fn sqnsh(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        let id = socket_id(command)?;
        let deadline = self.now + self.options.linger;
        let s = self.sequans.session(id)?;
        if s.told {
            self.shut(id, false);
            return Err(NOT_ALLOWED);
        }
        if s.state == State::Ringing {
            self.refuse(id);
            return Ok(Final::Ok.into());
        }
        if s.state == State::Open && s.tcp && s.net.is_some() {
            s.state = State::Closing;
            return Ok(Step::Wait(Wait::SequansClose { id, deadline }));
        }
        self.shut(id, false);
        Ok(Final::Ok.into())
    }

    pub(crate) fn poll_shutdown(&mut self, id: u8, deadline: Duration) -> Option<Final> {
        let (queued, net) = match self.sequans.session(id) {
            Ok(s) => (s.tx.len(), s.net),
            Err(_) => return Some(Final::Ok),
        };
        let over = net.is_none_or(|net| {
            queued + self.net.unacknowledged(net) == 0 || matches!(self.net.state(net), TcpState::Failed(_))
        });
        if over || deadline <= self.now {
            self.shut(id, !over);
            return Some(Final::Ok);
        }
        None
    }

    pub(super) fn shut(&mut self, id: u8, abort: bool) {
        if let Some(net) = self.sequans.sessions[slot(id)].take().and_then(|s| s.net) {
            if abort {
                self.net.abort(net);
            } else {
                self.net.close(net);
            }
        }
    }

    /// `AT+SQNSS`: one line per socket (RYZ014 use cases §6.2.2).
    pub(super) fn sqnss(&mut self, command: &Command) -> Result<Step, Final> {
        if matches!(command.form, Form::Action | Form::Read) {
            for id in 1..=SOCKETS {
                let text = self.socket_line(id);
                self.info(text);
            }
        }
        Ok(Final::Ok.into())
    }

    fn socket_line(&mut self, id: u8) -> String {
        let address = self.options.address;
        let online = self.in_online_mode() == Some(id) || self.linked_elsewhere(id);
        let Some(s) = self.sequans.sessions[slot(id)].as_ref().filter(|s| !s.told) else {
            return format!("+SQNSS: {id},0");
        };
        let state = match s.state {
            State::Opening => 6,
            State::Listening => 4,
            State::Ringing => 5,
            State::Closed if s.unread() == 0 => 0,
            _ if online => 1,
            _ if s.unread() > 0 => 3,
            _ => 2,
        };
        match (state, s.remote, s.net) {
            (4, _, Some(net)) => {
                let port = self.net.local_port(net);
                format!("+SQNSS: {id},4,\"{address}\",{port}")
            }
            (1..=3 | 5, Some(remote), Some(net)) => {
                let local = self.net.local_port(net);
                let (ip, port) = (remote.ip(), remote.port());
                format!("+SQNSS: {id},{state},\"{address}\",{local},\"{ip}\",{port}")
            }
            _ => format!("+SQNSS: {id},{state}"),
        }
    }

    /// `AT+SQNSI[=<connId>]`: bytes sent, received, unread, not acknowledged.
    pub(super) fn sqnsi(&mut self, command: &Command) -> Result<Step, Final> {
        let ids = match command.form {
            Form::Set => {
                let id = socket_id(command)?;
                id..=id
            }
            Form::Action | Form::Read => 1..=SOCKETS,
            Form::Test => return Ok(Final::Ok.into()),
        };
        for id in ids {
            let text = match &self.sequans.sessions[slot(id)] {
                None => format!("+SQNSI: {id},0,0,0,0"),
                Some(s) => {
                    let waiting = s.net.filter(|_| s.tcp).map_or(0, |n| self.net.unacknowledged(n));
                    let waiting = waiting + s.tx.len();
                    format!("+SQNSI: {id},{},{},{},{waiting}", s.sent, s.received, s.unread())
                }
            };
            self.info(text);
        }
        Ok(Final::Ok.into())
    }
}
