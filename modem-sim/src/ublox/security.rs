//! Certificates and keys (SARA/LEXI internet applications §3.1, LENA-R8 application development §9.1.1).

use crate::breach::Rule;
use crate::command::{Command, Form};
use crate::credential::{self, Flaw};
use crate::modem::{Modem, Payload, PayloadKind, Step};
use crate::options::Security;
use crate::reply::{BAD_PARAMETERS, Final, NOT_ALLOWED, NOT_SUPPORTED};

/// Largest certificate or key.
const MOST: u32 = 8192;
/// What the list shows for a type: root, client certificate, client key, server certificate,
/// signature verification certificate and key.
const TYPES: [&str; 6] = ["CA", "CC", "PK", "SC", "VC", "PU"];
/// The types that are no certificates.
const KEYS: [u8; 2] = [2, 5];

/// The name of a file in the modem's memory.
pub(super) fn path(kind: u8, name: &str) -> String {
    format!("ublox/{kind}/{name}")
}

impl Modem {
    /// `AT+USECMNG`: 0 import over the line, 2 remove, 3 list, 4 MD5. Import from the file system
    /// is not simulated, there is none.
    pub(super) fn usecmng(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        let op = command.within(0, 0, 4)?;
        if op == 3 {
            self.list_certificates(command)?;
            return Ok(Final::Ok.into());
        }
        let kind = command.within(1, 0, TYPES.len() as u32 - 1)? as u8;
        let name = command.text(2)?;
        if name.is_empty() || name.len() > 200 {
            return Err(BAD_PARAMETERS);
        }
        match op {
            0 => {
                let size = command.within(3, 1, MOST)?;
                let kind = PayloadKind::UbloxCertificate(kind, name);
                return Ok(Step::Collect("\r\n>", Payload::new(kind, size as usize)));
            }
            2 => {
                if !self.nvram.remove(&path(kind, &name)) {
                    return Err(NOT_ALLOWED);
                }
            }
            4 => {
                let data = self.nvram.file(&path(kind, &name)).ok_or(NOT_ALLOWED)?;
                let sum = md5(kind, data);
                self.info(format!("+USECMNG: 4,{kind},\"{name}\",\"{sum}\""));
            }
            _ => return Err(NOT_SUPPORTED),
        }
        Ok(Final::Ok.into())
    }

    /// The common name and the end of the validity of each certificate, the names of keys (SARA/LEXI
    /// internet applications §3.1; §3.3 prints the day without the time).
    fn list_certificates(&mut self, command: &Command) -> Result<(), Final> {
        let wanted = match command.arg(1) {
            Some(_) => Some(command.within(1, 0, TYPES.len() as u32 - 1)?),
            None => None,
        };
        let mut lines = Vec::new();
        for (path, data) in self.nvram.under("ublox/") {
            let Some((kind, name)) = path.split_once('/') else { continue };
            let kind: u32 = kind.parse().unwrap_or_default();
            let word = TYPES[kind as usize % TYPES.len()];
            if wanted.is_some_and(|wanted| wanted != kind) {
                continue;
            }
            if KEYS.contains(&(kind as u8)) {
                lines.push(format!("{word},\"{name}\""));
                continue;
            }
            let facts = credential::facts(data).unwrap_or_default();
            let (year, month, day, hour, minute, second) = credential::calendar(facts.not_after);
            let end = format!("{year:04}/{month:02}/{day:02} {hour:02}:{minute:02}:{second:02}");
            lines.push(format!("{word},\"{name}\",\"{}\",\"{end}\"", facts.common_name));
        }
        lines.into_iter().for_each(|line| self.info(line));
        Ok(())
    }

    /// What cannot be read is refused. The documents do not show how; they show a 1 as operation in the
    /// answer, though the command had a 0 (SARA/LEXI internet applications §3.3, LENA-R8 application
    /// development §9.1.3).
    pub(super) fn import_certificate(
        &mut self,
        kind: u8,
        name: String,
        data: Vec<u8>,
    ) -> Result<Step, Final> {
        if self.options.security == Security::Real {
            let flaw = match KEYS.contains(&kind) {
                true => credential::key(&data).err(),
                false => credential::chain(&data).err(),
            };
            match flaw {
                None => {}
                // It can be used with its password. LENA-R8 application development §9.1.1: "not supported".
                Some(Flaw::Encrypted) if self.traits().encrypted_keys => {}
                Some(Flaw::TooSmall) => {
                    self.breach(Rule::KeyTooSmall, format!("the key of '{name}'"));
                    return Err(NOT_ALLOWED);
                }
                Some(Flaw::Encrypted | Flaw::Format) => return Err(NOT_ALLOWED),
            }
        }
        let op = if self.options.import_prints_one { 1 } else { 0 };
        self.info(format!("+USECMNG: {op},{kind},\"{name}\",\"{}\"", md5(kind, &data)));
        self.nvram.store(path(kind, &name), data);
        Ok(Final::Ok.into())
    }
}

/// "MD5 hash string of the stored trusted root certificate DER" (SARA/LEXI internet applications §3.3).
fn md5(kind: u8, data: &[u8]) -> String {
    let der = if KEYS.contains(&kind) {
        credential::key(data).ok().map(|key| key.secret_der().to_vec())
    } else {
        credential::chain(data).ok().and_then(|chain| chain.first().map(|der| der.to_vec()))
    };
    format!("{:x}", md5::compute(der.as_deref().unwrap_or(data)))
}
