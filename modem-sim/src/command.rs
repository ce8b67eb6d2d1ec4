//! Taking a command line apart (ITU-T V.250 §5.2 to §5.4).

use std::net::IpAddr;

use crate::reply::Final;

/// The form in which a command was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `AT+X`
    Action,
    /// `AT+X?`
    Read,
    /// `AT+X=?`
    Test,
    /// `AT+X=…`
    Set,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arg {
    pub(crate) quoted: bool,
    pub(crate) raw: Vec<u8>,
}

/// One command of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    /// Upper case, with its leading `+`, `^` or `&`.
    pub(crate) name: String,
    pub(crate) form: Form,
    pub(crate) args: Vec<Arg>,
}

const BAD: Final = Final::Cme(50);

impl Command {
    pub(crate) fn len(&self) -> usize {
        self.args.len()
    }

    /// Parameter `i`, unless it was left out.
    pub(crate) fn arg(&self, i: usize) -> Option<&Arg> {
        self.args.get(i).filter(|a| a.quoted || !a.raw.is_empty())
    }

    /// Number at `i`.
    pub(crate) fn number(&self, i: usize) -> Result<u32, Final> {
        let arg = self.arg(i).filter(|a| !a.quoted).ok_or(BAD)?;
        if !arg.raw.iter().all(u8::is_ascii_digit) {
            return Err(BAD);
        }
        String::from_utf8_lossy(&arg.raw).parse().map_err(|_| BAD)
    }

    /// Number at `i` that must lie in a range.
    pub(crate) fn within(&self, i: usize, low: u32, high: u32) -> Result<u32, Final> {
        self.number(i).and_then(|n| if (low..=high).contains(&n) { Ok(n) } else { Err(BAD) })
    }

    /// Number at `i` that must lie in a range, `default` when left out.
    pub(crate) fn within_or(&self, i: usize, low: u32, high: u32, default: u32) -> Result<u32, Final> {
        match self.arg(i) {
            None => Ok(default),
            Some(_) => self.within(i, low, high),
        }
    }

    /// TCP or UDP port at `i`, not 0.
    pub(crate) fn port(&self, i: usize) -> Result<u16, Final> {
        self.within(i, 1, 65535).map(|n| n as u16)
    }

    /// Quoted text at `i`.
    pub(crate) fn text(&self, i: usize) -> Result<String, Final> {
        let arg = self.arg(i).filter(|a| a.quoted).ok_or(BAD)?;
        String::from_utf8(arg.raw.clone()).map_err(|_| BAD)
    }

    /// Quoted IP address at `i`.
    pub(crate) fn address(&self, i: usize) -> Result<IpAddr, Final> {
        self.text(i)?.parse().map_err(|_| BAD)
    }

    /// The parameters as they were typed.
    pub(crate) fn typed(&self) -> String {
        let mut all = Vec::new();
        for arg in &self.args {
            let text = String::from_utf8_lossy(&arg.raw);
            all.push(if arg.quoted { format!("\"{text}\"") } else { text.into_owned() });
        }
        all.join(",")
    }
}

/// Splits what follows `AT` into commands; `None` when it cannot be understood.
pub(crate) fn parse(body: &[u8]) -> Option<Vec<Command>> {
    let mut commands = Vec::new();
    let mut rest = body;
    loop {
        rest = rest.trim_ascii_start();
        let Some(&first) = rest.first() else {
            return Some(commands);
        };
        match first {
            b';' => rest = &rest[1..],
            b'+' | b'^' | b'%' | b'$' => {
                let end = extended_end(rest);
                commands.push(extended(&rest[..end])?);
                rest = &rest[end..];
            }
            _ => {
                let (command, used) = basic(rest)?;
                commands.push(command);
                rest = &rest[used..];
            }
        }
    }
}

/// End of an extended command: `;` outside quotes, or the end.
fn extended_end(text: &[u8]) -> usize {
    let mut quoted = false;
    for (i, &b) in text.iter().enumerate() {
        match b {
            b'"' => quoted = !quoted,
            b';' if !quoted => return i,
            _ => {}
        }
    }
    text.len()
}

fn extended(text: &[u8]) -> Option<Command> {
    let name_len = 1 + text[1..]
        .iter()
        .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':' | b'!')))
        .unwrap_or(text.len() - 1);
    let name = String::from_utf8_lossy(&text[..name_len]).to_ascii_uppercase();
    let tail = text[name_len..].trim_ascii();
    let (form, args) = match tail {
        b"" => (Form::Action, Vec::new()),
        b"?" => (Form::Read, Vec::new()),
        b"=?" => (Form::Test, Vec::new()),
        [b'=', args @ ..] => (Form::Set, split_args(args)?),
        _ => return None,
    };
    Some(Command { name, form, args })
}

/// `E0`, `&F`, `S3=13`, `S3?`.
fn basic(text: &[u8]) -> Option<(Command, usize)> {
    let mut used = usize::from(text[0] == b'&') + 1;
    let letter = text.get(used - 1).filter(|b| b.is_ascii_alphabetic())?.to_ascii_uppercase();
    let mut name = if used == 2 { "&".to_owned() } else { String::new() };
    name.push(char::from(letter));
    if name == "D" {
        // A dialling string goes on to the end of the line (ITU-T V.250 §6.3.1).
        let end = text.iter().position(|b| *b == b';').unwrap_or(text.len());
        let args = vec![Arg { quoted: false, raw: text[used..end].to_vec() }];
        return Some((Command { name, form: Form::Action, args }, end));
    }
    let digits =
        |from: usize| text[from..].iter().position(|b| !b.is_ascii_digit()).unwrap_or(text.len() - from);
    let number = digits(used);
    let value = text[used..used + number].to_vec();
    used += number;
    if name == "S" {
        name.push_str(&String::from_utf8_lossy(&value));
        return match text.get(used) {
            Some(b'?') => Some((Command { name, form: Form::Read, args: Vec::new() }, used + 1)),
            Some(b'=') => {
                let number = digits(used + 1);
                let raw = text[used + 1..used + 1 + number].to_vec();
                let args = vec![Arg { quoted: false, raw }];
                Some((Command { name, form: Form::Set, args }, used + 1 + number))
            }
            _ => None,
        };
    }
    let args = if value.is_empty() { Vec::new() } else { vec![Arg { quoted: false, raw: value }] };
    Some((Command { name, form: Form::Action, args }, used))
}

/// Splits at commas outside quotes; a quoted parameter is quoted from its first to its last byte.
fn split_args(text: &[u8]) -> Option<Vec<Arg>> {
    let mut args = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_ascii_start();
        if rest.first() == Some(&b'"') {
            let end = 1 + rest[1..].iter().position(|&b| b == b'"')?;
            args.push(Arg { quoted: true, raw: rest[1..end].to_vec() });
            rest = rest[end + 1..].trim_ascii_start();
            match rest.first() {
                None => return Some(args),
                Some(b',') => rest = &rest[1..],
                Some(_) => return None,
            }
        } else {
            let end = rest.iter().position(|&b| b == b',').unwrap_or(rest.len());
            args.push(Arg { quoted: false, raw: rest[..end].trim_ascii().to_vec() });
            if end == rest.len() {
                return Some(args);
            }
            rest = &rest[end + 1..];
        }
    }
}

/// Bytes of a string of hexadecimal digits.
pub(crate) fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    text.chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

/// Hexadecimal digits of bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02X}")).collect()
}
