//! Sockets that wait for a peer.
//!
//! RYZ014 use cases §6: "TCP/UDP listening port is supported in specific way that is different from
//! a typical server. Once the module accepts an incoming socket connection, it stops listening to
//! the port and assigns the session to the connection." The commands themselves are in no document
//! at hand; their forms are those of the drivers in use and of kin modules.

use super::{SOCKETS, Session, State, slot, socket_id};
use crate::command::{Command, Form};
use crate::modem::{Modem, Step};
use crate::reply::{Final, NOT_ALLOWED, NOT_SUPPORTED};

/// What `+SQNSL` or `+SQNSLUDP` was told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listening {
    /// 1 for IPv4, 2 for IPv6.
    family: u32,
    pub(super) port: u16,
    closure: u32,
}

impl Modem {
    /// `AT+SQNSL=<connId>,<listenState>,<listenPort>[,<closureType>]`, and the same for UDP.
    pub(super) fn sqnsl(&mut self, command: &Command, tcp: bool) -> Result<Step, Final> {
        match command.form {
            Form::Set => {}
            Form::Read => {
                self.list_listeners(&command.name, tcp);
                return Ok(Final::Ok.into());
            }
            Form::Test | Form::Action => return Ok(Final::Ok.into()),
        }
        let family = command.within(1, 0, 2)?;
        if family == 0 {
            let id = socket_id(command)?;
            let s = self.sequans.session(id)?;
            if s.tcp != tcp || s.state != State::Listening {
                return Err(NOT_ALLOWED);
            }
            self.shut(id, false);
            return Ok(Final::Ok.into());
        }
        let id = self.config_id(command)?;
        let port = command.port(2)?;
        let closure = command.within_or(3, 0, 255, 0)?;
        let config = &self.sequans.configs[slot(id)];
        let (cid, secure) = (config.cid, config.secure);
        if secure || (family == 2 && self.options.address_v6.is_none()) {
            return Err(NOT_SUPPORTED);
        }
        if !self.is_active(cid) {
            return Err(NOT_ALLOWED);
        }
        // A session that was told to be over has to make place.
        self.shut(id, false);
        let net = if tcp { self.net.listen(port) } else { self.net.bind(Some(port)) };
        let mut session = Session::new(tcp, 0, Some(port), 0, self.now);
        session.net = Some(net.map_err(|_| NOT_ALLOWED)?);
        session.state = State::Listening;
        session.keeps = closure == 255;
        session.listening = Some(Listening { family, port, closure });
        self.sequans.sessions[slot(id)] = Some(session);
        Ok(Final::Ok.into())
    }

    fn list_listeners(&mut self, name: &str, tcp: bool) {
        for id in 1..=SOCKETS {
            let session = self.sequans.sessions[slot(id)].as_ref();
            let listening = session.filter(|s| s.tcp == tcp && s.state == State::Listening);
            if let Some(Listening { family, port, closure }) = listening.and_then(|s| s.listening) {
                self.info(format!("{name}: {id},{family},{port},{closure}"));
            }
        }
    }

    /// Sees whether somebody wants in; true when something changed.
    pub(super) fn pump_listening(&mut self, id: u8) -> bool {
        let now = self.now;
        let Some(s) = self.sequans.sessions[slot(id)].as_mut() else {
            return false;
        };
        let Some(net) = s.net else { return false };
        if s.tcp {
            let Some((caller, from)) = self.net.accepted(net) else {
                return false;
            };
            // Further peers are refused.
            self.net.close(net);
            s.net = Some(caller);
            s.remote = Some(from);
        } else {
            let Some((from, bytes)) = self.net.recv_from(net) else {
                return false;
            };
            s.remote = Some(from);
            s.arrived(bytes, now);
        }
        s.state = State::Ringing;
        s.rings = self.sequans.configs[slot(id)].listen_auto == 0;
        true
    }

    /// `<listenAutoRsp>` 1: the modem answers by itself, as soon as the line is free for it.
    pub(super) fn answer_by_itself(&mut self, id: u8) -> bool {
        if self.sequans.configs[slot(id)].listen_auto == 0 {
            return false;
        }
        let online = self.options.auto_answer_online;
        if online && !self.go_online(id) {
            return false;
        }
        let now = self.now;
        if let Some(s) = self.sequans.sessions[slot(id)].as_mut() {
            s.state = State::Open;
            s.last_traffic = now;
            s.rings = !online;
        }
        true
    }

    /// `AT+SQNSA=<connId>[,<connMode>]`: takes the connection that +SQNSRING told of.
    pub(super) fn sqnsa(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        let id = socket_id(command)?;
        let online = command.within_or(1, 0, 1, 0)? == 0;
        let now = self.now;
        let s = self.sequans.session(id)?;
        if s.state != State::Ringing {
            return Err(NOT_ALLOWED);
        }
        s.state = State::Open;
        s.last_traffic = now;
        s.rings = false;
        Ok(if online { Final::Connect } else { Final::Ok }.into())
    }

    /// `AT+SQNSH` before `AT+SQNSA`: the peer is turned away.
    pub(super) fn refuse(&mut self, id: u8) {
        let Some(mut s) = self.sequans.sessions[slot(id)].take() else {
            return;
        };
        let tcp = s.tcp;
        let port = s.listening.map_or(0, |l| l.port);
        if let Some(net) = s.net.filter(|_| tcp || self.options.listen_ends_on_refusal) {
            self.net.abort(net);
            s.net = None;
        }
        if self.options.listen_ends_on_refusal {
            return;
        }
        if tcp {
            s.net = self.net.listen(port).ok();
        }
        let listening = s.listening;
        let mut again = Session::new(tcp, 0, Some(port), 0, self.now);
        (again.net, again.listening, again.keeps) = (s.net, listening, s.keeps);
        again.state = State::Listening;
        if again.net.is_some() {
            self.sequans.sessions[slot(id)] = Some(again);
        }
    }
}
