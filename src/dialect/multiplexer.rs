use crate::time::Duration;

/// The channels of a modem's multiplexer (3GPP TS 27.010) and what is odd about it.
///
/// It belongs to a model and stands beside its dialect, so that only who uses it links it.
///
/// ```
/// use cellular_nal::cmux::Parameters;
/// use cellular_nal::dialect::ublox::LENA_R8_MULTIPLEXER as modem;
/// let parameters =
///     Parameters { n1: modem.n1, answers_disc: modem.answers_disc, ..Parameters::new() };
/// assert!(!parameters.answers_disc);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Multiplexer {
    /// DLCI of the channel that takes commands.
    pub at: u8,
    /// DLCI of the channel for a data connection (PPP).
    pub data: u8,
    /// DLCI of the channel that leads to a GNSS receiver.
    pub gnss: Option<u8>,
    /// The highest DLCI for commands or data.
    pub last: u8,
    /// The largest N1.
    pub n1: u16,
    /// Whether DISC is answered.
    pub answers_disc: bool,
    /// Silence that it wants between the result of `AT+CMUX` and the first SABM, and behind the close
    /// down.
    pub pause: Duration,
    /// Silence that it wants between the UA of a channel and the first command on it.
    pub settle: Duration,
}
