//! Certificates and keys (RYZ014 use cases §3.1 to §3.3, §3.5).

use crate::breach::Rule;
use crate::command::{Command, Form, hex};
use crate::credential::{self, Facts};
use crate::modem::{Modem, Payload, PayloadKind, Step};
use crate::options::Security;
use crate::reply::{BAD_PARAMETERS, Final, NOT_SUPPORTED};

/// Largest certificate (RYZ014 use cases §3.1).
const CERTIFICATE: u32 = 8192;
/// Keys must be smaller than this.
const KEY: u32 = 2048;
/// Bytes of all files.
const TOTAL: usize = 200 * 1024;
/// The slots below are for preloaded certificates.
const FIRST: u8 = 8;

/// The name of a file in the modem's memory.
pub(super) fn path(key: bool, slot: u8) -> String {
    format!("sequans/{}/{slot:02}", if key { "privatekey" } else { "certificate" })
}

impl Modem {
    fn is_key(command: &Command) -> Result<bool, Final> {
        // §6.7.3.3 once writes it with a capital letter.
        match command.text(0)?.to_ascii_lowercase().as_str() {
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
        if !key && slot < FIRST {
            self.breach(Rule::PreloadedSlot, format!("certificate slot {slot} is written"));
        }
        let old = self.nvram.file(&path(key, slot)).map_or(0, <[u8]>::len);
        if size == 0 {
            self.nvram.remove(&path(key, slot));
            return Ok(Final::Ok.into());
        }
        if self.nvram.size() - old + size > TOTAL {
            return Err(Final::Error);
        }
        let kind = PayloadKind::SequansStore { key, slot };
        Ok(Step::Collect("\r\n> ", Payload::new(kind, size)))
    }

    /// The size must be that of the file, to the byte, and the file must be PEM (RYZ014 use cases
    /// §3.5).
    pub(super) fn store_file(&mut self, key: bool, slot: u8, data: Vec<u8>) -> Result<Step, Final> {
        if data.starts_with(b"-----BEGIN") && data.contains(&b'\r') {
            self.breach(Rule::CarriageReturnInFile, format!("slot {slot}"));
            return Err(NOT_SUPPORTED);
        }
        let real = self.options.security == Security::Real;
        let readable =
            !real || if key { credential::key(&data).is_ok() } else { credential::chain(&data).is_ok() };
        if !credential::is_pem(&data) || !readable {
            return Err(NOT_SUPPORTED);
        }
        self.nvram.store(path(key, slot), data);
        Ok(Final::Ok.into())
    }

    /// `AT+SQNSNVR="certificate"|"privatekey"[,<index>]`: of a chain "it only outputs the first
    /// certificate" (RYZ014 use cases §3.5).
    pub(super) fn sqnsnvr(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        let key = Self::is_key(command)?;
        let wanted = match command.arg(1) {
            Some(_) => Some(command.within(1, 0, 19)? as u8),
            None => None,
        };
        for slot in (0..20).filter(|slot| wanted.is_none_or(|wanted| wanted == *slot)) {
            let Some(data) = self.nvram.file(&path(key, slot)) else { continue };
            let line = if key {
                [format!("+SQNSNVR: {slot},\"").as_bytes(), data, b"\""].concat()
            } else {
                let facts = credential::facts(data).unwrap_or_default();
                format!("+SQNSNVR: \"certificate\",{slot},{}", shown(&facts)).into_bytes()
            };
            self.info(line);
        }
        Ok(Final::Ok.into())
    }
}

/// Subject, serial number, issuer, validity, signature algorithm, public key, fingerprint (§3.2.1).
fn shown(facts: &Facts) -> String {
    let moment = |seconds| {
        let (year, month, day, hour, minute, second) = credential::calendar(seconds);
        format!("{:02}/{month:02}/{day:02} {hour:02}:{minute:02}:{second:02}", year % 100)
    };
    let fields = [
        facts.subject.clone(),
        hex(&facts.serial).to_ascii_lowercase(),
        facts.issuer.clone(),
        moment(facts.not_before),
        moment(facts.not_after),
        facts.signature.to_owned(),
        hex(&facts.public_key).to_ascii_lowercase(),
        "sha1".to_owned(),
        hex(&facts.sha1).to_ascii_lowercase(),
    ];
    fields.map(|field| format!("\"{field}\"")).join(",")
}
