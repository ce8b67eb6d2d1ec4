//! The name of an address, by a question of our own: the resolver of smoltcp asks for addresses alone.
//!
//! It takes one of the sockets for datagrams while it lasts, so that nobody else pays for it.

use core::fmt::Write as _;
use core::net::{IpAddr, SocketAddr};
use core::task::{Poll, Waker};

use heapless::Vec;
use smoltcp::wire::{
    DnsFlags, DnsOpcode, DnsPacket, DnsQueryType, DnsQuestion, DnsRcode, DnsRecord, DnsRecordData, DnsRepr,
};

use super::Ip;
use super::names::State;
use crate::error::Error;
use crate::socket::dns::UNCLAIMED;
use crate::socket::{SocketHandle, Ticket, is_host_name};
use crate::time::{Duration, Instant};

const PORT: u16 = 53;
/// Type of the record that is asked for (RFC 1035 §3.2.2).
const PTR: DnsQueryType = DnsQueryType::Unknown(12);
/// The largest answer by UDP (RFC 1035 §2.3.4).
const ANSWER: usize = 512;
/// The name of any address, as it is written in a question: 32 labels of one digit, `ip6`, `arpa` and the root.
const NAME: usize = 32 * 2 + 4 + 5 + 1;
/// Header, name, type and class.
const QUESTION: usize = 12 + NAME + 4;
/// How long each question waits for its answer. They go to the name servers by turns.
const WAITS: [Duration; 4] =
    [Duration::from_secs(3), Duration::from_secs(3), Duration::from_secs(6), Duration::from_secs(6)];

/// A question that is under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reverse {
    socket: SocketHandle,
    address: IpAddr,
    id: u16,
    /// Questions that were sent.
    sent: u8,
    /// Since when somebody waits for this to go on, though its time is over.
    idle: Option<Instant>,
}

impl Ip<'_> {
    pub(super) fn ask_for_name(&mut self, address: IpAddr, waker: &Waker) -> Poll<Result<Ticket, Error>> {
        core::task::ready!(self.poll_up(waker))?;
        core::task::ready!(self.poll_lookup_free(waker));
        let socket = core::task::ready!(self.bind(None, 0, waker))?;
        // Identifiers that follow each other could be guessed.
        self.reseed();
        let id = (self.seed >> 16) as u16;
        let reverse = Reverse { socket, address, id, sent: 0, idle: None };
        let ticket = self.begin_lookup(State::Reverse(reverse));
        self.ask_next(reverse);
        Poll::Ready(Ok(ticket))
    }

    pub(super) fn ticket_for_name(&self, address: IpAddr) -> Option<Ticket> {
        let same = matches!(self.lookup.state, State::Reverse(reverse) if reverse.address == address);
        same.then(|| self.lookup.ticket())
    }

    pub(super) fn poll_name(
        &mut self,
        ticket: Ticket,
        name: &mut [u8],
        waker: &Waker,
    ) -> Poll<Result<usize, Error>> {
        let State::Reverse(reverse) = self.lookup.state else { return Poll::Ready(Err(Error::Aborted)) };
        if ticket != self.lookup.ticket() {
            return Poll::Ready(Err(Error::Aborted));
        }
        let result = core::task::ready!(self.hear_name(reverse, name, waker));
        self.forget_lookup(ticket);
        Poll::Ready(result)
    }

    fn hear_name(&mut self, reverse: Reverse, name: &mut [u8], waker: &Waker) -> Poll<Result<usize, Error>> {
        let index = usize::from(reverse.socket.index);
        let mut message = [0; ANSWER];
        while let Poll::Ready(arrived) = self.receive_from(index, &mut message, waker) {
            let arrived = arrived?;
            let message = message.get(..arrived.len).unwrap_or_default();
            let from = arrived.from;
            let is_asked = self.addresses.servers().iter().any(|&server| IpAddr::from(server) == from.ip());
            if is_asked
                && from.port() == PORT
                && let Some(found) = read(message, reverse, name)
            {
                return Poll::Ready(found);
            }
        }
        if !self.is_answer_late(index) {
            return Poll::Pending;
        }
        if usize::from(reverse.sent) < WAITS.len() {
            self.ask_next(reverse);
            return Poll::Pending;
        }
        self.missed_an_answer();
        Poll::Ready(Err(Error::NameNotFound))
    }

    /// The time of a question is noted at its socket, and gone when it is over.
    fn is_answer_late(&self, index: usize) -> bool {
        self.slots.get(index).is_some_and(|slot| slot.patience.is_none() && slot.deadline == Instant::NEVER)
    }

    /// Asks a name server. A question that cannot leave now is one that was lost.
    fn ask_next(&mut self, reverse: Reverse) {
        let index = usize::from(reverse.socket.index);
        let servers = self.addresses.servers();
        let turn = usize::from(reverse.sent);
        if let Some(&server) = turn.checked_rem(servers.len()).and_then(|place| servers.get(place)) {
            let to = SocketAddr::new(server.into(), PORT);
            _ = self.send_to(index, Some(to), &question(reverse.id, reverse.address), Waker::noop());
        }
        if let Some(slot) = self.slots.get_mut(index) {
            slot.limit(WAITS.get(turn).copied().unwrap_or_default());
        }
        self.lookup.state = State::Reverse(Reverse { sent: reverse.sent + 1, idle: None, ..reverse });
        self.runner.wake();
    }

    /// Whether nobody has looked for an answer for a while: then the next may ask.
    pub(super) fn is_abandoned(&mut self, reverse: Reverse) -> bool {
        if !self.is_answer_late(reverse.socket.index.into()) {
            return false;
        }
        let idle = reverse.idle.unwrap_or(self.now);
        self.lookup.state = State::Reverse(Reverse { idle: Some(idle), ..reverse });
        self.now.is_past(idle, UNCLAIMED)
    }

    pub(super) fn end_reverse(&mut self, reverse: Reverse) {
        crate::socket::Sockets::release(self, reverse.socket);
    }
}

/// An address as a name, label by label (RFC 1035 §3.5, RFC 3596 §2.5).
fn name_of(address: IpAddr) -> Vec<u8, NAME> {
    let mut name = Vec::new();
    // There is room for all of it.
    let mut label = |text: &[u8]| {
        _ = name.push(text.len() as u8);
        _ = name.extend_from_slice(text);
    };
    match address {
        IpAddr::V4(address) => {
            for octet in address.octets().iter().rev() {
                let mut text = heapless::String::<3>::new();
                _ = write!(text, "{octet}");
                label(text.as_bytes());
            }
            label(b"in-addr");
        }
        IpAddr::V6(address) => {
            for octet in address.octets().iter().rev() {
                for digit in [octet & 15, octet >> 4] {
                    label(&[if digit < 10 { b'0' + digit } else { b'a' - 10 + digit }]);
                }
            }
            label(b"ip6");
        }
    }
    label(b"arpa");
    label(b"");
    name
}

fn question(id: u16, address: IpAddr) -> Vec<u8, QUESTION> {
    let name = name_of(address);
    let question = DnsRepr {
        transaction_id: id,
        opcode: DnsOpcode::Query,
        flags: DnsFlags::RECURSION_DESIRED,
        question: DnsQuestion { name: &name, type_: PTR },
    };
    let mut message = Vec::new();
    _ = message.resize_default(question.buffer_len());
    question.emit(&mut DnsPacket::new_unchecked(message.as_mut_slice()));
    message
}

/// What a message says to the question; `None` where it is no answer to it, or another server may know more.
fn read(message: &[u8], reverse: Reverse, out: &mut [u8]) -> Option<Result<usize, Error>> {
    let packet = DnsPacket::new_checked(message).ok()?;
    let (mut rest, asked) = DnsQuestion::parse(packet.payload()).ok()?;
    let mine = packet.transaction_id() == reverse.id
        && packet.flags().contains(DnsFlags::RESPONSE)
        && packet.opcode() == DnsOpcode::Query
        && packet.question_count() == 1
        && asked.type_ == PTR
        && asked.name.eq_ignore_ascii_case(&name_of(reverse.address));
    if !mine {
        return None;
    }
    match packet.rcode() {
        DnsRcode::NoError => {}
        DnsRcode::NXDomain => return Some(Err(Error::NameNotFound)),
        _ => return None,
    }
    for _ in 0..packet.answer_record_count() {
        // A network with other borders than those of the octets has an alias in front (RFC 2317).
        let Ok((next, record)) = DnsRecord::parse(rest) else { break };
        if let DnsRecordData::Other(PTR, name) = record.data {
            return Some(copy(packet.parse_name(name), out));
        }
        rest = next;
    }
    Some(Err(Error::NameNotFound))
}

/// Puts the labels of a name into `out`, with dots between them.
fn copy<'a, E>(labels: impl Iterator<Item = Result<&'a [u8], E>>, out: &mut [u8]) -> Result<usize, Error> {
    let mut len = 0;
    for label in labels {
        let label = label.map_err(|_| Error::UnexpectedAnswer)?;
        if !is_host_name(label) || label.contains(&b'.') {
            return Err(Error::UnexpectedAnswer);
        }
        let dot: &[u8] = if len > 0 { b"." } else { b"" };
        for part in [dot, label] {
            let room = out.get_mut(len..len + part.len()).ok_or(Error::Oversized)?;
            room.copy_from_slice(part);
            len += part.len();
        }
    }
    // That of the root is empty.
    if len > 0 { Ok(len) } else { Err(Error::NameNotFound) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: IpAddr = IpAddr::V4(core::net::Ipv4Addr::new(192, 0, 2, 1));

    fn asked(address: IpAddr) -> Reverse {
        let socket = SocketHandle { index: 0, generation: 0 };
        Reverse { socket, address, id: 0x1234, sent: 1, idle: None }
    }

    /// An answer with these records, each a type and its content.
    fn answer(code: u8, records: &[(u8, &[u8])]) -> std::vec::Vec<u8> {
        let mut message = question(0x1234, ADDRESS).to_vec();
        (message[2], message[3], message[7]) = (0x81, 0x80 | code, records.len() as u8);
        for (kind, content) in records {
            message.extend([0xC0, 12, 0, *kind, 0, 1, 0, 0, 0, 60, 0, content.len() as u8]);
            message.extend(*content);
        }
        message
    }

    fn name(message: &[u8]) -> Option<Result<String, Error>> {
        let mut out = [0; 32];
        let found = read(message, asked(ADDRESS), &mut out)?;
        Some(found.map(|len| String::from_utf8(out[..len].to_vec()).unwrap()))
    }

    #[test]
    fn an_address_is_asked_about_backwards() {
        let message = question(0x1234, ADDRESS);
        let head = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        assert_eq!(
            message[..],
            [&head[..], b"\x011\x012\x010\x03192\x07in-addr\x04arpa\0\0\x0C\0\x01"].concat()
        );
        let six = name_of("2001:db8::567:89ab".parse().unwrap());
        let digits = b"\x01b\x01a\x019\x018\x017\x016\x015\x010\x010";
        assert!(
            six.starts_with(digits) && six.ends_with(b"\x011\x010\x010\x012\x03ip6\x04arpa\0"),
            "{six:?}"
        );
        assert_eq!(six.len(), NAME);
        assert_eq!(question(1, "::".parse().unwrap()).len(), QUESTION);
    }

    #[test]
    fn the_first_name_is_taken_whatever_stands_before_it() {
        let host: &[u8] = b"\x04host\x07example\0";
        assert_eq!(name(&answer(0, &[(12, host)])), Some(Ok("host.example".into())));
        let alias: &[u8] = b"\x011\x03sub\xC0\x14";
        assert_eq!(name(&answer(0, &[(5, alias), (12, host), (12, alias)])), Some(Ok("host.example".into())));
        // A name that ends in the question's.
        assert_eq!(name(&answer(0, &[(12, b"\x04host\xC0\x16")])), Some(Ok("host.in-addr.arpa".into())));
    }

    #[test]
    fn what_is_no_answer_is_passed_by() {
        let good = answer(0, &[(12, b"\x04host\0")]);
        for (place, byte) in [(0, 0), (2, 0x01), (2, 0x89), (5, 2), (13, b'2'), (good.len() - 20, 1)] {
            let mut other = good.clone();
            other[place] = byte;
            assert_eq!(name(&other), None, "{place}");
        }
        assert_eq!(name(&answer(2, &[])), None, "the next server may know");
        for len in 0..question(0, ADDRESS).len() {
            assert_eq!(name(&good[..len]), None);
        }
    }

    #[test]
    fn answers_without_a_name_say_so() {
        for (code, records) in
            [(3, &[][..]), (0, &[]), (0, &[(12, &b"\0"[..])]), (0, &[(1, &[192, 0, 2, 1])])]
        {
            assert_eq!(name(&answer(code, records)), Some(Err(Error::NameNotFound)), "{code} {records:?}");
        }
        for broken in [&b"\x04host"[..], b"\x05ho", b"\xC0\xFF", b"\x41a\0", b"\x04a\"\r\n\0", b"\x03a.b\0"] {
            assert_eq!(name(&answer(0, &[(12, broken)])), Some(Err(Error::UnexpectedAnswer)), "{broken:?}");
        }
        let long = [&[31][..], &[b'a'; 31], &[1, b'b', 0]].concat();
        assert_eq!(name(&answer(0, &[(12, &long)])), Some(Err(Error::Oversized)));
    }
}
