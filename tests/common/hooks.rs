//! What a test can do to the line.

use std::time::Duration;

use modem_sim::Modem;

/// See [`World::on_pin`](super::World).
pub type OnPin = Box<dyn FnMut(&mut Modem, Duration, cellular_nal::Pin, bool)>;

/// See [`World::lost`](super::World).
pub type Lost = Box<dyn FnMut(&[u8]) -> bool>;

/// See [`World::behind`](super::World).
pub type Behind = Box<dyn FnMut(&[u8]) -> Option<Extra>>;

/// Something behind a piece that the modem has printed.
pub enum Extra {
    /// An unsolicited line, at the next place where the modem may print one.
    Inject(String),
    /// These bytes, here.
    Raw(Vec<u8>),
    /// The modem restarts by itself.
    Reboot,
    /// The modem's power fails.
    PowerOff,
    /// Nothing gets over the line any more.
    Unplug,
}
