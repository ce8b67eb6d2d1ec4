//! What a simulated modem is told about itself and its surroundings.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use crate::dialup::DialupOptions;
use crate::modem::{Hang, Happening};
use crate::mux::MuxFlags;
use crate::radio::Surroundings;
use crate::supply::SupplyOptions;

/// What the network says when the modem asks to be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Registered at home, `+CEREG: 1`.
    Home,
    /// Registered while roaming, `+CEREG: 5`.
    Roaming,
    /// Refused, `+CEREG: 3` (RYZ014 use cases §2.3.3.3).
    Denied,
    /// No network is ever found, the state stays at `+CEREG: 2`.
    Never,
    /// Out of coverage, `+CEREG: 4` (RYZ014 use cases §2.3.3.4, Cassiopeia use cases §1.2.4).
    Unknown,
    /// The modem has lost its operator, `+CEREG: 80` (RYZ014 use cases §2.3.3.4).
    Lost,
}

/// The condition in which a modem is at time zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boot {
    /// Power is applied at time zero; everything sent during the boot time is lost.
    Cold,
    /// Up since long ago, registered if it may be, and silent.
    ///
    /// A SIM that is locked with a PIN is still locked.
    Running,
}

/// What `AT+SQNSD` answers when the connection does not come about.
///
/// The documents show no failed dial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialFailure {
    /// `NO CARRIER`.
    NoCarrier,
    /// `ERROR`, or `+CME ERROR` when `+CMEE` asks for it.
    Error,
}

/// What a u-blox modem prints when the peer closes the connection of a direct link.
///
/// The documents show the end of a direct link by the host only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectLinkEnd {
    /// `DISCONNECT` and `OK`, as after `+++`; then `+UUSOCL`.
    Disconnect,
    /// `NO CARRIER`, then `+UUSOCL`.
    NoCarrier,
    /// Nothing: the modem "does not exit from the direct link mode" before `+++`, as with files
    /// (SARA/LEXI internet applications §9.1.1).
    Stays,
}

/// When `+SQNSH: <id>` tells that the peer has closed a TCP connection.
///
/// The documents are silent about received bytes that the host has not read by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseUrc {
    /// At once; what was received remains readable.
    Immediate,
    /// After everything has been read.
    Drained,
}

/// Where an unsolicited line goes that becomes due while a command is executing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrcTiming {
    /// Between the information text and the final result.
    BeforeFinal,
    /// At once, so also before the information text.
    Immediate,
    /// After the final result.
    AfterFinal,
    /// Another of the three for each command, by a generator with this seed.
    Mixed(u64),
}

/// How much of TLS there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Handshakes are held, certificates and keys are read.
    Real,
    /// Any bytes are a certificate or a key, and secured sockets carry the bytes as they are: for
    /// conversations that are about the commands only, as those of the documents.
    Pretended,
}

/// The form of Sequans' `+PING`. RYZ014 use cases §9.2.3 have name, count and size; they do not show what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PingForm {
    /// The address without quotation marks, and `-1,-1` when nobody answers, as samples for RYZ014A and captures of GM02S
    /// have it. Interval and timeout in seconds follow the size, as a shipping driver for RYZ014A gives them.
    Bare,
    /// The address between quotation marks, and `600,255`; timeout in tenths of a second and TTL follow the size. That is
    /// how a related module has it.
    Quoted,
}

/// Everything that can be chosen about a [`Modem`](crate::Modem).
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The SIM is locked with this PIN.
    pub pin: Option<String>,
    /// The PIN of a SIM that is not locked: what `+CLCK="SC",1` wants.
    pub idle_pin: String,
    /// The PUK of the SIM.
    pub puk: String,
    /// After so many wrong PINs the SIM wants its PUK.
    pub puk_after: u8,
    /// Sequans: slots for SIMs (`+CSUS`). 0 is the model's own: "any RYZ014 module supports two" (RYZ014 use cases
    /// §2.1.1), of which that in the module is empty and that outside is used; one for the others. With 2 a SIM is soldered
    /// in, and its slot is used (§2.1.2.1). The other options are about the SIM outside.
    pub sim_slots: u8,
    /// IMSI of the SIM; `None` for that in the documents, where there is one.
    pub imsi: Option<String>,
    /// IMSI of a SIM in the module.
    pub soldered_imsi: String,
    /// Its number (ICCID).
    pub iccid: String,
    /// There is a SIM.
    pub sim_present: bool,
    /// Time that the modem needs to read the SIM; until then SIM commands fail
    /// (RYZ014 use cases §2.1.2.1).
    pub sim_time: Duration,
    /// What the network says.
    pub registration: Registration,
    /// Time from the start of the search to the network's word.
    pub registration_time: Duration,
    /// The modem's address.
    pub address: Ipv4Addr,
    /// A second one, in `+CGPADDR` of a context of type `IPV4V6` (RYZ014 use cases §2.3.2.5).
    pub address_v6: Option<Ipv6Addr>,
    /// Operator name in `+COPS`.
    pub operator: String,
    /// Condition at time zero.
    pub boot: Boot,
    /// Boot time; `None` for the model's own.
    pub boot_time: Option<Duration>,
    /// Greeting text printed after a u-blox boot (`+CSGT`); an empty text is no greeting, `None` is
    /// the model's own.
    pub greeting: Option<String>,
    /// u-blox: `ATI` tells the product version too, as in `SARA-R510S-02B-00`.
    pub product_version: bool,
    /// Command echo: with [`Boot::Cold`] that after every boot, with [`Boot::Running`] that at time
    /// zero, while later boots turn it on. `None` for the model's own (on).
    pub echo: Option<bool>,
    /// Line speed.
    pub baud: u32,
    /// Time from the CR, or from the last byte of a payload, to the answer.
    pub answer_latency: Duration,
    /// Round trip time of the virtual network.
    pub rtt: Duration,
    /// Sockets left over from a previous run, only with [`Boot::Running`].
    pub stale_sockets: u8,
    /// u-blox: packet data as a previous run has left it, so that sockets can be used at once, only
    /// with [`Boot::Running`].
    pub stale_packet_data: bool,
    /// u-blox hex mode (`+UDCONF=1,1`) left on by a previous run, only with [`Boot::Running`].
    pub stale_hex_mode: bool,
    /// Print `+CEREG: 1`; otherwise `+CEREG:1`. Both appear in RYZ014 use cases §2.3.2.
    pub urc_space: bool,
    /// `AT+CEREG?` gives cell and area too; `None` for the model's own. RYZ014 use cases
    /// §2.3.2.2 print the state only, 3GPP TS 27.007 has all fields.
    pub cereg_read_location: Option<bool>,
    /// Reporting mode of `+CEREG` after a boot; `None` for the model's own. Cassiopeia use cases
    /// §1.2.2 show both reports that nobody has asked for and a mode of 0.
    pub cereg_mode: Option<u32>,
    /// Where unsolicited lines go that become due during a command.
    pub urc_timing: UrcTiming,
    /// Shortest time between a final result and the next command; `None` for the model's own
    /// (20 ms for u-blox, none for Sequans).
    pub command_gap: Option<Duration>,
    /// The gap is wanted after an unsolicited line too. Off by default, because the host may have
    /// started its command before the line reached it.
    pub gap_after_urc: bool,
    /// Limit of the TCP send queue; `None` for 8 kB (SARA/LEXI internet applications §5.3.3).
    pub tx_queue_limit: Option<usize>,
    /// A write that does not fit into the send queue is cut, not refused.
    pub partial_writes: bool,
    /// u-blox: time between `AT+UPSDA=0,3` and `+UUPSDA`.
    pub activation_time: Duration,
    /// u-blox: the only value of `+CFUN` that restarts; `None` for those of the model.
    pub restart_cfun: Option<u32>,
    /// u-blox: `+CGDCONT?` shows the type that the network has assigned, `IP`, as in SARA/LEXI
    /// internet applications §2.3, not the type that was set.
    pub assigned_type: bool,
    /// u-blox: `+USOCR` fails without packet data. The documents only say that sockets cannot be
    /// used; by default the connect fails.
    pub socket_needs_context: bool,
    /// u-blox: `+USOCR` with a local port fails. All documents have it, shipping drivers avoid it
    /// with some modules.
    pub refuse_local_port: bool,
    /// u-blox: datagrams are told with `+UUSORF`, or with `+UUSORD`; `None` for the model's own.
    pub datagram_report: Option<bool>,
    /// u-blox: the answer to `+UDNSRN` is called `+UUDNSRN`, as that of LENA-R8 sometimes is.
    pub uudnsrn: bool,
    /// u-blox: what the modem prints when a connection ends in direct link.
    pub direct_link_end: DirectLinkEnd,
    /// Whether TLS is spoken.
    pub security: Security,
    /// The modem's clock at time zero, as time since 1970; certificates are valid by it, and `+CCLK` sets
    /// and tells it. `None` for 1 January 2026, 12:00 UTC, in virtual time and for that of the machine in
    /// [`host::spawn`](crate::host::spawn) and the program.
    pub time: Option<Duration>,
    /// SARA-R42: it is a SARA-R422S, SARA-R422M8S or SARA-R422M10S, which have TLS. Section 3 of SARA/LEXI
    /// internet applications "does not apply to SARA-R422 modules", and tells what these three lack.
    pub secure_sara_r42: bool,
    /// u-blox: `+USECMNG: 1,…` answers the import of a stream of bytes, as the documents print it.
    /// Otherwise the answer has the 0 of the command.
    pub import_prints_one: bool,
    /// u-blox: security profiles survive a restart. SARA/LEXI internet applications §3.4 say that of
    /// session resumption only they do not.
    pub keeps_security_profiles: bool,
    /// A certificate and a private key that do not belong together are used all the same, and the server refuses
    /// them. Otherwise the modem does not begin. No document says which: RYZ014 use cases §3.4.1 have the module send
    /// what is in the slots "as is", §3.5 has errors of one file alone, and the checks of SARA/LEXI internet
    /// applications §3.5 and LENA-R8 application development §9.1.4 are for the user to make.
    pub uses_any_key: bool,
    /// Sequans: the version of a security profile is the only one that is spoken. Otherwise it is the
    /// lowest: RYZ014 use cases §4.2.2 have a 0, TLS 1.0, for a server of 2023.
    pub exact_tls_version: bool,
    /// Sequans: the pre-shared key of `+SQNSPCFG` is in hexadecimal digits, as shipping drivers of GM02S give
    /// it. Otherwise its characters are the key; RYZ014 use cases show an empty one.
    pub hex_shared_key: bool,
    /// LENA-R8: a command that waits for the network is dropped by the next one, without a word
    /// (LENA-R8 application development §4.1.3). Otherwise the next one is.
    pub abortable: bool,
    /// u-blox: time until a TCP connect that nobody answers fails.
    pub connect_timeout: Duration,
    /// Time until a DNS query that nobody answers fails.
    pub dns_timeout: Duration,
    /// Longest time that a close waits for queued bytes to leave.
    pub linger: Duration,
    /// u-blox: `+UUSORD` also when bytes arrive while others are still unread.
    pub announce_arrivals: bool,
    /// Sequans: `+SQNAUTOCONNECT` at time zero; `None` for the model's own. A modem with it sets
    /// itself to `+CFUN=1` after each boot (Cassiopeia use cases §1.2.2).
    pub autoconnect: Option<bool>,
    /// Cassiopeia: `+SQNBYPASS` at time zero; `None` for the model's own, which is "enable". There
    /// are no sockets until it is "disable" and the modem has restarted (Cassiopeia use cases §3).
    pub bypass: Option<bool>,
    /// Sequans: `<srMode>` of sockets that are not configured; `None` for the model's own.
    pub ring_mode: Option<u32>,
    /// Sequans: after each such time a line that nobody has asked for, typical of the model.
    pub noise: Option<Duration>,
    /// Sequans: the form of `+PING`.
    pub ping_form: PingForm,
    /// Sequans: what a failed dial answers.
    pub dial_failure: DialFailure,
    /// Sequans: when the peer's close is told.
    pub close_urc: CloseUrc,
    /// Sequans: TCP bytes are lost when the receive buffer is full (RYZ014 use cases §6.2.5).
    /// Otherwise the modem stops taking bytes from the network.
    pub lossy_receive: bool,
    /// Sequans: size of the receive buffer of a socket (RYZ014 use cases §6).
    pub receive_buffer: usize,
    /// Sequans: another `+SQNSRING` after a read when bytes came that were not announced yet.
    /// Otherwise only bytes that arrive after the read are announced.
    pub ring_after_read: bool,
    /// Sequans: `+SQNSRECV` may return bytes of several datagrams at once.
    pub udp_stream: bool,
    /// Sequans: one CR LF instead of two between the payload of `+SQNSRECV` and `OK`.
    pub tight_recv: bool,
    /// Sequans: `+SQNSRECV: 1,6,11111` on one line, as RYZ014 use cases §6.1.4.1 print it. Everywhere
    /// else they print the payload on a line of its own.
    pub recv_on_one_line: bool,
    /// Sequans: a peer that is turned away with `+SQNSH` ends the listening.
    pub listen_ends_on_refusal: bool,
    /// Sequans: with `<listenAutoRsp>` the modem goes online with an unsolicited `CONNECT`, otherwise
    /// it accepts in command mode and prints `+SQNSRING`.
    pub auto_answer_online: bool,
    /// The line has RTS and CTS: in online mode and direct link nothing is lost when a socket's queue
    /// is full, see [`Modem::ready_to_receive`](crate::Modem::ready_to_receive). Otherwise a Sequans
    /// modem throws away what it has no room for.
    pub flow_control: bool,
    /// Sequans: guard time before and after `+++`.
    pub escape_guard: Duration,
    /// RYZ014A and Cassiopeia: there is `+CMUX`, with the channels of GM02S. No document at hand has it
    /// for them.
    pub multiplexer: bool,
    /// With [`Boot::Running`]: a previous run has left the multiplexer on, with channels 0, 1 and 2 open and
    /// N1 31.
    pub stale_multiplexer: bool,
    /// Multiplexer: unsolicited lines come on all channels for AT commands. Otherwise they come on the
    /// first that is open and not in data mode, whoever has asked for them; the documents do not say
    /// where.
    pub urcs_on_all_channels: bool,
    /// Multiplexer: flags around the modem's frames.
    pub mux_flags: MuxFlags,
    /// Multiplexer: the modem's data has C/R set, which only the host's should have. Captures show modems
    /// that do it.
    pub mux_wrong_way: bool,
    /// Multiplexer: DISC is answered; `None` for the model's own.
    pub mux_answers_close: Option<bool>,
    /// Multiplexer: bytes of the host that the modem keeps for a channel which cannot take them. From half
    /// of it on the channel is stopped. It is made larger where N1 needs it.
    pub mux_queue: usize,
    /// A line that does not begin with `AT` gets no answer at all instead of `ERROR`.
    pub ignore_garbage: bool,
    /// Dial-up connections.
    pub dialup: DialupOptions,
    /// Supply, pins and sleep.
    pub supply: SupplyOptions,
    /// What surrounds it.
    pub surroundings: Surroundings,
    /// Commands in which the modem stops.
    pub hangs: Vec<Hang>,
    /// What happens around the modem, and when.
    pub scenario: Vec<(Duration, Happening)>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            pin: None,
            idle_pin: "0000".to_owned(),
            puk: "12345678".to_owned(),
            puk_after: 3,
            sim_slots: 0,
            imsi: None,
            soldered_imsi: "001010000000001".to_owned(),
            iccid: "8933150319050000000".to_owned(),
            sim_present: true,
            sim_time: Duration::from_millis(200),
            registration: Registration::Home,
            registration_time: Duration::from_secs(2),
            address: Ipv4Addr::new(10, 20, 30, 40),
            address_v6: None,
            operator: "Test Network".to_owned(),
            boot: Boot::Cold,
            boot_time: None,
            greeting: None,
            product_version: true,
            echo: None,
            baud: 115_200,
            answer_latency: Duration::from_millis(2),
            rtt: Duration::from_millis(60),
            stale_sockets: 0,
            stale_packet_data: false,
            stale_hex_mode: false,
            urc_space: true,
            cereg_read_location: None,
            cereg_mode: None,
            urc_timing: UrcTiming::BeforeFinal,
            command_gap: None,
            gap_after_urc: false,
            tx_queue_limit: None,
            partial_writes: false,
            activation_time: Duration::from_millis(300),
            restart_cfun: None,
            assigned_type: false,
            socket_needs_context: false,
            refuse_local_port: false,
            datagram_report: None,
            uudnsrn: false,
            direct_link_end: DirectLinkEnd::Disconnect,
            security: Security::Real,
            time: None,
            secure_sara_r42: false,
            import_prints_one: true,
            keeps_security_profiles: true,
            uses_any_key: false,
            exact_tls_version: false,
            hex_shared_key: false,
            abortable: false,
            connect_timeout: Duration::from_secs(20),
            dns_timeout: Duration::from_secs(70),
            linger: Duration::from_secs(5),
            announce_arrivals: false,
            autoconnect: None,
            bypass: None,
            ring_mode: None,
            noise: None,
            ping_form: PingForm::Bare,
            dial_failure: DialFailure::NoCarrier,
            close_urc: CloseUrc::Immediate,
            lossy_receive: false,
            receive_buffer: 2524,
            ring_after_read: true,
            udp_stream: false,
            tight_recv: false,
            recv_on_one_line: false,
            listen_ends_on_refusal: false,
            auto_answer_online: true,
            flow_control: true,
            escape_guard: Duration::from_secs(1),
            multiplexer: true,
            stale_multiplexer: false,
            urcs_on_all_channels: false,
            mux_flags: MuxFlags::Own,
            mux_wrong_way: false,
            mux_answers_close: None,
            mux_queue: 2048,
            ignore_garbage: false,
            dialup: DialupOptions::default(),
            supply: SupplyOptions::default(),
            surroundings: Surroundings::default(),
            hangs: Vec::new(),
            scenario: Vec::new(),
        }
    }
}
