//! Short messages (SMS, 3GPP TS 27.005).

mod alphabet;
mod arrival;
mod message;
mod pdu;
mod store;
mod submit;
mod text;

pub use message::{Content, Message, Number, Part, Report, State, Text};
pub use store::{Store, Usage};
pub use submit::Pdu;

use super::Control;
use super::turn::{Lines, Turn};
use crate::at::CommandWriter;
use crate::dialect::{Bare, Step};
use crate::engine::payload::Payload;
use crate::error::{CmeCode, Error};
use crate::time::Duration;
use submit::Submission;

/// What ends a message behind the prompt; ESC would cancel it (3GPP TS 27.005 §3.5.1).
const END: u8 = 0x1A;

/// The longest that the network takes for a message.
const NETWORK: Duration = Duration::from_secs(180);

const FORMAT: Step = Step::new("+CMGF=…").lines("", false);
const DETAILS: Step = Step::new("+CSDH=1").lines("", false);
const CHARACTERS: Step = Step::new("+CSCS=\"UTF-8\"").lines("", false);
const SEND: Step = Step::new("+CMGS=…").lines("+CMGS", false).prompt(b'>', 0).timeout(NETWORK);
const READ_PDU: Step = Step::new("+CMGR=…").lines_and("+CMGR", Bare::Octets).timeout(Duration::from_secs(30));
const READ_TEXT: Step = Step::new("+CMGR=…")
    .lines_and("+CMGR|+CMGL", Bare::Counted(text::length))
    .timeout(Duration::from_secs(30));
const DELETE: Step = Step::new("+CMGD=…").lines("", false).timeout(Duration::from_secs(55));
const CENTER: Step = Step::new("+CSCA").lines("+CSCA", false).timeout(Duration::from_secs(30));

/// How messages go over the serial line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum SmsFormat {
    /// As the network carries them, in hexadecimal digits. No text can be taken for anything else, all characters
    /// can be sent, and a text may be longer than one message.
    #[default]
    Pdu,
    /// As text. Between its lines and the modem's own there is no difference: a message that says `OK` is told from
    /// a result by its length alone, where the modem tells that (`+CSDH=1`, 3GPP TS 27.005 §3.2.3). Empty lines
    /// in the middle get lost, and with them a message may be refused as
    /// [`UnexpectedAnswer`](Error::UnexpectedAnswer), or after a while as [`Timeout`](Error::Timeout). Only what
    /// the GSM alphabet shares with ASCII is sent by every modem.
    Text,
}

/// What the modem says of a message that it has sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Sent {
    /// How many parts it had.
    pub parts: u8,
    /// The modem's number for the last one, where it gives one (RYZ014 use cases §7.1.2.2 show an answer without).
    pub reference: Option<u8>,
}

/// Sends, reads and deletes short messages. Made by [`Control::sms`].
///
/// ```no_run
/// use cellular_nal::control::sms::Message;
/// # async fn example(control: cellular_nal::asynch::Control<'_>) -> Result<(), cellular_nal::Error> {
/// let sms = control.sms();
/// sms.send("+15551234567", "Here I am.").await?;
/// let mut message = Message::new();
/// loop {
///     sms.wait().await?;
///     let mut from = 0;
///     while let Some(index) = sms.next(from, &mut message).await? {
///         if let Some(text) = message.text() {
///             println!("{}: {text}", message.number);
///         }
///         sms.delete(index).await?;
///         from = index + 1;
///     }
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sms<'d> {
    control: Control<'d>,
    format: SmsFormat,
}

impl<'d> Control<'d> {
    /// Short messages, in PDU mode.
    pub const fn sms(&self) -> Sms<'d> {
        Sms { control: *self, format: SmsFormat::Pdu }
    }
}

impl<'d> Sms<'d> {
    /// The same in another format. Each operation sets the modem to its own, so both may be in use.
    pub const fn with_format(mut self, format: SmsFormat) -> Self {
        self.format = format;
        self
    }

    /// Sends a text to a telephone number: up to twenty digits, with `+` in front of an international one. What does
    /// not fit into one message (160 characters of the GSM alphabet, or 70 others) goes in up to 255 parts, which
    /// the receiver puts together; in text mode it has to fit into one.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for what is no number, and in text mode for characters that the modem does not take
    /// there; [`Error::Oversized`]; [`Error::NotRegistered`], [`Error::Timeout`] and others from the network, as
    /// [`Error::Modem`] with the numbers of 3GPP TS 27.005 §3.2.5: 330 is a missing number of the service
    /// centre. When a later part fails, the ones before it have been sent. As for [`Control::imei`].
    ///
    /// # Cancel safety
    /// A message whose text the modem has not got whole is cancelled. Parts that it has got are sent.
    pub async fn send(&self, number: &str, text: &str) -> Result<Sent, Error> {
        match self.format {
            SmsFormat::Pdu => self.send_parts(number, text).await,
            SmsFormat::Text => self.send_text(number, text).await,
        }
    }

    async fn send_parts(&self, number: &str, text: &str) -> Result<Sent, Error> {
        let mut submission = Submission::new(number, text, self.control.next_reference())?;
        let mut sent = Sent { parts: submission.count, reference: None };
        while let Some(pdu) = submission.next() {
            // Each has a turn of its own, so that sockets are served in between.
            sent.reference = self.send_pdu(&pdu).await?;
        }
        Ok(sent)
    }

    async fn send_text(&self, number: &str, text: &str) -> Result<Sent, Error> {
        submit::check_number(number)?;
        // `\r` and `\n` are all the same behind the prompt, and other control characters have a meaning of their own.
        if text.chars().any(|character| character.is_control() && character != '\n') {
            return Err(Error::InvalidInput);
        }
        let is_common = text.chars().all(alphabet::is_common);
        let limit = if is_common { 160 } else { 70 };
        if text.encode_utf16().count() > limit {
            return Err(Error::Oversized);
        }
        let mut turn = self.control.turn();
        if !is_common {
            // RYZ014 use cases §7.1.2.3.
            match turn.tell(&CHARACTERS, &|w| _ = w.text("+CSCS=\"UTF-8\"")).await {
                Err(Error::Modem(_)) => return Err(Error::InvalidInput),
                result => result?,
            }
        }
        self.set_format(&mut turn, SmsFormat::Text).await?;
        let write = |w: &mut CommandWriter<'_>| _ = w.text("+CMGS=").quoted(number.as_bytes());
        let payload = Payload { len: text.len() as u32 + 1, escapes: true };
        let source = |given: usize, to: &mut [u8]| {
            let rest = text.as_bytes().iter().copied().chain([END]).skip(given);
            fill(to, rest.map(|byte| if byte == b'\n' { b'\r' } else { byte }))
        };
        let reference = named(turn.give(&SEND, &write, payload, source, reference).await)?;
        Ok(Sent { parts: 1, reference })
    }

    /// Sends a PDU of one's own: the address of the service centre (one octet of zero for the one that the modem
    /// has), then an SMS-SUBMIT. Returns the modem's number for it, where it gives one.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] where it ends in the middle of the address, or behind; [`Error::Oversized`] for more
    /// than 164 octets behind it (3GPP TS 23.040); as for [`send`](Self::send).
    ///
    /// # Cancel safety
    /// A message that the modem has not got whole is cancelled.
    pub async fn send_pdu(&self, pdu: &[u8]) -> Result<Option<u8>, Error> {
        let center = pdu.first().map_or(0, |&length| usize::from(length));
        let length = match pdu.len().checked_sub(1 + center) {
            None | Some(0) => return Err(Error::InvalidInput),
            Some(length @ 1..=164) if center <= 11 => length,
            Some(_) => return Err(Error::Oversized),
        };
        let mut turn = self.control.turn();
        self.set_format(&mut turn, SmsFormat::Pdu).await?;
        let write = |w: &mut CommandWriter<'_>| _ = w.text("+CMGS=").number(length as u32);
        let payload = Payload { len: pdu.len() as u32 * 2 + 1, escapes: true };
        let source = |given: usize, to: &mut [u8]| {
            let digit =
                |value: u8| b"0123456789ABCDEF".get(usize::from(value & 0xF)).copied().unwrap_or(b'0');
            let digits = pdu.iter().flat_map(|&octet| [digit(octet >> 4), digit(octet)]);
            fill(to, digits.chain([END]).skip(given))
        };
        named(turn.give(&SEND, &write, payload, source, reference).await)
    }

    /// Reads the message at an index of the store: see [`store`](Self::store) for where that may be. The modem
    /// notes that it has been read. Returns whether there is one.
    ///
    /// # Errors
    /// [`Error::UnexpectedAnswer`] when some of it has got lost on the serial line, or cannot be told in text mode;
    /// [`Error::NoSim`] and others of the card; as for [`Control::imei`].
    ///
    /// # Cancel safety
    /// It stays in the store.
    pub async fn read(&self, index: u16, message: &mut Message) -> Result<bool, Error> {
        match self.format {
            SmsFormat::Pdu => {
                let read = |state, tpdu: &[u8], _: &[u8]| {
                    message.state = state;
                    message.decode_tpdu(tpdu);
                    Some(())
                };
                Ok(self.read_with(index, read).await?.is_some())
            }
            SmsFormat::Text => {
                let mut turn = self.control.turn();
                self.set_format(&mut turn, SmsFormat::Text).await?;
                match turn.tell(&DETAILS, &|w| _ = w.text("+CSDH=1")).await {
                    // Without them it is as well as the modem can.
                    Ok(()) | Err(Error::Modem(_)) => {}
                    Err(error) => return Err(error),
                }
                let write = |w: &mut CommandWriter<'_>| _ = w.text("+CMGR=").number(index.into());
                let result = turn.ask(&READ_TEXT, &write, |lines| text::read(lines, message)).await;
                if matches!(result, Ok(text::Found::Uncounted) | Err(Error::UnexpectedAnswer)) {
                    // A line of the text may have been taken for the result, and that is still to come.
                    turn.resync();
                }
                Ok(found(result.map(|found| (found != text::Found::Nothing).then_some(())))?.is_some())
            }
        }
    }

    /// Reads the message at an index as the network has brought it: the address of the service centre, which may
    /// be missing, then SMS-DELIVER or another. `None` where there is no message.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    ///
    /// # Cancel safety
    /// It stays in the store.
    pub async fn read_pdu(&self, index: u16) -> Result<Option<(State, Pdu)>, Error> {
        self.read_with(index, |state, _, pdu| Some((state, Pdu::from_slice(pdu).ok()?))).await
    }

    /// Gives `read` the state of a message, its TPDU, and the whole PDU.
    async fn read_with<T>(
        &self,
        index: u16,
        mut read: impl FnMut(State, &[u8], &[u8]) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let mut turn = self.control.turn();
        self.set_format(&mut turn, SmsFormat::Pdu).await?;
        let write = |w: &mut CommandWriter<'_>| _ = w.text("+CMGR=").number(index.into());
        let read = |Lines(answer): Lines<'_>| {
            let Some(end) = answer.iter().position(|&byte| byte == b'\n') else {
                return answer.is_empty().then_some(None);
            };
            let (head, pdu) = (answer.get(..end)?, answer.get(end + 1..)?);
            let mut params = Lines(head).first("+CMGR")?;
            let state = State::parse(params.raw()?)?;
            params.raw()?;
            let length = usize::from(params.word()?);
            if length == 0 && pdu.is_empty() {
                // This is how some say that there is none.
                return Some(None);
            }
            read(state, pdu::without_center(pdu, length)?, pdu).map(Some)
        };
        found(turn.ask(&READ_PDU, &write, read).await)
    }

    /// Deletes the message at an index. Where there is none nothing is changed.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    ///
    /// # Cancel safety
    /// It may be deleted all the same.
    pub async fn delete(&self, index: u16) -> Result<(), Error> {
        let result = self.control.tell(&DELETE, &|w| _ = w.text("+CMGD=").number(index.into())).await;
        found(result.map(Some)).map(drop)
    }

    /// The number of the service centre, without which nothing can be sent (`+CSCA?`, RYZ014 use cases
    /// §7.3.3). Empty where there is none.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn service_center(&self) -> Result<Number, Error> {
        let read = |lines: Lines<'_>| {
            let number = core::str::from_utf8(lines.first("+CSCA")?.text()?).ok()?;
            Number::try_from(number).ok()
        };
        named(self.control.ask(&CENTER, &|w| _ = w.text("+CSCA?"), read).await)
    }

    /// Sets the number of the service centre (`+CSCA`, RYZ014 use cases §7.1.2.2, §7.2.2.1): that is known to the
    /// operator, and usually in the SIM card.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for what is no number; as for [`read`](Self::read).
    ///
    /// # Cancel safety
    /// It may be set all the same.
    pub async fn set_service_center(&self, number: &str) -> Result<(), Error> {
        submit::check_number(number)?;
        named(self.control.tell(&CENTER, &|w| _ = w.text("+CSCA=").quoted(number.as_bytes())).await)
    }

    /// Asked for anew each time: it costs little, and neither a restart nor another user is to be minded.
    async fn set_format(&self, turn: &mut Turn<'_>, format: SmsFormat) -> Result<(), Error> {
        let number = u32::from(format == SmsFormat::Text);
        named(turn.tell(&FORMAT, &|w| _ = w.text("+CMGF=").number(number)).await)
    }
}

/// Fills `to` from the front and says how far.
fn fill(to: &mut [u8], from: impl Iterator<Item = u8>) -> usize {
    to.iter_mut().zip(from).map(|(to, from)| *to = from).count()
}

/// The number of a message that was sent; the outer is always there.
fn reference(lines: Lines<'_>) -> Option<Option<u8>> {
    Some(lines.first("+CMGS").and_then(|mut params| params.byte()))
}

/// The modem's numbers that have better names (3GPP TS 27.005 §3.2.5, 3GPP TS 27.007 §9.2).
fn named<T>(result: Result<T, Error>) -> Result<T, Error> {
    result.map_err(|error| match error {
        Error::Modem(CmeCode(10 | 310 | 313)) => Error::NoSim,
        Error::Modem(CmeCode(11 | 311)) => Error::PinRequired,
        Error::Modem(CmeCode(12 | 316)) => Error::PukRequired,
        Error::Modem(CmeCode(4 | 303)) => Error::Unsupported,
        Error::Modem(CmeCode(20 | 322)) => Error::StoreFull,
        Error::Modem(CmeCode(30 | 331)) => Error::NotRegistered,
        Error::Modem(CmeCode(31 | 332)) => Error::Timeout,
        error => error,
    })
}

/// The same of what may not be there: an index without a message is no error.
fn found<T>(result: Result<Option<T>, Error>) -> Result<Option<T>, Error> {
    match result {
        Err(Error::Modem(CmeCode(21 | 22 | 50 | 304 | 305 | 321))) => Ok(None),
        result => named(result),
    }
}
