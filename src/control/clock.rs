//! What time it is.

use super::Control;
use crate::dialect::Step;
use crate::error::Error;

const CCLK: Step = Step::new("+CCLK?").lines("+CCLK", false);

/// Local time, as the network has told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Time {
    /// The year, 2020 to 2069.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, 1 to 31.
    pub day: u8,
    /// The hour, 0 to 23.
    pub hour: u8,
    /// The minute, 0 to 59.
    pub minute: u8,
    /// The second, 0 to 59; 60 in a leap second.
    pub second: u8,
    /// What is to be taken off to have UTC, in quarters of an hour, −96 to 96 (3GPP TS 27.007 §8.15).
    pub zone: i8,
}

impl Time {
    /// Seconds since the first of January 1970, UTC.
    ///
    /// ```
    /// use cellular_nal::control::Time;
    /// let time = Time { year: 2022, month: 4, day: 26, hour: 17, minute: 14, second: 55, zone: 32 };
    /// assert_eq!(time.unix(), 1_650_964_495);
    /// ```
    pub const fn unix(&self) -> i64 {
        // Days by the calendar that begins in March, when the leap day is the last one.
        let (year, month) = match self.month {
            1 | 2 => (self.year as i64 - 1, self.month as i64 + 9),
            _ => (self.year as i64, self.month as i64 - 3),
        };
        let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + self.day as i64
            - 719_469;
        let minutes = (days * 24 + self.hour as i64) * 60 + self.minute as i64 - 15 * self.zone as i64;
        minutes * 60 + self.second as i64
    }

    /// Reads `yy/MM/dd,hh:mm:ss±zz`, with quotes around it or without.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let mut rest = text.trim_ascii();
        rest = rest.strip_prefix(b"\"").unwrap_or(rest);
        rest = rest.strip_suffix(b"\"").unwrap_or(rest);
        let mut fields = [0u8; 6];
        for (field, end) in fields.iter_mut().zip(*b"//,::\0") {
            let (digits, tail) = rest.split_at_checked(2)?;
            *field = core::str::from_utf8(digits).ok()?.parse().ok()?;
            rest = if end == 0 { tail } else { tail.strip_prefix(&[end])? };
        }
        let zone = match rest {
            [] => 0,
            [sign @ (b'+' | b'-'), digits @ ..] => {
                let zone: i8 = core::str::from_utf8(digits).ok()?.parse().ok()?;
                if *sign == b'-' { zone.checked_neg()? } else { zone }
            }
            _ => return None,
        };
        Self::checked(fields, zone)
    }

    /// Year since 2000, month, day, hour, minute, second and zone, where there can be such a time.
    pub(super) fn checked(fields: [u8; 6], zone: i8) -> Option<Self> {
        let [year, month, day, hour, minute, second] = fields;
        let fits = (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && hour < 24
            && minute < 60
            && second <= 60
            && zone.unsigned_abs() <= 96;
        fits.then_some(Self { year: 2000 + u16::from(year), month, day, hour, minute, second, zone })
    }
}

/// As RFC 3339 writes it.
impl core::fmt::Display for Time {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { year, month, day, hour, minute, second, zone } = *self;
        let (sign, quarters) = (if zone < 0 { '-' } else { '+' }, zone.unsigned_abs());
        write!(f, "{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        write!(f, "{sign}{:02}:{:02}", quarters / 4, quarters % 4 * 15)
    }
}

impl Control<'_> {
    /// The time, as the network has told it (`+CCLK?`, 3GPP TS 27.007 §8.15). `None` while it has not: the
    /// modem then counts from 1970 (RYZ014 use cases §10.3.2.1), or from another year that is long over.
    ///
    /// # Errors
    /// As for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn time(&self) -> Result<Option<Time>, Error> {
        let time = self
            .ask(&CCLK, &|w| _ = w.text("+CCLK?"), |lines| Time::parse(lines.first("+CCLK")?.rest()))
            .await?;
        Ok(Some(time).filter(|time| (2020..2070).contains(&time.year)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_read_with_quotes_and_without() {
        let time = Time { year: 2019, month: 10, day: 22, hour: 10, minute: 6, second: 3, zone: 4 };
        assert_eq!(Time::parse(b"19/10/22,10:06:03+04"), Some(time));
        assert_eq!(Time::parse(b"\"19/10/22,10:06:03-04\""), Some(Time { zone: -4, ..time }));
        assert_eq!(Time::parse(b"\"19/10/22,10:06:03\""), Some(Time { zone: 0, ..time }));
        for bad in
            [&b""[..], b"19/13/22,10:06:03+04", b"19/10/22,10:06:03+", b"19/10/2,10:06:03", b"\"", b"+128"]
        {
            assert_eq!(Time::parse(bad), None, "{}", bad.escape_ascii());
        }
    }

    #[test]
    fn seconds_are_counted_from_1970() {
        let time = Time { year: 2020, month: 2, day: 29, hour: 0, minute: 0, second: 0, zone: 0 };
        assert_eq!(time.unix(), 1_582_934_400);
        assert_eq!(Time { month: 3, day: 1, zone: -4, ..time }.unix(), 1_582_934_400 + 86_400 + 3600);
        assert_eq!(Time { year: 2069, month: 12, day: 31, ..time }.unix(), 3_155_673_600);
    }
}
