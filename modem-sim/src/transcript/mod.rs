//! Conversations with a modem, as plain text.
//!
//! One item a line; empty lines and lines that begin with `#` mean nothing.
//!
//! | line | meaning |
//! |---|---|
//! | `> AT+USOCR=6` | the host sends this and a CR |
//! | `> {raw 3} 123` | the host sends exactly these bytes |
//! | `< +USOCR: 0` | the modem prints this line, with CR LF around it |
//! | `< {raw 3} 123` | the modem prints exactly these bytes |
//! | `<@`, `<>` | the modem prints its prompt |
//! | `! +UUSORD: 0,12` | the modem prints this unsolicited line |
//! | `+120ms`, `+2s` | time passes |
//! | `-120ms` | time passes, and the modem prints nothing |
//! | `% …` | about the modem and the network, see [`Directive`] |
//!
//! `\r`, `\n`, `\xNN` and `\\` stand for one byte each, everywhere but in a command.

mod around;
mod directive;
mod play;

use std::fmt;
use std::time::Duration;

use crate::{Boot, Model, Options, Rule, VirtualNetwork};

pub use directive::{Action, Directive, OptionChange, ServerAction};
pub use play::{Mismatch, play};

/// One step of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// The host sends a command; the CR is not part of it.
    Command(String),
    /// The host sends bytes.
    HostRaw(Vec<u8>),
    /// The modem prints a line.
    Line(Vec<u8>),
    /// The modem prints bytes.
    ModemRaw(Vec<u8>),
    /// The modem prints a prompt, `@` or `>`.
    Prompt(char),
    /// The modem prints an unsolicited line.
    Unsolicited(Vec<u8>),
    /// Time passes.
    Pause(Duration),
    /// Time passes and the modem is silent.
    Silence(Duration),
    /// Something happens elsewhere.
    Action(Action),
}

impl Step {
    /// The bytes that the modem prints, if this is something that it prints.
    pub fn modem_bytes(&self, model: Model) -> Option<Vec<u8>> {
        Some(match self {
            Step::Line(text) | Step::Unsolicited(text) => [b"\r\n", text.as_slice(), b"\r\n"].concat(),
            Step::ModemRaw(bytes) => bytes.clone(),
            Step::Prompt('>') if !model.is_ublox() => b"\r\n> ".to_vec(),
            Step::Prompt(sign) => format!("\r\n{sign}").into_bytes(),
            _ => return None,
        })
    }

    /// The bytes that the host sends, if this is something that it sends.
    pub fn host_bytes(&self) -> Option<Vec<u8>> {
        match self {
            Step::Command(text) => Some([text.as_bytes(), b"\r"].concat()),
            Step::HostRaw(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }
}

/// A step, and the line of the file on which it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Counted from 1.
    pub line: usize,
    /// The step.
    pub step: Step,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Transcript {
    /// The modem that it was held with.
    pub model: Model,
    /// Settings of modem and network.
    pub directives: Vec<Directive>,
    /// The conversation itself.
    pub items: Vec<Item>,
}

impl Transcript {
    /// Options of a modem that can hold the conversation.
    pub fn options(&self) -> Options {
        let mut options = Options { boot: Boot::Running, echo: Some(false), ..Options::default() };
        for directive in &self.directives {
            if let Directive::Option(change) = directive {
                // It was tried when the transcript was read.
                let _ = change.apply(&mut options);
            }
        }
        options
    }

    /// The network that the conversation needs.
    pub fn network(&self) -> VirtualNetwork {
        let network = VirtualNetwork::new();
        for directive in &self.directives {
            match directive {
                Directive::Host(name, address) => network.host(name, &[*address]),
                Directive::Peer(at, peer) => network.on(at.ip(), at.port(), peer.clone()),
                Directive::Deaf(address) => network.ignores_pings(*address),
                Directive::Option(_) | Directive::Breach(_) => {}
            }
        }
        network
    }

    /// The rules that the host breaks, in order.
    pub fn breaches(&self) -> Vec<Rule> {
        let rule = |d: &Directive| match d {
            Directive::Breach(rule) => Some(*rule),
            _ => None,
        };
        self.directives.iter().filter_map(rule).collect()
    }
}

/// The text is not a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Counted from 1; 0 when it is about the whole.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ParseError {}

/// Reads a transcript.
///
/// # Errors
///
/// When a line cannot be understood, or when no `% model` is given.
pub fn parse(text: &str) -> Result<Transcript, ParseError> {
    let mut model = None;
    let mut directives = Vec::new();
    let mut items = Vec::new();
    for (index, row) in text.lines().enumerate() {
        let line = index + 1;
        let error = |message: String| ParseError { line, message };
        let row = row.trim_end_matches('\r');
        if row.trim().is_empty() || row.starts_with('#') {
            continue;
        }
        let (sign, rest) = row.split_at(1);
        let step = match sign {
            ">" => host(rest.trim_start()).map_err(error)?,
            "<" if rest == "@" || rest == ">" => Step::Prompt(rest.chars().next().unwrap_or_default()),
            "<" => modem(rest.strip_prefix(' ').unwrap_or(rest)).map_err(error)?,
            "!" => Step::Unsolicited(unescape(rest.trim_start()).map_err(error)?),
            "+" => Step::Pause(duration(rest).map_err(error)?),
            "-" => Step::Silence(duration(rest).map_err(error)?),
            "%" => match directive::parse(rest.trim()).map_err(error)? {
                directive::Parsed::Model(name) => {
                    model = Some(name);
                    continue;
                }
                directive::Parsed::Directive(directive) => {
                    directives.push(directive);
                    continue;
                }
                directive::Parsed::Action(action) => Step::Action(action),
            },
            _ => return Err(error(format!("a line cannot begin with '{sign}'"))),
        };
        items.push(Item { line, step });
    }
    let message = "no '% model'".to_owned();
    let model = model.ok_or(ParseError { line: 0, message })?;
    Ok(Transcript { model, directives, items })
}

fn host(text: &str) -> Result<Step, String> {
    Ok(match raw(text)? {
        Some(bytes) => Step::HostRaw(bytes),
        None => Step::Command(text.to_owned()),
    })
}

fn modem(text: &str) -> Result<Step, String> {
    Ok(match raw(text)? {
        Some(bytes) => Step::ModemRaw(bytes),
        None => Step::Line(unescape(text)?),
    })
}

/// `{raw n} bytes`
fn raw(text: &str) -> Result<Option<Vec<u8>>, String> {
    let Some(rest) = text.strip_prefix("{raw ") else {
        return Ok(None);
    };
    let (count, bytes) = rest.split_once('}').ok_or("'}' is missing")?;
    let count: usize = count.trim().parse().map_err(|_| "no number after 'raw'".to_owned())?;
    let bytes = unescape(bytes.strip_prefix(' ').unwrap_or(bytes))?;
    if bytes.len() == count {
        Ok(Some(bytes))
    } else {
        Err(format!("{} bytes instead of {count}", bytes.len()))
    }
}

fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        bytes.push(match chars.next() {
            Some('r') => b'\r',
            Some('n') => b'\n',
            Some('\\') => b'\\',
            Some('x') => {
                let digits: String = chars.by_ref().take(2).collect();
                u8::from_str_radix(&digits, 16).map_err(|_| format!("bad '\\x{digits}'"))?
            }
            other => return Err(format!("bad escape '\\{}'", other.unwrap_or(' '))),
        });
    }
    Ok(bytes)
}

fn duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().map_err(|_| format!("bad time '{text}'"))?;
    match &text[digits..] {
        "us" => Ok(Duration::from_micros(number)),
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        unit => Err(format!("unknown unit of time '{unit}'")),
    }
}
