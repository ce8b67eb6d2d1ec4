//! Which network, and for which operator.

use super::identity::text;
use super::turn::Lines;
use super::{Control, Text};
use crate::dialect::Step;
use crate::error::Error;
use crate::time::Duration;

/// The longest that a choice of the network takes.
const SEARCH: Duration = Duration::from_secs(180);

const SELECT: Step = Step::new("+COPS=…").lines("", false).timeout(SEARCH);
const SELECTED: Step = Step::new("+COPS?").lines("+COPS", false).timeout(Duration::from_secs(60));
const MODE: Step = Step::new("mode?").lines("+SQNCTM|+UMNOPROF", false);
const SET_MODE: Step = Step::new("+SQNCTM=…").restarts().timeout(Duration::from_secs(60));
const SET_PROFILE: Step = Step::new("+UMNOPROF=…").lines("", false);

/// Who chooses the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Selection<'a> {
    /// The modem (`+COPS=0`, 3GPP TS 27.007 §7.3).
    Automatic,
    /// This network alone, by the five or six digits of its country and network code (`+COPS=1,2`).
    Manual(&'a str),
}

impl Control<'_> {
    /// Lets the modem choose the network, or names it. The modem keeps the choice; sockets die when it leaves
    /// its network for another.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] unless the network has five or six digits; the modem's own when that network
    /// cannot be had: then it may be without one until [`Selection::Automatic`] is chosen.
    ///
    /// # Cancel safety
    /// The modem goes on searching.
    pub async fn select_network(&self, selection: Selection<'_>) -> Result<(), Error> {
        let Selection::Manual(plmn) = selection else {
            return self.tell(&SELECT, &|w| _ = w.text("+COPS=0")).await;
        };
        if !(5..=6).contains(&plmn.len()) || !plmn.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::InvalidInput);
        }
        // Sequans modems are shown with the access technology (RYZ014 use cases §2.3.2.7).
        let lte = if self.is_sequans() { ",7" } else { "" };
        self.tell(&SELECT, &|w| _ = w.text("+COPS=1,2,").quoted(plmn.as_bytes()).text(lte)).await
    }

    /// Whether the network is the user's choice and not the modem's.
    ///
    /// # Errors
    /// As for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn network_is_chosen(&self) -> Result<bool, Error> {
        let read = |lines: Lines<'_>| Some(matches!(lines.first("+COPS")?.byte()?, 1 | 4));
        self.ask(&SELECTED, &|w| _ = w.text("+COPS?"), read).await
    }

    /// For which operator or region the modem is set up: a name on Sequans modems (`+SQNCTM`, RYZ014 use cases
    /// §2.2), a number on u-blox (`+UMNOPROF`, SARA/LEXI internet applications §2.3).
    ///
    /// # Errors
    /// [`Error::Unsupported`] on LENA-R8, which has none; as for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn operator_mode(&self) -> Result<Text, Error> {
        let command = self.operator_mode_command()?;
        let read = |lines: Lines<'_>| text(lines.first("+SQNCTM|+UMNOPROF")?.text()?);
        self.ask(&MODE, &|w| _ = w.text(command).text("?"), read).await
    }

    /// Sets the modem up for an operator or region, where it is not yet: it is kept in flash. Returns whether it
    /// had to be; then the modem restarts, connections die, and the link comes back by itself.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a name that cannot be one, on u-blox for one that is no number; the modem's
    /// own when it does not know it; as for [`operator_mode`](Self::operator_mode).
    ///
    /// # Cancel safety
    /// It may be set without the restart that makes it count.
    pub async fn set_operator_mode(&self, mode: &str) -> Result<bool, Error> {
        if mode.is_empty() || mode.len() > 32 {
            return Err(Error::InvalidInput);
        }
        if self.operator_mode().await?.as_str() == mode {
            return Ok(false);
        }
        if self.is_sequans() {
            self.turn().restart_by(&SET_MODE, &|w| _ = w.text("+SQNCTM=").quoted(mode.as_bytes())).await?;
            return Ok(true);
        }
        let profile: u32 = mode.parse().map_err(|_| Error::InvalidInput)?;
        let mut turn = self.turn();
        // "While setting the network profile and parameters, the radio functionality must be turned off."
        turn.radio_off().await?;
        let set = turn.tell(&SET_PROFILE, &|w| _ = w.text("+UMNOPROF=").number(profile)).await;
        turn.restart().await?;
        set.map(|()| true)
    }

    fn operator_mode_command(&self) -> Result<&'static str, Error> {
        self.services()?.operator_mode.ok_or(Error::Unsupported)
    }
}
