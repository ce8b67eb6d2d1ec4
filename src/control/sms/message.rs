//! What a short message is.

use heapless::{String, Vec};

use crate::control::Time;

/// The number of a telephone, with `+` in front of an international one; or the name of a sender that has none,
/// up to eleven characters.
pub type Number = String<24>;

/// The text of one message, or of one part: 160 characters at most, which take two bytes each where they are
/// Greek or have accents.
pub type Text = String<320>;

/// A message in the store of the modem.
///
/// ```
/// use cellular_nal::control::sms::{Content, Message};
/// let pdu = [
///     0x00, 0x04, 0x0B, 0x91, 0x51, 0x55, 0x21, 0x43, 0x65, 0xF7, 0x00, 0x00, 0x22, 0x40, 0x62, 0x71,
///     0x41, 0x55, 0x23, 0x05, 0xC8, 0x32, 0x9B, 0xFD, 0x06,
/// ];
/// let mut message = Message::new();
/// message.decode(&pdu);
/// assert_eq!(message.number, "+15551234567");
/// assert_eq!(message.text(), Some("Hello"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Message {
    /// Whether it came in or is to go out.
    pub state: State,
    /// Who has sent it; of one that is to go out, for whom it is.
    pub number: Number,
    /// When the service centre got it. `None` where it has no valid time: one that is to go out, or RYZ014 use
    /// cases §7.2.2.2.
    pub time: Option<Time>,
    /// Which part of a longer message it is. Not known in text mode.
    pub part: Option<Part>,
    /// What it tells of a message that was sent, where it is a report.
    pub report: Option<Report>,
    /// What it says.
    pub content: Content,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Content {
    /// Text.
    Text(Text),
    /// Bytes that are no text, or compressed.
    Data(Vec<u8, 140>),
    /// It is none of the kinds of message that are known here: see
    /// [`Sms::read_pdu`](super::Sms::read_pdu).
    Unknown,
}

/// Where a message is on its way (`<stat>`, 3GPP TS 27.005 §3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum State {
    /// It came in and nobody has read it.
    #[default]
    Unread,
    /// It came in.
    Read,
    /// It is stored and has not been sent.
    Unsent,
    /// It is stored and has been sent.
    Sent,
}

/// Which part of a longer message a message is (3GPP TS 23.040 §9.2.3.24.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Part {
    /// The same for all parts of a message from one sender.
    pub reference: u16,
    /// How many parts there are.
    pub count: u8,
    /// Which one it is, from 1 on.
    pub number: u8,
}

/// What became of a message that was sent (3GPP TS 23.040 §9.2.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Report {
    /// The number that the modem gave the message: see [`Sent`](super::Sent).
    pub reference: u8,
    /// What became of it: 0 to 2 it has been received, 32 to 63 it is tried on, the others failed (§9.2.3.15).
    pub status: u8,
}

impl Message {
    /// An empty one, to read into.
    pub const fn new() -> Self {
        Self {
            state: State::Unread,
            number: Number::new(),
            time: None,
            part: None,
            report: None,
            content: Content::Unknown,
        }
    }

    /// Its text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Default for Message {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    /// As it is written in PDU mode, and in text mode.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        Some(match text {
            b"0" | b"REC UNREAD" => Self::Unread,
            b"1" | b"REC READ" => Self::Read,
            b"2" | b"STO UNSENT" => Self::Unsent,
            b"3" | b"STO SENT" => Self::Sent,
            _ => return None,
        })
    }
}
