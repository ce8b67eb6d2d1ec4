//! Calling back a modem that is still in multiplexer mode.

use super::frame::OVERHEAD;
use crate::time::Duration;

/// Ends multiplexer mode, whatever the other side holds: flags, then "close down" (3GPP TS 27.010
/// §5.4.6.3.3) as UIH without and with P, because modems are known to look at it.
///
/// A modem in the middle of a frame takes it for payload, so more bytes than a frame has must come
/// before it. To a modem in command mode it is the beginning of a line that makes no sense, so a
/// carriage return has to follow.
pub const CLOSE_DOWN: &[u8] =
    &[0xF9, 0xF9, 0x03, 0xEF, 0x05, 0xC3, 0x01, 0xF2, 0xF9, 0xF9, 0x03, 0xFF, 0x05, 0xC3, 0x01, 0xE7, 0xF9];

/// One attempt to get an answer from a modem whose mode is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Attempt {
    /// Send these bytes; `OK` within the time means that the modem is in command mode.
    Call(&'static [u8], Duration),
    /// Send so many carriage returns: to a modem in command mode these are empty lines, and one in the
    /// middle of a frame gets to its end.
    Fill(usize),
    /// Send these bytes; nothing is expected within the time.
    Send(&'static [u8], Duration),
    /// Keep the silence that the modem wants around `+++`, send these bytes, and keep it again.
    Escape(&'static [u8]),
}

/// What to try in turn until `AT` is answered.
///
/// First whether the modem is in command mode. Then the multiplexer is closed down, and after 100 ms,
/// which u-blox modems are given by their vendor's own driver, `AT` is tried again. Last the escape
/// from data mode. One that is in no mode that answers this is off, or at another bit rate.
pub const ATTEMPTS: [Attempt; 6] = [
    Attempt::Call(b"AT\r", Duration::from_secs(1)),
    // N1 is at most 1509 on the modems here.
    Attempt::Fill(1509 + OVERHEAD),
    Attempt::Send(CLOSE_DOWN, Duration::from_millis(100)),
    // The first carriage return ends what a modem in command mode took the frames for.
    Attempt::Call(b"\rAT\r", Duration::from_secs(1)),
    Attempt::Escape(b"+++"),
    Attempt::Call(b"AT\r", Duration::from_secs(1)),
];
