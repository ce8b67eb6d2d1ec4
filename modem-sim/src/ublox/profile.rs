//! Security profiles and secured sockets (SARA/LEXI internet applications §3.2, §3.4, §5.11, LENA-R8
//! application development §9.1.2).

use std::net::SocketAddr;

use super::security::path;
use crate::breach::Rule;
use crate::command::{Command, Form, hex, unhex};
use crate::credential::{self, Flaw};
use crate::modem::{Modem, Step};
use crate::network::Handle;
use crate::reply::{BAD_PARAMETERS, Final, NOT_SUPPORTED};
use crate::tls::{self, Data, Fault, Profile, Version};

/// SARA/LEXI internet applications §3.3: "the underlying SSL/TLS infrastructure allows 4 concurrent
/// SSL/TLS connections".
const CONNECTIONS: usize = 4;

/// `<op_code>` 2.
#[derive(Clone, Debug, Default)]
enum Suites {
    #[default]
    Automatic,
    Legacy(u32),
    One(u16),
    List(Vec<u16>),
}

/// `<op_code>` 13; nothing of it is kept without power (§3.4).
#[derive(Clone, Debug, Default)]
struct Resumption {
    on: bool,
    /// 0, or 10 for encrypted data.
    kind: u32,
    data: Option<Data>,
}

/// One security profile.
#[derive(Clone, Debug, Default)]
pub(super) struct SecurityProfile {
    level: u32,
    lowest: u32,
    suites: Suites,
    /// Op codes 3 to 7, 10: names and texts.
    texts: [String; 11],
    psk: Vec<u8>,
    identity: Vec<u8>,
    /// The pre-shared key comes from the root of trust.
    from_root_of_trust: bool,
    pin: Option<(String, u32)>,
    resumption: Resumption,
}

impl SecurityProfile {
    /// A restart.
    pub(super) fn forget_session(&mut self) {
        self.resumption = Resumption::default();
    }
}

/// Two hexadecimal digits in quotes.
fn octet(command: &Command, i: usize) -> Result<u16, Final> {
    let text = command.text(i)?;
    match unhex(text.as_bytes()).as_deref() {
        Some([octet]) => Ok(u16::from(*octet)),
        _ => Err(BAD_PARAMETERS),
    }
}

/// A text, quoted or not: the tables print session data without quotes.
fn loose(command: &Command, i: usize) -> Result<String, Final> {
    let arg = command.arg(i).ok_or(BAD_PARAMETERS)?;
    String::from_utf8(arg.raw.clone()).map_err(|_| BAD_PARAMETERS)
}

impl Modem {
    /// `AT+USECPRF=<profile>[,<op>[,<value>…]]`; without an op the profile is reset.
    pub(super) fn usecprf(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        let number = command.within(0, 0, 4)?;
        if command.len() == 1 {
            self.ublox.profiles.remove(&number);
            return Ok(Final::Ok.into());
        }
        let op = command.within(1, 0, 13)?;
        let traits = self.traits();
        let known = match op {
            11 => traits.root_of_trust,
            12 => traits.pinning,
            _ => true,
        };
        if !known {
            return Err(NOT_SUPPORTED);
        }
        let mut profile = self.ublox.profiles.get(&number).cloned().unwrap_or_default();
        if command.len() == 2 {
            if let Some(value) = shown(&profile, op) {
                self.info(format!("+USECPRF: {number},{op},{value}"));
            }
            return Ok(Final::Ok.into());
        }
        match op {
            0 => profile.level = command.within(2, 0, 3)?,
            1 => profile.lowest = command.within(2, 0, if traits.tls13 { 4 } else { 3 })?,
            2 => profile.suites = self.suites(command, profile.suites)?,
            8 => profile.psk = secret(command)?,
            9 => profile.identity = secret(command)?,
            11 => profile.from_root_of_trust = command.within(2, 0, 1)? == 1,
            12 => profile.pin = Some((command.text(2)?, command.within_or(3, 0, 2, 0)?)),
            13 => resumption(command, &mut profile.resumption)?,
            _ => profile.texts[op as usize] = command.text(2)?,
        }
        self.ublox.profiles.insert(number, profile);
        Ok(Final::Ok.into())
    }

    /// `2,<legacy>`, `2,99,"C0","30"`, `2,100,"C0","30",<0 add, 1 remove>`.
    fn suites(&self, command: &Command, before: Suites) -> Result<Suites, Final> {
        match command.number(2)? {
            0 => Ok(Suites::Automatic),
            99 => Ok(Suites::One(octet(command, 3)? << 8 | octet(command, 4)?)),
            100 if !self.traits().cipher_list => Err(NOT_SUPPORTED),
            100 => {
                let suite = octet(command, 3)? << 8 | octet(command, 4)?;
                let mut list = if let Suites::List(list) = before { list } else { Vec::new() };
                list.retain(|known| *known != suite);
                if command.within_or(5, 0, 1, 0)? == 0 {
                    list.push(suite);
                }
                Ok(Suites::List(list))
            }
            number if tls::legacy(number).is_some() => Ok(Suites::Legacy(number)),
            _ => Err(BAD_PARAMETERS),
        }
    }

    /// A fifth secured connection is one too many.
    pub(super) fn room_for_security(&mut self) -> bool {
        let room = self.net.secured() < CONNECTIONS;
        if !room {
            let detail = format!("{CONNECTIONS} connections are secured already");
            self.breach(Rule::TooManySecureConnections, detail);
        }
        room
    }

    /// Secures the connection of a socket with its profile.
    pub(super) fn secure(&mut self, id: u8, net: Handle, peer: SocketAddr) -> bool {
        let Ok(s) = self.ublox.socket(id) else { return false };
        let (number, tcp) = (s.profile, s.tcp);
        let result = self.assemble_profile(number);
        let result = result.and_then(|profile| self.net.secure(net, peer, !tcp, profile));
        result.map_err(|fault| self.security_fault(peer, !tcp, &fault)).is_ok()
    }

    fn assemble_profile(&self, number: u32) -> Result<Profile, Fault> {
        let own = self.ublox.profiles.get(&number).cloned().unwrap_or_default();
        let traits = self.traits();
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let missing = |kind: u8, name: &str| Fault::Profile(format!("no file '{name}' of type {kind}"));
        let file = |kind: u8, name: &str| self.nvram.file(&path(kind, name)).ok_or(missing(kind, name));
        let unreadable = |flaw: Flaw| match flaw {
            Flaw::Encrypted => Fault::Unable("keys with a password".to_owned()),
            flaw => Fault::Profile(format!("a file cannot be read: {flaw:?}")),
        };
        let chain = |kind: u8, name: &str| credential::chain(file(kind, name)?).map_err(unreadable);
        if own.from_root_of_trust {
            return Err(Fault::Unable("a pre-shared key of the root of trust".to_owned()));
        }
        let roots = if own.texts[3].is_empty() {
            // §3.2: "or with each of the imported trusted root certificates".
            let all = self.nvram.under("ublox/0/");
            all.filter_map(|(_, data)| credential::chain(data).ok()).flatten().collect()
        } else {
            chain(0, &own.texts[3])?
        };
        // Levels 2 and 3 need to know the name; without it nothing fits.
        let name = (own.level >= 2).then(|| own.texts[4].clone());
        let client = match (own.texts[5].as_str(), own.texts[6].as_str()) {
            ("", _) | (_, "") => None,
            (cert, key) => Some((chain(1, cert)?, credential::key(file(2, key)?).map_err(unreadable)?)),
        };
        let pin = match &own.pin {
            None => None,
            Some((name, level)) => {
                let certificate = chain(3, name)?.into_iter().next().ok_or(missing(3, name))?;
                Some(tls::Pin { certificate, key_only: *level == 0 })
            }
        };
        let psk = (!own.psk.is_empty())
            .then(|| tls::SharedKey { identity: own.identity.clone(), key: own.psk.clone() });
        let resume = own
            .resumption
            .on
            .then(|| self.sessions.resume(own.resumption.data.clone(), traits.session_tickets));
        Ok(Profile {
            chain: own.level >= 1,
            dates: own.level >= 3,
            name,
            sni: some(&own.texts[10]),
            lowest: match own.lowest {
                0 | 1 => Version::Tls10,
                2 => Version::Tls11,
                3 => Version::Tls12,
                _ => Version::Tls13,
            },
            highest: if traits.tls13 { Version::Tls13 } else { Version::Tls12 },
            suites: match &own.suites {
                Suites::Automatic => None,
                Suites::Legacy(number) => tls::legacy(*number).map(|suite| vec![suite]),
                Suites::One(suite) => Some(vec![*suite]),
                Suites::List(list) if list.is_empty() => None,
                Suites::List(list) => Some(list.clone()),
            },
            roots,
            pin,
            client,
            any_key: self.options.uses_any_key,
            psk,
            resume,
        })
    }

    /// `+UUSECPRF` for the sessions that have just become known (§3.4.1).
    pub(super) fn session_lines(&mut self, id: u8) -> Vec<Vec<u8>> {
        let Ok(s) = self.ublox.socket(id) else { return Vec::new() };
        let number = s.profile;
        let Some(net) = s.net.filter(|_| s.secure) else { return Vec::new() };
        let Some(data) = self.net.session_data(net) else { return Vec::new() };
        let kind = self.ublox.profiles.get(&number).map_or(0, |profile| profile.resumption.kind);
        let values = match kind {
            0 => format!("13,2,{},{}", data.id, data.secret),
            _ => {
                let (text, size) = data.encrypted();
                format!("13,12,{text},{size}")
            }
        };
        vec![
            format!("+UUSECPRF: {number},13,1,{kind}").into_bytes(),
            format!("+UUSECPRF: {number},{values}").into_bytes(),
        ]
    }
}

/// The value of an op code for the read form; keys and passwords are not shown.
fn shown(profile: &SecurityProfile, op: u32) -> Option<String> {
    Some(match op {
        0 => profile.level.to_string(),
        1 => profile.lowest.to_string(),
        2 => match &profile.suites {
            Suites::Automatic => "0".to_owned(),
            Suites::Legacy(number) => number.to_string(),
            Suites::One(suite) => format!("99,\"{:02X}\",\"{:02X}\"", suite >> 8, suite & 0xff),
            Suites::List(list) => {
                let all: Vec<_> = list.iter().map(|suite| format!("{suite:04X}")).collect();
                format!("100,\"{}\"", all.join(";"))
            }
        },
        7 | 8 => return None,
        9 => format!("\"{}\"", hex(&profile.identity)),
        11 => u8::from(profile.from_root_of_trust).to_string(),
        12 => profile.pin.as_ref().map_or("\"\"".to_owned(), |(name, level)| format!("\"{name}\",{level}")),
        13 => format!("0,{}", u8::from(profile.resumption.on)),
        _ => format!("\"{}\"", profile.texts[op as usize]),
    })
}

/// A text, or with 1 behind it hexadecimal digits.
fn secret(command: &Command) -> Result<Vec<u8>, Final> {
    let text = command.text(2)?;
    match command.within_or(3, 0, 1, 0)? {
        0 => Ok(text.into_bytes()),
        _ => unhex(text.as_bytes()).ok_or(BAD_PARAMETERS),
    }
}

/// `13,0,<0|1>`, `13,1,<0|10>`, `13,2,<session id>,<master secret>`, `13,12,<data>,<size>`.
fn resumption(command: &Command, resumption: &mut Resumption) -> Result<(), Final> {
    match command.number(2)? {
        0 => resumption.on = command.within(3, 0, 1)? == 1,
        1 => match command.number(3)? {
            kind @ (0 | 10) => resumption.kind = kind,
            _ => return Err(BAD_PARAMETERS),
        },
        2 => resumption.data = Some(Data { id: loose(command, 3)?, secret: loose(command, 4)? }),
        12 => {
            command.number(4)?;
            resumption.data = Data::decrypted(&loose(command, 3)?);
        }
        _ => return Err(BAD_PARAMETERS),
    }
    Ok(())
}
