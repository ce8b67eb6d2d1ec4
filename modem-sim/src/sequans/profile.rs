//! Security profiles and secured sockets (RYZ014 use cases §3.4, §6.3, §6.7.3).

use std::net::SocketAddr;

use super::nvm::path;
use super::{SOCKETS, slot};
use crate::command::{Command, Form, unhex};
use crate::credential;
use crate::modem::{Modem, Step};
use crate::network::Handle;
use crate::reply::{BAD_PARAMETERS, Final};
use crate::tls::{self, Fault, Profile, Version};

/// `+SQNSPCFG` of one profile.
#[derive(Clone, Debug)]
pub(super) struct SecurityProfile {
    /// As it was typed, for the read form.
    typed: String,
    version: u32,
    suites: Vec<u16>,
    /// 1 for the chain, 2 for the dates, 4 for the name.
    level: u32,
    root: Option<u8>,
    certificate: Option<u8>,
    key: Option<u8>,
    psk: Vec<u8>,
    identity: Vec<u8>,
    /// 0 for the non-volatile memory.
    storage: u32,
}

/// `0x2F;0x3C`.
fn suites(text: &str) -> Result<Vec<u16>, Final> {
    let number = |word: &str| {
        let digits = word.trim().strip_prefix("0x").or_else(|| word.trim().strip_prefix("0X"));
        digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()).ok_or(BAD_PARAMETERS)
    };
    text.split(';').filter(|word| !word.trim().is_empty()).map(number).collect()
}

fn parse(command: &Command, typed: String, hex_key: bool) -> Result<SecurityProfile, Final> {
    let file = |i: usize| match command.arg(i).filter(|arg| !arg.quoted) {
        None => Ok(None),
        Some(_) => match command.number(i)? {
            255 => Ok(None),
            _ => command.within(i, 0, 19).map(|slot| Some(slot as u8)),
        },
    };
    // The table of §3.4.1 leaves one of the three slots out, so that the key stands in its place.
    let psk = if command.arg(6).is_some_and(|arg| arg.quoted) { 6 } else { 7 };
    let text = |i: usize| match command.arg(i) {
        None => Ok(Vec::new()),
        Some(_) => command.text(i).map(String::into_bytes),
    };
    Ok(SecurityProfile {
        typed,
        version: match command.number(1)? {
            version @ (0..=3 | 255) => version,
            _ => return Err(BAD_PARAMETERS),
        },
        suites: match command.arg(2) {
            None => Vec::new(),
            Some(_) => suites(&command.text(2)?)?,
        },
        level: command.within_or(3, 0, 7, 0)?,
        root: file(4)?,
        certificate: file(5)?,
        key: file(6)?,
        psk: match text(psk)? {
            digits if hex_key => unhex(&digits).ok_or(BAD_PARAMETERS)?,
            text => text,
        },
        identity: text(psk + 1)?,
        storage: command.within_or(psk + 2, 0, 1, 0)?,
    })
}

impl Modem {
    /// `AT+SQNSPCFG=<spId>,<version>,"<cipherSpecs>",<certValidLevel>,<caCertificateID>,
    /// <clientCertificateID>,<clientPrivateKeyID>,"<psk>","<pskIdentity>",<storageId>`. The profile is
    /// printed when there is a text behind the certificates and keys, otherwise not (§3.4.1, §6.3.2).
    pub(super) fn sqnspcfg(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                let id = command.within(0, 1, u32::from(SOCKETS))?;
                let mut typed = command.typed();
                let ends_with_text = command.args.last().is_some_and(|arg| arg.quoted);
                let prints = command.len() > 7 || command.len() == 7 && ends_with_text;
                if prints && ends_with_text && !command.args[command.len() - 2].quoted {
                    typed.push_str(",\"\"");
                }
                if command.len() > 1 {
                    let profile = parse(command, typed.clone(), self.options.hex_shared_key)?;
                    self.sequans.profiles.insert(id, profile);
                } else {
                    self.sequans.profiles.remove(&id);
                }
                if prints {
                    self.info(format!("+SQNSPCFG: {typed}"));
                }
            }
            Form::Read => {
                let all: Vec<_> = self.sequans.profiles.values().map(|p| p.typed.clone()).collect();
                all.into_iter().for_each(|typed| self.info(format!("+SQNSPCFG: {typed}")));
            }
            Form::Test | Form::Action => {}
        }
        Ok(Final::Ok.into())
    }

    /// Secures the connection of a socket with its profile.
    pub(super) fn secure_session(&mut self, id: u8, net: Handle, peer: SocketAddr) -> bool {
        let Ok(s) = self.sequans.session(id) else { return false };
        let (host, tcp) = (s.host.clone(), s.tcp);
        let number = self.sequans.configs[slot(id)].profile;
        let result = self.assemble_session(number, host);
        let result = result.and_then(|profile| self.net.secure(net, peer, !tcp, profile));
        result.map_err(|fault| self.security_fault(peer, !tcp, &fault)).is_ok()
    }

    fn assemble_session(&self, number: u32, host: String) -> Result<Profile, Fault> {
        let own = self.sequans.profiles.get(&number);
        let own = own.ok_or(Fault::Profile(format!("profile {number} is not configured")))?;
        let wrong = |what: &str| Fault::Profile(format!("there is no {what} in its slot"));
        let chain = |slot: u8, what: &str| {
            let data = self.nvram.file(&path(false, slot)).ok_or(wrong(what))?;
            credential::chain(data).map_err(|flaw| Fault::Profile(format!("{what}: {flaw:?}")))
        };
        if own.storage != 0 {
            return Err(Fault::Unable("keys outside of the non-volatile memory".to_owned()));
        }
        let version = match own.version {
            0 => Version::Tls10,
            1 => Version::Tls11,
            2 | 255 => Version::Tls12,
            _ => Version::Tls13,
        };
        let client = match (own.certificate, own.key) {
            (Some(certificate), Some(key)) => {
                let data = self.nvram.file(&path(true, key)).ok_or(wrong("key"))?;
                let key = credential::key(data).map_err(|flaw| Fault::Profile(format!("key: {flaw:?}")))?;
                Some((chain(certificate, "certificate")?, key))
            }
            _ => None,
        };
        let is_name = host.parse::<std::net::IpAddr>().is_err();
        Ok(Profile {
            chain: own.level & 1 != 0,
            dates: own.level & 2 != 0,
            name: (own.level & 4 != 0).then(|| host.clone()),
            sni: is_name.then_some(host),
            lowest: version,
            highest: if self.options.exact_tls_version { version } else { Version::Tls13 },
            suites: Some(own.suites.clone()).filter(|suites| !suites.is_empty()),
            roots: match own.root {
                None => Vec::new(),
                Some(slot) => chain(slot, "CA certificate")?,
            },
            pin: None,
            client,
            any_key: self.options.uses_any_key,
            psk: (!own.psk.is_empty())
                .then(|| tls::SharedKey { identity: own.identity.clone(), key: own.psk.clone() }),
            resume: None,
        })
    }
}
