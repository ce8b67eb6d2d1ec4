//! Protocol data units of short messages (3GPP TS 23.040 §9.2).

use super::alphabet::{from_ucs2, pack, septets, text, ucs2, unpack};
use crate::command::hex;

/// Octets of user data.
const MOST: usize = 140;
/// Septets in them.
const MOST_SEPTETS: usize = 160;

/// What a message carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Data {
    /// The data coding scheme.
    pub(super) dcs: u8,
    /// The header, with its length in front; empty when there is none.
    pub(super) header: Vec<u8>,
    /// Codes of the default alphabet, or octets.
    pub(super) units: Vec<u8>,
}

/// The alphabet of a data coding scheme (3GPP TS 23.038 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    Default,
    Octets,
    Ucs2,
}

pub(super) fn alphabet(dcs: u8) -> Alphabet {
    match (dcs >> 4, dcs >> 2 & 3) {
        (0..=7, 1) => Alphabet::Octets,
        (0..=7, 2) => Alphabet::Ucs2,
        (14, _) => Alphabet::Ucs2,
        (15, 1 | 3) => Alphabet::Octets,
        _ => Alphabet::Default,
    }
}

impl Data {
    /// A text, in the default alphabet where that has all of it; `None` when it is too long.
    pub(super) fn of(text: &str, header: Vec<u8>) -> Option<Self> {
        let data = match septets(text) {
            Some(units) => Data { dcs: 0, header, units },
            None => Data { dcs: 8, header, units: ucs2(text) },
        };
        data.fits().then_some(data)
    }

    pub(super) fn fits(&self) -> bool {
        match alphabet(self.dcs) {
            Alphabet::Default => self.header_septets() + self.units.len() <= MOST_SEPTETS,
            _ => self.header.len() + self.units.len() <= MOST,
        }
    }

    fn header_septets(&self) -> usize {
        (8 * self.header.len()).div_ceil(7)
    }

    /// What a person reads.
    pub(super) fn text(&self) -> String {
        match alphabet(self.dcs) {
            Alphabet::Default => text(&self.units),
            Alphabet::Octets => hex(&self.units),
            Alphabet::Ucs2 => from_ucs2(&self.units).unwrap_or_else(|| hex(&self.units)),
        }
    }

    /// Length and user data.
    fn octets(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match alphabet(self.dcs) {
            Alphabet::Default => {
                out.push((self.header_septets() + self.units.len()) as u8);
                let skip = 7 * self.header_septets() - 8 * self.header.len();
                out.extend(&self.header);
                out.extend(pack(&self.units, skip));
            }
            _ => {
                out.push((self.header.len() + self.units.len()) as u8);
                out.extend(&self.header);
                out.extend(&self.units);
            }
        }
        out
    }

    fn read(dcs: u8, has_header: bool, bytes: &[u8]) -> Option<Self> {
        let (&len, bytes) = bytes.split_first()?;
        let header_len = if has_header { usize::from(*bytes.first()?) + 1 } else { 0 };
        let header = bytes.get(..header_len)?.to_vec();
        let mut data = Data { dcs, header, units: Vec::new() };
        data.units = match alphabet(dcs) {
            Alphabet::Default => {
                let count = usize::from(len).checked_sub(data.header_septets())?;
                let skip = 7 * data.header_septets() - 8 * header_len;
                let rest = bytes.get(header_len..)?;
                if (skip + 7 * count).div_ceil(8) > rest.len() {
                    return None;
                }
                unpack(rest, skip, count)
            }
            _ => bytes.get(header_len..usize::from(len))?.to_vec(),
        };
        data.fits().then_some(data)
    }
}

/// What a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// From the service centre, at that time.
    Deliver { time: [u8; 7] },
    /// To it.
    Submit { report: bool, validity: Vec<u8> },
    /// What became of the message with this number.
    Report { reference: u8, sent: [u8; 7], done: [u8; 7], status: u8 },
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pdu {
    /// Number of the service centre; empty is the modem's own.
    pub(super) centre: String,
    pub(super) kind: Kind,
    /// The other one's number, with `+` when it is international, or a name.
    pub(super) address: String,
    pub(super) protocol: u8,
    pub(super) data: Data,
    pub(super) reference: u8,
}

/// Digits with their nibbles swapped, filled with F.
fn semi_octets(digits: &str) -> Vec<u8> {
    let nibble = |b: Option<&u8>| match b {
        Some(b'*') => 10,
        Some(b'#') => 11,
        Some(b) => b.wrapping_sub(b'0') & 15,
        None => 15,
    };
    digits.as_bytes().chunks(2).map(|two| nibble(two.get(1)) << 4 | nibble(two.first())).collect()
}

fn digits(octets: &[u8], count: usize) -> String {
    let nibbles = octets.iter().flat_map(|octet| [octet & 15, octet >> 4]);
    let digit = |n| char::from(*b"0123456789*#abc".get(usize::from(n)).unwrap_or(&b'?'));
    nibbles.take(count).filter(|n| *n != 15).map(digit).collect()
}

/// The type of a number: 145 is international, 129 is not known, 208 is a name.
pub(super) fn number_type(address: &str) -> u8 {
    if address.starts_with('+') {
        145
    } else if address.bytes().all(|b| b.is_ascii_digit() || b"*#".contains(&b)) {
        129
    } else {
        208
    }
}

/// An address as TP-OA and TP-DA have it: count of semi-octets, type, value.
fn address(number: &str) -> Vec<u8> {
    let kind = number_type(number);
    let (count, value) = if kind == 208 {
        let packed = pack(&septets(number).unwrap_or_default(), 0);
        (2 * packed.len(), packed)
    } else {
        let digits = number.trim_start_matches('+');
        (digits.len(), semi_octets(digits))
    };
    [vec![count as u8, kind], value].concat()
}

fn read_address(bytes: &mut &[u8]) -> Option<String> {
    let [count, kind, rest @ ..] = *bytes else { return None };
    let count = usize::from(*count);
    let value = rest.get(..count.div_ceil(2))?;
    *bytes = &rest[count.div_ceil(2)..];
    Some(match kind >> 4 & 7 {
        5 => text(&unpack(value, 0, count * 4 / 7)),
        1 => format!("+{}", digits(value, count)),
        _ => digits(value, count),
    })
}

/// A moment as TP-SCTS has it; the zone is in quarters of an hour.
pub(super) fn stamp(local: i64, zone: i32) -> [u8; 7] {
    let (year, month, day, hour, minute, second) = crate::credential::calendar(local);
    let swap = |n: u32| (((n % 10) << 4) | (n / 10 % 10)) as u8;
    let sign = if zone < 0 { 8 } else { 0 };
    let parts = [year.rem_euclid(100) as u32, month, day, hour, minute, second];
    let [y, mo, d, h, mi, s] = parts.map(swap);
    [y, mo, d, h, mi, s, swap(zone.unsigned_abs()) | sign]
}

/// `yy/MM/dd,hh:mm:ss±zz`
pub(super) fn stamp_text(stamp: &[u8; 7]) -> String {
    let two = |o: u8| (u32::from(o & 15) * 10 + u32::from(o >> 4)) % 100;
    let [y, mo, d, h, mi, s, zone] = *stamp;
    let sign = if zone & 8 == 0 { '+' } else { '-' };
    let zone = two(zone & !8);
    let (y, mo, d, h, mi, s) = (two(y), two(mo), two(d), two(h), two(mi), two(s));
    format!("{y:02}/{mo:02}/{d:02},{h:02}:{mi:02}:{s:02}{sign}{zone:02}")
}

impl Pdu {
    /// The message without the service centre's number.
    pub(super) fn tpdu(&self) -> Vec<u8> {
        let header = if self.data.header.is_empty() { 0 } else { 0x40 };
        let head = [self.protocol, self.data.dcs];
        match &self.kind {
            Kind::Deliver { time } => {
                [&[0x04 | header], &*address(&self.address), &head, time, &self.data.octets()].concat()
            }
            Kind::Submit { report, validity } => {
                let format = match validity.len() {
                    0 => 0,
                    1 => 0x10,
                    _ => 0x18,
                };
                let first = 0x01 | header | format | if *report { 0x20 } else { 0 };
                let start = [first, self.reference];
                [&start, &*address(&self.address), &head, validity, &self.data.octets()].concat()
            }
            Kind::Report { reference, sent, done, status } => {
                [&[0x06, *reference], &*address(&self.address), sent, done, &[*status]].concat()
            }
        }
    }

    /// The whole in hexadecimal digits, and the length that the commands tell.
    pub(super) fn to_hex(&self) -> (String, usize) {
        let digits = self.centre.trim_start_matches('+');
        let mut all = if digits.is_empty() {
            vec![0]
        } else {
            let value = semi_octets(digits);
            [vec![value.len() as u8 + 1, number_type(&self.centre)], value].concat()
        };
        let tpdu = self.tpdu();
        all.extend(&tpdu);
        (hex(&all), tpdu.len())
    }

    /// Reads a message; `None` when it is none, or has another length.
    pub(super) fn read(bytes: &[u8], len: usize) -> Option<Self> {
        let (&centre_len, rest) = bytes.split_first()?;
        let centre = rest.get(..usize::from(centre_len))?;
        let centre = match centre {
            [] => String::new(),
            [kind, value @ ..] => {
                let plus = if kind >> 4 & 7 == 1 { "+" } else { "" };
                format!("{plus}{}", digits(value, 2 * value.len()))
            }
        };
        let mut rest = rest.get(usize::from(centre_len)..)?;
        if rest.len() != len {
            return None;
        }
        let first = take(&mut rest, 1)?[0];
        let (kind, number, reference) = match first & 3 {
            0 => (None, read_address(&mut rest)?, 0),
            1 => {
                let reference = take(&mut rest, 1)?[0];
                (Some(first & 0x20 != 0), read_address(&mut rest)?, reference)
            }
            _ => return None,
        };
        let head = take(&mut rest, 2)?;
        let (protocol, dcs) = (head[0], head[1]);
        let kind = match kind {
            None => Kind::Deliver { time: take(&mut rest, 7)?.try_into().ok()? },
            Some(report) => {
                let count = match first >> 3 & 3 {
                    0 => 0,
                    2 => 1,
                    _ => 7,
                };
                Kind::Submit { report, validity: take(&mut rest, count)?.to_vec() }
            }
        };
        let data = Data::read(dcs, first & 0x40 != 0, rest)?;
        Some(Pdu { centre, kind, address: number, protocol, data, reference })
    }
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let part = bytes.get(..count)?;
    *bytes = &bytes[count..];
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::unhex;

    #[test]
    fn a_well_known_message_is_read_and_written() {
        // "hellohello" to +46708251358, as everywhere in tutorials.
        let text = "0011000B916407281553F80000AA0AE8329BFD4697D9EC37";
        let bytes = unhex(text.as_bytes()).unwrap_or_default();
        let pdu = Pdu::read(&bytes, bytes.len() - 1).expect("it is a message");
        assert_eq!((pdu.address.as_str(), pdu.data.text().as_str()), ("+46708251358", "hellohello"));
        assert_eq!(pdu.kind, Kind::Submit { report: false, validity: vec![0xaa] });
        assert_eq!(pdu.to_hex(), (text.to_owned(), 23));
        assert_eq!(Pdu::read(&bytes, bytes.len()), None);
    }

    #[test]
    fn any_bytes_are_no_message_or_one_that_reads_the_same() {
        let mut dice = crate::Prng::new(7);
        for _ in 0..20_000 {
            let len = dice.below(60) as usize;
            let mut bytes = dice.bytes(len);
            if let Some(first) = bytes.first_mut() {
                *first &= 7;
            }
            let centre = bytes.first().copied().map_or(0, usize::from);
            if let Some(pdu) = Pdu::read(&bytes, len.saturating_sub(1 + centre)) {
                pdu.to_hex();
                pdu.data.text();
            }
        }
    }

    #[test]
    fn a_moment_is_told_as_it_was() {
        let local = 1_767_268_800;
        assert_eq!(stamp_text(&stamp(local, 32)), "26/01/01,12:00:00+32");
        assert_eq!(stamp_text(&stamp(local, -16)), "26/01/01,12:00:00-16");
    }
}
