//! What the engine wants from its surroundings.

use crate::time::Instant;

/// One thing to do; see [`Engine`](super::Engine).
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output<'a> {
    /// Send these bytes to the modem, as many as fit.
    Transmit(&'a [u8]),
    /// Set the serial port to this bit rate.
    Baud(u32),
    /// Set this pin; the engine does everything else at its time.
    Pin {
        /// Which.
        pin: Pin,
        /// Whether it is to do what its name says.
        active: bool,
    },
    /// Nothing to do until then, or until bytes or users come.
    Timeout(Option<(Instant, Timer)>),
}

/// Why the engine wants to be called again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Timer {
    /// An answer is due.
    Answer,
    /// The silence behind a prompt or a result is over.
    Gap,
    /// The modem is called again.
    Sync,
    /// The link's next step.
    Link,
    /// Staged bytes are to leave, or to be tried again.
    Send,
    /// A silent socket is asked whether it still stands.
    Probe,
    /// A closing notice that did not come.
    Notice,
    /// The silence around `+++`, and the answer to it.
    Escape,
    /// The store of short messages is looked at, though none was reported.
    Messages,
    /// A user's turn to write a command, or to read its answer.
    Turn,
    /// The modem has been left alone to install firmware for long enough, or is asked how far it is.
    Upgrade,
    /// Nothing is reported any more of echo requests.
    Ping,
    /// A pin was held for long enough.
    Press,
    /// The modem's serial port is awake, or may sleep.
    Wake,
}

/// A pin between host and modem, beside those of the serial port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Pin {
    /// The power key (`PWR_ON`, `PWRKEY`): active is pressed.
    PowerKey,
    /// The reset line (`RESET_N`, `RESETN`): active is reset.
    Reset,
    /// DTR: active is ready, which keeps the modem's serial port awake with [`UartSleep::Dtr`](crate::UartSleep). A data
    /// connection whose peer has gone silent is left by making it inactive for half a second.
    Dtr,
    /// RTS where the serial port does not drive it, or a wake line: active keeps the modem's serial
    /// port awake with [`UartSleep::Rts`](crate::UartSleep).
    Rts,
}

/// Some of the pins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PinSet(u8);

impl PinSet {
    /// None of them.
    pub const NONE: Self = Self(0);

    /// These and `pin`.
    #[must_use]
    pub const fn with(self, pin: Pin) -> Self {
        Self(self.0 | 1 << pin as u8)
    }

    /// These but `pin`.
    #[must_use]
    pub const fn without(self, pin: Pin) -> Self {
        Self(self.0 & !(1 << pin as u8))
    }

    /// Whether `pin` is one of these.
    pub const fn has(self, pin: Pin) -> bool {
        self.0 & 1 << pin as u8 != 0
    }
}

impl FromIterator<Pin> for PinSet {
    fn from_iter<I: IntoIterator<Item = Pin>>(pins: I) -> Self {
        pins.into_iter().fold(Self::NONE, Self::with)
    }
}
