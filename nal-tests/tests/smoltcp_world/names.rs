//! A name server for queries of one question (RFC 1035 §4.1).

use std::net::Ipv4Addr;

/// Of name servers (RFC 1035 §4.2.1).
pub const PORT: u16 = 53;

/// Octets of the header.
const HEADER: usize = 12;

/// The name that a query asks for.
pub fn asked(query: &[u8]) -> Option<String> {
    let mut rest = query.get(HEADER..)?;
    let mut labels = Vec::new();
    loop {
        let (&len, behind) = rest.split_first()?;
        if len == 0 {
            return Some(labels.join("."));
        }
        let (label, behind) = behind.split_at_checked(len.into())?;
        labels.push(String::from_utf8_lossy(label).into_owned());
        rest = behind;
    }
}

/// The response to a query; without addresses, that there is no such name. To a question for another type
/// than A there is no answer, although there is such a name.
pub fn answer(query: &[u8], addresses: &[Ipv4Addr]) -> Vec<u8> {
    let mut bytes = query.to_vec();
    let exists = !addresses.is_empty();
    let addresses = if query.ends_with(&[0, 1, 0, 1]) { addresses } else { &[] };
    // A response, recursion available; NXDOMAIN is 3.
    bytes[2] = 0x81;
    bytes[3] = if exists { 0x80 } else { 0x83 };
    bytes[7] = addresses.len() as u8;
    for address in addresses {
        // The name of the question, type A, class IN, an hour, four octets.
        bytes.extend_from_slice(&[0xC0, HEADER as u8, 0, 1, 0, 1, 0, 0, 0x0E, 0x10, 0, 4]);
        bytes.extend_from_slice(&address.octets());
    }
    bytes
}
