//! The modems, each a table of what is its own.

use super::Sequans;
use crate::dialect::{OnError, Step, cellular};
use crate::time::Duration;

/// Renesas RYZ014A and Sequans GM01Q (Monarch).
pub const RYZ014A: Sequans =
    Sequans { name: "ryz014a", setup: SETUP, registration: REGISTRATION_WITH_ATTACH };

/// Sequans GM02S (Monarch 2). Its socket commands are those of the RYZ014A.
pub const GM02S: Sequans = Sequans { name: "gm02s", ..RYZ014A };

/// Sequans Cassiopeia CB610L.
///
/// It attaches by itself after its start (Cassiopeia §1.2.2).
pub const CASSIOPEIA: Sequans =
    Sequans { name: "cassiopeia", setup: SETUP_WITHOUT_BYPASS, registration: REGISTRATION_WITH_ATTACH };

const SETUP: &[Step] = &[cellular::ECHO_OFF, cellular::NUMERIC_ERRORS];

/// In bypass mode the network's address belongs to USB and there are no sockets. Leaving it wants a
/// reboot, and lasts until the firmware is upgraded (Cassiopeia chapter 3). A modem that does not
/// say that it is in bypass mode is left as it is.
const SETUP_WITHOUT_BYPASS: &[Step] = &[
    cellular::ECHO_OFF,
    cellular::NUMERIC_ERRORS,
    Step::new("+SQNBYPASS?").optional_text("+SQNBYPASS: {Up}").on_error(OnError::Ignore),
    Step::new("+SQNBYPASS=\"disable\"").when(|a| a.call.found.active == Some(true)),
    Step::new("^RESET").when(|a| a.call.found.active == Some(true)).restarts(),
];

/// "Force EPS attach" where the modem does not even search (use cases §2.3.3.1, Cassiopeia §1.2.4):
/// registration was switched off with `+COPS=2`, or automatic attach was.
const REGISTRATION_WITH_ATTACH: &[Step] = &[
    Step::new("+CEREG?").text("+CEREG: {registration}"),
    Step::new("+CGATT=1")
        .when(|a| a.call.found.registration == Some(0))
        .on_error(OnError::Ignore)
        .timeout(Duration::from_secs(180)),
];
