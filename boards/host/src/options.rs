//! The options of the program.

use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::*;
use modem_sim::host::machine_time;
use modem_sim::{Model, Options, Registration};

const HELP: &str = "\
boards-host - runs a firmware in QEMU with a simulated modem and real servers

usage: boards-host [options] FIRMWARE [NAME=VALUE...]

  --modem MODEL    the simulated modem (default: sara-r5)
  --mode sockets   the sockets of the modem (default, and the only one)
  --limit SECONDS  how long it may take (default: 120)
  --pin PIN        lock the SIM with this PIN; the firmware has to get it as pin=PIN
  --no-sim         no SIM
  --denied         the network refuses the registration
  --silent         there is no modem
  --pace BAUD      make the line as slow as one of this speed
  --trace          show the conversation on standard error
  --help           this text

NAME=VALUE is for the firmware; apn=, pin= and log=trace are known to all of them.
Exit codes: that of the firmware (0 or 1), 2 wrong options, 3 no firmware or no QEMU.
";

/// The firmware ends by itself when the time is over; what has to be killed has hung.
const GRACE: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) firmware: PathBuf,
    pub(crate) parameters: Vec<String>,
    pub(crate) model: Model,
    pub(crate) options: Options,
    pub(crate) limit: Duration,
    pub(crate) silent: bool,
    pub(crate) pace: Option<u32>,
    pub(crate) trace: bool,
}

#[derive(Debug)]
pub(crate) enum Request {
    Run(Box<Arguments>),
    Print(&'static str),
}

pub(crate) fn parse(mut parser: lexopt::Parser) -> Result<Request, lexopt::Error> {
    let mut model = Model::SaraR5;
    let mut options = Options {
        time: machine_time(),
        // Real ones need many seconds for both.
        boot_time: Some(Duration::from_millis(500)),
        registration_time: Duration::from_millis(500),
        ..Options::default()
    };
    let (mut firmware, mut parameters) = (None, Vec::new());
    let (mut limit, mut silent, mut pace, mut trace) = (120, false, None, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Request::Print(HELP)),
            Long("modem") => model = parser.value()?.parse()?,
            Long("mode") => {
                if parser.value()? != "sockets" {
                    return Err("--mode: there is sockets and no other".into());
                }
            }
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
            Value(parameter) => parameters.push(parameter.string()?),
            other => return Err(other.unexpected()),
        }
    }
    parameters.push(format!("limit={limit}"));
    let limit = Duration::from_secs(limit) + GRACE;
    let firmware = firmware.ok_or("FIRMWARE is missing")?;
    Ok(Request::Run(Box::new(Arguments { firmware, parameters, model, options, limit, silent, pace, trace })))
}
