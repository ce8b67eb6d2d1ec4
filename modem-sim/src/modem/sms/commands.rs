//! The commands of short messages.

use super::alphabet::Charset;
use super::pdu::{Kind, Pdu, number_type, stamp_text};
use super::store::{Kept, READ, STATES, UNREAD};
use super::{BAD_INDEX, BAD_TEXT, FULL, NO_CENTRE, Step};
use crate::command::{Command, Form};
use crate::modem::Modem;
use crate::modem::exec::PayloadKind;
use crate::modem::general::ok;
use crate::reply::{BAD_PARAMETERS, Final};

impl Modem {
    /// Commands of this chapter; `None` when this is not one.
    pub(in crate::modem) fn sms_command(&mut self, command: &Command) -> Option<Result<Step, Final>> {
        Some(match command.name.as_str() {
            "+CMGF" => self.sms_number(command, 0, 1),
            "+CSDH" => self.sms_number(command, 1, 1),
            "+CSMS" => self.csms(command),
            "+CSCS" => self.cscs(command),
            "+CSMP" => self.csmp(command),
            "+CSCA" => self.csca(command),
            "+CNMI" => self.cnmi(command),
            "+CPMS" => self.cpms(command),
            "+CMGS" => self.cmgs(command, false),
            "+CMGW" => self.cmgs(command, true),
            "+CMSS" => self.cmss(command),
            "+CMGR" => self.cmgr(command),
            "+CMGL" => self.cmgl(command),
            "+CMGD" => self.cmgd(command),
            _ => return None,
        })
    }

    fn sms_number(&mut self, command: &Command, which: u32, most: u32) -> Result<Step, Final> {
        let setting = if which == 0 { &mut self.sms.text } else { &mut self.sms.details };
        match command.form {
            Form::Set | Form::Action => *setting = command.within_or(0, 0, most, 0)? == 1,
            Form::Read => {
                let value = u8::from(*setting);
                self.info(format!("{}: {value}", command.name));
            }
            Form::Test => self.info(format!("{}: (0-{most})", command.name)),
        }
        Ok(ok())
    }

    fn csms(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                self.sms.service = command.within(0, 0, 1)?;
                self.info("+CSMS: 1,1,1");
            }
            Form::Read => self.info(format!("+CSMS: {},1,1,1", self.sms.service)),
            Form::Test => self.info("+CSMS: (0,1)"),
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    fn cscs(&mut self, command: &Command) -> Result<Step, Final> {
        // RYZ014 use cases §7.1.2.3 have UTF-8.
        let known = |(_, set): &&(&str, Charset)| *set != Charset::Utf8 || !self.model.is_ublox();
        match command.form {
            Form::Set => {
                let name = command.text(0)?.to_ascii_uppercase();
                let found = Charset::ALL.iter().filter(known).find(|(known, _)| *known == name);
                self.sms.charset = found.ok_or(BAD_PARAMETERS)?.1;
            }
            Form::Read => self.info(format!("+CSCS: \"{}\"", self.sms.charset.name())),
            Form::Test => {
                let all: Vec<_> =
                    Charset::ALL.iter().filter(known).map(|(name, _)| format!("\"{name}\"")).collect();
                self.info(format!("+CSCS: ({})", all.join(",")));
            }
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    fn csmp(&mut self, command: &Command) -> Result<Step, Final> {
        let old = self.sms.parameters;
        match command.form {
            Form::Set => {
                for (i, old) in old.into_iter().enumerate() {
                    self.sms.parameters[i] = command.within_or(i, 0, 255, old)?;
                }
            }
            Form::Read => {
                let [first, validity, protocol, dcs] = old;
                self.info(format!("+CSMP: {first},{validity},{protocol},{dcs}"));
            }
            Form::Test => {}
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// RYZ014 use cases §7.1.2.2 set a number without quotes.
    fn csca(&mut self, command: &Command) -> Result<Step, Final> {
        self.sms_usable()?;
        match command.form {
            Form::Set => {
                let number = command.arg(0).ok_or(BAD_PARAMETERS)?;
                let number = String::from_utf8_lossy(&number.raw).into_owned();
                let international = command.within_or(1, 128, 255, 0).is_ok_and(|kind| kind == 145);
                let plus = if international && !number.starts_with('+') { "+" } else { "" };
                self.sms.centre = format!("{plus}{number}");
            }
            Form::Read => {
                let kind = number_type(&self.sms.centre);
                self.info(format!("+CSCA: \"{}\",{kind}", self.sms.centre));
            }
            Form::Test => {}
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    fn cnmi(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                let mut new = [0; 5];
                for (i, most) in [2, 2, 2, 2, 1].into_iter().enumerate() {
                    new[i] = command.within_or(i, 0, most, 0)?;
                }
                self.sms.indications = new;
            }
            Form::Read => {
                let all = self.sms.indications.map(|n| n.to_string());
                self.info(format!("+CNMI: {}", all.join(",")));
            }
            Form::Test => self.info("+CNMI: (0-2),(0-2),(0-2),(0-2),(0,1)"),
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// RYZ014 use cases §7.3.2.1, §7.3.2.2.
    fn cpms(&mut self, command: &Command) -> Result<Step, Final> {
        self.sms_usable()?;
        match command.form {
            Form::Set => {
                for i in 0..3 {
                    if command.arg(i).is_some() {
                        let name = command.text(i)?;
                        let found = self.sms.stores.iter().position(|store| store.name == name);
                        self.sms.memories[i] = found.ok_or(BAD_PARAMETERS)?;
                    }
                }
                let all = [0, 1, 2].map(|i| {
                    let store = self.sms.store(i);
                    format!("{},{}", store.used(), store.size())
                });
                self.info(format!("+CPMS: {}", all.join(",")));
                self.take_messages();
            }
            Form::Read => {
                let all = [0, 1, 2].map(|i| {
                    let store = self.sms.store(i);
                    format!("\"{}\",{},{}", store.name, store.used(), store.size())
                });
                self.info(format!("+CPMS: {}", all.join(",")));
            }
            Form::Test => self.info("+CPMS: (\"ME\",\"SM\"),(\"ME\",\"SM\"),(\"ME\",\"SM\")"),
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// `AT+CMGS` and `AT+CMGW`: a number and its type in text mode, the length of the unit in the other.
    fn cmgs(&mut self, command: &Command, write: bool) -> Result<Step, Final> {
        if command.form == Form::Test {
            return Ok(ok());
        }
        self.sms_usable()?;
        if write && self.sms.store(1).is_full() {
            return Err(FULL);
        }
        if !write && self.sms.centre.is_empty() && self.sms.text {
            return Err(NO_CENTRE);
        }
        let kind = if self.sms.text {
            let mut to = match command.arg(0) {
                Some(_) => command.text(0)?,
                None if write => String::new(),
                None => return Err(BAD_TEXT),
            };
            if command.within_or(1, 128, 255, 0)? == 145 && !to.starts_with('+') {
                to.insert(0, '+');
            }
            PayloadKind::MessageText { to, write }
        } else {
            let len = command.within(0, 8, 164)? as usize;
            PayloadKind::MessagePdu { len, write }
        };
        Ok(Self::collect_message(kind))
    }

    /// `AT+CMSS=<index>[,<number>]`: sends what was written.
    fn cmss(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form == Form::Test {
            return Ok(ok());
        }
        self.sms_usable()?;
        let index = command.number(0)? as usize;
        let mut pdu = self.sms.store(1).at(index).ok_or(BAD_INDEX)?.pdu.clone();
        if command.arg(1).is_some() {
            pdu.address = command.text(1)?;
        }
        if !matches!(pdu.kind, Kind::Submit { .. }) || pdu.address.is_empty() {
            return Err(BAD_INDEX);
        }
        let step = self.send_message(pdu, "+CMSS")?;
        self.mark_sent(index);
        Ok(step)
    }

    fn cmgr(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form == Form::Test {
            return Ok(ok());
        }
        self.sms_usable()?;
        let index = command.number(0)? as usize;
        let kept = self.sms.store(0).at(index).ok_or(BAD_INDEX)?;
        let shown = kept.clone();
        if kept.state == UNREAD {
            kept.state = READ;
        }
        let head = if self.sms.text {
            format!("+CMGR: \"{}\",{}", STATES[shown.state], self.details(&shown.pdu, true))
        } else {
            format!("+CMGR: {},,{}", shown.state, shown.pdu.to_hex().1)
        };
        let text = self.with_text(head, &shown.pdu);
        self.info(text);
        Ok(ok())
    }

    fn cmgl(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form == Form::Test {
            self.info("+CMGL: (\"REC UNREAD\",\"REC READ\",\"STO UNSENT\",\"STO SENT\",\"ALL\")");
            return Ok(ok());
        }
        self.sms_usable()?;
        let wanted = match command.arg(0) {
            None => Some(UNREAD),
            Some(_) if self.sms.text => {
                // RYZ014 use cases §7.3.2.3 write "all".
                let name = command.text(0)?.to_ascii_uppercase();
                let found = STATES.iter().position(|state| *state == name);
                if found.is_none() && name != "ALL" {
                    return Err(BAD_PARAMETERS);
                }
                found
            }
            Some(_) => Some(command.within(0, 0, 4)? as usize).filter(|state| *state < 4),
        };
        for (index, kept) in self.sms.store(0).all() {
            if wanted.is_some_and(|state| state != kept.state) {
                continue;
            }
            let Kept { state, pdu } = &kept;
            let head = if self.sms.text {
                format!("+CMGL: {index},\"{}\",{}", STATES[*state], self.details(pdu, false))
            } else {
                format!("+CMGL: {index},{state},,{}", pdu.to_hex().1)
            };
            let text = self.with_text(head, pdu);
            self.info(text);
            if let Some(kept) = self.sms.store(0).at(index).filter(|kept| kept.state == UNREAD) {
                kept.state = READ;
            }
        }
        Ok(ok())
    }

    /// `AT+CMGD=<index>[,<flag>]`.
    fn cmgd(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form == Form::Test {
            let all: Vec<_> = self.sms.store(0).all().iter().map(|(index, _)| index.to_string()).collect();
            self.info(format!("+CMGD: ({}),(0-4)", all.join(",")));
            return Ok(ok());
        }
        self.sms_usable()?;
        let index = command.number(0)? as usize;
        let doomed: &[usize] = match command.within_or(1, 0, 4, 0)? {
            0 => {
                if index == 0 || index > self.sms.store(0).size() {
                    return Err(BAD_INDEX);
                }
                self.sms.store(0).remove(index);
                &[]
            }
            1 => &[1],
            2 => &[1, 3],
            3 => &[1, 2, 3],
            _ => &[0, 1, 2, 3],
        };
        for (index, kept) in self.sms.store(0).all() {
            if doomed.contains(&kept.state) {
                self.sms.store(0).remove(index);
            }
        }
        self.take_messages();
        Ok(ok())
    }

    /// Number, name, time; with `+CSDH=1` what else there is.
    fn details(&self, pdu: &Pdu, alone: bool) -> String {
        let time = match &pdu.kind {
            Kind::Deliver { time } => format!(",\"{}\"", stamp_text(time)),
            // A list has the place of the time, a single message has not.
            _ if alone => String::new(),
            _ => ",".to_owned(),
        };
        let mut text = format!("\"{}\",{time}", pdu.address);
        if self.sms.details {
            let kind = number_type(&pdu.address);
            let len = pdu.data.units.len();
            if alone {
                let first = pdu.tpdu().first().copied().unwrap_or_default();
                let (centre, of) = (&pdu.centre, number_type(&pdu.centre));
                let (protocol, dcs) = (pdu.protocol, pdu.data.dcs);
                text.push_str(&format!(",{kind},{first},{protocol},{dcs},\"{centre}\",{of},{len}"));
            } else {
                text.push_str(&format!(",{kind},{len}"));
            }
        }
        text
    }

    /// A line and what the message says.
    fn with_text(&self, head: String, pdu: &Pdu) -> Vec<u8> {
        let mut line = head.into_bytes();
        line.extend(b"\r\n");
        if self.sms.text {
            line.extend(self.sms.charset.write(&pdu.data.text()));
        } else {
            line.extend(pdu.to_hex().0.into_bytes());
        }
        line
    }

    /// `+CMT` and `+CDS`.
    pub(super) fn indication(&self, name: &str, pdu: &Pdu) -> Vec<u8> {
        if !self.sms.text {
            return self.with_text(
                format!("{name}: {}{}", if name == "+CMT" { "," } else { "" }, pdu.to_hex().1),
                pdu,
            );
        }
        match &pdu.kind {
            Kind::Report { reference, sent, done, status } => {
                let first = pdu.tpdu().first().copied().unwrap_or_default();
                let (sent, done) = (stamp_text(sent), stamp_text(done));
                let (number, kind) = (&pdu.address, number_type(&pdu.address));
                let text =
                    format!("{name}: {first},{reference},\"{number}\",{kind},\"{sent}\",\"{done}\",{status}");
                text.into_bytes()
            }
            _ => {
                let head = format!("{name}: {}", self.details(pdu, true));
                self.with_text(head, pdu)
            }
        }
    }
}
