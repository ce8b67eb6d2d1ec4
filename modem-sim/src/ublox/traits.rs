//! What makes one u-blox module different from another.
//!
//! Where no document is named, the value is that of shipping drivers, or inferred from a related
//! module; such values can be overruled by a field of [`Options`](crate::Options).

use std::time::Duration;

use crate::mux::Channels;

/// How a module gets the packet data connection that its sockets use (SARA/LEXI internet
/// applications §2.3, LENA-R8 application development §7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PacketData {
    /// The context of the registration; `+UPSD` and `+UPSDA` are gone.
    Registration,
    /// Profile 0, mapped and activated with `+UPSD` and `+UPSDA`.
    Profile {
        /// The `<protocol>` of a profile that was never configured (§2.3.1).
        protocol: u32,
        /// The type that the network has assigned may be mapped too; 00B only looks at the type
        /// that `+CGDCONT` has set (§2.3.1).
        assigned_type: bool,
    },
    /// `+UPSD=0,100,<cid>` and `+CGACT=1,<cid>` after every attach.
    MappedContext,
    /// A context beside the initial default bearer, CID 0, which belongs to the operator.
    OwnContext,
}

/// The escape sequence of direct link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    /// S2 and S12 tell (SARA/LEXI internet applications §9.1.4).
    Registers,
    /// A frame of three bytes: pause before it, longest time between its characters (LENA-R8
    /// application development §9.3.2.2.4).
    Frame(Duration, Duration),
}

/// Ports for the modem's own applications beside a dial-up connection (`+UEMBPF`, SARA/LEXI internet applications §4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PortFilter {
    /// There is no such command.
    Unknown,
    /// "Disabled by factory-programmed setting with an empty port range".
    Empty,
    /// These.
    Range(u16, u16),
}

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Traits {
    /// `+CGMM`.
    pub(crate) type_number: &'static str,
    /// What ATI appends to it.
    pub(crate) product_version: &'static str,
    /// `+CGMR`.
    pub(crate) firmware: &'static str,
    /// What ATI9 appends to it (LENA-R8 application development §8.1.2).
    pub(crate) application: &'static str,
    pub(crate) boot_time: Duration,
    pub(crate) greeting: Option<&'static str>,
    pub(crate) packet_data: PacketData,
    /// Context of the registration (SARA/LEXI internet applications §2.1, LENA-R8 application
    /// development §7.2.1).
    pub(crate) default_cid: u32,
    pub(crate) last_cid: u32,
    /// So many contexts can be active (SARA/LEXI internet applications §2.1).
    pub(crate) active_contexts: usize,
    /// Time after the attach in which `+UDNSRN` fails.
    pub(crate) dns_settles: Duration,
    /// Values of `+CFUN` that restart.
    pub(crate) restarts: &'static [u32],
    /// `+CFUN=4` survives a restart (LENA-R8 application development §8.2).
    pub(crate) keeps_flight_mode: bool,
    /// `AT+COPS=0` switches the radio on (LENA-R8 application development §13.1).
    pub(crate) cops_powers: bool,
    /// `+UMNOPROF`, `+UBANDMASK` and `+UCGED` exist (LENA-R8 application development §13.1).
    pub(crate) mno_profiles: bool,
    /// The answer to `+CREG?` has no `<n>`, the report of `+CGREG` no `<AcT>`.
    pub(crate) short_reports: bool,
    /// `+CSGT?` is an error while the greeting is off.
    pub(crate) greeting_must_be_on: bool,
    /// The first line after boot only tells the speed (LENA-R8 application development §5.3).
    pub(crate) finds_speed: bool,
    /// Unsolicited lines never come during a command (LENA-R8 application development §4.1.4).
    pub(crate) quiet_commands: bool,
    /// `+USOCL=<id>,1`.
    pub(crate) background_close: bool,
    /// `+UUSORF` instead of `+UUSORD` tells about datagrams (SARA/LEXI internet applications §5.7).
    pub(crate) datagram_report: bool,
    /// The answer to `+USOWR` on a UDP socket is called `+USOST`.
    pub(crate) udp_write_is_usost: bool,
    /// TCP queue (SARA/LEXI internet applications §5.3.3).
    pub(crate) queue: usize,
    /// `+USOCTL=<id>,11` (SARA/LEXI internet applications §5.3.3).
    pub(crate) tells_unacknowledged: bool,
    /// `+UDCONF=1` survives a restart.
    pub(crate) keeps_hex_mode: bool,
    /// `+USECMNG`, `+USECPRF` and `+USOSEC`: "does not apply to SARA-R422 modules" (SARA/LEXI internet
    /// applications §3, §5.11).
    pub(crate) security: bool,
    /// TLS 1.3 (SARA/LEXI internet applications §3.2.1.1; LENA-R8 application development §9.1 knows
    /// none).
    pub(crate) tls13: bool,
    /// The configuration of cipher suites as a list (SARA/LEXI internet applications §3.3).
    pub(crate) cipher_list: bool,
    /// Server certificate pinning (the same).
    pub(crate) pinning: bool,
    /// Pre-shared keys of the root of trust (the same; LENA-R8 application development §9.1.2).
    pub(crate) root_of_trust: bool,
    /// Session resumption without state in the server (SARA/LEXI internet applications §3.4).
    pub(crate) session_tickets: bool,
    /// DTLS (SARA/LEXI internet applications §5.11; LENA-R8 application development §9.1 knows none).
    pub(crate) dtls: bool,
    /// Keys behind a password can be imported (LENA-R8 application development §9.1.1).
    pub(crate) encrypted_keys: bool,
    pub(crate) escape: Escape,
    /// The host of a dial-up connection has the address of the context (SARA/LEXI internet applications
    /// §4.1.2); otherwise a private one (§4.1.1, LENA-R8 application development §5.8).
    pub(crate) bridge: bool,
    /// What follows the `CONNECT` of a dial-up connection.
    pub(crate) connect_text: &'static str,
    /// A dial fails without `+UAUTHREQ` (SARA/LEXI internet applications §4.1).
    pub(crate) dial_needs_credentials: bool,
    /// `ATH` ends a dial-up connection without `+CVHU=0` before it (SARA/LEXI internet applications §4.2,
    /// LENA-R8 application development §4.3).
    pub(crate) hangs_up: bool,
    /// `ATO` wants a context that `+CGACT` has activated (LENA-R8 application development §5.8.2).
    pub(crate) resume_needs_activation: bool,
    /// Dial-up and sockets can use the same context ("PDN sharing", LENA-R8 application development §13.1).
    pub(crate) shares_contexts: bool,
    /// The factory's; LENA-R8 has none (LENA-R8 application development §13.1).
    pub(crate) port_filter: PortFilter,
    /// Those of `+CMUX`.
    pub(crate) channels: &'static Channels,
}

/// SARA-R5: AT commands and data on 1 to 3, positions on 4, as shipping drivers have it.
const R5_CHANNELS: Channels = Channels { first: 1, last: 3, reports: 1, gnss: Some(4), answers_close: true };
/// Shipping drivers do not wait for the end of a channel.
const R52_CHANNELS: Channels = Channels { answers_close: false, ..R5_CHANNELS };
/// SARA-R4 AT commands manual: AT commands and data on 1 and 2, positions on 3.
const R42_CHANNELS: Channels = Channels { first: 1, last: 2, reports: 1, gnss: Some(3), answers_close: true };
/// LENA-R8 application development §5.7: channels 1 to 3. Shipping drivers do not wait for the end of one.
const LENA_CHANNELS: Channels = Channels { first: 1, last: 3, reports: 1, gnss: None, answers_close: false };

/// SARA-R5 02B: the row from which the others differ.
pub(crate) const SARA_R5_02B: Traits = Traits {
    type_number: "SARA-R510S",
    product_version: "-02B-00",
    firmware: "03.30",
    application: "A00.01",
    boot_time: Duration::from_millis(4500),
    greeting: None,
    packet_data: PacketData::Registration,
    default_cid: 1,
    last_cid: 11,
    active_contexts: 7,
    dns_settles: Duration::ZERO,
    // 16 is that of SARA/LEXI internet applications §2.3; shipping drivers use 15 with SARA-R42.
    restarts: &[15, 16],
    keeps_flight_mode: false,
    cops_powers: false,
    mno_profiles: true,
    short_reports: false,
    greeting_must_be_on: false,
    finds_speed: false,
    quiet_commands: false,
    background_close: false,
    datagram_report: false,
    udp_write_is_usost: false,
    queue: 8 * 1024,
    tells_unacknowledged: false,
    keeps_hex_mode: false,
    security: true,
    tls13: true,
    cipher_list: true,
    pinning: true,
    root_of_trust: true,
    session_tickets: false,
    dtls: true,
    encrypted_keys: true,
    escape: Escape::Registers,
    bridge: false,
    connect_text: "",
    dial_needs_credentials: true,
    hangs_up: true,
    resume_needs_activation: false,
    shares_contexts: true,
    port_filter: PortFilter::Unknown,
    channels: &R5_CHANNELS,
};

/// IPv4 by default.
pub(crate) const SARA_R5_00B: Traits = Traits {
    product_version: "-00B-00",
    firmware: "02.06",
    tls13: false,
    packet_data: PacketData::Profile { protocol: 0, assigned_type: false },
    ..SARA_R5_02B
};

/// IPv4 and IPv6 by default.
pub(crate) const SARA_R5_01B: Traits = Traits {
    product_version: "-01B-00",
    firmware: "03.15",
    packet_data: PacketData::Profile { protocol: 2, assigned_type: true },
    keeps_hex_mode: true,
    ..SARA_R5_02B
};

/// Only what the documents say about SARA-R5 02B and LEXI-R520 together is known.
pub(crate) const LEXI_R520: Traits = Traits {
    type_number: "LEXI-R520",
    product_version: "-02B-00",
    firmware: "02.00",
    session_tickets: true,
    channels: &R52_CHANNELS,
    ..SARA_R5_02B
};

/// The rows about SARA-R4 in the documents.
pub(crate) const SARA_R42: Traits = Traits {
    type_number: "SARA-R422",
    product_version: "-00B-00",
    firmware: "00.12",
    boot_time: Duration::from_millis(4000),
    packet_data: PacketData::MappedContext,
    last_cid: 7,
    active_contexts: 4,
    dns_settles: Duration::from_millis(500),
    background_close: true,
    datagram_report: true,
    queue: 16 * 1024,
    tells_unacknowledged: true,
    security: false,
    bridge: true,
    connect_text: "150000000",
    dial_needs_credentials: false,
    hangs_up: false,
    port_filter: PortFilter::Empty,
    channels: &R42_CHANNELS,
    ..SARA_R5_02B
};

/// SARA-R422S, SARA-R422M8S and SARA-R422M10S: SARA-R42 with security, but not all of it.
pub(crate) const SARA_R422S: Traits = Traits {
    type_number: "SARA-R422S",
    security: true,
    tls13: false,
    cipher_list: false,
    pinning: false,
    root_of_trust: false,
    ..SARA_R42
};

/// As SARA-R42 wherever the documents name both.
pub(crate) const LEXI_R422: Traits = Traits {
    type_number: "LEXI-R422",
    product_version: "-01B-00",
    firmware: "02.00",
    security: true,
    session_tickets: true,
    port_filter: PortFilter::Range(9999, 19_999),
    ..SARA_R42
};

/// The size of the queue and `+UUSORF` are inferred.
pub(crate) const LENA_R8: Traits = Traits {
    type_number: "LENA-R8001",
    product_version: "-00C-00",
    firmware: "02.00",
    application: "A01.22",
    boot_time: Duration::from_millis(4000),
    // LENA-R8 application development §3.2.2.
    greeting: Some("+UUSTATUS: READY"),
    packet_data: PacketData::OwnContext,
    default_cid: 0,
    restarts: &[16],
    keeps_flight_mode: true,
    cops_powers: true,
    mno_profiles: false,
    short_reports: true,
    greeting_must_be_on: true,
    finds_speed: true,
    quiet_commands: true,
    background_close: true,
    datagram_report: true,
    udp_write_is_usost: true,
    tells_unacknowledged: true,
    tls13: false,
    root_of_trust: false,
    dtls: false,
    encrypted_keys: false,
    escape: Escape::Frame(Duration::from_secs(2), Duration::from_millis(500)),
    dial_needs_credentials: false,
    hangs_up: false,
    resume_needs_activation: true,
    shares_contexts: false,
    channels: &LENA_CHANNELS,
    ..SARA_R5_02B
};
