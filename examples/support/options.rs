//! The options of the examples.

use core::fmt;
use std::net::TcpListener;
use std::rc::Rc;

use cellular_nal::dialect::{Dialect, detect};
use cellular_nal::{Config, Error};
use lexopt::prelude::*;
use modem_sim::Model;

/// Bit rate of a serial port unless `--baud` says another.
const BAUD: u32 = 115_200;

/// What tells one example from another.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// The options that the others do not have.
    pub(crate) own: &'static [Own],
    /// What is wrong with options that do not go together, if anything is.
    pub(crate) check: fn(&Options) -> Result<(), &'static str>,
}

/// An option of one example.
pub(crate) struct Own {
    /// Without the hyphens.
    pub(crate) name: &'static str,
    /// What its value looks like; empty for an option that has none.
    pub(crate) value: &'static str,
    /// What is wrong with a value, if anything is.
    pub(crate) check: fn(&str) -> Result<(), &'static str>,
    /// What it is for, and what is done without it.
    pub(crate) purpose: &'static str,
}

/// For programs with options that go together in any way.
#[allow(dead_code, reason = "some programs have others")]
pub(crate) const ANY: fn(&Options) -> Result<(), &'static str> = |_| Ok(());

/// Whose the sockets are, and what the line carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Those of the modem; commands.
    Sockets,
    /// Those of an IP stack; commands until the modem is dialled, then PPP.
    Ppp,
    /// Those of an IP stack, with the modem's beside; commands and PPP by the multiplexer.
    Cmux,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sockets => "sockets",
            Self::Ppp => "ppp",
            Self::Cmux => "cmux",
        })
    }
}

/// Where the modem is.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Simulator(Model),
    Device(String),
    Tcp(String),
}

/// What the user wants of an example.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) place: Place,
    pub(crate) modem: &'static dyn Dialect,
    pub(crate) mode: Mode,
    pub(crate) baud: Option<u32>,
    pub(crate) apn: Option<String>,
    pub(crate) pin: Option<String>,
    /// RTS and CTS hold the two ends of a serial device back.
    pub(crate) rtscts: bool,
    pub(crate) trace: bool,
    /// The simulated modem leads connections to these ports of this machine to whoever listens at them behind it. They
    /// are held from the beginning, or another program might take them.
    pub(crate) listening: Rc<[TcpListener]>,
    own: Vec<(&'static str, String)>,
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

    /// The same for an application that listens at these ports, behind a simulated modem.
    #[allow(dead_code, reason = "few programs listen")]
    pub(crate) fn listening(&self, ports: impl IntoIterator<Item = TcpListener>) -> Self {
        Self { listening: ports.into_iter().collect(), ..self.clone() }
    }

    /// The value of an option of this example, if it was given.
    pub(crate) fn own(&self, name: &str) -> Option<&str> {
        self.own.iter().rfind(|(own, _)| *own == name).map(|(_, value)| value.as_str())
    }
}

pub(crate) fn parse(program: &Program, mut parser: lexopt::Parser) -> Result<Request, lexopt::Error> {
    let mut modem: &dyn Dialect = &detect::AUTO;
    let (mut port, mut model, mut mode) = (None, None, Mode::Sockets);
    let (mut baud, mut apn, mut pin) = (None, None, None);
    let (mut rtscts, mut trace) = (false, false);
    let mut own = Vec::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Request::Help(help(program))),
            Long("port") => port = Some(place(parser.value()?.string()?)?),
            Long("modem") => modem = modem_named(&parser.value()?.string()?)?,
            Long("model") => {
                let name = parser.value()?.string()?;
                let known =
                    || models().into_iter().filter(|name| simulated(name).is_some()).collect::<Vec<_>>();
                model = Some(simulated(&name).ok_or_else(|| unknown("model", &name, &known()))?);
            }
            Long("mode") => mode = mode_named(&parser.value()?.string()?)?,
            Long("baud") => baud = Some(bit_rate(&parser.value()?.string()?)?),
            Long("apn") => {
                let name = parser.value()?.string()?;
                Config::new().apn(&name).map_err(|_| format!("--apn: '{name}' is no access point name"))?;
                apn = Some(name);
            }
            Long("pin") => {
                let digits = parser.value()?.string()?;
                // The PIN is a secret, so the message does not repeat it.
                Config::new().pin(&digits).map_err(|_| "--pin: a PIN has four to eight digits")?;
                pin = Some(digits);
            }
            Long("rtscts") => rtscts = true,
            Long("trace") => trace = true,
            Long(name) => match program.own.iter().find(|own| own.name == name) {
                Some(option) if option.value.is_empty() => own.push((option.name, String::new())),
                Some(option) => {
                    let value = parser.value()?.string()?;
                    (option.check)(&value)
                        .map_err(|wrong| format!("--{}: '{value}' {wrong}", option.name))?;
                    own.push((option.name, value));
                }
                None => return Err(argument.unexpected()),
            },
            other => return Err(other.unexpected()),
        }
    }
    let place = match (port, model) {
        (Some(_), Some(_)) => return Err("--model: with --port there is no simulated modem".into()),
        (Some(place), None) => place,
        (None, Some(model)) => Place::Simulator(model),
        (None, None) => Place::Simulator(simulated(modem.name()).unwrap_or(Model::SaraR5)),
    };
    let options = Options { place, modem, mode, baud, apn, pin, rtscts, trace, listening: Rc::new([]), own };
    (program.check)(&options)?;
    Ok(Request::Run(options))
}

fn mode_named(name: &str) -> Result<Mode, String> {
    let modes = [Mode::Sockets, Mode::Ppp, Mode::Cmux];
    let known = modes.map(|mode| mode.to_string());
    let mode = modes.into_iter().find(|mode| mode.to_string() == name);
    mode.ok_or_else(|| unknown("mode", name, &known.each_ref().map(String::as_str)))
}

fn place(port: String) -> Result<Place, String> {
    match port.strip_prefix("tcp:") {
        Some(address) => {
            let complete = address.rsplit_once(':').is_some_and(|(host, port)| {
                !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port != 0)
            });
            let wrong = || format!("--port: '{port}' is not tcp:HOST:PORT");
            complete.then(|| Place::Tcp(address.to_owned())).ok_or_else(wrong)
        }
        None if port.is_empty() => Err("--port: the name of the device is missing".to_owned()),
        None => Ok(Place::Device(port)),
    }
}

fn modem_named(name: &str) -> Result<&'static dyn Dialect, String> {
    if name == detect::AUTO.name() {
        return Ok(&detect::AUTO);
    }
    detect::by_name(name).ok_or_else(|| {
        let mut names = vec![detect::AUTO.name()];
        names.extend(models());
        unknown("modem", name, &names)
    })
}

/// The simulated modem of that name. The simulator has more names than the driver.
fn simulated(name: &str) -> Option<Model> {
    detect::by_name(name)?.name().parse().ok()
}

fn models() -> [&'static str; detect::MODELS.len()] {
    detect::MODELS.map(Dialect::name)
}

fn unknown(option: &str, name: &str, known: &[&str]) -> String {
    format!("--{option}: '{name}' is none of {}", known.join(", "))
}

fn bit_rate(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(baud @ 1..) => Ok(baud),
        _ => Err(format!("--baud: '{text}' is no bit rate")),
    }
}

fn help(program: &Program) -> String {
    let Program { name, about, own, .. } = program;
    let models = models();
    let (first, second) = models.split_at(5);
    let own: String = own
        .iter()
        .map(|Own { name, value, purpose, .. }| format!("  {:<21} {purpose}\n", format!("--{name} {value}")))
        .collect();
    format!(
        "\
{name} - {about}

usage: {name} [options]

  --port PATH           serial device of the modem
  --port tcp:HOST:PORT  modem behind a TCP port
                        (default: a simulated modem that this program starts)
  --modem NAME          {first},
                        {second},
                        sara-r5-02b for sara-r5, gm01q for ryz014a,
                        or auto (default: auto, which finds out)
  --model NAME          the simulated modem, one of these but auto and sara-r422s
                        (default: that of --modem, or {default})
  --mode MODE           sockets: those of the modem (default);
                        ppp: those of an IP stack here, with PPP on the line;
                        cmux: the same, with commands beside PPP by the multiplexer
  --baud N              bit rate (default: {BAUD}; the simulated modem is faster)
  --rtscts              the serial device has RTS and CTS; raw pipes need them
  --apn NAME            access point name (default: what the network gives)
  --pin NNNN            PIN of the SIM card
{own}  --trace               show the conversation with the modem on standard error
  --help                this text

What comes over the modem goes to standard output, everything else to standard error.
Exit codes: 0 done, 1 failed, 2 wrong options.
",
        first = first.join(", "),
        second = second.join(", "),
        default = Model::SaraR5,
    )
}
