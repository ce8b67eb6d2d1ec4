//! In what the Sequans modems differ.

use crate::Model;
use crate::mux::Channels;

/// What one Sequans modem has of its own.
#[derive(Debug)]
pub(crate) struct Table {
    /// `+CGMI`.
    pub(crate) maker: &'static str,
    /// `+CGMM`.
    pub(crate) type_number: &'static str,
    /// `+CGMR`.
    pub(crate) revision: &'static str,
    /// Both lines of `ATI1`.
    pub(crate) versions: [&'static str; 2],
    /// IMEI, IMEISV and software version of `+CGSN`.
    pub(crate) serial: [&'static str; 3],
    pub(crate) imsi: &'static str,
    /// `+CEREG`, `+CGSN=<n>` and `+CCLK` print their texts in quotes.
    pub(crate) quotes: bool,
    /// Area and cell in `+CEREG`.
    pub(crate) location: [&'static str; 2],
    /// Reporting mode of `+CEREG` after a boot.
    pub(crate) cereg_mode: u32,
    /// `+SQNAUTOCONNECT` of a new modem.
    pub(crate) autoconnect: bool,
    /// `+SQNBYPASS` of a new modem; `None` without that command.
    pub(crate) bypass: Option<bool>,
    /// A search that the modem begins by itself is not told, and that of `+CGATT=1` is told before
    /// its `OK`; `+IMSSTATE` and `^MODE` are printed, `+SHUTDOWN` is not.
    pub(crate) narrates: bool,
    /// The PUK needs a new PIN beside it.
    pub(crate) puk_with_pin: bool,
    /// Default of `<srMode>`.
    pub(crate) ring_mode: u32,
    /// PDP type of the context that is there from the start.
    pub(crate) pdp_type: &'static str,
    /// What follows the APN in `+CGDCONT?`.
    pub(crate) cgdcont_tail: &'static str,
    /// `+CGCONTRDP` names the operator behind the APN, and no gateway.
    pub(crate) operator_apn: bool,
    /// `+CMUX` is known to exist.
    pub(crate) multiplexer: bool,
    /// Lines that may come at any time.
    pub(crate) noise: &'static [&'static str],
}

/// Data on 1 and AT commands on the others, as a shipping driver of GM02S has it. A connection is dialled
/// on its own channel, so 1 takes commands too.
pub(crate) const CHANNELS: Channels =
    Channels { first: 1, last: 4, reports: 2, gnss: None, answers_close: true };

/// RYZ014 use cases. `ATI1` has the form of RYZ014 FOTA; the answer of `+CGMR` is inferred from it.
static RYZ014A: Table = Table {
    maker: "Renesas",
    type_number: "RYZ014A",
    revision: "UE5.2.0.3",
    versions: ["UE5.2.0.3", "LR5.2.0.3-54681"],
    serial: ["004999010640000", "0049990106400001", "01"],
    imsi: "208019706849013",
    quotes: true,
    location: ["0002", "01A22002"],
    // §2.3.2.1: "By default, <n> parameter if +CEREG URC is set to 2".
    cereg_mode: 2,
    autoconnect: false,
    bypass: None,
    narrates: false,
    // §2.1.2.7 gives the PUK alone.
    puk_with_pin: false,
    ring_mode: 0,
    pdp_type: "IPV4V6",
    // §2.3.3.5.
    cgdcont_tail: ",,,,0,0,0,0,0,0,0,,0",
    operator_apn: false,
    multiplexer: false,
    noise: &["+SQNSIMST: 5", "+SQNSIMST: 1", "+CEREG: 1,\"0002\",\"01A22002\",7"],
};

/// Cassiopeia use cases. `+CGMI` and `ATI` are not in there: they are inferred from the others.
static CASSIOPEIA: Table = Table {
    maker: "Sequans Communications",
    // §2.1.2.
    type_number: "CB610L",
    revision: "UE4.2.2.0-46115",
    versions: ["UE4.2.2.0", "LR4.2.2.0-46115"],
    serial: ["260531793113810", "2605317931138100", "00"],
    imsi: "001010000000219",
    // §1.2.2, §2.1.2, §2.2.2.
    quotes: false,
    location: ["0001", "01A2D001"],
    // §1.2.2 prints +CEREG after a boot without asking for it, and calls 0 the mode in the read
    // form: the first is believed.
    cereg_mode: 2,
    // §1.2.2.
    autoconnect: true,
    // §3.
    bypass: Some(true),
    narrates: true,
    // §1.1.2.
    puk_with_pin: true,
    ring_mode: 0,
    // §1.2.2.
    pdp_type: "IP",
    cgdcont_tail: ",,,,,0,0,0,0",
    operator_apn: true,
    multiplexer: false,
    noise: &["+IMSSTATE: SIMSTORE,READY", "^MODE: 17,25", "+CEREG: 1,0001,01A2D002,7"],
};

/// No document of it is at hand: taken as RYZ014A but for what drivers in use show. Names and
/// numbers are inferred.
static GM02S: Table = Table {
    maker: "Sequans Communications",
    type_number: "GM02S",
    revision: "UE8.2.0.1",
    versions: ["UE8.2.0.1", "LR8.2.0.1-61488"],
    serial: ["355026480000005", "3550264800000001", "01"],
    imsi: "208019706849013",
    quotes: true,
    location: ["0002", "01A22002"],
    cereg_mode: 2,
    autoconnect: false,
    bypass: None,
    narrates: false,
    puk_with_pin: false,
    // Inferred.
    ring_mode: 1,
    pdp_type: "IPV4V6",
    cgdcont_tail: ",,,,0,0,0,0,0,0,0,,0",
    operator_apn: false,
    multiplexer: true,
    noise: &[
        "+LPGNSSFIXREADY: 0,\"2026-01-01T12:00:00\",3000,\"12.5\",\"48.8\",\"2.3\",\"60.0\",\"0\",\"0\",\"0\",\"0\",\"0\"",
        "+SQNCOAPRING: 0,1,0,1,2,0,12",
        "+SQNHTTPRING: 1,200,\"text/plain\",12",
        "+CEREG: 1,\"0002\",\"01A22002\",7",
    ],
};

impl Model {
    /// The table of a Sequans modem; a u-blox modem does not ask.
    pub(crate) fn sequans(self) -> &'static Table {
        match self {
            Model::Cassiopeia => &CASSIOPEIA,
            Model::Gm02s => &GM02S,
            _ => &RYZ014A,
        }
    }
}
