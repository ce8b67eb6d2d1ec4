//! What some modems do for their user beside the link and its sockets.

/// Which of the services a modem has that not all of them have, and by which commands.
///
/// ```
/// use cellular_nal::dialect::{Dialect, sequans, ublox};
/// assert!(sequans::RYZ014A.services().sim_slots);
/// assert!(!ublox::LENA_R8.services().sim_slots);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Services {
    /// Whether one of two slots for SIM cards can be chosen (`+CSUS`).
    pub sim_slots: bool,
}

impl Services {
    /// None of them.
    pub const NONE: Self = Self { sim_slots: false };
}
