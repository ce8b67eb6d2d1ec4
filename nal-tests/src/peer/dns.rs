//! A server for names (RFC 1035, RFC 3596), as far as stacks ask one.

use std::net::IpAddr;
use std::string::String;
use std::vec::Vec;

/// Names and their addresses.
#[derive(Clone, Debug, Default)]
pub struct Zone {
    /// Names and their addresses.
    pub hosts: Vec<(String, Vec<IpAddr>)>,
    /// Names about which questions are not answered.
    pub silent: Vec<String>,
}

impl Zone {
    /// Without any name.
    pub fn new() -> Self {
        Zone::default()
    }

    /// Gives a name to addresses.
    pub fn host(mut self, name: &str, addresses: &[IpAddr]) -> Self {
        self.hosts.push((name.into(), addresses.into()));
        self
    }

    /// Questions about this name are not answered.
    pub fn silent(mut self, name: &str) -> Self {
        self.silent.push(name.into());
        self
    }
}

/// Octets before the question (RFC 1035 §4.1.1).
const HEADER: usize = 12;
const A: u16 = 1;
const AAAA: u16 = 28;
const NXDOMAIN: u8 = 3;

/// The name and the type of a question, and where it ends.
fn question(query: &[u8]) -> Option<(String, u16, usize)> {
    let (mut name, mut at) = (String::new(), HEADER);
    loop {
        let len = usize::from(*query.get(at)?);
        at += 1;
        if len == 0 {
            break;
        }
        let label = query.get(at..at + len)?;
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(&String::from_utf8_lossy(label));
        at += len;
    }
    let kind = u16::from_be_bytes(query.get(at..at + 2)?.try_into().ok()?);
    Some((name, kind, at + 4))
}

/// Answers a query; gives the length of the answer, or `None` when there is to be none.
pub fn answer(query: &[u8], zone: &Zone, out: &mut [u8]) -> Option<usize> {
    let (name, kind, end) = question(query)?;
    if zone.silent.iter().any(|silent| silent.eq_ignore_ascii_case(&name)) {
        return None;
    }
    let host = zone.hosts.iter().find(|(host, _)| host.eq_ignore_ascii_case(&name));
    let mut message: Vec<u8> = query.get(..end)?.into();
    let mut count = 0_u16;
    for address in host.iter().flat_map(|(_, addresses)| addresses) {
        let octets: Vec<u8> = match address {
            IpAddr::V4(v4) if kind == A => v4.octets().into(),
            IpAddr::V6(v6) if kind == AAAA => v6.octets().into(),
            _ => continue,
        };
        // The name of the question, class IN, one minute.
        message.extend([0xc0, HEADER as u8, 0, kind as u8, 0, 1, 0, 0, 0, 60, 0, octets.len() as u8]);
        message.extend(octets);
        count += 1;
    }
    let code = if host.is_some() { 0 } else { NXDOMAIN };
    let asked = *message.get(2)? & 1;
    // A response with authority, recursion as it was asked for, and available.
    message.get_mut(2..4)?.copy_from_slice(&[0x84 | asked, 0x80 | code]);
    message.get_mut(4..6)?.copy_from_slice(&[0, 1]);
    message.get_mut(6..8)?.copy_from_slice(&count.to_be_bytes());
    message.get_mut(8..12)?.fill(0);
    out.get_mut(..message.len())?.copy_from_slice(&message);
    Some(message.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A query for `echo.example`, type and class IN, recursion desired.
    fn query(kind: u16) -> Vec<u8> {
        let mut query = Vec::from(*b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x04echo\x07example\0");
        query.extend(kind.to_be_bytes());
        query.extend([0, 1]);
        query
    }

    #[test]
    fn a_name_has_its_addresses_and_no_others() {
        let zone = Zone::new().host("Echo.example", &[[192, 0, 2, 7].into()]);
        let mut out = [0; 512];
        let count = answer(&query(A), &zone, &mut out).expect("there is an answer");
        let mut expected = query(A);
        expected[2..4].copy_from_slice(&[0x85, 0x80]);
        expected[7] = 1;
        expected.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]);
        assert_eq!(out[..count], expected);
        let count = answer(&query(AAAA), &zone, &mut out).expect("there is an answer");
        assert_eq!((count, out[3] & 15, out[7]), (query(AAAA).len(), 0, 0));
    }

    #[test]
    fn other_names_do_not_exist_or_are_not_answered() {
        let mut out = [0; 512];
        answer(&query(A), &Zone::new(), &mut out).expect("there is an answer");
        assert_eq!(out[3] & 15, NXDOMAIN);
        assert_eq!(answer(&query(A), &Zone::new().silent("echo.example"), &mut out), None);
        assert_eq!(answer(b"short", &Zone::new(), &mut out), None);
        assert_eq!(answer(&query(A), &Zone::new(), &mut [0; 8]), None);
    }
}
