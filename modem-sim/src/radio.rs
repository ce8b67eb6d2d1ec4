//! What a modem's surroundings are like: operators, reception, time, what the network grants.

use std::time::Duration;

use crate::modem::{DeviceServer, Image};

/// How well a cell is received.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signal {
    /// Received signal strength, in dBm (`+CSQ`).
    pub rssi: i32,
    /// Reference signal received power, in dBm (`+CESQ`).
    pub rsrp: i32,
    /// Reference signal received quality, in dB (`+CESQ`).
    pub rsrq: f32,
}

/// An operator whose cells are received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Long name; the short one is the same.
    pub name: String,
    /// Country and network code, as in `00101`.
    pub numeric: String,
    /// It takes the SIM.
    pub allowed: bool,
}

/// What the network does about the power saving mode that `+CPSMS` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PsmGrant {
    /// The modem gets the timers that it wants.
    AsRequested,
    /// It gets these: T3324 (3GPP TS 24.008 §10.5.7.4) and T3412 extended (§10.5.7.4a), coded.
    Fixed(u8, u8),
    /// "Some operators do not support PSM" (RYZ014 use cases §8.2).
    Refused,
}

/// What `+CEREG` of mode 4 and 5 has in the place of timers that were not granted. No document shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoTimers {
    /// `"00000000"`.
    Zero,
    /// `"11100000"`: deactivated.
    Deactivated,
    /// The fields are not there.
    Absent,
}

/// What surrounds a modem.
#[derive(Clone, Debug, PartialEq)]
pub struct Surroundings {
    /// Reception while there is a cell.
    pub signal: Signal,
    /// Number of the operator whose name is [`Options::operator`](crate::Options).
    pub plmn: String,
    /// The band of its cells.
    pub band: u32,
    /// Other operators that are there.
    pub neighbours: Vec<Operator>,
    /// Time that a search for all operators takes (`+COPS=?`).
    pub scan_time: Duration,
    /// The network tells the time when the modem registers.
    pub tells_time: bool,
    /// Time zone, in quarters of an hour.
    pub time_zone: i32,
    /// Cause that the network gives when it refuses (3GPP TS 24.301 §9.9.3.9).
    pub reject_cause: u8,
    /// TTL of the answers to pings.
    pub echo_ttl: u8,
    /// The answer to `+CPSMS`.
    pub psm: PsmGrant,
    /// See there.
    pub no_timers: NoTimers,
    /// The network allows eDRX.
    pub edrx: bool,
    /// Cycle and paging time window that it then gives, coded; `None` for those that the modem wants.
    pub edrx_grant: Option<(u8, u8)>,
    /// Firmware files that servers and hosts have.
    pub images: Vec<Image>,
    /// The device management server; `None` when it does not answer.
    pub device_server: Option<DeviceServer>,
    /// Bytes of a firmware file that come in a second.
    pub download_rate: u32,
    /// Time that an installation takes ("a few minutes").
    pub install_time: Duration,
    /// Room for files in a u-blox module.
    pub file_space: usize,
    /// Time without traffic after which the network releases the connection (SARA/LEXI internet applications §A.2:
    /// "nominally 5 s").
    pub inactivity: Duration,
    /// The number of the short message service centre (`+CSCA`) that the SIM has.
    pub service_centre: String,
    /// The subscriber's own number; a message to it comes back.
    pub own_number: String,
    /// Places for short messages in the modem and on the card (RYZ014 use cases §7.3.2).
    pub message_places: [usize; 2],
    /// The network takes short messages.
    pub takes_messages: bool,
}

impl Default for Surroundings {
    fn default() -> Self {
        Surroundings {
            signal: Signal { rssi: -77, rsrp: -91, rsrq: -10.0 },
            plmn: "00101".to_owned(),
            band: 20,
            neighbours: Vec::new(),
            scan_time: Duration::from_secs(20),
            tells_time: true,
            time_zone: 0,
            reject_cause: 15,
            echo_ttl: 55,
            psm: PsmGrant::AsRequested,
            no_timers: NoTimers::Zero,
            edrx: true,
            edrx_grant: None,
            images: Vec::new(),
            device_server: None,
            download_rate: 20_000,
            install_time: Duration::from_secs(120),
            file_space: 1 << 20,
            inactivity: Duration::from_secs(5),
            service_centre: "+33689004000".to_owned(),
            own_number: "+11000000151".to_owned(),
            message_places: [10, 20],
            takes_messages: true,
        }
    }
}
