//! The options of the program.

use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::*;
use log::LevelFilter;
use modem_sim::host::machine_time;
use modem_sim::{Model, Options, Registration};

const HELP: &str = "\
boards-host - runs a firmware in QEMU with a simulated modem and real servers

usage: boards-host [options] FIRMWARE [NAME=VALUE...]

  --modem MODEL    the simulated modem (default: sara-r5)
  --mode MODE      sockets: those of the modem (default of all firmwares but ppp_http);
                   ppp: those of an IP stack in the firmware, with PPP on the line;
                   cmux: the same, with commands beside PPP by the multiplexer
  --limit SECONDS  how long it may take (default: 120)
  --pin PIN        lock the SIM with this PIN; the firmware has to get it as pin=PIN
  --no-sim         no SIM
  --denied         the network refuses the registration
  --silent         there is no modem
  --pace BAUD      make the line as slow as one of this speed
  --trace          show the conversation on standard error
  --help           this text

NAME=VALUE is for the firmware; apn= and pin= are known to all of them. log=LEVEL is for this program: what it shows of
the log, off, error, warn, info (default), debug or trace.
Exit codes: that of the firmware (0 or 1), 2 wrong options, 3 no firmware or no QEMU.
";

/// The firmware ends by itself when the time is over; what has to be killed has hung.
const GRACE: Duration = Duration::from_secs(5);

/// Whose the sockets are, and what the line carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Sockets,
    Ppp,
    Cmux,
}

impl Mode {
    fn parse(name: &str) -> Result<Self, String> {
        match name {
            "sockets" => Ok(Self::Sockets),
            "ppp" => Ok(Self::Ppp),
            "cmux" => Ok(Self::Cmux),
            other => Err(format!("--mode: '{other}' is none of sockets, ppp, cmux")),
        }
    }

    /// As the firmware wants it.
    fn parameter(self) -> &'static str {
        match self {
            Self::Sockets => "mode=sockets",
            Self::Ppp => "mode=ppp",
            Self::Cmux => "mode=cmux",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) firmware: PathBuf,
    pub(crate) parameters: Vec<String>,
    pub(crate) model: Model,
    /// Where the user has chosen one.
    pub(crate) mode: Option<Mode>,
    pub(crate) options: Options,
    pub(crate) limit: Duration,
    pub(crate) silent: bool,
    pub(crate) pace: Option<u32>,
    pub(crate) trace: bool,
    /// What is shown of the log.
    pub(crate) level: LevelFilter,
}

#[derive(Debug)]
pub(crate) enum Request {
    Run(Box<Arguments>),
    Print(&'static str),
}

pub(crate) fn parse(mut parser: lexopt::Parser) -> Result<Request, lexopt::Error> {
    let (mut model, mut mode) = (Model::SaraR5, None);
    let mut options = Options {
        time: machine_time(),
        // Real ones need many seconds for both.
        boot_time: Some(Duration::from_millis(500)),
        registration_time: Duration::from_millis(500),
        ..Options::default()
    };
    let (mut firmware, mut parameters) = (None, Vec::new());
    let (mut limit, mut silent, mut pace, mut trace) = (120, false, None, false);
    let mut level = LevelFilter::Info;
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Request::Print(HELP)),
            Long("modem") => model = parser.value()?.parse()?,
            Long("mode") => mode = Some(parser.value()?.parse_with(Mode::parse)?),
            Long("limit") => limit = parser.value()?.parse()?,
            Long("pin") => options.pin = Some(parser.value()?.string()?),
            Long("no-sim") => options.sim_present = false,
            Long("denied") => options.registration = Registration::Denied,
            Long("silent") => silent = true,
            Long("pace") => {
                let baud = parser.value()?.parse()?;
                pace = Some(baud);
                options.baud = baud;
            }
            Long("trace") => trace = true,
            Value(path) if firmware.is_none() => firmware = Some(PathBuf::from(path)),
            Value(parameter) => {
                let parameter = parameter.string()?;
                match parameter.strip_prefix("log=") {
                    Some(text) => level = text.parse().map_err(|_| format!("log={text}: no such level"))?,
                    None => parameters.push(parameter),
                }
            }
            other => return Err(other.unexpected()),
        }
    }
    parameters.push(format!("limit={limit}"));
    parameters.extend(mode.map(|mode: Mode| mode.parameter().to_owned()));
    let limit = Duration::from_secs(limit) + GRACE;
    let firmware = firmware.ok_or("FIRMWARE is missing")?;
    Ok(Request::Run(Box::new(Arguments {
        firmware,
        parameters,
        model,
        mode,
        options,
        limit,
        silent,
        pace,
        trace,
        level,
    })))
}
