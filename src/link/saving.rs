//! Power saving mode: timers as networks code them.

use crate::error::Error;
use crate::time::Duration;

/// The units of a periodic update (GPRS timer 3, 3GPP TS 24.008 §10.5.7.4a) in seconds, each with its code, from the
/// finest on.
const UPDATE: [(u32, u8); 7] =
    [(2, 0b011), (30, 0b100), (60, 0b101), (600, 0b000), (3600, 0b001), (36_000, 0b010), (1_152_000, 0b110)];
/// Those of the active time (GPRS timer 2, §10.5.7.3).
const ACTIVE: [(u32, u8); 3] = [(2, 0b000), (60, 0b001), (360, 0b010)];

/// How long the modem may rest, and how long it stays reachable before (power saving mode, 3GPP TS 23.682 §4.5.4).
///
/// ```
/// use cellular_nal::{Duration, PowerSaving};
/// # fn main() -> Result<(), cellular_nal::Error> {
/// // An update each 28 hours or so, and 10 s to be reached in after each exchange.
/// let saving = PowerSaving::new(Duration::from_secs(100_000), Duration::from_secs(10))?;
/// // Networks count in coarse steps: the next one is taken.
/// assert_eq!(saving.periodic_update(), Duration::from_secs(28 * 3600));
/// assert_eq!(saving.active_time(), Duration::from_secs(10));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct PowerSaving {
    update: u8,
    active: u8,
}

impl PowerSaving {
    /// `periodic_update` is the longest rest (T3412): longer than the pauses between two uses of the modem, "in order
    /// to optimize the power consumption" (RYZ014 use cases §8.1). `active_time` is how long the modem listens before
    /// it rests (T3324). Both are rounded up to what can be coded.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for an update of zero, and for an active time of more than 186 minutes.
    pub fn new(periodic_update: Duration, active_time: Duration) -> Result<Self, Error> {
        if periodic_update == Duration::ZERO {
            return Err(Error::InvalidInput);
        }
        let update = code(periodic_update, &UPDATE).ok_or(Error::InvalidInput)?;
        let active = code(active_time, &ACTIVE).ok_or(Error::InvalidInput)?;
        Ok(Self { update, active })
    }

    /// The longest rest.
    pub fn periodic_update(self) -> Duration {
        span(self.update, &UPDATE)
    }

    /// How long the modem listens before it rests.
    pub fn active_time(self) -> Duration {
        span(self.active, &ACTIVE)
    }

    /// As bits: update, then active time.
    pub(crate) fn bits(self) -> [[u8; 8]; 2] {
        [bits(self.update), bits(self.active)]
    }

    /// From the bits that a modem shows. `None` when they are no timers, or one of them is
    /// switched off.
    pub(crate) fn parse(update: &[u8], active: &[u8]) -> Option<Self> {
        let [update, active] = [number::<8>(update)?, number::<8>(active)?];
        let off = |code: u8| code >> 5 == 0b111;
        // A modem that has been granted nothing shows zeros.
        (update & 31 != 0 && !off(update) && !off(active)).then_some(Self { update, active })
    }
}

/// The smallest step that is not less.
fn code(span: Duration, units: &[(u32, u8)]) -> Option<u8> {
    let seconds = span.as_millis().div_ceil(1000);
    let fits =
        units.iter().map(|&(unit, code)| (seconds.div_ceil(unit), unit, code)).filter(|fit| fit.0 < 32);
    // A coarser unit may come nearer than a finer one that does not reach.
    fits.min_by_key(|&(count, unit, _)| count * unit).map(|(count, _, code)| code << 5 | count as u8)
}

fn span(coded: u8, units: &[(u32, u8)]) -> Duration {
    let unit = units.iter().find(|(_, code)| *code == coded >> 5).map_or(0, |&(unit, _)| unit);
    Duration::from_secs(unit.saturating_mul((coded & 31).into()))
}

/// The lowest bits as digits, the highest of them first.
pub(crate) fn bits<const COUNT: usize>(number: u8) -> [u8; COUNT] {
    core::array::from_fn(|digit| b'0' + (number >> (COUNT - 1 - digit) & 1))
}

/// What [`bits`] has written, where there are as many.
pub(crate) fn number<const COUNT: usize>(bits: &[u8]) -> Option<u8> {
    let all = bits.len() == COUNT && bits.iter().all(|bit| matches!(bit, b'0' | b'1'));
    all.then(|| bits.iter().fold(0, |number, bit| number << 1 | (bit & 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coded(update: u32, active: u32) -> [[u8; 8]; 2] {
        PowerSaving::new(Duration::from_secs(update), Duration::from_secs(active)).unwrap().bits()
    }

    #[test]
    fn timers_are_coded_as_in_the_documents() {
        // RYZ014 use cases §8.1.2: 3 minutes and 1 minute have other codes there, and mean the same.
        assert_eq!(
            PowerSaving::parse(b"10100011", b"00100001").unwrap().periodic_update(),
            Duration::from_secs(180)
        );
        assert_eq!(
            PowerSaving::parse(b"10100011", b"00100001").unwrap().active_time(),
            Duration::from_secs(60)
        );
        assert_eq!(coded(180, 60), [*b"10000110", *b"00011110"]);
        assert_eq!(
            PowerSaving::parse(b"00010010", b"00000101").unwrap().periodic_update(),
            Duration::from_secs(10800)
        );
        assert_eq!(coded(3600, 0), [*b"00000110", *b"00000000"]);
    }

    #[test]
    fn every_time_is_rounded_up_to_the_next_that_can_be_said() {
        for seconds in (1..4_000_000).step_by(997) {
            let saving =
                PowerSaving::new(Duration::from_secs(seconds), Duration::from_secs(seconds.min(11_160)))
                    .unwrap();
            let said = saving.periodic_update().as_millis() / 1000;
            assert!(said >= seconds, "{seconds}: {said}");
            assert!(u64::from(said) <= u64::from(seconds) * 10 + 2, "{seconds}: {said}");
            assert!(saving.active_time() >= Duration::from_secs(seconds.min(11_160)));
            let [update, active] = saving.bits();
            assert_eq!(PowerSaving::parse(&update, &active), Some(saving));
        }
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        let day = Duration::from_secs(86_400);
        assert_eq!(PowerSaving::new(day, day), Err(Error::InvalidInput));
        assert_eq!(PowerSaving::new(Duration::ZERO, day), Err(Error::InvalidInput));
        assert_eq!(PowerSaving::parse(b"11100000", b"00000001"), None);
        assert_eq!(PowerSaving::parse(b"1110", b"00000001"), None);
        assert_eq!(PowerSaving::parse(b"00000000", b"00000000"), None);
    }
}
