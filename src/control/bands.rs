//! The bands that a modem searches.

use heapless::Vec;

use super::Control;
use super::turn::{Lines, Turn};
use crate::at::{CommandWriter, Params};
use crate::dialect::{BandCommands, Step};
use crate::error::Error;

const OF_MODE: Step = Step::new("+SQNBANDSEL").lines("+SQNBANDSEL", false);
const MASKS: Step = Step::new("+UBANDMASK").lines("+UBANDMASK", false);
const LOCK: Step = Step::new("+SETLOCK").lines("+SETLOCK", false);
const GSM: Step = Step::new("+SETBAND").lines("+SETBAND", false);

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

    /// Every band that a modem has.
    pub const ALL: Self = Self(u128::MAX);

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

    /// Writes them as numbers with commas between them.
    fn write(self, w: &mut CommandWriter<'_>) {
        for (index, band) in self.iter().enumerate() {
            w.text(if index > 0 { "," } else { "" }).number(band.into());
        }
    }
}

/// The 2G bands of a modem that has some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum GsmBands {
    /// All that it has.
    All,
    /// E-GSM 900.
    Egsm900,
    /// DCS 1800.
    Dcs1800,
}

impl Control<'_> {
    /// The LTE bands that the modem searches: in its present operator mode (`+SQNBANDSEL?`, RYZ014 use cases
    /// §2.2.2.2), with LTE-M or, where it has that alone, NB-IoT (`+UBANDMASK?`), or with LTE (`+SETLOCK=2,0` of LENA-R8,
    /// where [`Bands::ALL`] stands for no limit). How u-blox modems code them is in none of the guides at hand; it is what
    /// the vendor's own driver does.
    ///
    /// # Errors
    /// As for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn bands(&self) -> Result<Bands, Error> {
        match self.services()?.bands {
            BandCommands::None => Err(Error::Unsupported),
            BandCommands::OfMode => {
                let mode = self.operator_mode().await?;
                self.turn().of_mode(&mode).await
            }
            BandCommands::Masks => lte(&self.turn().masks().await?),
            BandCommands::Lock => self.turn().lock().await,
        }
    }

    /// Lets the modem search these bands alone. They are kept in flash, and written where they are not set yet; returns
    /// whether they had to be. Then a u-blox modem restarts: connections die, and the link comes back by itself.
    ///
    /// A Sequans modem searches those of them that its operator mode has (RYZ014 use cases §2.2.3).
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for no band; the modem's own for bands that it does not have; as for
    /// [`bands`](Self::bands).
    ///
    /// # Cancel safety
    /// They are set, or not; on u-blox perhaps without the restart that makes them count.
    pub async fn set_bands(&self, bands: Bands) -> Result<bool, Error> {
        if bands == Bands::default() {
            return Err(Error::InvalidInput);
        }
        let mut turn = self.turn();
        let set = match self.services()?.bands {
            BandCommands::None => return Err(Error::Unsupported),
            BandCommands::OfMode => {
                let mode = self.operator_mode().await?;
                if turn.of_mode(&mode).await? == bands {
                    return Ok(false);
                }
                let write = |w: &mut CommandWriter<'_>| {
                    w.text("+SQNBANDSEL=0,").quoted(mode.as_bytes()).text(",\"");
                    bands.write(w);
                    w.text("\"");
                };
                return turn.tell(&OF_MODE, &write).await.map(|()| true);
            }
            BandCommands::Masks => {
                let masks = turn.masks().await?;
                if lte(&masks)? == bands {
                    return Ok(false);
                }
                turn.radio_off().await?;
                let mut set = Ok(());
                for mask in masks.iter().filter(|mask| mask.is_lte()) {
                    set = set.and(turn.tell(&MASKS, &|w| Mask { bands, ..*mask }.write(w)).await);
                }
                set
            }
            BandCommands::Lock => {
                if turn.lock().await? == bands {
                    return Ok(false);
                }
                turn.radio_off().await?;
                turn.tell(&LOCK, &|w| write_lock(bands, w)).await
            }
        };
        turn.restart().await?;
        set.map(|()| true)
    }

    /// The 2G bands that the modem searches: `+SETBAND?` of LENA-R8 (application development §7.1.3; its coding as in the
    /// vendor's own driver).
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the modem has no such command; as for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn gsm_bands(&self) -> Result<GsmBands, Error> {
        self.has_gsm_bands()?;
        let read = |lines: Lines<'_>| match lines.first("+SETBAND")?.byte()? {
            0 => Some(GsmBands::All),
            1 => Some(GsmBands::Egsm900),
            2 => Some(GsmBands::Dcs1800),
            _ => None,
        };
        self.ask(&GSM, &|w| _ = w.text("+SETBAND?"), read).await
    }

    /// Lets the modem search these 2G bands alone, as for [`set_bands`](Self::set_bands).
    ///
    /// # Errors
    /// As for [`gsm_bands`](Self::gsm_bands).
    ///
    /// # Cancel safety
    /// As for [`set_bands`](Self::set_bands).
    pub async fn set_gsm_bands(&self, bands: GsmBands) -> Result<bool, Error> {
        self.has_gsm_bands()?;
        if self.gsm_bands().await? == bands {
            return Ok(false);
        }
        let mut turn = self.turn();
        let set = turn.tell(&GSM, &|w| _ = w.text("+SETBAND=").number(bands as u32)).await;
        turn.restart().await?;
        set.map(|()| true)
    }

    fn has_gsm_bands(&self) -> Result<(), Error> {
        if self.services()?.bands == BandCommands::Lock { Ok(()) } else { Err(Error::Unsupported) }
    }
}

impl Turn<'_> {
    async fn of_mode(&mut self, mode: &str) -> Result<Bands, Error> {
        let read = |lines: Lines<'_>| of_mode(lines, mode);
        self.ask_about(&OF_MODE, &|w| _ = w.text("+SQNBANDSEL?"), mode.as_bytes(), read).await
    }

    async fn masks(&mut self) -> Result<Vec<Mask, 3>, Error> {
        let read = |lines: Lines<'_>| Mask::parse(lines.first("+UBANDMASK")?);
        self.ask(&MASKS, &|w| _ = w.text("+UBANDMASK?"), read).await
    }

    async fn lock(&mut self) -> Result<Bands, Error> {
        self.ask(&LOCK, &|w| _ = w.text("+SETLOCK=2,0"), |lines| read_lock(lines.first("+SETLOCK")?)).await
    }
}

/// The bands of the first technology that is LTE.
fn lte(masks: &[Mask]) -> Result<Bands, Error> {
    masks.iter().find(|mask| mask.is_lte()).map(|mask| mask.bands).ok_or(Error::UnexpectedAnswer)
}

/// The bands behind a mode's name.
fn of_mode(lines: Lines<'_>, mode: &str) -> Option<Bands> {
    lines.all("+SQNBANDSEL").find_map(|mut params| {
        params.raw()?;
        (params.text()? == mode.as_bytes()).then(|| Bands::parse(params.text()?)).flatten()
    })
}

/// `<count>[,<band>…]`; no band is no limit.
fn read_lock(mut params: Params<'_>) -> Option<Bands> {
    let mut bands = Bands::default();
    for _ in 0..params.byte()? {
        bands.0 |= Bands::of(&[params.byte()?]).0;
    }
    Some(if bands == Bands::default() { Bands::ALL } else { bands })
}

fn write_lock(bands: Bands, w: &mut CommandWriter<'_>) {
    if bands == Bands::ALL {
        w.text("+SETLOCK=0,0");
    } else {
        w.text("+SETLOCK=1,0,");
        bands.write(w);
    }
}

/// The highest technology of `+UBANDMASK` that is LTE.
const NB_IOT: u64 = 1;

/// The bands of one technology: 0 is LTE-M, 1 NB-IoT, 2 GSM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mask {
    technology: u64,
    bands: Bands,
    /// Bands above 64 are told too.
    wide: bool,
}

impl Mask {
    const fn is_lte(&self) -> bool {
        self.technology <= NB_IOT
    }

    /// `<technology>,<mask>[,<mask>]`, once or more often. All of them are numbers alone: what has only one mask is told by
    /// how many there are.
    fn parse(mut params: Params<'_>) -> Option<Vec<Self, 3>> {
        let mut numbers = Vec::<u64, 9>::new();
        while let Some(number) = params.raw() {
            numbers.push(core::str::from_utf8(number).ok()?.trim().parse().ok()?).ok()?;
        }
        let mut masks = Vec::new();
        let mut rest = numbers.as_slice();
        while let [technology, low, more @ ..] = rest {
            let (high, after) = match (rest.len(), more) {
                (2 | 4, _) => (None, more),
                (_, [high, after @ ..]) => (Some(*high), after),
                _ => (None, more),
            };
            let bands = Bands(u128::from(*low) | u128::from(high.unwrap_or(0)) << 64);
            masks.push(Self { technology: *technology, bands, wide: high.is_some() }).ok()?;
            rest = after;
        }
        rest.is_empty().then_some(masks)
    }

    fn write(self, w: &mut CommandWriter<'_>) {
        let (low, high) = (self.bands.0 as u64, (self.bands.0 >> 64) as u64);
        w.text("+UBANDMASK=").number(self.technology as u32).text(",");
        decimal(low, w);
        if self.wide || high > 0 {
            w.text(",");
            decimal(high, w);
        }
    }
}

/// Writes a number of up to 20 digits.
fn decimal(value: u64, w: &mut CommandWriter<'_>) {
    const MILLIARD: u64 = 1_000_000_000;
    let mut parts =
        [value / MILLIARD / MILLIARD, value / MILLIARD % MILLIARD, value % MILLIARD].into_iter().peekable();
    while parts.next_if_eq(&0).is_some() {}
    w.number(parts.next().unwrap_or(0) as u32);
    for part in parts {
        for place in (0..9).rev() {
            w.number(part as u32 / 10_u32.pow(place) % 10);
        }
    }
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
        assert_eq!(&buffer[..len], b"AT3,20,128\r");
        assert_eq!(Bands::parse(b""), Some(Bands::default()));
        assert_eq!(Bands::parse(b"3,x"), None);
    }

    fn masks(text: &str) -> Option<Vec<(u64, u128, bool), 3>> {
        let masks = Mask::parse(Params::new(text.as_bytes()))?;
        Some(masks.iter().map(|mask| (mask.technology, mask.bands.0, mask.wide)).collect())
    }

    /// The vendor's manuals show all of these forms.
    #[test]
    fn masks_are_told_apart_by_their_number() {
        assert_eq!(masks("0,168761503").unwrap(), [(0, 168_761_503, false)]);
        assert_eq!(masks("0,524420,1").unwrap(), [(0, 524_420 | 1 << 64, true)]);
        assert_eq!(masks("0,5,1,9").unwrap(), [(0, 5, false), (1, 9, false)]);
        assert_eq!(masks("0,5,6,1,9").unwrap(), [(0, 5 | 6 << 64, true), (1, 9, false)]);
        assert_eq!(masks("0,5,0,1,9,0").unwrap(), [(0, 5, true), (1, 9, true)]);
        assert_eq!(masks("0,5,0,1,9,0,2,768").unwrap(), [(0, 5, true), (1, 9, true), (2, 768, false)]);
        assert_eq!(masks("0"), None);
        assert_eq!(masks("0,x"), None);
        assert_eq!(masks("0,1,2,3,4,5,6,7,8,9"), None);
    }

    fn written(write: impl Fn(&mut CommandWriter<'_>)) -> String {
        let mut buffer = [0; 64];
        let mut writer = CommandWriter::new(&mut buffer);
        write(&mut writer);
        let len = writer.finish().unwrap();
        String::from_utf8(buffer[..len].to_vec()).unwrap()
    }

    #[test]
    fn masks_are_written_in_full() {
        let mask = |bands| Mask { technology: 1, bands, wide: false };
        assert_eq!(written(|w| mask(Bands::of(&[3, 20])).write(w)), "AT+UBANDMASK=1,524292\r");
        let all = "AT+UBANDMASK=1,18446744073709551615,18446744073709551615\r";
        assert_eq!(written(|w| mask(Bands::ALL).write(w)), all);
        for value in [0, 7, 999_999_999, 1_000_000_000, 1_000_000_007, 10_u64.pow(18), u64::MAX] {
            assert_eq!(written(|w| decimal(value, w)), format!("AT{value}\r"));
        }
    }

    #[test]
    fn no_band_is_no_lock() {
        let read = |text: &str| read_lock(Params::new(text.as_bytes()));
        assert_eq!(read("0"), Some(Bands::ALL));
        assert_eq!(read("2,3,20"), Some(Bands::of(&[3, 20])));
        assert_eq!(read("2,3"), None);
        assert_eq!(written(|w| write_lock(Bands::ALL, w)), "AT+SETLOCK=0,0\r");
        assert_eq!(written(|w| write_lock(Bands::of(&[20, 3]), w)), "AT+SETLOCK=1,0,3,20\r");
    }
}
