//! The modems, each a table of what is its own.

use super::{Ublox, packet, socket};
use crate::dialect::security::Speech;
use crate::dialect::{
    Args, BandCommands, ESCAPE, EdrxCommand, FirmwareUpdate, Multiplexer, OwnContext, PingCommand, Power,
    RESTART_TAKES, Security, Services, Step, Timing, TlsVersion, cellular,
};
use crate::link::UartSleep;
use crate::time::Duration;

/// SARA-R5, product version 02B.
///
/// The packet connection is active with the registration; `+UPSD` and `+UPSDA` do not exist
/// (IADG §2.3).
pub const SARA_R5: Ublox = Ublox {
    name: "sara-r5",
    timing: TIMING,
    radio_on: cellular::RADIO_ON,
    registration: cellular::REGISTRATION,
    activate: cellular::ACTIVATE,
    deactivate: packet::DEACTIVATE,
    restart: RESTART,
    power: POWER,
    uart_sleep: SLEEP,
    close: socket::CLOSE,
    released: socket::SEND_LAST_DATAGRAM,
    security: Some(&SECURITY),
    before_dial: DUMMY_CREDENTIALS,
    own_context: None,
    multiplexer: &SARA_R5_MULTIPLEXER,
    // `+UFWINSTALL` is in none of the guides at hand. A shipping firmware installs so on SARA-R5 and waits 32
    // minutes for it.
    firmware: FirmwareUpdate::File { reports: false, patience: Duration::from_secs(40 * 60) },
    // `+CEDRXS` is in the AT commands manuals of SARA-R4 and SARA-R5; ping: IADG §2.4.1.
    services: Services {
        operator_mode: Some("+UMNOPROF"),
        bands: BandCommands::Masks,
        edrx: EdrxCommand::Standard,
        ping: PingCommand::Reported,
        ..Services::NONE
    },
};

const TIMING: Timing = Timing {
    gap: Duration::from_millis(20),
    boot: Duration::from_secs(10),
    close_notice: Duration::from_secs(2),
    close_report: Duration::ZERO,
    // IADG §9.1.4: one second before and behind.
    escape: ESCAPE.0,
    escape_answer: ESCAPE.1,
};

/// "+CFUN=16: reboot of the module" (IADG §2.3.2, LENA §8.2).
const RESTART: &[Step] = &[Step::new("+CFUN=16").restarts().timeout(RESTART_TAKES)];

/// Of SARA-R42 and LEXI-R422 (not documented at hand; what the vendor's own driver sends).
const RESTART_R42: &[Step] = &[Step::new("+CFUN=15").restarts().timeout(RESTART_TAKES)];

/// `+UPSV` of SARA-R5 (AT commands manual); 2000 frames are 9.2 s.
const SLEEP: &[Step] = &[AWAKE, Step::new("+UPSV=1,2000").when(by_timeout), ASLEEP_BY_RTS, ASLEEP_BY_DTR];

/// "+UPSV: (0,2,3,4)" (LENA §14, table of differences).
const SLEEP_R8: &[Step] = &[AWAKE, Step::new("+UPSV=4,2000").when(by_timeout), ASLEEP_BY_RTS, ASLEEP_BY_DTR];

/// SARA-R42 and LEXI-R422 sleep after 6 s or not at all (AT commands manual of the SARA-R4 series).
const SLEEP_R42: &[Step] = &[AWAKE, Step::new("+UPSV=4").when(by_timeout)];

const AWAKE: Step = Step::new("+UPSV=0").when(|a| a.config.uart_sleep == Some(UartSleep::Off));
const ASLEEP_BY_RTS: Step = Step::new("+UPSV=2").when(|a| a.config.uart_sleep == Some(UartSleep::Rts));
const ASLEEP_BY_DTR: Step = Step::new("+UPSV=3").when(|a| a.config.uart_sleep == Some(UartSleep::Dtr));

fn by_timeout(a: &Args<'_>) -> bool {
    a.config.uart_sleep == Some(UartSleep::Timeout)
}

/// The figures of the pins, here and below, are in the system integration manuals, which are not at hand; these
/// are the ones that the vendor's own driver uses.
const POWER: Power = Power {
    switch_on: Duration::from_millis(1500),
    switch_off: Duration::from_millis(2000),
    reset: Duration::from_millis(150),
    shutdown: Duration::from_secs(20),
};

/// Of SARA-R42 and LEXI-R422.
const POWER_R42: Power = Power {
    switch_on: Duration::from_millis(300),
    switch_off: Duration::from_millis(2000),
    reset: Duration::from_millis(16_500),
    shutdown: Duration::from_secs(35),
};

/// Of LENA-R8.
const POWER_R8: Power = Power {
    switch_on: Duration::from_millis(2000),
    switch_off: Duration::from_millis(3100),
    reset: Duration::from_millis(50),
    shutdown: Duration::from_secs(35),
};

/// "It is mandatory to configure the authentication parameters at least with a dummy username and password"
/// (IADG §4.1). Both are the same word, because their order differs between modules.
const DUMMY_CREDENTIALS: &[&str] = &["H", "+UAUTHREQ={cid},1,\"ppp\",\"ppp\""];

/// "Issue the AT+CVHU=0 command to make ATH over Online Command Mode (OLCM) work" (IADG §4.2, of SARA-R42).
const HANG_UP: &[&str] = &["+CVHU=0", "H"];

/// "PDN sharing between dial-up and Internet applications/Socket" is "n/a" (LENA §13.1). Sockets use the context
/// that was activated first, which is the configured one (LENA §7.2.2); the dial activates the other (LENA §5.8).
const OWN_CONTEXT: OwnContext =
    OwnContext { cid: 2, prepare: &["+CVHU=0", "H", "+CGDCONT={cid},\"IP\",{APN}"] };

/// Four connections at a time (IADG §3.3), sessions by their id (§3.4), TLS 1.3 (§3.2.1.1), DTLS (§5.11).
const SECURITY: Security = Security {
    speech: Speech::Ublox,
    connections: 4,
    newest: TlsVersion::Tls13,
    datagrams: true,
    suites: 8,
    key_password: true,
    sessions: true,
    error_is_full: false,
};

/// SARA-R5, product version 00B: an internal profile is mapped to the context and activated.
/// No release assistance (IADG §A.2), no TLS 1.3 (IADG §3.2.1.1).
pub const SARA_R5_00B: Ublox = Ublox {
    name: "sara-r5-00b",
    activate: packet::PROFILE,
    deactivate: packet::DEACTIVATE_PROFILE,
    released: &[],
    security: Some(&Security { newest: TlsVersion::Tls12, ..SECURITY }),
    ..SARA_R5
};

/// SARA-R5, product version 01B: as 00B, with release assistance.
pub const SARA_R5_01B: Ublox = Ublox {
    name: "sara-r5-01b",
    activate: packet::PROFILE,
    deactivate: packet::DEACTIVATE_PROFILE,
    ..SARA_R5
};

/// LEXI-R520, which is SARA-R5 02B in another case.
pub const LEXI_R520: Ublox = Ublox {
    name: "lexi-r520",
    power: Power { switch_on: Duration::from_millis(150), ..POWER },
    multiplexer: &LEXI_R520_MULTIPLEXER,
    ..SARA_R5
};

/// SARA-R422, and whichever of the SARA-R42 is not known better.
///
/// The context is activated after every attach (IADG §2.3). A close need not block the line. There is no
/// TLS on SARA-R422 (IADG chapter 3, §5.11).
pub const SARA_R42: Ublox = Ublox {
    name: "sara-r42",
    // The longest from the result of a close in the background to `+UUSOCL`.
    timing: Timing { close_report: Duration::from_secs(120), ..TIMING },
    registration: cellular::REGISTRATION_ANYWHERE,
    activate: packet::AFTER_EACH_ATTACH,
    restart: RESTART_R42,
    power: POWER_R42,
    uart_sleep: SLEEP_R42,
    close: socket::CLOSE_IN_BACKGROUND,
    security: None,
    before_dial: HANG_UP,
    multiplexer: &SARA_R42_MULTIPLEXER,
    firmware: FirmwareUpdate::None,
    // "SARA-R5 series modules do not support the port filtering functionality" (IADG §4.3).
    services: Services { embedded_ports: true, ..SARA_R5.services },
    ..SARA_R5
};

/// SARA-R422S, SARA-R422M8S, SARA-R422M10S: SARA-R42 with TLS, but not 1.3 (IADG §3.2.1.1), and of cipher
/// suites one can be named (IADG §3.3).
pub const SARA_R422S: Ublox = Ublox {
    name: "sara-r422s",
    security: Some(&Security { newest: TlsVersion::Tls12, suites: 1, ..SECURITY }),
    ..SARA_R42
};

/// LEXI-R422, which is SARA-R42 in another case, with TLS: the restrictions of IADG chapter 3 do not name
/// it.
pub const LEXI_R422: Ublox = Ublox { name: "lexi-r422", security: Some(&SECURITY), ..SARA_R42 };

/// LENA-R8.
///
/// The default bearer, context 0, is the operator's: a context of one's own is defined and
/// activated beside it (LENA §7.2).
pub const LENA_R8: Ublox = Ublox {
    name: "lena-r8",
    // "If the host waits 2 seconds"; nothing is said of silence behind (LENA §9.3.2.2.4).
    timing: Timing { escape: Duration::from_millis(2050), escape_answer: Duration::ZERO, ..TIMING },
    radio_on: packet::RADIO_ON_BESIDE_DEFAULT,
    activate: packet::BESIDE_DEFAULT,
    restart: RESTART,
    power: POWER_R8,
    uart_sleep: SLEEP_R8,
    // The only close in its document (LENA §9.2.5).
    close: socket::CLOSE,
    released: &[],
    // TLS up to 1.2 and no word of DTLS; resumption is for FTP alone (LENA §9.1, §9.3.2).
    security: Some(&Security { newest: TlsVersion::Tls12, datagrams: false, sessions: false, ..SECURITY }),
    own_context: Some(OWN_CONTEXT),
    multiplexer: &LENA_R8_MULTIPLEXER,
    // "After +UFWINSTALL:100, the module takes few minutes to complete the procedure" (LENA §11.2.2).
    firmware: FirmwareUpdate::File { reports: true, patience: Duration::from_secs(600) },
    // Its guide knows ping (LENA §7.2.2), and nothing of eDRX.
    // "MNO profile selection: n/a", "+SETBAND for 2G bands, +SETLOCK for LTE bands" (LENA §13.1).
    services: Services { bands: BandCommands::Lock, ping: PingCommand::Reported, ..Services::NONE },
    ..SARA_R42
};

/// Channels of SARA-R5, all product versions. None of this is documented in the guides at hand; it is what
/// the vendor's own driver does: N1 of 128, GNSS on channel 4 (3 when commands run on the auxiliary UART).
/// That channel is dead after it was closed and opened again.
pub const SARA_R5_MULTIPLEXER: Multiplexer = Multiplexer {
    at: 1,
    data: 2,
    gnss: Some(4),
    last: 3,
    n1: 128,
    answers_disc: true,
    pause: Duration::from_millis(100),
    settle: Duration::ZERO,
};

/// Channels of LEXI-R520 and SARA-R520: as on SARA-R5, but DISC is not answered, and the first command
/// wants 750 ms (not documented; the vendor's own driver).
pub const LEXI_R520_MULTIPLEXER: Multiplexer =
    Multiplexer { answers_disc: false, settle: Duration::from_millis(750), ..SARA_R5_MULTIPLEXER };

/// Channels of SARA-R42 and LEXI-R422: 1 and 2 for commands and data, 3 for GNSS, N1 up to 1509
/// (AT commands manual of the SARA-R4 series, `+CMUX`).
pub const SARA_R42_MULTIPLEXER: Multiplexer =
    Multiplexer { gnss: Some(3), last: 2, n1: 1509, ..SARA_R5_MULTIPLEXER };

/// Channels of LENA-R8: 1 to 3 for commands and data (LENA §5.7), none for GNSS. DISC is not answered
/// (not documented; the vendor's own driver).
pub const LENA_R8_MULTIPLEXER: Multiplexer =
    Multiplexer { gnss: None, answers_disc: false, ..SARA_R5_MULTIPLEXER };
