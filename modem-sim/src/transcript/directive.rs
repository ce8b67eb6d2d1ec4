//! The `%` lines of a transcript.

use std::net::{IpAddr, SocketAddr};

use super::{around, duration, unescape};
use crate::{
    Boot, CloseUrc, DialFailure, DirectLinkEnd, Failure, Happening, Model, Options, Peer, Registration, Rule,
    Security, TcpState, UrcTiming,
};

/// A setting that holds from the start.
///
/// | line | meaning |
/// |---|---|
/// | `% model sara-r5` | the modem type; must be there |
/// | `% boot cold` | boots at the start; otherwise it is up already, with echo off |
/// | `% echo on` | echo after boot |
/// | `% pin 0000`, `% puk 00000000`, `% no-sim` | the SIM |
/// | `% sim-slots 1`, `% sim-slots 2`, `% imsi 001010000000219` | the SIM outside of the module is the only one, or one of two; its IMSI |
/// | `% idle-pin 0000` | the PIN of a SIM that is not locked |
/// | `% registration denied` | `home`, `roaming`, `denied`, `never`, `unknown` or `lost` |
/// | `% latency 5ms`, `% rtt 60ms` | times |
/// | `% urc immediate` | `before-final`, `immediate` or `after-final` |
/// | `% dial-failure error` | Sequans: `no-carrier` or `error` |
/// | `% close-urc drained` | Sequans: `immediate` or `drained` |
/// | `% autoconnect off`, `% bypass off` | Sequans: `on` or `off` |
/// | `% recv-on-one-line` | Sequans: `+SQNSRECV: 1,6,11111` |
/// | `% address-v6 2001:468::1` | a second address of the modem |
/// | `% address 10.0.0.1`, `% operator NAME` | the modem's address, the operator's name |
/// | `% stale-packet-data` | u-blox: a previous run has activated what sockets need |
/// | `% ppp-waits` | PPP says nothing before the host does |
/// | `% assigned-type`, `% no-product-version`, `% uudnsrn`, `% abortable` | u-blox: see [`Options`] |
/// | `% pretended-security` | certificates are not read, and secured sockets are not |
/// | `% secure-sara-r42` | SARA-R422S instead of SARA-R422 |
/// | `% direct-link-end stays` | u-blox: `disconnect`, `no-carrier` or `stays` |
/// | `% no-urc-space` | `+CEREG:1` |
/// | `% band 20` | the band of the cells |
/// | `% plmn 00101`, `% neighbour 310410 NAME`, `% forbidden 310260 NAME` | operators: the modem's own, others |
/// | `% signal -77 -91 -10` | RSSI and RSRP in dBm, RSRQ in dB |
/// | `% time 26/01/01,12:00:00+00`, `% time-zone 8`, `% no-network-time` | what the network tells |
/// | `% reject-cause 15`, `% scan-time 20s`, `% echo-ttl 55`, `% iccid 89…` | see [`Surroundings`](crate::Surroundings) |
/// | `% psm refused`, `% psm 00000101 00010010` | the answer to `+CPSMS`: T3324 and T3412 |
/// | `% waits-for-power-key`, `% no-restoration-point` | see [`SupplyOptions`](crate::SupplyOptions) |
/// | `% image http://a/b.dup 5000 5.2.0.3-54681 5.3.0.0-1`, `% damaged-image …` | a firmware file: URL, size, the version that it changes, and its own |
/// | `% image = BYTES - 02.00,A01.23` | one that the host has; `-` changes every version |
/// | `% device-server x 5000 5.4.1.1-57857 5.4.1.1-57830` | the device management server is there and has this file |
/// | `% install-time 60s`, `% download-rate 1000`, `% file-space 1000` | see [`Surroundings`](crate::Surroundings) |
/// | `% own-number +11…`, `% service-centre +33…`, `% message-places 10 20`, `% takes-no-messages` | short messages |
/// | `% deaf 192.0.2.1` | an address that ignores pings |
/// | `% hang reset-pin 6 +COPS` | the modem stops in this command, 6 bytes into its answer, until `command`, `radio`, `restart`, `reset-pin`, `power-key` or `supply` |
/// | `% host name=address` | for the name server |
/// | `% peer 1.2.3.4:7 echo` | `echo`, `discard`, `refuse`, `blackhole`, `chargen LEN SEED`, `close-after N` or `send-then-close TEXT` |
/// | `% breach command-gap` | the host breaks this rule, once for each such line |
#[derive(Clone, Debug, PartialEq)]
pub enum Directive {
    /// Anything about the modem.
    Option(OptionChange),
    /// A name.
    Host(String, IpAddr),
    /// A server.
    Peer(SocketAddr, Peer),
    /// An address that does not answer pings.
    Deaf(IpAddr),
    /// An expected breach.
    Breach(Rule),
}

/// One change of [`Options`].
#[derive(Clone, Debug, PartialEq)]
pub struct OptionChange {
    name: String,
    value: String,
}

impl OptionChange {
    /// Makes the change; `false` when it makes no sense.
    pub(super) fn apply(&self, options: &mut Options) -> bool {
        let value = self.value.as_str();
        match (self.name.as_str(), value) {
            ("boot", "cold") => {
                options.boot = Boot::Cold;
                options.echo = None;
            }
            ("echo", "on" | "off") => options.echo = Some(value == "on"),
            ("pin", pin) => options.pin = Some(pin.to_owned()),
            ("idle-pin", pin) => options.idle_pin = pin.to_owned(),
            ("sim-slots", "1") => options.sim_slots = 1,
            ("sim-slots", "2") => options.sim_slots = 2,
            ("imsi", imsi) => options.imsi = Some(imsi.to_owned()),
            ("puk", puk) => options.puk = puk.to_owned(),
            ("no-sim", "") => options.sim_present = false,
            ("registration", value) => match registration(value) {
                Some(registration) => options.registration = registration,
                None => return false,
            },
            ("latency" | "rtt", value) => match duration(value) {
                Ok(time) if self.name == "rtt" => options.rtt = time,
                Ok(time) => options.answer_latency = time,
                Err(_) => return false,
            },
            ("urc", "before-final") => options.urc_timing = UrcTiming::BeforeFinal,
            ("urc", "immediate") => options.urc_timing = UrcTiming::Immediate,
            ("urc", "after-final") => options.urc_timing = UrcTiming::AfterFinal,
            ("dial-failure", "error") => options.dial_failure = DialFailure::Error,
            ("dial-failure", "no-carrier") => options.dial_failure = DialFailure::NoCarrier,
            ("close-urc", "drained") => options.close_urc = CloseUrc::Drained,
            ("close-urc", "immediate") => options.close_urc = CloseUrc::Immediate,
            ("recv-on-one-line", "") => options.recv_on_one_line = true,
            ("autoconnect", "on" | "off") => options.autoconnect = Some(value == "on"),
            ("bypass", "on" | "off") => options.bypass = Some(value == "on"),
            ("address-v6", value) => match value.parse() {
                Ok(address) => options.address_v6 = Some(address),
                Err(_) => return false,
            },
            ("address", value) => match value.parse() {
                Ok(address) => options.address = address,
                Err(_) => return false,
            },
            ("operator", name) => options.operator = name.to_owned(),
            ("assigned-type", "") => options.assigned_type = true,
            ("ppp-waits", "") => options.dialup.passive = true,
            ("stale-packet-data", "") => options.stale_packet_data = true,
            ("no-product-version", "") => options.product_version = false,
            ("uudnsrn", "") => options.uudnsrn = true,
            ("pretended-security", "") => options.security = Security::Pretended,
            ("secure-sara-r42", "") => options.secure_sara_r42 = true,
            ("abortable", "") => options.abortable = true,
            ("direct-link-end", "disconnect") => options.direct_link_end = DirectLinkEnd::Disconnect,
            ("direct-link-end", "no-carrier") => options.direct_link_end = DirectLinkEnd::NoCarrier,
            ("direct-link-end", "stays") => options.direct_link_end = DirectLinkEnd::Stays,
            ("no-urc-space", "") => options.urc_space = false,
            (name, value) => return around::apply(name, value, options).unwrap_or(false),
        }
        true
    }
}

/// Something that happens elsewhere in the course of the conversation.
///
/// | line | meaning |
/// |---|---|
/// | `% server 0 send TEXT` | the server of the first TCP connection sends |
/// | `% server 0 close`, `reset`, `stop-reading`, `read` | and what else it can do |
/// | `% server 0 is open` | for it the connection is `connecting`, `open`, `closed`, `refused` or `reset` |
/// | `% dial 1.2.3.4:5000 to 7 echo` | a far end opens a TCP connection to the modem's port; counted with the others |
/// | `% server 0 received TEXT` | it must have received exactly this so far |
/// | `% datagram 1.2.3.4:7 to 12000 TEXT` | a datagram comes from there to the modem's port |
/// | `% datagram 1.2.3.4:7 got TEXT` | the last datagram must have gone there |
/// | `% message +4411 TEXT` | a short message comes from there |
/// | `% message +4411 got TEXT` | the last short message must have gone there |
/// | `% vanish` | all sockets disappear |
/// | `% reboot` | the modem restarts by itself |
/// | `% sim out` | the SIM is taken `out`, put `in`, `fails` or `works` again |
/// | `% power off`, `% brown-out 100ms` | the supply fails, or is `on` again |
/// | `% rts off`, `% dtr off`, `% power-on on`, `% reset on` | a pin |
/// | `% reception -113 -140 -19.5` | another signal |
/// | `% context-ends 1` | the network ends a context |
/// | `% fault deaf restart` | see [`Fault`](crate::Fault): `deaf` or `registration` and what heals it, `sockets`, `context` |
/// | `% network denied` | the registration changes |
/// | `% inject +CREG: 1` | an unsolicited line becomes due |
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The server of a TCP connection does something.
    Server(usize, ServerAction),
    /// A far end opens a TCP connection to the modem.
    Dial(SocketAddr, u16, Peer),
    /// A datagram comes.
    Datagram(SocketAddr, u16, Vec<u8>),
    /// A datagram must have gone.
    ExpectDatagram(SocketAddr, Vec<u8>),
    /// A short message comes.
    Message(String, String),
    /// A short message must have gone.
    ExpectMessage(String, String),
    /// Sockets disappear.
    Vanish,
    /// Something happens around the modem.
    Happening(Happening),
    /// An unsolicited line.
    Inject(String),
}

/// What a server does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerAction {
    /// Sends.
    Send(Vec<u8>),
    /// Closes.
    Close,
    /// Resets.
    Reset,
    /// Reads, or does not.
    Reading(bool),
    /// Must have received this.
    Expect(Vec<u8>),
    /// Must see its connection so.
    Is(TcpState),
}

pub(super) enum Parsed {
    Model(Model),
    Directive(Directive),
    Action(Action),
}

fn registration(word: &str) -> Option<Registration> {
    Some(match word {
        "home" => Registration::Home,
        "roaming" => Registration::Roaming,
        "denied" => Registration::Denied,
        "never" => Registration::Never,
        "unknown" => Registration::Unknown,
        "lost" => Registration::Lost,
        _ => return None,
    })
}

pub(super) fn parse(text: &str) -> Result<Parsed, String> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let rest = rest.trim_start();
    if let Some(what) = around::happening(word, rest) {
        return what.map(happening);
    }
    Ok(match word {
        "model" => Parsed::Model(rest.parse().map_err(|e| format!("{e}"))?),
        "host" => {
            let (name, address) = rest.split_once('=').ok_or("NAME=ADDRESS is wanted")?;
            let address = address.parse().map_err(|_| format!("bad address '{address}'"))?;
            Parsed::Directive(Directive::Host(name.to_owned(), address))
        }
        "deaf" => {
            let address = rest.parse().map_err(|_| format!("bad address '{rest}'"))?;
            Parsed::Directive(Directive::Deaf(address))
        }
        "peer" => {
            let (address, kind) = rest.split_once(' ').ok_or("ADDRESS:PORT KIND is wanted")?;
            Parsed::Directive(Directive::Peer(socket(address)?, peer(kind)?))
        }
        "breach" => {
            let rule = Rule::ALL.iter().find(|r| r.name() == rest);
            Parsed::Directive(Directive::Breach(*rule.ok_or(format!("no rule '{rest}'"))?))
        }
        "server" => Parsed::Action(server(rest)?),
        "dial" => Parsed::Action(dial(rest)?),
        "datagram" => Parsed::Action(datagram(rest)?),
        "message" => {
            let (number, text) = rest.split_once(' ').ok_or("NUMBER TEXT is wanted")?;
            let read = |text| unescape(text).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            Parsed::Action(match text.strip_prefix("got ") {
                Some(text) => Action::ExpectMessage(number.to_owned(), read(text)?),
                None => Action::Message(number.to_owned(), read(text)?),
            })
        }
        "vanish" => Parsed::Action(Action::Vanish),
        "network" => {
            let word = registration(rest).ok_or(format!("no registration '{rest}'"))?;
            happening(Happening::Network(word))
        }
        "inject" => Parsed::Action(Action::Inject(rest.to_owned())),
        name => {
            let change = OptionChange { name: name.to_owned(), value: rest.to_owned() };
            if !change.apply(&mut Options::default()) {
                return Err(format!("unknown directive '{text}'"));
            }
            Parsed::Directive(Directive::Option(change))
        }
    })
}

fn happening(what: Happening) -> Parsed {
    Parsed::Action(Action::Happening(what))
}

fn socket(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("'{text}' is not ADDRESS:PORT"))
}

fn peer(text: &str) -> Result<Peer, String> {
    let words: Vec<_> = text.split_whitespace().collect();
    let number = |word: &str| word.parse::<u64>().map_err(|_| format!("bad number '{word}'"));
    Ok(match words.as_slice() {
        ["echo"] => Peer::Echo,
        ["discard"] => Peer::Discard,
        ["refuse"] => Peer::Refuse,
        ["blackhole"] => Peer::Blackhole,
        ["chargen", len, seed] => Peer::Chargen(number(len)? as usize, number(seed)?),
        ["close-after", n] => Peer::CloseAfter(number(n)? as usize),
        ["send-then-close", ..] => {
            let text = text.split_once(' ').map_or("", |(_, t)| t);
            Peer::SendThenClose(unescape(text)?)
        }
        _ => return Err(format!("unknown peer '{text}'")),
    })
}

fn server(text: &str) -> Result<Action, String> {
    let (index, what) = text.split_once(' ').ok_or("NUMBER ACTION is wanted")?;
    let index = index.parse().map_err(|_| format!("bad number '{index}'"))?;
    let (word, rest) = what.split_once(' ').unwrap_or((what, ""));
    let action = match word {
        "send" => ServerAction::Send(unescape(rest)?),
        "received" => ServerAction::Expect(unescape(rest)?),
        "close" => ServerAction::Close,
        "reset" => ServerAction::Reset,
        "is" => ServerAction::Is(tcp_state(rest)?),
        "stop-reading" => ServerAction::Reading(false),
        "read" => ServerAction::Reading(true),
        _ => return Err(format!("unknown server action '{what}'")),
    };
    Ok(Action::Server(index, action))
}

fn tcp_state(word: &str) -> Result<TcpState, String> {
    Ok(match word {
        "connecting" => TcpState::Connecting,
        "open" => TcpState::Established,
        "closed" => TcpState::PeerClosed,
        "refused" => TcpState::Failed(Failure::Refused),
        "reset" => TcpState::Failed(Failure::Reset),
        _ => return Err(format!("unknown state '{word}'")),
    })
}

fn dial(text: &str) -> Result<Action, String> {
    let (from, rest) = text.split_once(" to ").ok_or("ADDRESS:PORT to PORT KIND is wanted")?;
    let (port, kind) = rest.split_once(' ').ok_or("to PORT KIND is wanted")?;
    let port = port.parse().map_err(|_| format!("bad port '{port}'"))?;
    Ok(Action::Dial(socket(from)?, port, peer(kind)?))
}

fn datagram(text: &str) -> Result<Action, String> {
    let (address, what) = text.split_once(' ').ok_or("ADDRESS:PORT … is wanted")?;
    let address = socket(address)?;
    if let Some(payload) = what.strip_prefix("got ") {
        return Ok(Action::ExpectDatagram(address, unescape(payload)?));
    }
    let rest = what.strip_prefix("to ").ok_or("'to' or 'got' is wanted")?;
    let (port, payload) = rest.split_once(' ').ok_or("to PORT TEXT is wanted")?;
    let port = port.parse().map_err(|_| format!("bad port '{port}'"))?;
    Ok(Action::Datagram(address, port, unescape(payload)?))
}
