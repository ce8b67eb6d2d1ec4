//! Who the modem and its SIM card are.

use heapless::String;

use super::Control;
use super::turn::Lines;
use crate::dialect::{Dialect, Services, Step};
use crate::error::Error;

/// What a modem says of itself.
pub type Text = String<64>;

const IMEI: Step = Step::new("+CGSN").lines("+CGSN", true);
const IMSI: Step = Step::new("+CIMI").lines("+CIMI", true);
const ICCID: Step = Step::new("+CCID").lines("+CCID|+SQNCCID", true);
const REVISION: Step = Step::new("+CGMR").lines("+CGMR", true);

impl Control<'_> {
    /// The modem's serial number, 15 digits (`+CGSN`, 3GPP TS 27.007 §5.4).
    ///
    /// ```no_run
    /// # async fn example(control: cellular_nal::asynch::Control<'_>) -> Result<(), cellular_nal::Error> {
    /// let imei = control.imei().await?;
    /// assert_eq!(imei.len(), 15);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Why the modem does not answer; [`Error::Unsupported`] while the line carries PPP alone;
    /// [`Error::UnexpectedAnswer`].
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn imei(&self) -> Result<Text, Error> {
        self.ask(&IMEI, &|w| _ = w.text("+CGSN"), |lines| digits(lines, 14..=16)).await
    }

    /// The number of the subscriber in the SIM card, 15 digits at most (`+CIMI`, 3GPP TS 27.007 §5.6).
    ///
    /// # Errors
    /// As for [`imei`](Self::imei), and the SIM card's own.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn imsi(&self) -> Result<Text, Error> {
        self.ask(&IMSI, &|w| _ = w.text("+CIMI"), |lines| digits(lines, 6..=15)).await
    }

    /// The number of the SIM card itself, 18 to 20 digits: `+CCID` on u-blox (LENA-R8 application
    /// development §8.1.2), `+SQNCCID` on Sequans modems (not documented; other drivers).
    ///
    /// # Errors
    /// As for [`imsi`](Self::imsi).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn iccid(&self) -> Result<Text, Error> {
        let command = if self.is_sequans() { "+SQNCCID" } else { "+CCID" };
        self.ask(&ICCID, &|w| _ = w.text(command), |lines| digits(lines, 18..=22)).await
    }

    /// The version of the modem's firmware, as it calls it (`+CGMR`, 3GPP TS 27.007 §5.3).
    ///
    /// # Errors
    /// As for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn revision(&self) -> Result<Text, Error> {
        self.ask(&REVISION, &|w| _ = w.text("+CGMR"), |lines| text(value(lines.iter().next()?))).await
    }

    /// What it does that not every modem does.
    pub(super) fn services(&self) -> Result<Services, Error> {
        self.of_dialect(Services::NONE, |dialect| dialect.services())
    }

    /// What its dialect says, once it is known which modem it is: before that one says `nothing`.
    pub(super) fn of_dialect<T: PartialEq>(
        &self,
        nothing: T,
        says: impl FnOnce(&dyn Dialect) -> T,
    ) -> Result<T, Error> {
        let core = &super::borrow(self.engine).core;
        let said = says(core.dialect);
        if said == nothing && !core.link.is_set_up() { Err(core.link.reason()) } else { Ok(said) }
    }

    /// Whether it is one of those with `+SQN…` commands.
    pub(super) fn is_sequans(&self) -> bool {
        self.engine.borrow().core.limits.host_keeps_sockets
    }
}

/// What stands behind a prefix, if there is one, without quotes.
fn value(line: &[u8]) -> &[u8] {
    let value = crate::at::split(line).map_or(line, |(_, rest)| rest);
    crate::at::Params::new(value).text().unwrap_or_default()
}

pub(super) fn text(value: &[u8]) -> Option<Text> {
    let text = core::str::from_utf8(value).ok()?;
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
        return None;
    }
    Text::try_from(text).ok()
}

/// The first line that is a number of so many digits.
fn digits(lines: Lines<'_>, count: core::ops::RangeInclusive<usize>) -> Option<Text> {
    let fits = |value: &&[u8]| count.contains(&value.len()) && value.iter().all(u8::is_ascii_hexdigit);
    lines.iter().map(value).find(fits).and_then(text)
}
