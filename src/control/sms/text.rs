//! Messages in text mode (3GPP TS 27.005 §3).

use super::message::{Content, Message, Number, State, Text};
use super::pdu::{Alphabet, ucs2};
use crate::at::{Params, hexadecimal, split};
use crate::control::Time;
use crate::control::turn::Lines;

/// How many parameters there are in front of the length, which `+CSDH=1` brings: the state, who, a name, the time
/// or the kind of the address, and six more.
const DETAILS: usize = 10;

/// What stands in front of the text.
struct Head<'a> {
    state: State,
    number: &'a [u8],
    time: Option<Time>,
    coding: u8,
    /// Characters of the text.
    length: Option<u16>,
}

impl<'a> Head<'a> {
    /// The line `+CMGR: <stat>,<oa/da>,[<alpha>],…`. RYZ014 use cases §7.1.2.1 show it as `+CMGL`, with the index in
    /// front.
    fn parse(line: &'a [u8]) -> Option<Self> {
        let (b"+CMGR" | b"+CMGL", rest) = split(line)? else { return None };
        let mut params = Params::new(rest);
        let mut first = params.raw()?;
        if first.iter().all(u8::is_ascii_digit) {
            first = params.raw()?;
        }
        let state = State::parse(Params::new(first).text()?)?;
        let number = params.text()?;
        let own = matches!(state, State::Unsent | State::Sent);
        let mut head = Self { state, number, time: None, coding: 0, length: None };
        // The name that a telephone book has for it.
        let Some(_) = params.text() else { return Some(head) };
        for place in 3..=DETAILS {
            // The time may stand in one's own, too: the document shows zeros there.
            let quoted = params.rest().trim_ascii_start().starts_with(b"\"");
            let Some(value) = params.text() else { return Some(head) };
            match place {
                3 if quoted => head.time = Time::parse(value),
                // One's own has no time, so that all is a place further in front, but for the validity in between.
                6 if own => head.coding = byte(value),
                7 if !own => head.coding = byte(value),
                DETAILS => {
                    head.length = core::str::from_utf8(value).ok().and_then(|value| value.parse().ok())
                }
                _ => {}
            }
        }
        Some(head)
    }
}

fn byte(value: &[u8]) -> u8 {
    Params::new(value).byte().unwrap_or(0)
}

/// How many characters follow the line.
pub(super) fn length(line: &[u8]) -> Option<u16> {
    Head::parse(line)?.length
}

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// No message.
    Nothing,
    /// A message whose length the modem has told.
    Counted,
    /// A message that may go on behind a line that looks like a result.
    Uncounted,
}

/// Reads a message. `None` where it is not as it should be: then some of it is missing.
pub(super) fn read(lines: Lines<'_>, message: &mut Message) -> Option<Found> {
    let mut lines = lines.iter();
    let Some(head) = lines.next() else { return Some(Found::Nothing) };
    let head = Head::parse(head)?;
    let coded = Alphabet::of(head.coding);
    let count = lines.clone().count();
    let characters: usize = lines
        .clone()
        .map(|line| core::str::from_utf8(line).map_or(line.len(), |line| line.chars().count()))
        .sum();
    let length = head.length.map(usize::from);
    // How lines ended is seen by the length alone.
    let ends = |each: usize| characters + count.saturating_sub(1) * each;
    if length.map_or(count == 0, |length| ends(2) + 2 < length) {
        return None;
    }
    let end = if length.is_some_and(|length| ends(2) <= length) { "\r\n" } else { "\n" };
    let mut text = Text::new();
    for (index, line) in lines.enumerate() {
        text.push_str(if index > 0 { end } else { "" }).ok()?;
        let line = core::str::from_utf8(line).ok()?;
        if line.chars().any(char::is_control) {
            return None;
        }
        text.push_str(line).ok()?;
    }
    let number = Number::try_from(core::str::from_utf8(head.number).ok()?).ok()?;
    let content = match coded {
        Alphabet::Default => Content::Text(text),
        // These are shown in hexadecimal digits, unless the modem's character set has them.
        _ => match octets(&text) {
            Some(octets) if coded == Alphabet::Ucs2 => Content::Text(ucs2(&octets)?),
            Some(octets) => Content::Data(octets),
            None => Content::Text(text),
        },
    };
    *message = Message { state: head.state, number, time: head.time, content, ..Message::new() };
    Some(if length.is_some() { Found::Counted } else { Found::Uncounted })
}

fn octets(text: &str) -> Option<heapless::Vec<u8, 140>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|&[high, low]| Some(hexadecimal(high)? << 4 | hexadecimal(low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(lines: &str) -> Option<Message> {
        let mut message = Message::new();
        (read(Lines(lines.as_bytes()), &mut message)? != Found::Nothing).then_some(message)
    }

    /// RYZ014 use cases §7.3.2.2 and §7.3.2.3, but with `+CMGR`, and §7.1.2.1 as it stands.
    #[test]
    fn messages_of_the_document_are_read() {
        let received =
            message("+CMGR: \"REC READ\",\"11000000151\",,\"18/12/29,14:22:28+32\"\naaaaa\n").unwrap();
        assert_eq!((received.state, received.number.as_str()), (State::Read, "11000000151"));
        assert_eq!(received.text(), Some("aaaaa"));
        let time = Time { year: 2018, month: 12, day: 29, hour: 14, minute: 22, second: 28, zone: 32 };
        assert_eq!(received.time, Some(time));
        let named = message("+CMGR: \"REC READ\",\"Amarisoft\",,\"17/10/19,05:39:38+08\"\nhello\n").unwrap();
        assert_eq!(named.number, "Amarisoft");
        let own =
            message("+CMGL: 0,\"STO UNSENT\",\"+114848484844\",,\"00/00/00,00:00:00+00\"\nHow are you?\n");
        let own = own.unwrap();
        assert_eq!((own.state, own.number.as_str(), own.time), (State::Unsent, "+114848484844", None));
        assert_eq!(own.text(), Some("How are you?"));
    }

    #[test]
    fn details_tell_the_length_and_the_alphabet() {
        let details = |coding: u8, length: u16| {
            format!(
                "+CMGR: \"REC UNREAD\",\"+1555\",\"\",\"22/04/26,17:14:55+32\",145,4,0,{coding},\"+1312\",145,{length}"
            )
        };
        assert_eq!(length(details(0, 12).as_bytes()), Some(12));
        assert_eq!(length(b"+CMGR: \"STO SENT\",\"+1555\",,145,17,0,8,167,\"+1312\",145,7"), Some(7));
        assert_eq!(length(b"+CMGR: \"REC READ\",\"+1555\",,\"22/04/26,17:14:55+32\""), None);
        let text = |coding, length, body: &str| {
            message(&format!("{}\n{body}\n", details(coding, length))).map(|message| message.content)
        };
        let is = |text: &str| Some(Content::Text(Text::try_from(text).unwrap()));
        assert_eq!(text(0, 5, "a\nbcd"), is("a\nbcd"));
        assert_eq!(text(0, 6, "a\nbcd"), is("a\r\nbcd"));
        assert_eq!(text(0, 15, "a\nbcd"), None, "some of it is missing");
        assert_eq!(text(8, 1, "C11C"), is("서"));
        assert_eq!(text(8, 2, "서울"), is("서울"));
        assert_eq!(text(4, 2, "00FF"), Some(Content::Data(heapless::Vec::from_slice(&[0, 255]).unwrap())));
        assert_eq!(text(0, 4, "C11C"), is("C11C"));
        let own = message("+CMGR: \"STO SENT\",\"+1555\",,145,17,0,8,167,\"+1312\",145,1\nC11C\n").unwrap();
        assert_eq!(own.text(), Some("서"));
    }

    #[test]
    fn no_line_is_no_message_and_another_is_an_error() {
        let mut message = Message::new();
        assert_eq!(read(Lines(b""), &mut message), Some(Found::Nothing));
        // Without a length nothing tells it from one that looks like a result.
        let empty = "+CMGR: \"REC READ\",\"1\",,";
        for line in [empty, "+CMGR: 1,,23", "+CMGR:", "+CMGR: \"NEW\",\"1\"", "x", "+CMGR: \"REC READ\""] {
            assert_eq!(read(Lines(line.as_bytes()), &mut message), None, "{line}");
        }
    }
}
