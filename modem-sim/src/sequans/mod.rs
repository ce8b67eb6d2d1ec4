//! Sockets of the Sequans modems (RYZ014 use cases §6, Cassiopeia use cases §3).

mod data;
mod dial;
mod listen;
mod nvm;
mod online;
mod profile;
mod table;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use crate::command::{Command, Form, hex};
use crate::modem::{Modem, Payload, PayloadKind, Step, Wait};
use crate::network::{Handle, TcpState};
use crate::options::{CloseUrc, Options};
use crate::reply::{Final, NOT_ALLOWED};

use listen::Listening;
pub(crate) use table::{CHANNELS, Table};

/// Sockets are 1 to 6.
pub(crate) const SOCKETS: u8 = 6;

/// `+SQNSCFG`, `+SQNSCFGEXT` and `+SQNSSCFG` of one socket; kept in NVM (RYZ014 use cases §6).
#[derive(Clone, Debug)]
struct Config {
    cid: u32,
    packet: u32,
    /// Seconds without traffic after which the socket is closed; 0 is never.
    idle: u32,
    /// Tenths of a second.
    connect: u32,
    /// Tenths of a second.
    flush: u32,
    ring_mode: u32,
    recv_hex: bool,
    keepalive: u32,
    listen_auto: u32,
    send_hex: bool,
    secure: bool,
    profile: u32,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            cid: 1,
            packet: 300,
            idle: 90,
            connect: 600,
            flush: 50,
            ring_mode: 0,
            recv_hex: false,
            keepalive: 0,
            listen_auto: 0,
            send_hex: false,
            secure: false,
            profile: 1,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Opening,
    /// Waits for a peer.
    Listening,
    /// A peer waits for `+SQNSA` or `+SQNSH`.
    Ringing,
    Open,
    Closing,
    /// The peer has closed, or nothing was sent for too long.
    Closed,
}

/// An open socket.
#[derive(Debug)]
struct Session {
    tcp: bool,
    state: State,
    net: Option<Handle>,
    remote: Option<SocketAddr>,
    port: u16,
    /// As it was dialled.
    host: String,
    local_port: Option<u16>,
    /// `<acceptAnyRemote>`.
    any_remote: u32,
    /// `<closureType>` 255: in online mode the peer's close does not end the session.
    keeps: bool,
    /// How it listened, if it was not dialled.
    listening: Option<Listening>,
    /// The ring for a peer that wants in is still to be printed.
    rings: bool,
    rx: VecDeque<u8>,
    datagrams: VecDeque<VecDeque<u8>>,
    tx: VecDeque<u8>,
    /// Bytes of online mode that wait for more, and since when.
    assembly: Vec<u8>,
    assembling: Duration,
    /// Bytes that came after the last +SQNSRING.
    unannounced: usize,
    /// +SQNSRING is suspended until the host reads (RYZ014 use cases §6.2.5).
    suspended: bool,
    /// +SQNSH has been printed.
    told: bool,
    /// Bytes are being lost because the receive buffer is full.
    losing: bool,
    /// That is still to be told.
    overflows: bool,
    sent: usize,
    received: usize,
    last_traffic: Duration,
}

impl Session {
    fn unread(&self) -> usize {
        self.rx.len() + self.datagrams.iter().map(VecDeque::len).sum::<usize>()
    }

    /// The last `n` unread bytes.
    fn newest(&self, n: usize) -> Vec<u8> {
        let all: Vec<u8> = self.rx.iter().chain(self.datagrams.iter().flatten()).copied().collect();
        all[all.len() - n.min(all.len())..].to_vec()
    }

    fn arrived(&mut self, bytes: Vec<u8>, now: Duration) {
        self.received += bytes.len();
        self.unannounced += bytes.len();
        self.last_traffic = now;
        if self.tcp {
            self.rx.extend(bytes);
        } else {
            self.datagrams.push_back(bytes.into());
        }
    }
}

/// Everything that only Sequans modems have.
#[derive(Debug, Default)]
pub(crate) struct Sequans {
    configs: [Config; SOCKETS as usize],
    sessions: [Option<Session>; SOCKETS as usize],
    profiles: BTreeMap<u32, profile::SecurityProfile>,
    lost: usize,
}

impl Sequans {
    pub(crate) fn new(table: &Table, options: &Options) -> Self {
        let mut new = Sequans::default();
        for config in &mut new.configs {
            config.ring_mode = options.ring_mode.unwrap_or(table.ring_mode);
        }
        new
    }

    /// The sockets' settings are those of the factory.
    pub(crate) fn forget(&mut self, table: &Table, options: &Options) {
        let new = Sequans::new(table, options);
        self.configs = new.configs;
        self.profiles = new.profiles;
    }

    pub(crate) fn open(&self) -> Vec<u8> {
        let open = |id: &u8| self.sessions[slot(*id)].as_ref().is_some_and(|s| !s.told);
        (1..=SOCKETS).filter(open).collect()
    }

    pub(crate) fn stale(&mut self, count: u8) {
        for session in self.sessions.iter_mut().take(usize::from(count)) {
            let mut stale = Session::new(true, 0, None, 0, Duration::ZERO);
            stale.state = State::Open;
            *session = Some(stale);
        }
    }

    /// Forgets all sockets; returns what the network has to let go.
    pub(crate) fn drop_all(&mut self) -> Vec<Handle> {
        self.sessions.iter_mut().filter_map(Option::take).filter_map(|s| s.net).collect()
    }

    /// What the sockets have of the network.
    pub(crate) fn handles(&self) -> impl Iterator<Item = Handle> {
        self.sessions.iter().flatten().filter_map(|s| s.net)
    }

    /// Received bytes thrown away because the buffer was full.
    pub(crate) fn lost(&self) -> usize {
        self.lost
    }

    /// So many bytes are thrown away.
    pub(crate) fn lose(&mut self, count: usize) {
        self.lost += count;
    }

    fn session(&mut self, id: u8) -> Result<&mut Session, Final> {
        self.sessions[slot(id)].as_mut().ok_or(NOT_ALLOWED)
    }

    /// A session that may have something to read.
    fn receiving(&mut self, id: u8) -> Result<&mut Session, Final> {
        self.session(id).and_then(|s| match s.state {
            State::Opening | State::Listening | State::Ringing => Err(NOT_ALLOWED),
            _ => Ok(s),
        })
    }

    /// A session that can send.
    fn sending(&mut self, id: u8) -> Result<&mut Session, Final> {
        self.session(id).and_then(|s| if s.state == State::Open { Ok(s) } else { Err(NOT_ALLOWED) })
    }
}

fn slot(id: u8) -> usize {
    usize::from(id) - 1
}

/// The socket that parameter `i` names.
fn socket_id(command: &Command) -> Result<u8, Final> {
    command.within(0, 1, u32::from(SOCKETS)).map(|n| n as u8)
}

impl Modem {
    pub(crate) fn sequans_command(&mut self, command: &Command) -> Result<Step, Final> {
        let reaches_out = ["+SQNSD", "+SQNSL", "+SQNSLUDP", "+SQNDNSLKUP"];
        if self.autoattach.bypassed() && reaches_out.contains(&command.name.as_str()) {
            return Err(NOT_ALLOWED);
        }
        match command.name.as_str() {
            "+SQNSCFG" => self.sqnscfg(command),
            "+SQNSCFGEXT" => self.sqnscfgext(command),
            "+SQNSSCFG" => self.sqnsscfg(command),
            "+SQNSD" => self.sqnsd(command),
            "+SQNSL" => self.sqnsl(command, true),
            "+SQNSLUDP" => self.sqnsl(command, false),
            "+SQNSA" => self.sqnsa(command),
            "+SQNSO" => self.sqnso(command),
            "+SQNSH" => self.sqnsh(command),
            "+SQNSS" => self.sqnss(command),
            "+SQNSI" => self.sqnsi(command),
            "+SQNSSEND" => self.sqnssend(command),
            "+SQNSSENDEXT" => self.sqnssendext(command),
            "+SQNSRECV" => self.sqnsrecv(command),
            "+SQNDNSLKUP" => self.sqndnslkup(command),
            "+SQNSNVW" => self.sqnsnvw(command),
            "+SQNSNVR" => self.sqnsnvr(command),
            "+SQNSPCFG" => self.sqnspcfg(command),
            _ => Err(Final::Error),
        }
    }

    pub(crate) fn sequans_payload(&mut self, payload: Payload) -> Result<Step, Final> {
        match payload.kind {
            PayloadKind::SequansCounted(id) => self.send_counted(id, payload),
            PayloadKind::SequansText { id, to } => self.send_text(id, to, payload),
            PayloadKind::SequansStore { key, slot } => self.store_file(key, slot, payload.got),
            _ => Err(Final::Error),
        }
    }

    fn sqndnslkup(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        let name = command.text(0)?;
        command.within_or(1, 0, 1, 0)?;
        if !self.attached() {
            return Err(NOT_ALLOWED);
        }
        let query = self.net.resolve(&name);
        let deadline = self.now + self.options.dns_timeout;
        Ok(Step::Wait(Wait::Dns { query, name, deadline }))
    }

    /// Moves bytes between the sockets and the network; true when something changed.
    pub(crate) fn sequans_pump(&mut self) -> bool {
        let mut any = false;
        for id in 1..=SOCKETS {
            any |= self.pump_one(id);
        }
        any
    }

    fn pump_one(&mut self, id: u8) -> bool {
        let now = self.now;
        let capacity = self.options.receive_buffer;
        let lossy = self.options.lossy_receive;
        let idle = self.sequans.configs[slot(id)].idle;
        let online = self.in_online_mode() == Some(id);
        if self.linked_elsewhere(id) {
            return false;
        }
        let stuck = self.is_stuck(self.sequans.sessions[slot(id)].as_ref().and_then(|s| s.net));
        let Some(s) = self.sequans.sessions[slot(id)].as_mut() else {
            return false;
        };
        if s.told && s.unread() == 0 {
            let net = s.net;
            self.sequans.sessions[slot(id)] = None;
            net.into_iter().for_each(|net| self.net.close(net));
            return true;
        }
        let Some(net) = s.net else { return false };
        if stuck {
            return false;
        }
        match s.state {
            State::Listening => return self.pump_listening(id),
            State::Ringing => return self.answer_by_itself(id),
            State::Open | State::Closing => {}
            State::Opening | State::Closed => return false,
        }
        let mut any = false;
        if s.tcp {
            if !s.tx.is_empty() {
                let taken = self.net.send(net, s.tx.make_contiguous());
                s.tx.drain(..taken);
                any |= taken > 0;
            }
            let room = capacity.saturating_sub(s.unread());
            let bytes = self.net.recv(net, room);
            any |= !bytes.is_empty();
            if !bytes.is_empty() {
                s.arrived(bytes, now);
            }
            let gone = if lossy { self.net.recv(net, usize::MAX).len() } else { 0 };
            // "An ERROR is reported when the receive buffer fills up, and all additional data are
            // lost" (RYZ014 use cases §6.2.5). It is printed once each time that bytes begin to go.
            s.overflows |= gone > 0 && !s.losing;
            s.losing = gone > 0 || s.losing && s.unread() >= capacity;
            self.sequans.lost += gone;
            let over = match self.net.state(net) {
                TcpState::PeerClosed => !(s.keeps && online),
                TcpState::Failed(_) => true,
                TcpState::Connecting | TcpState::Established => false,
            };
            if s.state == State::Open && over {
                s.state = State::Closed;
                any = true;
            }
        } else {
            while let Some((from, bytes)) = self.net.recv_from(net) {
                any = true;
                // RYZ014 use cases §6.1.1: "any other packet will be dropped".
                let stranger = s.any_remote == 0 && s.remote != Some(from);
                if stranger || bytes.is_empty() {
                    continue;
                }
                if s.unread() + bytes.len() > capacity {
                    self.sequans.lost += bytes.len();
                } else {
                    s.arrived(bytes, now);
                }
            }
            // The end of a DTLS session ends the socket.
            if s.state == State::Open && self.net.is_over(net) {
                s.state = State::Closed;
                any = true;
            }
        }
        let limit = Duration::from_secs(u64::from(idle));
        if s.state == State::Open && idle > 0 && now >= s.last_traffic + limit {
            s.state = State::Closed;
            any = true;
        }
        if online {
            any |= self.pump_online(id);
        }
        any
    }

    /// When a socket has been idle for too long.
    pub(crate) fn sequans_due(&self) -> Option<Duration> {
        let mut due = Vec::new();
        for (s, config) in self.sequans.sessions.iter().zip(&self.sequans.configs) {
            if let Some(s) = s.as_ref().filter(|s| s.state == State::Open && s.net.is_some()) {
                if config.idle > 0 {
                    due.push(s.last_traffic + Duration::from_secs(u64::from(config.idle)));
                }
                if !s.assembly.is_empty() {
                    due.push(s.assembling + Duration::from_millis(100) * config.flush);
                }
            }
        }
        due.into_iter().min()
    }

    /// Unsolicited lines that are due, except those of one socket.
    pub(crate) fn sequans_urcs(&mut self, except: Option<u8>) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        for id in (1..=SOCKETS).filter(|id| Some(*id) != except) {
            if self.linked_elsewhere(id) {
                continue;
            }
            let config = self.sequans.configs[slot(id)].clone();
            let Some(s) = self.sequans.sessions[slot(id)].as_mut() else {
                continue;
            };
            if std::mem::take(&mut s.rings) {
                lines.push(format!("+SQNSRING: {id}").into_bytes());
            }
            if s.told || !matches!(s.state, State::Open | State::Closed) {
                continue;
            }
            if s.unannounced > 0 && !s.suspended {
                lines.push(ring(id, s, &config));
                s.suspended = true;
                s.unannounced = 0;
            }
            if std::mem::take(&mut s.overflows) {
                lines.push(b"ERROR".to_vec());
            }
            let drained = s.unread() == 0 || self.options.close_urc == CloseUrc::Immediate;
            if s.state == State::Closed && drained {
                lines.push(format!("+SQNSH: {id}").into_bytes());
                s.told = true;
            }
        }
        lines
    }
}

/// The ring in the form that `<srMode>` asks for (RYZ014 use cases §6.1.4, §6.1.5).
fn ring(id: u8, s: &Session, config: &Config) -> Vec<u8> {
    let mut line = format!("+SQNSRING: {id}").into_bytes();
    match config.ring_mode {
        0 => {}
        1 => line.extend_from_slice(format!(",{}", s.unread()).as_bytes()),
        _ => {
            let data = s.newest(s.unannounced);
            line.extend_from_slice(format!(",{},", data.len()).as_bytes());
            if config.recv_hex {
                line.extend_from_slice(hex(&data).as_bytes());
            } else {
                line.extend_from_slice(&data);
            }
        }
    }
    line
}
