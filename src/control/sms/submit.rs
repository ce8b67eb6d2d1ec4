//! Messages that are to go out (SMS-SUBMIT, 3GPP TS 23.040 §9.2.2.2).

use heapless::Vec;

use super::alphabet::{self, Packer};
use crate::error::Error;

/// A message with the address of the service centre in front: twelve octets, and 172 of the longest TPDU, which
/// is a report.
pub type Pdu = Vec<u8, 184>;

/// The header that names a part takes six octets: seven septets, or three of the units of UCS2.
const HEADER: usize = 6;

/// A text on its way to somebody, in as many parts as it needs.
#[derive(Debug)]
pub(super) struct Submission<'a> {
    number: &'a str,
    /// What is still to be sent.
    rest: &'a str,
    /// Whether the default alphabet has all that it needs.
    is_plain: bool,
    pub(super) count: u8,
    /// The part at hand, from 1 on.
    part: u8,
    reference: u8,
}

/// A telephone number: up to twenty digits, with `+` in front of an international one.
pub(super) fn check_number(number: &str) -> Result<(), Error> {
    let digits = number.strip_prefix('+').unwrap_or(number);
    let fits =
        (1..=20).contains(&digits.len()) && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'*' | b'#'));
    if fits { Ok(()) } else { Err(Error::InvalidInput) }
}

impl<'a> Submission<'a> {
    pub(super) fn new(number: &'a str, text: &'a str, reference: u8) -> Result<Self, Error> {
        check_number(number)?;
        let is_plain = text.chars().all(|character| alphabet::width(character).is_some());
        let mut submission = Self { number, rest: text, is_plain, count: 1, part: 0, reference };
        if submission.next_piece().len() < text.len() {
            submission.count = u8::MAX;
            let mut parts = 0u8;
            while !submission.rest.is_empty() {
                let piece = submission.next_piece();
                submission.rest = submission.rest.get(piece.len()..).unwrap_or_default();
                parts = parts.checked_add(1).ok_or(Error::Oversized)?;
            }
            (submission.rest, submission.count) = (text, parts);
        }
        Ok(submission)
    }

    /// As much of the rest as fits into one part.
    fn next_piece(&self) -> &'a str {
        let mut room = match (self.is_plain, self.count > 1) {
            (true, false) => 160,
            (true, true) => 153,
            (false, false) => 70,
            (false, true) => 67,
        };
        let mut end = 0;
        for character in self.rest.chars() {
            let width = if self.is_plain { alphabet::width(character) } else { Some(character.len_utf16()) };
            let Some(left) = width.and_then(|width| usize::checked_sub(room, width)) else { break };
            room = left;
            end += character.len_utf8();
        }
        self.rest.get(..end).unwrap_or_default()
    }

    /// The next part, with the service centre of the modem's choice; `None` when all have been given.
    pub(super) fn next(&mut self) -> Option<Pdu> {
        if self.part == self.count {
            return None;
        }
        self.part += 1;
        let piece = self.next_piece();
        self.rest = self.rest.get(piece.len()..).unwrap_or_default();
        let in_parts = self.count > 1;
        let mut pdu = Pdu::new();
        // No service centre; SMS-SUBMIT without validity period, with a header where there are parts; the
        // modem counts messages.
        pdu.extend_from_slice(&[0, if in_parts { 0x41 } else { 0x01 }, 0]).ok()?;
        address(self.number, &mut pdu)?;
        pdu.extend_from_slice(&[0, if self.is_plain { 0 } else { 8 }]).ok()?;
        let mut data = [0; 140];
        let mut header = 0;
        if in_parts {
            *data.first_chunk_mut::<HEADER>()? = [5, 0, 3, self.reference, self.count, self.part];
            header = HEADER;
        }
        let (length, octets) = if self.is_plain {
            let mut packer = Packer::behind(header, &mut data);
            if !piece.chars().all(|character| packer.put(character)) {
                return None;
            }
            (packer.septets(), packer.octets())
        } else {
            let mut end = header;
            for octet in piece.encode_utf16().flat_map(u16::to_be_bytes) {
                *data.get_mut(end)? = octet;
                end += 1;
            }
            (end, end)
        };
        pdu.push(length as u8).ok()?;
        pdu.extend_from_slice(data.get(..octets)?).ok()?;
        Some(pdu)
    }
}

/// For whom it is (§9.1.2.5).
fn address(number: &str, pdu: &mut Pdu) -> Option<()> {
    let (kind, digits) = match number.strip_prefix('+') {
        Some(digits) => (0x91, digits),
        None => (0x81, number),
    };
    pdu.extend_from_slice(&[digits.len() as u8, kind]).ok()?;
    let value = |digit: u8| match digit {
        b'*' => 0xA,
        b'#' => 0xB,
        digit => digit & 0xF,
    };
    for pair in digits.as_bytes().chunks(2) {
        let &[first, ref second @ ..] = pair else { continue };
        let second = second.first().map_or(0xF, |&digit| value(digit));
        pdu.push(second << 4 | value(first)).ok()?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::sms::{Message, Part};

    fn parts(number: &str, text: &str) -> std::vec::Vec<Pdu> {
        let mut submission = Submission::new(number, text, 0xA5).unwrap();
        core::iter::from_fn(|| submission.next()).collect()
    }

    fn hex(pdu: &[Pdu]) -> std::string::String {
        assert_eq!(pdu.len(), 1);
        pdu[0].iter().map(|octet| format!("{octet:02X}")).collect()
    }

    /// The example of many tutorials, without its validity period.
    #[test]
    fn a_short_text_is_one_message() {
        let pdu = parts("+27838890001", "hellohello");
        assert_eq!(hex(&pdu), "0001000B917238880900F100000AE8329BFD4697D9EC37");
        let pdu = parts("46708251358", "");
        assert_eq!(hex(&pdu), "0001000B816407281553F8000000");
        let pdu = parts("*21#", "서");
        assert_eq!(hex(&pdu), "00010004812AB1000802C11C");
    }

    #[test]
    fn every_length_comes_back_whole() {
        for unit in ["a", "€", "ä", "서", "😀", "a€", "a서", "서😀b"] {
            for times in 0..400 {
                let text = unit.repeat(times);
                let parts = parts("+15551234567", &text);
                let mut heard = std::string::String::new();
                for (index, pdu) in parts.iter().enumerate() {
                    assert!(pdu.len() <= 1 + 164, "{} octets", pdu.len());
                    let mut message = Message::new();
                    message.decode(pdu);
                    let part = Part { reference: 0xA5, count: parts.len() as u8, number: index as u8 + 1 };
                    assert_eq!(message.part, (parts.len() > 1).then_some(part));
                    assert_eq!(message.number, "+15551234567");
                    heard.push_str(message.text().unwrap());
                }
                assert_eq!(heard, text, "{unit} {times} times");
            }
        }
    }

    #[test]
    fn limits_are_those_of_the_standard() {
        assert_eq!(parts("1", &"a".repeat(160)).len(), 1);
        assert_eq!(parts("1", &"a".repeat(161)).len(), 2);
        assert_eq!(parts("1", &"a".repeat(306)).len(), 2);
        assert_eq!(parts("1", &"a".repeat(307)).len(), 3);
        assert_eq!(parts("1", &"서".repeat(70)).len(), 1);
        assert_eq!(parts("1", &"서".repeat(71)).len(), 2);
        assert_eq!(parts("1", &"서".repeat(135)).len(), 3);
        assert_eq!(parts("1", &"a".repeat(255 * 153)).len(), 255);
        assert_eq!(Submission::new("1", &"a".repeat(255 * 153 + 1), 0).err(), Some(Error::Oversized));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for number in ["", "+", "12a", "1 2", "+123456789012345678901", "++1", "1\r", "١"] {
            assert_eq!(Submission::new(number, "", 0).err(), Some(Error::InvalidInput), "{number:?}");
        }
    }
}
