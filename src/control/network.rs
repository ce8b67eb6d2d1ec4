//! Which network, on which bands.

use super::identity::text;
use super::turn::Lines;
use super::{Control, Text};
use crate::at::CommandWriter;
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
const BANDS: Step = Step::new("+SQNBANDSEL").lines("+SQNBANDSEL", false);

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

/// One bit for each LTE band: bit 0 is band 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Bands(u128);

impl Bands {
    /// These bands, each from 1 to 128; others are left out.
    ///
    /// ```
    /// use cellular_nal::control::Bands;
    /// const EUROPE: Bands = Bands::of(&[3, 8, 20]);
    /// assert!(EUROPE.contains(20) && !EUROPE.contains(1));
    /// ```
    pub const fn of(mut bands: &[u8]) -> Self {
        let mut bits = 0;
        while let [band, rest @ ..] = bands {
            if *band >= 1 && *band <= 128 {
                bits |= 1 << (*band - 1);
            }
            bands = rest;
        }
        Self(bits)
    }

    /// Whether `band` is one of them.
    pub const fn contains(self, band: u8) -> bool {
        band >= 1 && band <= 128 && self.0 >> (band - 1) & 1 != 0
    }

    /// All of them, from the lowest on.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (1..=128).filter(move |&band| self.contains(band))
    }

    /// Reads numbers with commas between them.
    fn parse(text: &[u8]) -> Option<Self> {
        let mut bits = 0;
        for number in text.split(|&b| b == b',').filter(|number| !number.is_empty()) {
            let band: u8 = core::str::from_utf8(number).ok()?.trim().parse().ok()?;
            bits |= Self::of(&[band]).0;
        }
        Some(Self(bits))
    }

    fn write(self, w: &mut CommandWriter<'_>) {
        w.text("\"");
        for (index, band) in self.iter().enumerate() {
            w.text(if index > 0 { "," } else { "" }).number(band.into());
        }
        w.text("\"");
    }
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
        turn.tell(&super::power::RADIO_OFF, &|w| _ = w.text("+CFUN=0")).await?;
        let set = turn.tell(&SET_PROFILE, &|w| _ = w.text("+UMNOPROF=").number(profile)).await;
        turn.restart().await?;
        set.map(|()| true)
    }

    /// The LTE bands that the modem searches in its present operator mode (`+SQNBANDSEL?`, RYZ014 use cases
    /// §2.2.2.2).
    ///
    /// # Errors
    /// [`Error::Unsupported`] on u-blox: no document at hand says how bands are coded there.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn bands(&self) -> Result<Bands, Error> {
        let mode = self.band_mode().await?;
        let read = |lines: Lines<'_>| of_mode(lines, &mode);
        self.turn().ask_about(&BANDS, &|w| _ = w.text("+SQNBANDSEL?"), mode.as_bytes(), read).await
    }

    /// Lets the modem search these bands alone, out of those that its operator mode has; others are not searched
    /// (RYZ014 use cases §2.2.3). It is kept in flash, and written where it is not set yet.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for no band; as for [`bands`](Self::bands).
    ///
    /// # Cancel safety
    /// They are set, or not.
    pub async fn set_bands(&self, bands: Bands) -> Result<(), Error> {
        if bands == Bands::default() {
            return Err(Error::InvalidInput);
        }
        let mode = self.band_mode().await?;
        let write = |w: &mut CommandWriter<'_>| {
            w.text("+SQNBANDSEL=0,").quoted(mode.as_bytes()).text(",");
            bands.write(w);
        };
        self.tell(&BANDS, &write).await
    }

    async fn band_mode(&self) -> Result<Text, Error> {
        if self.is_sequans() { self.operator_mode().await } else { Err(Error::Unsupported) }
    }

    fn operator_mode_command(&self) -> Result<&'static str, Error> {
        match self.is_sequans() {
            true => Ok("+SQNCTM"),
            // "MNO profile selection: n/a" (LENA-R8 application development, appendix on migration).
            false if self.model() == "lena-r8" => Err(Error::Unsupported),
            false => Ok("+UMNOPROF"),
        }
    }
}

/// The bands behind a mode's name.
fn of_mode(lines: Lines<'_>, mode: &str) -> Option<Bands> {
    lines.all("+SQNBANDSEL").find_map(|mut params| {
        params.raw()?;
        (params.text()? == mode.as_bytes()).then(|| Bands::parse(params.text()?)).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_read_and_written() {
        let bands = Bands::parse(b"20,3,128").unwrap();
        assert_eq!(bands, Bands::of(&[3, 20, 128, 0, 129]));
        let mut buffer = [0; 32];
        let mut writer = CommandWriter::new(&mut buffer);
        bands.write(&mut writer);
        let len = writer.finish().unwrap();
        assert_eq!(&buffer[..len], b"AT\"3,20,128\"\r");
        assert_eq!(Bands::parse(b""), Some(Bands::default()));
        assert_eq!(Bands::parse(b"3,x"), None);
    }
}
