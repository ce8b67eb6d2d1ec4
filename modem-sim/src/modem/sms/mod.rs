//! Short messages (3GPP TS 27.005; RYZ014 use cases §7). The same message has two forms: text, and protocol data unit.

mod alphabet;
mod commands;
mod pdu;
mod store;

use super::Modem;
use super::exec::{Payload, PayloadKind, Step, Wait};
use super::general::ok;
use super::power::Timer;
use crate::command::unhex;
use crate::network::Message;
use crate::reply::Final;

use alphabet::Charset;
use pdu::{Alphabet, Data, Kind, Pdu};
use store::{Kept, SENT, Store, UNREAD, UNSENT};

/// Errors (3GPP TS 27.005 §3.2.5).
const NO_SIM: Final = Final::Cms(310);
const SIM_PIN: Final = Final::Cms(311);
const BAD_PDU: Final = Final::Cms(304);
const BAD_TEXT: Final = Final::Cms(305);
const BAD_INDEX: Final = Final::Cms(321);
const FULL: Final = Final::Cms(322);
const NO_CENTRE: Final = Final::Cms(330);
const NO_SERVICE: Final = Final::Cms(331);
const REFUSED: Final = Final::Cms(38);
/// Characters of the parts of a long message, with six octets of header (3GPP TS 23.040 §9.2.3.24.1).
const PART: usize = 153;
const PART_UCS2: usize = 67;

/// Everything about short messages.
#[derive(Debug)]
pub(crate) struct Sms {
    /// `+CMGF=1`.
    text: bool,
    /// `+CSDH`.
    details: bool,
    charset: Charset,
    /// `<fo>`, `<vp>`, `<pid>`, `<dcs>` of `+CSMP`.
    parameters: [u32; 4],
    /// Number of the service centre. Kept on the card.
    centre: String,
    /// `+CNMI`. Kept in NVM.
    indications: [u32; 5],
    /// `+CSMS`.
    service: u32,
    /// The memory for reading and deleting, for writing and sending, for receiving.
    memories: [usize; 3],
    /// `ME` and `SM`. Kept without power.
    stores: [Store; 2],
    /// Number of the next message.
    reference: u8,
    /// Of the next long message to the modem.
    long: u8,
    /// Those to the modem for which it had no room.
    waiting: Vec<Message>,
    /// Sent messages whose fate is to be told.
    reports: Vec<Pdu>,
}

impl Sms {
    pub(super) fn new(options: &crate::Options) -> Self {
        let [me, sm] = options.surroundings.message_places;
        Sms {
            text: false,
            details: false,
            charset: Charset::Ira,
            parameters: [17, 167, 0, 0],
            centre: options.surroundings.service_centre.clone(),
            indications: [0; 5],
            service: 0,
            memories: [0; 3],
            stores: [Store::new("ME", me), Store::new("SM", sm)],
            reference: 0,
            long: 0,
            waiting: Vec::new(),
            reports: Vec::new(),
        }
    }

    /// What a restart forgets.
    pub(super) fn power_up(&mut self) {
        self.text = false;
        self.details = false;
        self.charset = Charset::Ira;
        self.parameters = [17, 167, 0, 0];
        self.service = 0;
    }

    /// Settings in NVM are those of the factory.
    pub(super) fn forget(&mut self) {
        self.indications = [0; 5];
        self.memories = [0; 3];
    }

    fn store(&mut self, which: usize) -> &mut Store {
        &mut self.stores[self.memories[which]]
    }
}

impl Modem {
    /// The card and its PIN, as these commands tell them.
    fn sms_usable(&self) -> Result<(), Final> {
        match self.sim_open() {
            Ok(()) => Ok(()),
            // RYZ014 use cases §7.3.2.1.
            Err(Final::Error) => Err(Final::Cme(10)),
            Err(Final::Cme(10)) => Err(NO_SIM),
            Err(Final::Cme(11)) => Err(SIM_PIN),
            Err(other) => Err(other),
        }
    }

    /// The prompt, after which text comes until Ctrl-Z.
    fn collect_message(kind: PayloadKind) -> Step {
        Step::Collect("\r\n> ", Payload::new(kind, usize::MAX))
    }

    /// `+CMGS` and `+CMGW` in either form have got their text.
    pub(super) fn message_typed(&mut self, payload: Payload) -> Result<Step, Final> {
        if payload.cancelled {
            return Ok(ok());
        }
        let (write, pdu) = match payload.kind {
            PayloadKind::MessageText { to, write } => (write, self.compose(&to, &payload.got)?),
            PayloadKind::MessagePdu { len, write } => {
                let typed: Vec<u8> = payload.got.into_iter().filter(|b| !b.is_ascii_whitespace()).collect();
                let pdu = unhex(&typed).and_then(|bytes| Pdu::read(&bytes, len)).ok_or(BAD_PDU)?;
                if !write && !matches!(pdu.kind, Kind::Submit { .. }) {
                    return Err(BAD_PDU);
                }
                (write, pdu)
            }
            _ => return Err(Final::Error),
        };
        if write {
            let state = if matches!(pdu.kind, Kind::Submit { .. }) { UNSENT } else { UNREAD };
            let index = self.sms.store(1).add(Kept { state, pdu }).ok_or(FULL)?;
            self.info(format!("+CMGW: {index}"));
            return Ok(ok());
        }
        self.send_message(pdu, "+CMGS")
    }

    /// A message of what was typed.
    fn compose(&mut self, to: &str, typed: &[u8]) -> Result<Pdu, Final> {
        let [first, validity, protocol, dcs] = self.sms.parameters;
        let dcs = dcs as u8;
        let data = match pdu::alphabet(dcs) {
            Alphabet::Default => {
                let text = self.sms.charset.read(typed).ok_or(BAD_TEXT)?;
                // RYZ014 use cases §7.1.2.3: what is not in the alphabet goes all the same.
                Data::of(&text, Vec::new()).ok_or(BAD_TEXT)?
            }
            // "The ME/TA converts each two IRA characters into one octet" (3GPP TS 27.005 §3.1).
            _ if self.sms.charset != Charset::Utf8 => {
                Data { dcs, header: Vec::new(), units: unhex(typed).ok_or(BAD_TEXT)? }
            }
            _ => {
                let text = self.sms.charset.read(typed).ok_or(BAD_TEXT)?;
                Data { dcs, header: Vec::new(), units: alphabet::ucs2(&text) }
            }
        };
        if !data.fits() {
            return Err(BAD_TEXT);
        }
        let validity = if first & 0x18 == 0x10 { vec![validity as u8] } else { Vec::new() };
        Ok(Pdu {
            centre: String::new(),
            kind: Kind::Submit { report: first & 0x20 != 0, validity },
            address: to.to_owned(),
            protocol: protocol as u8,
            data,
            reference: 0,
        })
    }

    /// Gives a message to the network, which takes a round trip.
    fn send_message(&mut self, mut pdu: Pdu, command: &str) -> Result<Step, Final> {
        if !self.attached() {
            return Err(NO_SERVICE);
        }
        if pdu.centre.is_empty() && self.sms.centre.is_empty() {
            return Err(NO_CENTRE);
        }
        let at = self.now + self.options.rtt;
        if !self.options.surroundings.takes_messages {
            return Ok(Step::Wait(Wait::Until { at, result: REFUSED }));
        }
        pdu.reference = self.sms.reference;
        self.sms.reference = self.sms.reference.wrapping_add(1);
        let text = pdu.data.text();
        let (hex, _) = pdu.to_hex();
        let number = pdu.address.clone();
        self.net.post(Message { number: number.clone(), text: text.clone(), pdu: hex });
        let own = &self.options.surroundings.own_number;
        if number.trim_start_matches('+') == own.trim_start_matches('+') {
            let message =
                Message { number: own.trim_start_matches('+').to_owned(), text, pdu: String::new() };
            self.sms.waiting.push(message);
            self.timer(2 * self.options.rtt, Timer::Message);
        }
        if matches!(pdu.kind, Kind::Submit { report: true, .. }) {
            self.sms.reports.push(pdu.clone());
            self.timer(3 * self.options.rtt, Timer::Message);
        }
        self.psm.last = self.now;
        let line = format!("{command}: {}", pdu.reference);
        Ok(Step::Wait(Wait::Tell { at, line, result: Final::Ok }))
    }

    /// The time as a message has it.
    fn stamp(&self) -> [u8; 7] {
        let zone = self.options.surroundings.time_zone;
        let local = i64::try_from(self.network_time()).unwrap_or_default() + i64::from(zone) * 900;
        pdu::stamp(local, zone)
    }

    /// Messages of the network, as long as there is room for them.
    pub(super) fn receive_messages(&mut self) -> bool {
        if !self.attached() || self.sms_usable().is_err() {
            return false;
        }
        let mut any = false;
        while let Some(message) = self.net.next_message() {
            self.sms.waiting.push(message);
            any = true;
        }
        any && self.take_messages()
    }

    /// The time has come for what waits; or there is room again.
    pub(super) fn take_messages(&mut self) -> bool {
        if !self.attached() {
            return false;
        }
        let waiting = std::mem::take(&mut self.sms.waiting);
        for message in waiting {
            if !self.take_message(&message) {
                // The service centre keeps it.
                self.sms.waiting.push(message);
            }
        }
        for sent in std::mem::take(&mut self.sms.reports) {
            self.report_status(&sent);
        }
        true
    }

    fn take_message(&mut self, message: &Message) -> bool {
        let whole = Data::of(&message.text, Vec::new());
        let parts = match whole {
            Some(data) => vec![data],
            None => self.split(&message.text),
        };
        let stores = self.sms.indications[1] < 2;
        let store = self.sms.store(2);
        if stores && store.size() - store.used() < parts.len() {
            return false;
        }
        let time = self.stamp();
        for data in parts {
            let pdu = Pdu {
                centre: self.options.surroundings.service_centre.clone(),
                kind: Kind::Deliver { time },
                address: message.number.clone(),
                protocol: 0,
                data,
                reference: 0,
            };
            self.psm.last = self.now;
            self.show_or_keep(pdu, stores);
        }
        true
    }

    /// "MT concatenated SMS sent as multiple segments will be stored as multiple SMS" (RYZ014 use cases §7.3.3).
    fn split(&mut self, text: &str) -> Vec<Data> {
        let size = if alphabet::septets(text).is_some() { PART } else { PART_UCS2 };
        let mut parts = vec![String::new()];
        for c in text.chars() {
            let last = parts.last().map(String::as_str).unwrap_or_default();
            let with = format!("{last}{c}");
            let len = alphabet::septets(&with).map_or(with.encode_utf16().count(), |codes| codes.len());
            match parts.last_mut() {
                Some(part) if len <= size => *part = with,
                _ => parts.push(c.to_string()),
            }
        }
        self.sms.long = self.sms.long.wrapping_add(1);
        let (number, count) = (self.sms.long, parts.len() as u8);
        let header = |i: usize| vec![5, 0, 3, number, count, i as u8 + 1];
        parts.iter().enumerate().filter_map(|(i, part)| Data::of(part, header(i))).collect()
    }

    /// `+CMT`, or a place in the memory and `+CMTI`, or no word (3GPP TS 27.005 §3.4.1).
    fn show_or_keep(&mut self, pdu: Pdu, stores: bool) {
        if !stores {
            let text = self.indication("+CMT", &pdu);
            return self.urc_bytes(text);
        }
        let wanted = self.sms.indications[1] == 1;
        let store = self.sms.store(2);
        let name = store.name;
        if let Some(index) = store.add(Kept { state: UNREAD, pdu }).filter(|_| wanted) {
            self.urc(&format!("+CMTI: \"{name}\",{index}"));
        }
    }

    /// `+CDS` (3GPP TS 27.005 §3.4.1).
    fn report_status(&mut self, sent: &Pdu) {
        let time = self.stamp();
        let kind = Kind::Report { reference: sent.reference, sent: time, done: time, status: 0 };
        let pdu = Pdu { kind, ..sent.clone() };
        if self.sms.indications[3] == 1 {
            let text = self.indication("+CDS", &pdu);
            self.urc_bytes(text);
        }
    }

    /// What was sent from the memory is sent.
    fn mark_sent(&mut self, index: usize) {
        if let Some(kept) = self.sms.store(1).at(index).filter(|kept| kept.state == UNSENT) {
            kept.state = SENT;
        }
    }

    /// The network's time since 1970.
    fn network_time(&self) -> u64 {
        self.status.network_time(self.now).unwrap_or_else(|| self.clock.seconds())
    }
}
