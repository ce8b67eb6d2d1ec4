//! Certificates and security profiles (SARA/LEXI internet applications §3).

use crate::command::{Command, Form};
use crate::modem::{Modem, Payload, PayloadKind, Step};
use crate::reply::{BAD_PARAMETERS, Final, NOT_ALLOWED, NOT_SUPPORTED};

/// Largest certificate or key.
const MOST: u32 = 8192;
/// What the list shows for a type: root, client certificate, client key, server certificate,
/// signature verification certificate and key.
const TYPES: [&str; 6] = ["CA", "CC", "PK", "SC", "VC", "PU"];

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
                self.ublox.certificates.remove(&(kind, name)).ok_or(NOT_ALLOWED)?;
            }
            4 => {
                let data = self.ublox.certificates.get(&(kind, name.clone())).ok_or(NOT_ALLOWED)?;
                let sum = md5::compute(data);
                self.info(format!("+USECMNG: 4,{kind},\"{name}\",\"{sum:x}\""));
            }
            _ => return Err(NOT_SUPPORTED),
        }
        Ok(Final::Ok.into())
    }

    fn list_certificates(&mut self, command: &Command) -> Result<(), Final> {
        let wanted = match command.arg(1) {
            Some(_) => Some(command.within(1, 0, TYPES.len() as u32 - 1)? as u8),
            None => None,
        };
        let all: Vec<_> = self.ublox.certificates.keys().cloned().collect();
        for (kind, name) in all.into_iter().filter(|(k, _)| wanted.is_none_or(|w| w == *k)) {
            let word = TYPES[usize::from(kind)];
            // The contents are not looked at: every certificate has the same date.
            if matches!(word, "PK" | "PU") {
                self.info(format!("{word},\"{name}\""));
            } else {
                self.info(format!("{word},\"{name}\",\"{name}\",\"2032/10/18 08:23:32\""));
            }
        }
        Ok(())
    }

    pub(super) fn import_certificate(
        &mut self,
        kind: u8,
        name: String,
        data: Vec<u8>,
    ) -> Result<Step, Final> {
        let sum = md5::compute(&data);
        self.info(format!("+USECMNG: 0,{kind},\"{name}\",\"{sum:x}\""));
        self.ublox.certificates.insert((kind, name), data);
        Ok(Final::Ok.into())
    }

    /// `AT+USECPRF=<profile>[,<op>[,<value>…]]`: stored; without an op the profile is reset.
    pub(super) fn usecprf(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        let profile = command.within(0, 0, 4)?;
        if command.len() == 1 {
            self.ublox.profiles.remove(&profile);
            return Ok(Final::Ok.into());
        }
        let op = command.within(1, 0, 14)?;
        let values = self.ublox.profiles.entry(profile).or_default();
        if command.len() == 2 {
            let value = values.get(&op).cloned().unwrap_or_default();
            self.info(format!("+USECPRF: {profile},{op},{value}"));
            return Ok(Final::Ok.into());
        }
        let typed = command.typed();
        let value = typed.splitn(3, ',').nth(2).unwrap_or_default().to_owned();
        values.insert(op, value);
        Ok(Final::Ok.into())
    }
}
