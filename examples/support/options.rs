//! The options of the examples.

use cellular_nal::dialect::{Dialect, sequans::RYZ014A, ublox::SARA_R5};
use cellular_nal::{Config, Error};
use lexopt::prelude::*;

/// The modems that `--modem` knows, the default first.
const MODEMS: [&dyn Dialect; 2] = [&SARA_R5, &RYZ014A];

/// Bit rate of a serial port unless `--baud` says another.
const BAUD: u32 = 115_200;

/// What tells one example from another.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// The option that names the server, without the hyphens.
    pub(crate) server: &'static str,
    /// What its value looks like.
    pub(crate) value: &'static str,
    /// What is wrong with a value, if anything is.
    pub(crate) check: fn(&str) -> Result<(), &'static str>,
    /// What it is for, and what is done without it.
    pub(crate) purpose: &'static str,
}

/// Where the modem is.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Simulator,
    Device(String),
    Tcp(String),
}

/// What the user wants of an example.
pub(crate) struct Options {
    pub(crate) place: Place,
    pub(crate) modem: &'static dyn Dialect,
    pub(crate) baud: Option<u32>,
    pub(crate) apn: Option<String>,
    pub(crate) pin: Option<String>,
    pub(crate) server: Option<String>,
    pub(crate) trace: bool,
}

pub(crate) enum Request {
    Run(Options),
    Help(String),
}

impl Options {
    pub(crate) fn baud(&self) -> u32 {
        self.baud.unwrap_or(BAUD)
    }

    /// The settings of the link.
    pub(crate) fn config(&self) -> Result<Config, Error> {
        let mut config = Config::new().baud(self.baud());
        if let Some(apn) = &self.apn {
            config = config.apn(apn)?;
        }
        if let Some(pin) = &self.pin {
            config = config.pin(pin)?;
        }
        Ok(config)
    }
}

pub(crate) fn parse(program: &Program, mut parser: lexopt::Parser) -> Result<Request, lexopt::Error> {
    let [modem, ..] = MODEMS;
    let mut options = Options {
        place: Place::Simulator,
        modem,
        baud: None,
        apn: None,
        pin: None,
        server: None,
        trace: false,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Request::Help(help(program))),
            Long("port") => {
                let name = parser.value()?.string()?;
                options.place = match name.strip_prefix("tcp:") {
                    Some(address) => Place::Tcp(address.to_owned()),
                    None => Place::Device(name),
                };
            }
            Long("modem") => options.modem = modem_named(&parser.value()?.string()?)?,
            Long("baud") => options.baud = Some(baud(&parser.value()?.string()?)?),
            Long("apn") => {
                let apn = parser.value()?.string()?;
                Config::new().apn(&apn).map_err(|_| format!("--apn: '{apn}' is no access point name"))?;
                options.apn = Some(apn);
            }
            Long("pin") => {
                let pin = parser.value()?.string()?;
                // The PIN is a secret, so the message does not repeat it.
                Config::new().pin(&pin).map_err(|_| "--pin: a PIN has four to eight digits")?;
                options.pin = Some(pin);
            }
            Long("trace") => options.trace = true,
            Long(name) if name == program.server => {
                let server = parser.value()?.string()?;
                (program.check)(&server)
                    .map_err(|wrong| format!("--{}: '{server}' {wrong}", program.server))?;
                options.server = Some(server);
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok(Request::Run(options))
}

fn modem_named(name: &str) -> Result<&'static dyn Dialect, String> {
    let known = MODEMS.into_iter().find(|modem| modem.name() == name);
    known.ok_or_else(|| {
        let names = MODEMS.map(Dialect::name).join(", ");
        format!("--modem: '{name}' is none of {names}")
    })
}

fn baud(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(baud @ 1..) => Ok(baud),
        _ => Err(format!("--baud: '{text}' is no bit rate")),
    }
}

fn help(program: &Program) -> String {
    let Program { name, about, server, value, purpose, .. } = program;
    let server = format!("--{server} {value}");
    format!(
        "\
{name} - {about}

usage: {name} [options]

  --port PATH           serial device of the modem
  --port tcp:HOST:PORT  modem behind a TCP port
                        (default: a simulated modem that this program starts)
  --modem MODEL         {models} (default: {default_model})
  --baud N              bit rate (default: {BAUD}; the simulated modem is faster)
  --apn NAME            access point name (default: what the network gives)
  --pin NNNN            PIN of the SIM card
  {server:<21} {purpose}
  --trace               show the conversation with the modem on standard error
  --help                this text

What comes over the modem goes to standard output, everything else to standard error.
Exit codes: 0 done, 1 failed, 2 wrong options.
",
        models = MODEMS.map(Dialect::name).join(" or "),
        default_model = MODEMS.map(Dialect::name)[0],
    )
}
