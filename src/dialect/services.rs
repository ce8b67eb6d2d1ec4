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
    /// The command for the operator or region that the modem is set up for.
    pub operator_mode: Option<&'static str>,
    /// How the bands are chosen that it searches.
    pub bands: BandCommands,
    /// Whether one of two slots for SIM cards can be chosen (`+CSUS`).
    pub sim_slots: bool,
    /// How extended discontinuous reception is asked for.
    pub edrx: EdrxCommand,
    /// How hosts are pinged.
    pub ping: PingCommand,
    /// Whether ports can be kept for the modem's own clients (`+UEMBPF`, SARA/LEXI internet applications §4.3).
    pub embedded_ports: bool,
}

/// The commands for bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BandCommands {
    /// There are none.
    None,
    /// `+SQNBANDSEL`: of each operator mode, some of its bands (RYZ014 use cases §2.2).
    OfMode,
    /// `+UBANDMASK`: bits for each technology.
    Masks,
    /// `+SETLOCK` of LTE and `+SETBAND` of 2G (LENA-R8 application development §7.1.3).
    Lock,
}

/// The command for echo requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PingCommand {
    /// The modem has none, or nothing is known of it.
    None,
    /// `+PING`, whose replies are its answer.
    Answered,
    /// `+UPING`, whose replies are reported behind the result.
    Reported,
}

/// The command for extended discontinuous reception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EdrxCommand {
    /// The modem has none, or nothing is known of it.
    None,
    /// `+CEDRXS` (3GPP TS 27.007 §7.40).
    Standard,
    /// `+SQNEDRX`, which has a paging time window, too.
    Sequans,
}

impl Services {
    /// None of them.
    pub const NONE: Self = Self {
        operator_mode: None,
        bands: BandCommands::None,
        sim_slots: false,
        edrx: EdrxCommand::None,
        ping: PingCommand::None,
        embedded_ports: false,
    };
}
