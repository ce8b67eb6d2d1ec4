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
    /// Nothing to do until then, or until bytes or users come.
    Timeout(Option<(Instant, Timer)>),
}

/// Why the engine wants to be called again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}
