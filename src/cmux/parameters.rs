//! What both sides agree on before the multiplexer starts, and this side's patience.

use crate::time::Duration;

/// Parameters of a multiplexer session (3GPP TS 27.010 §5.7, 3GPP TS 27.007 §5.7).
///
/// ```
/// use cellular_nal::cmux::Parameters;
/// let parameters = Parameters { n1: 1509, ..Parameters::new() };
/// // AT+CMUX=0,0,,1509
/// assert_eq!(parameters.command(), [Some(0), Some(0), None, Some(1509)]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Parameters {
    /// Code of the bit rate in `AT+CMUX`: 1 is 9600, 5 is 115200, 6 is 230400. `None` leaves the bit
    /// rate as it is, which every modem understands.
    pub port_speed: Option<u8>,
    /// N1: most bytes of information in a frame, both ways. The default of the standard for the basic
    /// option is 31.
    pub n1: u16,
    /// T1: how long SABM and DISC may take to be answered before they are repeated. The standard says
    /// 100 ms, which modems are known to miss.
    pub t1: Duration,
    /// N2: how often a command is repeated before it is given up.
    pub n2: u8,
    /// T2: the same as T1 for commands on the control channel.
    pub t2: Duration,
    /// Whether the modem answers DISC. For one that does not, DLCs are forgotten without it and close
    /// with the multiplexer.
    pub answers_disc: bool,
    /// Silence in the middle of a frame after which it is doubted.
    pub gap: Duration,
}

impl Parameters {
    /// N1 of 31 bytes, and time limits that are longer than those of the standard.
    pub const fn new() -> Self {
        Self {
            port_speed: None,
            n1: 31,
            t1: Duration::from_millis(300),
            n2: 9,
            t2: Duration::from_millis(300),
            answers_disc: true,
            gap: Duration::from_millis(100),
        }
    }

    /// The values of `AT+CMUX=<mode>,<subset>,<port_speed>,<N1>` (27.007 §5.7): mode 0 is the basic
    /// option, subset 0 is UIH. `None` is an empty value.
    ///
    /// The values behind these are better left out, for each side has its own: T1, N2 and T2 are this
    /// side's, T3 is for waking up from a sleep that is not used, and k belongs to the mode with error
    /// recovery.
    pub const fn command(&self) -> [Option<u16>; 4] {
        let port_speed = match self.port_speed {
            Some(code) => Some(code as u16),
            None => None,
        };
        [Some(0), Some(0), port_speed, Some(self.n1)]
    }
}

impl Default for Parameters {
    fn default() -> Self {
        Self::new()
    }
}
