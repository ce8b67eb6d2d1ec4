//! Logging: to `defmt`, to `log`, to both or to none.
//!
//! Levels by meaning: trace is each line of the conversation, debug a step of a procedure, info a
//! change of link or socket, warn something that was repaired, error a modem that was given up.

macro_rules! forward {
    ($level:ident, $format:literal $(, $arg:expr)* $(,)?) => {{
        #[cfg(feature = "defmt")]
        ::defmt::$level!($format $(, $arg)*);
        #[cfg(feature = "log")]
        ::log::$level!($format $(, $arg)*);
        #[cfg(not(any(feature = "defmt", feature = "log")))]
        { let _ = ($(&$arg,)*); }
    }};
}

macro_rules! trace { ($($arg:tt)*) => { forward!(trace, $($arg)*) }; }
macro_rules! debug { ($($arg:tt)*) => { forward!(debug, $($arg)*) }; }
macro_rules! info { ($($arg:tt)*) => { forward!(info, $($arg)*) }; }
macro_rules! warning { ($($arg:tt)*) => { forward!(warn, $($arg)*) }; }

/// Text of the AT conversation, printable whatever bytes it holds.
#[allow(dead_code, reason = "read by the log back ends only")]
pub(crate) struct Ascii<'a>(pub(crate) &'a [u8]);

impl core::fmt::Display for Ascii<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Ascii<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        match core::str::from_utf8(self.0) {
            // Without the `b""` of bytes.
            Ok(text) if self.0.iter().all(|byte| matches!(byte, b' '..=b'~')) => {
                defmt::write!(f, "{=str}", text)
            }
            _ => defmt::write!(f, "{=[u8]:a}", self.0),
        }
    }
}
