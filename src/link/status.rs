//! What is known of the link.

use core::net::IpAddr;

use heapless::String;

use super::{PowerSaving, Recovery};

/// How far the link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum LinkState {
    /// Not wanted.
    Down,
    /// Looking for a modem that answers.
    Starting,
    /// Setting up the modem and its SIM card.
    Configuring,
    /// Looking for a network.
    Searching,
    /// Registered, waiting for an IP address.
    Activating,
    /// Sockets can be opened.
    Up,
}

/// A snapshot of the link.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Status {
    pub(crate) state: LinkState,
    pub(crate) registration: u8,
    pub(crate) operator: String<32>,
    pub(crate) signal: Option<i8>,
    pub(crate) address: Option<IpAddr>,
    /// The families of all addresses, as [`family`] gives them.
    pub(crate) families: u8,
    pub(crate) recovery: Option<Recovery>,
    pub(crate) granted: Option<PowerSaving>,
    pub(crate) asleep: bool,
}

/// One bit for each family of addresses.
pub(crate) const fn family(address: IpAddr) -> u8 {
    1 << address.is_ipv6() as u8
}

impl Status {
    pub(crate) const fn new() -> Self {
        Self {
            state: LinkState::Down,
            registration: 0,
            operator: String::new(),
            signal: None,
            address: None,
            families: 0,
            recovery: None,
            granted: None,
            asleep: false,
        }
    }

    /// How far the link is.
    pub const fn state(&self) -> LinkState {
        self.state
    }

    /// Whether the modem is registered, at home or roaming.
    pub const fn is_registered(&self) -> bool {
        matches!(self.registration, 1 | 5)
    }

    /// Whether the network is a foreign one.
    pub const fn is_roaming(&self) -> bool {
        self.registration == 5
    }

    /// The operator, by name or number as the modem tells it; empty when unknown.
    pub fn operator(&self) -> &str {
        &self.operator
    }

    /// Received signal strength in dBm, −113 to −51 (3GPP TS 27.007 §8.5), when last asked for.
    pub const fn signal_dbm(&self) -> Option<i8> {
        self.signal
    }

    /// The IP address.
    pub const fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// What was done last to bring the link back, and why; `None` when nothing was needed so far.
    pub const fn recovery(&self) -> Option<Recovery> {
        self.recovery
    }

    /// The power saving that the network has granted, where it was asked for with
    /// [`Config::power_saving`](crate::Config::power_saving); as old as the status is.
    pub const fn granted_power_saving(&self) -> Option<PowerSaving> {
        self.granted
    }

    /// Whether the modem has been left alone, so that it can sleep; the link is down then.
    pub const fn is_asleep(&self) -> bool {
        self.asleep
    }

    pub(crate) fn set_operator(&mut self, name: &[u8]) {
        self.operator.clear();
        for &b in name.iter().filter(|b| b.is_ascii_graphic() || **b == b' ') {
            let _ = self.operator.push(char::from(b));
        }
    }

    /// `<rssi>` of `+CSQ`.
    pub(crate) fn set_signal(&mut self, rssi: u8) {
        self.signal = strength(rssi);
    }
}

/// `<rssi>` of `+CSQ` in dBm: 0 is −113 dBm or less, 31 is −51 dBm or more, 99 is unknown (3GPP TS 27.007 §8.5).
pub(crate) fn strength(rssi: u8) -> Option<i8> {
    (rssi <= 31).then(|| -113 + 2 * rssi as i8)
}
