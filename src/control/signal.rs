//! How well the network is heard.

use super::Control;
use crate::dialect::Step;
use crate::error::Error;
use crate::link::strength;

const CSQ: Step = Step::new("+CSQ").lines("+CSQ", false);
const CESQ: Step = Step::new("+CESQ").lines("+CESQ", false);

/// How well the network is heard; `None` is not known or not detectable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Signal {
    /// Received signal strength in dBm, −113 to −51 (`+CSQ`, 3GPP TS 27.007 §8.5).
    pub rssi: Option<i16>,
    /// Reference signal received power of LTE in dBm, −140 to −43 (`+CESQ`, 3GPP TS 27.007 §8.69;
    /// Cassiopeia use cases §1.2.3).
    pub rsrp: Option<i16>,
    /// Reference signal received quality of LTE in tenths of a dB, −195 to −25 (as for `rsrp`).
    pub rsrq: Option<i16>,
}

impl Control<'_> {
    /// Asks how well the network is heard. A modem without `+CESQ`, as LENA-R8 is, tells `rssi` alone.
    ///
    /// ```no_run
    /// # async fn example(control: cellular_nal::asynch::Control<'_>) -> Result<(), cellular_nal::Error> {
    /// if let Some(power) = control.signal().await?.rsrp {
    ///     println!("{power} dBm");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn signal(&self) -> Result<Signal, Error> {
        let mut turn = self.turn();
        let mut signal = Signal::default();
        let rssi = turn.ask(&CSQ, &|w| _ = w.text("+CSQ"), |lines| lines.first("+CSQ")?.byte()).await?;
        signal.rssi = strength(rssi).map(i16::from);
        let more = turn.ask(&CESQ, &|w| _ = w.text("+CESQ"), |lines| {
            let mut params = lines.first("+CESQ")?;
            (0..4).try_for_each(|_| params.raw().map(drop))?;
            Some((params.byte()?, params.byte()?))
        });
        match more.await {
            Ok((rsrq, rsrp)) => {
                signal.rsrq = (rsrq <= 34).then(|| 5 * i16::from(rsrq) - 195);
                signal.rsrp = (rsrp <= 97).then(|| i16::from(rsrp) - 140);
            }
            Err(Error::Modem(_)) => {}
            Err(error) => return Err(error),
        }
        Ok(signal)
    }
}
