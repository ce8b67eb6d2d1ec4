//! Sockets of u-blox modules (SARA/LEXI internet applications §5, LENA-R8 application development
//! §9.2).

mod data;
mod direct;
mod listen;
mod option;
mod packet;
pub(crate) mod ports;
mod profile;
mod pump;
mod security;
mod sockets;
pub(crate) mod traits;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use traits::{PacketData, PortFilter, Traits};

use crate::breach::Rule;
use crate::command::{Command, Form};
use crate::modem::{Modem, Payload, PayloadKind, Step, Wait};
use crate::network::{Failure, Handle};
use crate::reply::{Final, NOT_ALLOWED};

/// Socket identifiers are 0 to 6.
pub(crate) const SOCKETS: usize = 7;
/// Unread bytes that the modem keeps for a socket; the network has to keep the others.
const RX_LIMIT: usize = 16 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Created,
    Listening,
    Connecting,
    Open,
    /// The peer has closed; unread bytes can still be read.
    PeerClosed,
    /// A local close is under way.
    Closing,
    /// To be told and freed.
    Dead,
}

/// A connect that goes on after its OK.
#[derive(Debug)]
struct AsyncConnect {
    query: Option<Handle>,
    port: u16,
    deadline: Duration,
}

#[derive(Debug)]
struct Socket {
    tcp: bool,
    state: State,
    local_port: Option<u16>,
    net: Option<Handle>,
    remote: Option<SocketAddr>,
    rx: VecDeque<u8>,
    datagrams: VecDeque<(SocketAddr, VecDeque<u8>)>,
    /// Some of the first datagram has been read.
    partly_read: bool,
    tx: VecDeque<u8>,
    /// +UUSORD is due.
    announce: bool,
    /// +UUSOCO with this error is due.
    connected: Option<u32>,
    connecting: Option<AsyncConnect>,
    /// +UUSOLI of this listening socket is due.
    accepted: Option<u8>,
    /// Until then a close in the background waits for the queue.
    closing: Option<Duration>,
    direct: direct::Direct,
    sent: usize,
    received: usize,
    error: u32,
    secure: bool,
    /// Security profile.
    profile: u32,
    options: BTreeMap<(u32, u32), Vec<u32>>,
}

impl Socket {
    fn new(tcp: bool, local_port: Option<u16>, net: Option<Handle>) -> Self {
        Socket {
            tcp,
            state: State::Created,
            local_port,
            net,
            remote: None,
            rx: VecDeque::new(),
            datagrams: VecDeque::new(),
            partly_read: false,
            tx: VecDeque::new(),
            announce: false,
            connected: None,
            connecting: None,
            accepted: None,
            closing: None,
            direct: direct::Direct::default(),
            sent: 0,
            received: 0,
            error: 0,
            secure: false,
            profile: 0,
            options: BTreeMap::new(),
        }
    }

    /// All unread bytes.
    fn unread(&self) -> usize {
        self.rx.len() + self.datagrams.iter().map(|(_, d)| d.len()).sum::<usize>()
    }

    /// The number that +UUSORD gives: of a datagram that has been read in part only its rest
    /// (SARA/LEXI internet applications §5.7).
    fn announced(&self) -> usize {
        match self.datagrams.front() {
            Some((_, first)) if self.partly_read => first.len(),
            _ => self.unread(),
        }
    }
}

/// Everything that only u-blox modems have.
#[derive(Debug, Default)]
pub(crate) struct Ublox {
    sockets: [Option<Socket>; SOCKETS],
    pub(crate) hex_mode: bool,
    profile: packet::Profile,
    last_error: u32,
    profiles: BTreeMap<u32, profile::SecurityProfile>,
    configuration: BTreeMap<u32, String>,
}

impl Ublox {
    pub(crate) fn open(&self) -> Vec<u8> {
        (0..SOCKETS as u8).filter(|&id| self.sockets[usize::from(id)].is_some()).collect()
    }

    /// What a restart of the module forgets besides its sockets.
    pub(crate) fn restart(&mut self, keeps_hex_mode: bool, keeps_security: bool) {
        self.hex_mode &= keeps_hex_mode;
        if !keeps_security {
            self.profiles.clear();
        }
        self.profiles.values_mut().for_each(profile::SecurityProfile::forget_session);
        self.profile = packet::Profile::default();
    }

    pub(crate) fn stale(&mut self, count: u8) {
        for slot in self.sockets.iter_mut().take(usize::from(count)) {
            *slot = Some(Socket::new(true, None, None));
        }
    }

    /// Forgets all sockets; returns what the network has to let go.
    pub(crate) fn drop_all(&mut self) -> Vec<Handle> {
        self.sockets.iter_mut().filter_map(Option::take).filter_map(|s| s.net).collect()
    }

    /// What the sockets have of the network.
    pub(crate) fn handles(&self) -> impl Iterator<Item = Handle> {
        self.sockets.iter().flatten().filter_map(|s| s.net)
    }

    fn socket(&mut self, id: u8) -> Result<&mut Socket, Final> {
        // A socket that is only waiting for its +UUSOCL is as good as gone.
        self.sockets
            .get_mut(usize::from(id))
            .and_then(Option::as_mut)
            .filter(|s| s.state != State::Dead)
            .ok_or(NOT_ALLOWED)
    }
}

/// Error number of +USOER and +USOCTL=<id>,1, as Linux counts them.
fn errno(failure: Failure) -> u32 {
    match failure {
        Failure::Refused => 111,
        Failure::TimedOut => 110,
        Failure::Reset => 104,
        Failure::Unreachable => 113,
        Failure::InUse => 98,
        // In no document at hand: "software caused connection abort".
        Failure::Secure => 103,
    }
}

impl Modem {
    fn traits(&self) -> &'static Traits {
        match self.model.ublox() {
            Some(_) if self.model == crate::Model::SaraR42 && self.options.secure_sara_r42 => {
                &traits::SARA_R422S
            }
            Some(traits) => traits,
            None => &traits::SARA_R5_02B,
        }
    }

    pub(crate) fn ublox_command(&mut self, command: &Command) -> Result<Step, Final> {
        let packet_data = self.traits().packet_data;
        let profiles = matches!(packet_data, PacketData::Profile { .. });
        let mapping = packet_data == PacketData::MappedContext;
        if command.name.starts_with("+USO") && self.net.shaking() {
            // SARA/LEXI internet applications §5.11: "cannot be issued until the first procedure is
            // completed".
            let detail = format!("{} during a handshake", command.name);
            self.breach(Rule::SocketCommandDuringHandshake, detail);
            return Err(NOT_ALLOWED);
        }
        match command.name.as_str() {
            "+USOSEC" | "+USECMNG" | "+USECPRF" if !self.traits().security => Err(Final::Error),
            "+USOCR" => self.usocr(command),
            "+USOSEC" => self.usosec(command),
            "+USOSO" => self.usoso(command),
            "+USOGO" => self.usogo(command),
            "+USOCO" => self.usoco(command),
            "+USOCL" => self.usocl(command),
            "+USOWR" => self.usowr(command),
            "+USOST" => self.usost(command),
            "+USORD" => self.usord(command),
            "+USORF" => self.usorf(command),
            "+USOCTL" => self.usoctl(command),
            "+USOER" => {
                let error = self.ublox.last_error;
                self.info(format!("+USOER: {error}"));
                Ok(Final::Ok.into())
            }
            "+UDNSRN" => self.udnsrn(command),
            "+UEMBPF" if self.traits().port_filter != PortFilter::Unknown => self.uembpf(command),
            "+UDCONF" => self.udconf(command),
            "+USECMNG" => self.usecmng(command),
            "+USECPRF" => self.usecprf(command),
            "+UPSD" if profiles || mapping => self.upsd(command),
            "+UPSND" if profiles || mapping => self.upsnd(command),
            "+UPSDA" if profiles => self.upsda(command),
            // SARA/LEXI internet applications §2.3: removed from 02B, "they return ERROR". LENA-R8
            // never had them; +UPSDA of SARA-R42 appears in no document.
            "+UPSD" | "+UPSDA" | "+UPSND" => Err(Final::Error),
            "+USOLI" => self.usoli(command),
            "+USODL" => self.usodl(command),
            _ => Err(Final::Error),
        }
    }

    pub(crate) fn ublox_payload(&mut self, payload: Payload) -> Result<Step, Final> {
        match payload.kind {
            PayloadKind::UbloxWrite(id) => self.write(id, &payload.got),
            PayloadKind::UbloxSendTo(id, to) => self.send_to(id, to, &payload.got),
            PayloadKind::UbloxCertificate(kind, name) => self.import_certificate(kind, name, payload.got),
            _ => Err(Final::Error),
        }
    }

    /// `AT+UDNSRN=0,"<name>"`, and 1 for the other way round (SARA/LEXI internet applications
    /// §2.4.2).
    fn udnsrn(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        let direction = command.within(0, 0, 1)?;
        let name = command.text(1)?;
        if self.dns_context().is_none() {
            return Err(NOT_ALLOWED);
        }
        if direction == 1 {
            let name = self.net.name_of(command.address(1)?).ok_or(NOT_ALLOWED)?;
            self.info(format!("+UDNSRN: \"{name}\""));
            return Ok(Final::Ok.into());
        }
        let query = self.net.resolve(&name);
        let deadline = self.now + self.options.dns_timeout;
        Ok(Step::Wait(Wait::Dns { query, name, deadline }))
    }
}
