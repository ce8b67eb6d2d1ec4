//! Packet data contexts (RYZ014 use cases §2.3, SARA/LEXI internet applications §2, LENA-R8
//! application development §7.2).

use std::net::Ipv4Addr;

use super::Modem;
use super::exec::Step;
use super::general::ok;
use crate::command::{Command, Form};
use crate::reply::{BAD_PARAMETERS, Final, NOT_ALLOWED};

impl Modem {
    pub(super) fn cgdcont(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Read => {
                for (cid, (kind, apn)) in self.cellular.contexts.clone() {
                    let active = self.is_active(cid);
                    let address = active.then(|| self.address_of(cid).to_string());
                    let kind = if active && self.options.assigned_type { "IP".to_owned() } else { kind };
                    let head = format!("+CGDCONT: {cid},\"{kind}\",\"{apn}\"");
                    let text = match self.model.ublox() {
                        None => format!("{head}{}", self.model.sequans().cgdcont_tail),
                        // LENA-R8 application development §7.2.
                        Some(traits) if traits.default_cid == 0 => {
                            let tail = if cid == 0 { "" } else { ",0,0" };
                            let address = address.unwrap_or_else(|| "IPv4:0.0.0.0".to_owned());
                            format!("{head},\"{address}\"{tail}")
                        }
                        // SARA/LEXI internet applications §2.3.
                        Some(_) => format!("{head},\"{}\",0,0,0,0,0,0", address.unwrap_or_default()),
                    };
                    self.info(text);
                }
            }
            Form::Set => {
                let cid = self.cid(command, 0)?;
                if cid == 0 && self.default_cid() == 0 {
                    // It is that of the operator (LENA-R8 application development §7.2.1).
                    return Err(NOT_ALLOWED);
                }
                if command.len() == 1 {
                    self.cellular.contexts.remove(&cid);
                    return Ok(ok());
                }
                let kind = command.text(1)?.to_ascii_uppercase();
                if !matches!(kind.as_str(), "IP" | "IPV6" | "IPV4V6" | "NONIP") {
                    return Err(BAD_PARAMETERS);
                }
                let apn = if command.arg(2).is_some() { command.text(2)? } else { String::new() };
                self.cellular.contexts.insert(cid, (kind, apn));
            }
            Form::Test | Form::Action => {}
        }
        Ok(ok())
    }

    /// `AT+CFGDFTPDN=<type>,<authentication>,"<apn>"`: that of the default bearer, for the next
    /// attach (LENA-R8 application development §7.2.1.1).
    pub(super) fn cfgdftpdn(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(ok());
        }
        let apn = command.text(2)?;
        if self.attached() {
            return Err(NOT_ALLOWED);
        }
        self.cellular.contexts.insert(0, ("IP".to_owned(), apn));
        Ok(ok())
    }

    pub(crate) fn cid(&self, command: &Command, i: usize) -> Result<u32, Final> {
        match self.model.ublox() {
            Some(traits) => command.within(i, 0, traits.last_cid),
            None => command.within(i, 1, 8),
        }
    }

    pub(super) fn default_cid(&self) -> u32 {
        self.model.ublox().map_or(1, |traits| traits.default_cid)
    }

    /// The default context comes with the registration (SARA/LEXI internet applications §2.1).
    pub(crate) fn is_active(&self, cid: u32) -> bool {
        self.attached() && (cid == self.default_cid() || self.cellular.active.contains(&cid))
    }

    /// Contexts that the host has activated, in that order.
    pub(crate) fn activated(&self) -> &[u32] {
        &self.cellular.active
    }

    /// Activates a context for a dial-up connection; false when it was active.
    pub(super) fn activate(&mut self, cid: u32) -> Result<bool, Final> {
        // LENA-R8 application development §7.2.1: context 0 "is reserved for MNO purposes".
        let reserved = cid == 0 && self.default_cid() == 0;
        if reserved || !self.cellular.contexts.contains_key(&cid) {
            return Err(NOT_ALLOWED);
        }
        if self.is_active(cid) {
            return Ok(false);
        }
        if self.active_beside_default() + 1 >= self.most_active() {
            return Err(NOT_ALLOWED);
        }
        self.cellular.active.push(cid);
        Ok(true)
    }

    /// The end of the dial-up connection that has activated the context.
    pub(super) fn deactivate(&mut self, cid: u32) {
        self.cellular.active.retain(|c| *c != cid);
    }

    fn active_beside_default(&self) -> usize {
        self.cellular.active.iter().filter(|c| **c != self.default_cid()).count()
    }

    fn most_active(&self) -> usize {
        self.model.ublox().map_or(usize::MAX, |traits| traits.active_contexts)
    }

    /// A previous host has left context 1 active.
    pub(super) fn stale_context(&mut self) {
        let context = ("IP".to_owned(), "internet".to_owned());
        self.cellular.contexts.entry(1).or_insert(context);
        self.cellular.active.push(1);
    }

    /// The type that `+CGDCONT` has set.
    pub(crate) fn context_type(&self, cid: u32) -> Option<&str> {
        self.cellular.contexts.get(&cid).map(|(kind, _)| kind.as_str())
    }

    /// Address of a context: the modem's own for the first that a host can use, its neighbours
    /// for the others.
    pub(crate) fn address_of(&self, cid: u32) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.options.address).wrapping_add(cid).wrapping_sub(1))
    }

    pub(super) fn cgact(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Read => {
                let all: Vec<u32> = self.cellular.contexts.keys().copied().collect();
                // LENA-R8 application development §7.2: what is not active has no line, and the
                // default bearer has one only while it is alone.
                let brief = self.default_cid() == 0;
                let alone = self.cellular.active.is_empty();
                for cid in all {
                    let active = self.is_active(cid);
                    if !brief || active && (cid != 0 || alone) {
                        self.info(format!("+CGACT: {cid},{}", u8::from(active)));
                    }
                }
            }
            Form::Set => {
                let state = command.within(0, 0, 1)?;
                let cid = self.cid(command, 1)?;
                if !self.cellular.contexts.contains_key(&cid) {
                    return Err(NOT_ALLOWED);
                }
                let default = self.default_cid();
                let used = self.data_context();
                let (most, others) = (self.most_active(), self.active_beside_default());
                match state {
                    _ if cid == 0 && default == 0 => return Err(NOT_ALLOWED),
                    1 if !self.attached() => return Err(Final::Cme(30)),
                    1 if self.cellular.active.contains(&cid) => {}
                    1 if cid != default && others + 1 >= most => return Err(NOT_ALLOWED),
                    // SARA-R42 wants it for the default context too (SARA/LEXI internet
                    // applications §2.3).
                    1 => self.cellular.active.push(cid),
                    // The context of the registration stays as long as that does.
                    _ if cid == default => return Err(NOT_ALLOWED),
                    _ => {
                        self.cellular.active.retain(|c| *c != cid);
                        self.carrier_lost(Some(cid));
                    }
                }
                match state {
                    1 => self.context_event(&format!("ME PDN ACT {cid}")),
                    _ => {
                        self.heal_context();
                        self.context_event(&format!("ME PDN DEACT {cid}"));
                    }
                }
                if used.is_some() && used != self.data_context() {
                    self.packet_data_lost();
                    self.drop_sockets();
                }
            }
            Form::Test | Form::Action => {}
        }
        Ok(ok())
    }

    pub(super) fn cgpaddr(&mut self, command: &Command) -> Result<Step, Final> {
        let cids = match command.form {
            Form::Action => self.cellular.contexts.keys().copied().collect(),
            Form::Set => vec![self.cid(command, 0)?],
            Form::Test => Vec::new(),
            Form::Read => return Err(Final::Error),
        };
        for cid in cids {
            let text = if self.is_active(cid) {
                format!("+CGPADDR: {cid},\"{}\"{}", self.address_of(cid), self.second_address(cid))
            } else {
                // RYZ014 use cases §2.3.2.5: no address, no field.
                format!("+CGPADDR: {cid}")
            };
            self.info(text);
        }
        Ok(ok())
    }

    /// RYZ014 use cases §2.3.2.5: IPv6 in sixteen decimal numbers, as 3GPP TS 27.007 has it.
    fn second_address(&self, cid: u32) -> String {
        let dual = self.cellular.contexts.get(&cid).is_some_and(|(kind, _)| kind == "IPV4V6");
        match self.options.address_v6 {
            Some(address) if dual => {
                let numbers = address.octets().map(|octet| octet.to_string());
                format!(",\"{}\"", numbers.join("."))
            }
            _ => String::new(),
        }
    }

    pub(super) fn cgcontrdp(&mut self, command: &Command) -> Result<Step, Final> {
        let wanted = match command.form {
            Form::Set => Some(self.cid(command, 0)?),
            _ => None,
        };
        let names_operator = !self.model.is_ublox() && self.model.sequans().operator_apn;
        let mut bearer = 4;
        for (cid, (_, apn)) in self.cellular.contexts.clone() {
            if !self.is_active(cid) {
                continue;
            }
            bearer += 1;
            if wanted.is_some_and(|w| w != cid) {
                continue;
            }
            let address = self.address_of(cid);
            let text = if names_operator {
                // Cassiopeia use cases §1.2.2: "gateway: null means point to point gateway".
                let apn = format!("{apn}.mnc001.mcc001.gprs");
                let dns = "\"10.0.0.1\",\"10.0.0.2\",";
                format!("+CGCONTRDP: {cid},{bearer},\"{apn}\",\"{address}.255.255.255.255\",,{dns}")
            } else {
                let dns = "\"10.0.0.1\",\"10.0.0.2\"";
                format!("+CGCONTRDP: {cid},5,\"{apn}\",\"{address}.255.255.255.0\",\"\",{dns}")
            };
            self.info(text);
        }
        Ok(ok())
    }
}
