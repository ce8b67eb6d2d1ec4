//! Messages as the network carries them (3GPP TS 23.040 §9.2).

use heapless::Vec;

use super::alphabet;
use super::message::{Content, Message, Number, Part, Report, Text};
use crate::control::Time;

/// Octets, taken from the front.
struct Octets<'a>(&'a [u8]);

impl<'a> Octets<'a> {
    fn octet(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }
}

/// The TPDU behind the address of the service centre. `None` unless there is one of `length` octets.
pub(super) fn without_center(pdu: &[u8], length: usize) -> Option<&[u8]> {
    let center = usize::from(*pdu.first()?);
    // 3GPP TS 27.005 §3.1 lets a modem leave the address out.
    [pdu.get(1 + center..), Some(pdu)].into_iter().flatten().find(|tpdu| tpdu.len() == length)
}

impl Message {
    /// Reads a message in the form in which [`read_pdu`](super::Sms::read_pdu) gives it: the address of the
    /// service centre, then SMS-DELIVER, SMS-SUBMIT or SMS-STATUS-REPORT. What is none of them, or ends in the
    /// middle, is [`Content::Unknown`]. [`state`](Self::state) stays as it is.
    pub fn decode(&mut self, pdu: &[u8]) {
        let center = pdu.first().map_or(0, |&len| usize::from(len));
        self.decode_tpdu(pdu.get(1 + center..).unwrap_or_default());
    }

    pub(super) fn decode_tpdu(&mut self, tpdu: &[u8]) {
        *self = Self { state: self.state, ..Self::new() };
        if self.read(&mut Octets(tpdu)).is_none() {
            *self = Self { state: self.state, ..Self::new() };
        }
    }

    fn read(&mut self, octets: &mut Octets<'_>) -> Option<()> {
        let first = octets.octet()?;
        match first & 3 {
            1 => {
                octets.octet()?;
                self.number = address(octets)?;
                octets.octet()?;
                let coding = octets.octet()?;
                // The validity period: none, relative, or one of two longer forms.
                octets.take(match first >> 3 & 3 {
                    0 => 0,
                    2 => 1,
                    _ => 7,
                })?;
                self.user_data(octets, first, coding)
            }
            2 => {
                let reference = octets.octet()?;
                self.number = address(octets)?;
                self.time = time(octets)?;
                time(octets)?;
                self.report = Some(Report { reference, status: octets.octet()? });
                // What may follow tells nothing that is not in the report.
                self.content = Content::Text(Text::new());
                Some(())
            }
            // A kind that is not known counts as SMS-DELIVER (§9.2.3.1).
            _ => {
                self.number = address(octets)?;
                octets.octet()?;
                let coding = octets.octet()?;
                self.time = time(octets)?;
                self.user_data(octets, first, coding)
            }
        }
    }

    fn user_data(&mut self, octets: &mut Octets<'_>, first: u8, coding: u8) -> Option<()> {
        let length = usize::from(octets.octet()?);
        let alphabet = Alphabet::of(coding);
        let count = if alphabet == Alphabet::Default { (length * 7).div_ceil(8) } else { length };
        let data = octets.take(count).filter(|data| data.len() <= 140)?;
        let mut header = 0;
        if first & 0x40 != 0 {
            header = 1 + usize::from(*data.first()?);
            self.part = part(data.get(1..header)?);
        }
        let body = data.get(header..)?;
        self.content = match alphabet {
            Alphabet::Default => {
                let from = (header * 8).div_ceil(7);
                Content::Text(collect(alphabet::unpack(data, from, length))?)
            }
            Alphabet::Ucs2 => Content::Text(ucs2(body)?),
            Alphabet::Data => Content::Data(Vec::from_slice(body).ok()?),
        };
        Some(())
    }
}

fn collect(characters: impl Iterator<Item = char>) -> Option<Text> {
    let mut text = Text::new();
    for character in characters {
        text.push(character).ok()?;
    }
    Some(text)
}

/// Text in units of two octets. There are senders that mean UTF-16 by it.
pub(super) fn ucs2(octets: &[u8]) -> Option<Text> {
    let units = octets.as_chunks::<2>().0.iter().map(|&unit| u16::from_be_bytes(unit));
    collect(char::decode_utf16(units).map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER)))
}

/// How the text is written (3GPP TS 23.038 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    Default,
    Data,
    Ucs2,
}

impl Alphabet {
    pub(super) const fn of(coding: u8) -> Self {
        let alphabet = match coding >> 4 {
            // Compressed.
            0..=7 if coding & 0x20 != 0 => 1,
            0..=7 => coding >> 2 & 3,
            0xE => 2,
            0xF => coding >> 2 & 1,
            _ => 0,
        };
        match alphabet {
            1 => Self::Data,
            2 => Self::Ucs2,
            // What is reserved counts as the default alphabet.
            _ => Self::Default,
        }
    }
}

/// Who it is from or for (§9.1.2.5).
fn address(octets: &mut Octets<'_>) -> Option<Number> {
    let length = usize::from(octets.octet()?);
    let kind = octets.octet()? >> 4 & 7;
    let value = octets.take(length.div_ceil(2))?;
    let mut number = Number::new();
    if kind == 5 {
        for character in alphabet::unpack(value, 0, length * 4 / 7) {
            number.push(character).ok()?;
        }
        return Some(number);
    }
    if kind == 1 {
        number.push('+').ok()?;
    }
    let digits = value.iter().flat_map(|&octet| [octet & 0xF, octet >> 4]).take(length);
    for digit in digits {
        match b"0123456789*#abc".get(usize::from(digit)) {
            Some(&digit) => number.push(char::from(digit)).ok()?,
            // A filler.
            None => break,
        }
    }
    Some(number)
}

/// When something was (§9.2.3.11): the outer is `None` when it is not there, the inner when it cannot be.
fn time(octets: &mut Octets<'_>) -> Option<Option<Time>> {
    let octets = octets.take(7)?.first_chunk::<7>()?;
    let &[fields @ .., zone] = octets;
    let digits = |octet: u8| {
        let (tens, units) = (octet & 0xF, octet >> 4);
        (tens < 10 && units < 10).then_some(tens * 10 + units)
    };
    // The highest bit of the tens is the sign.
    let quarters = digits(zone & !8).and_then(|quarters| i8::try_from(quarters).ok());
    let zone = quarters.map(|quarters| if zone & 8 != 0 { -quarters } else { quarters });
    let mut values = [0; 6];
    for (value, octet) in values.iter_mut().zip(fields) {
        match digits(octet) {
            Some(digits) => *value = digits,
            None => return Some(None),
        }
    }
    Some(zone.and_then(|zone| Time::checked(values, zone)))
}

/// Which part of a longer message it is, by the elements of its header (§9.2.3.24).
fn part(header: &[u8]) -> Option<Part> {
    let mut octets = Octets(header);
    while let (Some(element), Some(length)) = (octets.octet(), octets.octet()) {
        let found = match (element, octets.take(length.into())?) {
            (0, &[reference, count, number]) => Some((reference.into(), count, number)),
            (8, &[high, low, count, number]) => Some((u16::from_be_bytes([high, low]), count, number)),
            _ => None,
        };
        if let Some((reference, count, number)) = found
            && (1..=count).contains(&number)
        {
            return Some(Part { reference, count, number });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::sms::State;

    fn octets(hex: &str) -> Vec<u8, 200> {
        let hex: std::string::String = hex.split_whitespace().collect();
        (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
    }

    fn read(hex: &str) -> Message {
        let mut message = Message::new();
        message.decode(&octets(hex));
        message
    }

    fn at(year: u16, month: u8, day: u8, hour: u8, minute: u8, second: u8, zone: i8) -> Option<Time> {
        Some(Time { year, month, day, hour, minute, second, zone })
    }

    /// An example that is in many tutorials.
    #[test]
    fn a_message_in_the_default_alphabet_is_read() {
        let message = read("07917283010010F5 040BC87238880900F1 0000 99309251619580 0AE8329BFD4697D9EC37");
        assert_eq!(message.number, "27838890001");
        assert_eq!(message.text(), Some("hellohello"));
        // 1999 in the days when it was written.
        assert_eq!(message.time, at(2099, 3, 29, 15, 16, 59, 8));
        assert_eq!((message.part, message.report, message.state), (None, None, State::Unread));
    }

    /// RYZ014 use cases §7.2.2.2: lower case, and a time stamp that is none.
    #[test]
    fn the_message_of_the_document_is_read() {
        let pdu = octets("04a11132f30405a11132f30000f0c020f0e2400007c8329bfd06c500");
        assert_eq!(without_center(&pdu, 23).map(<[u8]>::len), Some(23));
        assert_eq!(without_center(&pdu, 22), None);
        assert_eq!(without_center(&pdu[5..], 23).map(<[u8]>::len), Some(23));
        let mut message = Message::new();
        message.decode(&pdu);
        assert_eq!((message.number.as_str(), message.time), ("11233", None));
        assert_eq!(message.text(), Some("Hello 1"));
    }

    #[test]
    fn senders_may_have_names_and_numbers_of_any_length() {
        let from = |address: &str| read(&format!("00 04 {address} 0000 22406271415523 00")).number;
        // "Amarisoft", as in RYZ014 use cases §7.3.2.3: nine characters are 63 bits, 16 digits.
        assert_eq!(from("10 D0 C176589E9EBFCD74"), "Amarisoft");
        assert_eq!(from("0B 91 5155214365F7"), "+15551234567");
        assert_eq!(from("03 81 21F3"), "123");
        assert_eq!(from("00 81"), "");
        assert_eq!(from("14 91 10325476981032547698"), "+01234567890123456789");
    }

    #[test]
    fn other_alphabets_are_read() {
        let ucs2 = read("00 04 03 81 21F3 00 08 22406271415523 06 C11C 0041 20AC");
        assert_eq!(ucs2.text(), Some("서A€"));
        let pair = read("00 04 03 81 21F3 00 08 22406271415523 06 D83D DE00 D83D");
        assert_eq!(pair.text(), Some("😀\u{FFFD}"));
        let data = read("00 04 03 81 21F3 00 04 22406271415523 03 00 FF 1A");
        assert_eq!(data.content, Content::Data(Vec::from_slice(&[0, 0xFF, 0x1A]).unwrap()));
        for (coding, alphabet) in [
            (0x00, Alphabet::Default),
            (0x01, Alphabet::Default),
            (0x04, Alphabet::Data),
            (0x08, Alphabet::Ucs2),
            (0x0C, Alphabet::Default),
            (0x11, Alphabet::Default),
            (0x18, Alphabet::Ucs2),
            (0x20, Alphabet::Data),
            (0x48, Alphabet::Ucs2),
            (0x84, Alphabet::Default),
            (0xC8, Alphabet::Default),
            (0xD0, Alphabet::Default),
            (0xE0, Alphabet::Ucs2),
            (0xF1, Alphabet::Default),
            (0xF5, Alphabet::Data),
        ] {
            assert_eq!(Alphabet::of(coding), alphabet, "{coding:#x}");
        }
    }

    #[test]
    fn parts_of_longer_messages_are_known_as_such() {
        let short = read("00 44 03 81 21F3 00 08 22406271415523 08 05 00 03 A5 02 01 0041");
        assert_eq!(short.part, Some(Part { reference: 0xA5, count: 2, number: 1 }));
        assert_eq!(short.text(), Some("A"));
        let long = read("00 44 03 81 21F3 00 08 22406271415523 09 06 08 04 1234 03 03 0041");
        assert_eq!(long.part, Some(Part { reference: 0x1234, count: 3, number: 3 }));
        // Part 3 of 2 is none; other elements may stand before.
        let wrong = read("00 44 03 81 21F3 00 08 22406271415523 08 05 00 03 A5 02 03 0041");
        assert_eq!((wrong.part, wrong.text()), (None, Some("A")));
        let ports = read("00 44 03 81 21F3 00 04 22406271415523 0D 0B 05 04 0B84 23F0 00 03 01 02 02 41");
        assert_eq!(ports.part, Some(Part { reference: 1, count: 2, number: 2 }));
        // Septets begin at a boundary behind the header.
        let septets = read("00 44 03 81 21F3 00 00 22406271415523 08 05 00 03 A5 02 01 82");
        assert_eq!(septets.text(), Some("A"));
    }

    #[test]
    fn messages_that_are_to_go_out_and_reports_are_read() {
        let own = read("00 11 00 0B 91 5155214365F7 00 00 AA 05 C8329BFD06");
        assert_eq!((own.number.as_str(), own.text(), own.time), ("+15551234567", Some("Hello"), None));
        let report = read("00 06 2A 0B 91 5155214365F7 22406271415523 22406271515523 00");
        assert_eq!(report.report, Some(Report { reference: 0x2A, status: 0 }));
        assert_eq!(report.time, at(2022, 4, 26, 17, 14, 55, 32));
    }

    #[test]
    fn time_zones_have_a_sign() {
        let zone = |zone: &str| read(&format!("00 04 03 81 21F3 00 00 224062714155{zone} 00")).time;
        assert_eq!(zone("23"), at(2022, 4, 26, 17, 14, 55, 32));
        assert_eq!(zone("2B"), at(2022, 4, 26, 17, 14, 55, -32));
        assert_eq!(zone("FF"), None);
    }

    #[test]
    fn what_ends_in_the_middle_or_is_none_is_unknown() {
        let whole = octets("00 44 0B 91 5155214365F7 00 08 22406271415523 08 05 00 03 A5 02 01 0041");
        for len in 0..whole.len() {
            let mut message = Message { state: State::Read, ..Message::new() };
            message.decode(&whole[..len]);
            assert_eq!(message, Message { state: State::Read, ..Message::new() }, "{len}");
        }
        // More than one message holds; a header longer than what it heads.
        assert_eq!(
            read(&format!("00 04 03 81 21F3 00 04 22406271415523 8D {}", "41".repeat(141))).text(),
            None
        );
        assert_eq!(read("00 44 03 81 21F3 00 04 22406271415523 03 05 00 03").content, Content::Unknown);
    }
}
