//! The modems, each a table of what is its own.

use super::Sequans;
use crate::dialect::security::Speech;
use crate::dialect::{
    BandCommands, EdrxCommand, Multiplexer, OnError, PingCommand, Security, Services, Step, TlsVersion,
    cellular,
};
use crate::link::UartSleep;
use crate::time::Duration;

/// Renesas RYZ014A and Sequans GM01Q (Monarch).
pub const RYZ014A: Sequans = Sequans {
    name: "ryz014a",
    setup: SETUP,
    uart_sleep: SLEEP,
    registration: REGISTRATION_WITH_ATTACH,
    security: Some(&SECURITY),
    multiplexer: None,
    lwm2m: true,
    // Slots: use cases §2.1.1; ping: §9.2.3. eDRX is in none of the documents at hand: shipping drivers of both
    // Monarchs.
    services: Services {
        sim_slots: true,
        edrx: EdrxCommand::Sequans,
        ping: PingCommand::Answered,
        ..SERVICES
    },
};

/// Of all of them (use cases §2.2).
const SERVICES: Services =
    Services { operator_mode: Some("+SQNCTM"), bands: BandCommands::OfMode, ..Services::NONE };

/// TLS 1.3 is in use cases §6.7.3.3, DTLS in §6.3.1. No number of connections is given but that of the
/// sockets. Keys with a password are not taken, and a bare `ERROR` to an upload says that the store is full
/// (use cases §3.1).
const SECURITY: Security = Security {
    speech: Speech::Sequans,
    connections: 6,
    newest: TlsVersion::Tls13,
    datagrams: true,
    suites: 8,
    key_password: false,
    sessions: false,
    error_is_full: true,
};

/// Sequans GM02S (Monarch 2). Its socket commands are those of the RYZ014A. No document at hand gives it two slots
/// for SIM cards.
pub const GM02S: Sequans = Sequans {
    name: "gm02s",
    multiplexer: Some(&GM02S_MULTIPLEXER),
    services: Services { sim_slots: false, ..RYZ014A.services },
    ..RYZ014A
};

/// Channels of GM02S. None of this is documented at hand; it is what a shipping driver does: data on
/// channel 1, commands on 2, more of them on 3 and 4, N1 of 127. Nothing is known of the multiplexers of
/// RYZ014A and Cassiopeia.
pub const GM02S_MULTIPLEXER: Multiplexer = Multiplexer {
    at: 2,
    data: 1,
    gnss: None,
    last: 4,
    n1: 127,
    answers_disc: true,
    pause: Duration::from_millis(100),
    settle: Duration::ZERO,
};

/// Sequans Cassiopeia CB610L.
///
/// It attaches by itself after its start (Cassiopeia §1.2.2). Its document knows nothing of TLS, nor of
/// LwM2M.
pub const CASSIOPEIA: Sequans = Sequans {
    name: "cassiopeia",
    setup: SETUP_WITHOUT_BYPASS,
    uart_sleep: &[],
    registration: REGISTRATION_WITH_ATTACH,
    security: None,
    multiplexer: None,
    lwm2m: false,
    services: SERVICES,
};

/// The port sleeps while RTS is inactive, 5 s after the last byte. `+SQNIPSCFG` is in none of the documents at hand;
/// shipping drivers use it like this.
const SLEEP: &[Step] = &[
    Step::new("+SQNIPSCFG=0").when(|a| a.config.uart_sleep == Some(UartSleep::Off)),
    Step::new("+SQNIPSCFG=1,5000").when(|a| a.config.uart_sleep == Some(UartSleep::Rts)),
];

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
