use crate::time::Duration;

/// What a modem's power key and reset line want. A time of zero means that it has no such pin.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Power {
    /// How long the power key is held to switch the modem on.
    pub switch_on: Duration,
    /// How long it is held to switch the modem off.
    pub switch_off: Duration,
    /// How long the reset line is held.
    pub reset: Duration,
    /// From the switch-off until the modem is off, at most.
    pub shutdown: Duration,
}

impl Power {
    /// Neither of the two.
    pub const fn new() -> Self {
        Self {
            switch_on: Duration::ZERO,
            switch_off: Duration::ZERO,
            reset: Duration::ZERO,
            shutdown: Duration::ZERO,
        }
    }
}

impl Default for Power {
    fn default() -> Self {
        Self::new()
    }
}
