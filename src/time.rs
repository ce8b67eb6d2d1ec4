//! Time as the engine sees it: instants come from the caller, nothing here reads a clock.

use core::ops::Add;

/// A point in time, counted in microseconds from an arbitrary start that the caller chooses.
///
/// All instants given to one engine come from one monotonic clock.
///
/// ```
/// use cellular_nal::{Duration, Instant};
/// let start = Instant::from_micros(0);
/// assert_eq!(start + Duration::from_millis(50), Instant::from_millis(50));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Instant(u64);

impl Instant {
    /// The start of the clock: long ago.
    pub(crate) const START: Self = Self(0);
    /// What does not come.
    pub(crate) const NEVER: Self = Self(u64::MAX);

    /// An instant `micros` microseconds after the start of the clock.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// An instant `millis` milliseconds after the start of the clock.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1000))
    }

    /// Microseconds since the start of the clock.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Whether `span` has passed since `start`.
    pub(crate) fn is_past(self, start: Self, span: Duration) -> bool {
        self >= start + span
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    // A call is shorter than a sum of 64 bits, and nothing adds times in a hurry.
    #[inline(never)]
    fn add(self, by: Duration) -> Self {
        // 2^64 µs are half a million years.
        Self(self.0.saturating_add(by.as_micros()))
    }
}

/// A span of time in whole milliseconds, 49 days at most: what the tables of the dialects need.
///
/// ```
/// use cellular_nal::Duration;
/// assert_eq!(Duration::from_secs(2).as_millis(), 2000);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Duration(u32);

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of `millis` milliseconds.
    pub const fn from_millis(millis: u32) -> Self {
        Self(millis)
    }

    /// A span of `secs` seconds.
    pub const fn from_secs(secs: u32) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// The span in milliseconds.
    pub const fn as_millis(self) -> u32 {
        self.0
    }

    /// The span in microseconds.
    const fn as_micros(self) -> u64 {
        self.0 as u64 * 1000
    }

    /// Twice the span, but not more than `limit`.
    pub(crate) fn doubled(self, limit: Self) -> Self {
        Self(self.0.saturating_mul(2)).min(limit)
    }
}
