//! The name server that the host is told (RFC 1035): it knows what the network knows.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::udp::Datagram;
use crate::network::{Handle, Network};

pub(super) const PORT: u16 = 53;
/// Queries at a time.
const MOST: usize = 32;
/// A query that the network has not answered by then stays without an answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// Addresses in an answer: all fit into 512 bytes.
const ADDRESSES: usize = 16;

const A: u16 = 1;
const PTR: u16 = 12;
const AAAA: u16 = 28;

/// Answer codes.
const NO_ERROR: u8 = 0;
const NAME_ERROR: u8 = 3;
const NOT_IMPLEMENTED: u8 = 4;

#[derive(Debug)]
struct Waiting {
    query: Handle,
    until: Duration,
    host: SocketAddr,
    server: SocketAddr,
    question: Question,
}

/// What a query asks.
#[derive(Debug)]
struct Question {
    id: [u8; 2],
    name: String,
    kind: u16,
    /// Name, type and class as they came.
    raw: Vec<u8>,
}

/// Queries that the network has not answered yet.
#[derive(Debug, Default)]
pub(super) struct Dns {
    waiting: Vec<Waiting>,
    ready: Vec<Datagram>,
}

impl Dns {
    /// A query of the host.
    pub(super) fn ask(
        &mut self,
        now: Duration,
        net: &mut dyn Network,
        host: SocketAddr,
        server: SocketAddr,
        message: &[u8],
    ) {
        let Some(question) = parse(message) else {
            return;
        };
        let mut answer = |bytes| self.ready.push((host, server, bytes));
        match question.kind {
            A | AAAA if self.waiting.len() < MOST => {
                let query = net.resolve(&question.name);
                self.waiting.push(Waiting { query, until: now + PATIENCE, host, server, question });
            }
            A | AAAA => {}
            PTR => {
                let name = reversed(&question.name).and_then(|address| net.name_of(address));
                let records = name.map(|name| vec![encode(&name)]);
                answer(respond(&question, records.ok_or(NAME_ERROR)));
            }
            _ => answer(respond(&question, Err(NOT_IMPLEMENTED))),
        }
    }

    /// The next answer.
    pub(super) fn receive(&mut self, now: Duration, net: &mut dyn Network) -> Option<Datagram> {
        let ready = &mut self.ready;
        self.waiting.retain(|waiting| {
            if let Some(result) = net.resolved(waiting.query) {
                let records = result.map(|all| records(&all, waiting.question.kind)).map_err(|_| NAME_ERROR);
                ready.push((waiting.host, waiting.server, respond(&waiting.question, records)));
                return false;
            }
            if waiting.until <= now {
                net.abort(waiting.query);
            }
            waiting.until > now
        });
        if ready.is_empty() { None } else { Some(ready.remove(0)) }
    }

    pub(super) fn due(&self) -> Option<Duration> {
        self.waiting.iter().map(|waiting| waiting.until).min()
    }

    pub(super) fn abandon(&mut self, net: &mut dyn Network) {
        self.ready.clear();
        self.waiting.drain(..).for_each(|waiting| net.abort(waiting.query));
    }
}

fn records(addresses: &[IpAddr], kind: u16) -> Vec<Vec<u8>> {
    let of_kind = addresses.iter().filter_map(|address| match address {
        IpAddr::V4(address) if kind == A => Some(address.octets().to_vec()),
        IpAddr::V6(address) if kind == AAAA => Some(address.octets().to_vec()),
        _ => None,
    });
    of_kind.take(ADDRESSES).collect()
}

/// A query with one question; anything else is none.
fn parse(message: &[u8]) -> Option<Question> {
    let header: &[u8; 12] = message.first_chunk()?;
    let response = header[2] & 0x80 != 0;
    if response || header[4..6] != [0, 1] {
        return None;
    }
    let mut name = Vec::new();
    let mut at = 12;
    loop {
        let length = usize::from(*message.get(at)?);
        at += 1;
        match length {
            0 => break,
            1..=63 => name.push(message.get(at..at + length)?),
            _ => return None,
        }
        at += length;
    }
    let kind = u16::from_be_bytes([*message.get(at)?, *message.get(at + 1)?]);
    let raw = message.get(12..at + 4)?.to_vec();
    let name = String::from_utf8(name.join(&b'.')).ok()?;
    Some(Question { id: [header[0], header[1]], name, kind, raw })
}

fn respond(question: &Question, records: Result<Vec<Vec<u8>>, u8>) -> Vec<u8> {
    let code = records.as_ref().err().copied().unwrap_or(NO_ERROR);
    let records = records.unwrap_or_default();
    let mut out = question.id.to_vec();
    // A response, recursion desired and available.
    out.extend([0x81, 0x80 | code, 0, 1, 0, records.len() as u8, 0, 0, 0, 0]);
    out.extend(&question.raw);
    for record in records {
        // The name is that of the question; a minute to live.
        out.extend([0xc0, 12]);
        out.extend(question.kind.to_be_bytes());
        out.extend([0, 1, 0, 0, 0, 60]);
        out.extend((record.len() as u16).to_be_bytes());
        out.extend(record);
    }
    out
}

fn encode(name: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for label in name.split('.').filter(|label| !label.is_empty()) {
        let label = &label.as_bytes()[..label.len().min(63)];
        out.push(label.len() as u8);
        out.extend(label);
    }
    out.push(0);
    out
}

/// The address of a name of in-addr.arpa (RFC 1035 §3.5) or ip6.arpa (RFC 3596 §2.5).
fn reversed(name: &str) -> Option<IpAddr> {
    let name = name.to_ascii_lowercase();
    if let Some(digits) = name.strip_suffix(".in-addr.arpa") {
        let octets: Vec<u8> = digits.rsplit('.').map(str::parse).collect::<Result<_, _>>().ok()?;
        return Some(Ipv4Addr::from(<[u8; 4]>::try_from(octets).ok()?).into());
    }
    let digits = name.strip_suffix(".ip6.arpa")?.rsplit('.');
    let nibbles: Vec<u8> =
        digits.map(|digit| u8::from_str_radix(digit, 16)).collect::<Result<_, _>>().ok()?;
    if nibbles.len() != 32 || nibbles.iter().any(|nibble| *nibble > 15) {
        return None;
    }
    let mut octets = [0; 16];
    for (octet, pair) in octets.iter_mut().zip(nibbles.chunks(2)) {
        *octet = pair[0] << 4 | pair[1];
    }
    Some(Ipv6Addr::from(octets).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_addresses_are_read_backwards() {
        assert_eq!(reversed("1.2.0.192.in-addr.ARPA"), Some("192.0.2.1".parse().unwrap()));
        let six = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
        assert_eq!(reversed(six), Some("2001:db8::1".parse().unwrap()));
        for wrong in ["1.2.in-addr.arpa", "300.2.0.192.in-addr.arpa", "example.com", "1.ip6.arpa"] {
            assert_eq!(reversed(wrong), None);
        }
    }

    #[test]
    fn any_bytes_are_no_question_or_one() {
        for seed in 0..2000 {
            let mut prng = crate::Prng::new(seed);
            let len = prng.below(60) as usize;
            let mut bytes = prng.bytes(len);
            for (byte, fixed) in bytes.iter_mut().skip(2).zip([1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, b'a']) {
                *byte = fixed;
            }
            let _ = parse(&bytes);
        }
    }
}
