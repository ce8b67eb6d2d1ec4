//! Certificates, keys and security profiles (RYZ014 use cases §3).

use crate::command::{Command, Form};
use crate::modem::{Modem, Payload, PayloadKind, Step};
use crate::reply::{BAD_PARAMETERS, Final, NOT_SUPPORTED};

/// Largest certificate (RYZ014 use cases §3.1).
const CERTIFICATE: u32 = 8192;
/// Keys must be smaller than this.
const KEY: u32 = 2048;
/// Bytes of all files.
const TOTAL: usize = 200 * 1024;

impl Modem {
    fn is_key(command: &Command) -> Result<bool, Final> {
        match command.text(0)?.as_str() {
            "certificate" => Ok(false),
            "privatekey" => Ok(true),
            _ => Err(BAD_PARAMETERS),
        }
    }

    /// `AT+SQNSNVW="certificate"|"privatekey",<index>,<size>`: size 0 deletes.
    pub(super) fn sqnsnvw(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        let key = Self::is_key(command)?;
        let slot = command.within(1, 0, 19)? as u8;
        let most = if key { KEY - 1 } else { CERTIFICATE };
        let size = command.within(2, 0, most)? as usize;
        let sequans = &mut self.sequans;
        let files = if key { &mut sequans.keys } else { &mut sequans.certificates };
        if size == 0 {
            files.remove(&slot);
            return Ok(Final::Ok.into());
        }
        let used: usize = sequans.certificates.values().chain(sequans.keys.values()).map(Vec::len).sum();
        if used + size > TOTAL {
            return Err(Final::Error);
        }
        let kind = PayloadKind::SequansStore { key, slot };
        Ok(Step::Collect("\r\n> ", Payload::new(kind, size)))
    }

    /// The size must be that of the file, to the byte, and the file must be PEM (RYZ014 use cases
    /// §3.5).
    pub(super) fn store_file(&mut self, key: bool, slot: u8, data: Vec<u8>) -> Result<Step, Final> {
        if !is_pem(&data) {
            return Err(NOT_SUPPORTED);
        }
        let sequans = &mut self.sequans;
        let files = if key { &mut sequans.keys } else { &mut sequans.certificates };
        files.insert(slot, data);
        Ok(Final::Ok.into())
    }

    /// `AT+SQNSNVR="certificate"|"privatekey"[,<index>]`. The fields of a certificate are left
    /// empty: the simulator does not take certificates apart.
    pub(super) fn sqnsnvr(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        let key = Self::is_key(command)?;
        let wanted = match command.arg(1) {
            Some(_) => Some(command.within(1, 0, 19)? as u8),
            None => None,
        };
        let files = if key { &self.sequans.keys } else { &self.sequans.certificates };
        let found: Vec<_> = files
            .iter()
            .filter(|(slot, _)| wanted.is_none_or(|w| w == **slot))
            .map(|(slot, data)| (*slot, data.clone()))
            .collect();
        for (slot, data) in found {
            if key {
                let mut text = format!("+SQNSNVR: {slot},\"").into_bytes();
                text.extend_from_slice(&data);
                text.push(b'"');
                self.info(text);
            } else {
                let empty = ",\"\"".repeat(9);
                self.info(format!("+SQNSNVR: \"certificate\",{slot}{empty}"));
            }
        }
        Ok(Final::Ok.into())
    }

    /// `AT+SQNSPCFG=<spId>,<version>,"<cipherSpecs>",<certValidLevel>,…`: stored. When the last of
    /// at least seven values is a text, the profile is printed, otherwise not (RYZ014 use cases §3.4.1, §6.3.2).
    pub(super) fn sqnspcfg(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                let id = command.within(0, 1, 6)?;
                if command.len() > 1 && !matches!(command.number(1)?, 0..=3 | 255) {
                    return Err(BAD_PARAMETERS);
                }
                let mut typed = command.typed();
                if command.len() >= 7 && command.args.last().is_some_and(|a| a.quoted) {
                    if command.len() == 7 {
                        typed.push_str(",\"\"");
                    }
                    self.info(format!("+SQNSPCFG: {typed}"));
                }
                self.sequans.profiles.insert(id, typed);
            }
            Form::Read => {
                for typed in self.sequans.profiles.values().cloned().collect::<Vec<_>>() {
                    self.info(format!("+SQNSPCFG: {typed}"));
                }
            }
            Form::Test | Form::Action => {}
        }
        Ok(Final::Ok.into())
    }
}

/// Begins with a BEGIN line and ends with an END line, nothing before and at most one LF after.
fn is_pem(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let text = text.strip_suffix('\n').unwrap_or(text);
    let last = text.rsplit('\n').next().unwrap_or_default();
    text.starts_with("-----BEGIN ") && last.starts_with("-----END ") && last.ends_with("-----")
}
