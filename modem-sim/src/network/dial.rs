//! Connections that a far end of the virtual network opens to the modem.

use std::collections::VecDeque;
use std::net::SocketAddr;

use super::world::{Conn, Event, World};
use super::{Failure, Handle, Peer, Stray, TcpState};

/// A port at which the modem takes connections.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) port: u16,
    /// Connections that the modem has not taken yet.
    waiting: VecDeque<u64>,
}

/// What peers have sent to ports at which nothing listens, while somebody wants it.
#[derive(Debug, Default)]
pub(super) struct Strays {
    wanted: bool,
    waiting: VecDeque<Stray>,
}

impl World {
    /// Wants strays, or no longer: what waits for an answer is then refused.
    pub(super) fn take_strays(&mut self, wanted: bool) {
        self.strays.wanted = wanted;
        for stray in std::mem::take(&mut self.strays.waiting) {
            match stray {
                stray if wanted => self.strays.waiting.push_back(stray),
                Stray::Connection { handle, .. } => self.refuse(handle.0),
                Stray::Datagram { .. } => {}
            }
        }
    }

    pub(super) fn stray(&mut self) -> Option<Stray> {
        self.strays.waiting.pop_front()
    }

    pub(super) fn stray_datagram(&mut self, from: SocketAddr, port: u16, payload: Vec<u8>) {
        if self.strays.wanted {
            self.strays.waiting.push_back(Stray::Datagram { from, port, payload });
        }
    }

    /// The host behind the modem has taken the connection.
    pub(super) fn admit(&mut self, id: u64) {
        if let Some(conn) = self.conns.get_mut(&id).filter(|c| c.inbound && c.state == TcpState::Connecting) {
            conn.state = TcpState::Established;
            self.at(self.half(), Event::DialAnswer(id));
        }
    }

    /// It has not; `false` when it has answered before.
    pub(super) fn turn_away(&mut self, id: u64) -> bool {
        let open = self.conns.get(&id).is_some_and(|c| c.inbound && c.state == TcpState::Connecting);
        if open {
            self.refuse(id);
        }
        open
    }

    pub(super) fn dial(&mut self, port: u16, from: SocketAddr, peer: Peer) -> u64 {
        let id = self.fresh();
        let mut conn = Conn::new(from, port, peer);
        conn.inbound = true;
        self.conns.insert(id, conn);
        self.at(self.half(), Event::Dial(id));
        id
    }

    pub(super) fn listen(&mut self, port: u16) -> Result<u64, Failure> {
        if self.listeners.values().any(|l| l.port == port) {
            return Err(Failure::InUse);
        }
        let id = self.fresh();
        self.listeners.insert(id, Listener { port, waiting: VecDeque::new() });
        Ok(id)
    }

    /// The modem takes a connection; only now does the far end get its answer.
    pub(super) fn accepted(&mut self, listener: u64) -> Option<(u64, SocketAddr)> {
        let id = self.listeners.get_mut(&listener)?.waiting.pop_front()?;
        let conn = self.conns.get_mut(&id)?;
        conn.state = TcpState::Established;
        let from = conn.remote;
        self.at(self.half(), Event::DialAnswer(id));
        Some((id, from))
    }

    /// What waits for the modem at the port is refused.
    pub(super) fn stop_listening(&mut self, listener: u64) {
        if let Some(gone) = self.listeners.remove(&listener) {
            for id in gone.waiting {
                self.refuse(id);
            }
        }
    }

    pub(super) fn dial_arrives(&mut self, id: u64) {
        let Some((port, from)) = self.conns.get(&id).map(|c| (c.local_port, c.remote)) else {
            return;
        };
        match self.listeners.values_mut().find(|l| l.port == port) {
            Some(listener) => listener.waiting.push_back(id),
            None if self.strays.wanted => {
                self.strays.waiting.push_back(Stray::Connection { handle: Handle(id), from, port });
            }
            None => self.refuse(id),
        }
    }

    fn refuse(&mut self, id: u64) {
        if let Some(conn) = self.conns.get_mut(&id) {
            conn.state = TcpState::Failed(Failure::Refused);
        }
        self.at(self.half(), Event::DialAnswer(id));
    }

    /// The modem's answer reaches the far end. A connection that was torn down in the meantime
    /// was never open for it.
    pub(super) fn dial_answer(&mut self, id: u64) {
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        if conn.state != TcpState::Established || conn.client_reset {
            conn.client_reset = false;
            conn.client_closed = true;
            conn.far = TcpState::Failed(Failure::Refused);
            return;
        }
        conn.server_open = true;
        conn.far = TcpState::Established;
        self.play(id);
    }
}
