//! Arguments of the program.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use lexopt::prelude::*;
use modem_sim::host::machine_time;
use modem_sim::{Boot, Model, Options, Registration, Security};

/// Where the host finds the modem.
#[derive(Debug)]
pub(crate) enum Port {
    Pty(PathBuf),
    Tcp(String),
    Stdio,
}

/// What the program has to run.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) model: Model,
    pub(crate) port: Port,
    pub(crate) hosts: Vec<(String, IpAddr)>,
    pub(crate) options: Options,
    pub(crate) pace: Option<u32>,
    pub(crate) trace: bool,
    pub(crate) nvram: Option<PathBuf>,
    pub(crate) pcap: Option<PathBuf>,
    pub(crate) forward: Vec<u16>,
}

/// What the user wants.
#[derive(Debug)]
pub(crate) enum Request {
    Run(Box<Arguments>),
    Print(String),
}

const HELP: &str = "\
modem-sim - a simulated cellular modem with the network of this machine behind it

usage: modem-sim --model MODEL (--pty PATH | --tcp ADDRESS:PORT | --stdio) [options]

  --model MODEL    modem type, see --list
  --pty PATH       make a pty, with a symbolic link PATH to it
  --tcp ADDR:PORT  wait for connections, one at a time
  --stdio          use standard input and output
  --hosts NAME=IP  an address of a host name; may be repeated
  --hosts FILE     the same from a file like /etc/hosts
  --pace BAUD      make the line as slow as one of this speed
  --pin PIN        lock the SIM with this PIN
  --no-sim         no SIM
  --denied         the network refuses the registration
  --roaming        the network is not the home network
  --running        the modem is up already, instead of booting
  --greeting TEXT  u-blox: greeting after boot
  --nvram FILE     keep certificates and keys in this file
  --pcap FILE      write the IP packets of dial-up connections to this file
  --forward PORT   what connects to this port of 127.0.0.1 reaches the host that
                   has dialled; may be repeated
  --clear-text     secured sockets are not: carry the bytes as they are
  --trace          show the conversation on standard error
  --list           list the modem types
  --help           this text

Rules of the vendor's documents that the host breaks are reported on standard error.
Exit codes: 0 done, 1 port trouble, 2 wrong arguments.";

pub(crate) fn parse(mut parser: lexopt::Parser) -> Result<Request, lexopt::Error> {
    let mut model = None;
    let mut port = None;
    let mut hosts = Vec::new();
    let mut options = Options { time: machine_time(), ..Options::default() };
    let mut pace = None;
    let mut trace = false;
    let mut nvram = None;
    let mut pcap = None;
    let mut forward = Vec::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Request::Print(HELP.to_owned())),
            Long("list") => return Ok(Request::Print(list())),
            Long("model") => model = Some(parser.value()?.parse::<Model>()?),
            Long("pty") => port = Some(Port::Pty(parser.value()?.into())),
            Long("tcp") => port = Some(Port::Tcp(parser.value()?.string()?)),
            Long("stdio") => port = Some(Port::Stdio),
            Long("hosts") => add_hosts(&mut hosts, &parser.value()?.string()?)?,
            Long("pace") => {
                let baud: u32 = parser.value()?.parse()?;
                if baud == 0 {
                    return Err("--pace: the speed must not be 0".into());
                }
                pace = Some(baud);
                options.baud = baud;
            }
            Long("pin") => options.pin = Some(parser.value()?.string()?),
            Long("no-sim") => options.sim_present = false,
            Long("denied") => options.registration = Registration::Denied,
            Long("roaming") => options.registration = Registration::Roaming,
            Long("running") => options.boot = Boot::Running,
            Long("greeting") => options.greeting = Some(parser.value()?.string()?),
            Long("nvram") => nvram = Some(parser.value()?.into()),
            Long("pcap") => pcap = Some(parser.value()?.into()),
            Long("forward") => forward.push(parser.value()?.parse()?),
            Long("clear-text") => options.security = Security::Pretended,
            Long("trace") => trace = true,
            other => return Err(other.unexpected()),
        }
    }
    let model = model.ok_or("--model is missing (--list shows the models)")?;
    let port = port.ok_or("one of --pty, --tcp and --stdio is needed")?;
    Ok(Request::Run(Box::new(Arguments { model, port, hosts, options, pace, trace, nvram, pcap, forward })))
}

fn list() -> String {
    let lines: Vec<_> = Model::KNOWN.iter().map(|m| format!("{m:12} {}", m.summary())).collect();
    lines.join("\n")
}

/// `NAME=IP`, or the name of a file.
fn add_hosts(hosts: &mut Vec<(String, IpAddr)>, value: &str) -> Result<(), lexopt::Error> {
    if let Some((name, address)) = value.split_once('=') {
        let address = address.parse().map_err(|_| format!("--hosts: '{address}' is not an IP address"))?;
        hosts.push((name.to_owned(), address));
        return Ok(());
    }
    let text = std::fs::read_to_string(Path::new(value)).map_err(|e| format!("{value}: {e}"))?;
    for (number, line) in text.lines().enumerate() {
        let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
        let Some(address) = words.next() else {
            continue;
        };
        let address: IpAddr = address
            .parse()
            .map_err(|_| format!("{value}:{}: '{address}' is not an IP address", number + 1))?;
        hosts.extend(words.map(|name| (name.to_owned(), address)));
    }
    Ok(())
}
