//! Cellular modems, simulated at the end of their serial line.
//!
//! A [`Modem`] takes the bytes that a host sends and gives the bytes that the modem would send. It
//! has no threads, no clock and no input or output: the caller brings bytes and time, so a test
//! with a [`VirtualNetwork`] behind the modem repeats to the bit. [`host::spawn`] and the program
//! `modem-sim` run the same modem in real time with the sockets of the host behind it.
//!
//! Everything that the modem does follows the vendors' application notes, cited as "RYZ014 use
//! cases" (Renesas/Sequans, RYZ014 modules: AT command use cases), "RYZ014 FOTA" (the note about its
//! upgrade), "Cassiopeia use cases" (Sequans, Cassiopeia module use cases with AT commands),
//! "SARA/LEXI internet applications" (u-blox, SARA-R5/R4 and LEXI-R5/R4 internet applications
//! development guide) and "LENA-R8 application development" (u-blox, LENA-R8 application development
//! guide).
//! Where they are silent there is a field of [`Options`]. Rules that the host breaks are recorded
//! as [`Breach`]es.
#![forbid(unsafe_code)]

mod breach;
mod command;
mod credential;
mod dialup;
mod gateway;
pub mod host;
pub mod line;
mod model;
mod modem;
mod mux;
mod network;
mod nvram;
mod options;
mod pcap;
mod ppp;
mod prng;
mod radio;
mod reply;
pub mod runner;
mod sequans;
mod supply;
#[cfg(feature = "testing")]
pub mod testing;
mod tls;
pub mod transcript;
mod ublox;

pub use breach::{Breach, Rule};
pub use dialup::{Authentication, DialupEnd, DialupOptions};
pub use model::{Model, UnknownModel};
pub use modem::{DeviceServer, Fault, Hang, Happening, Image, Modem, Recovery, Trace};
pub use mux::{MuxCounters, MuxFlags};
pub use network::{
    ConnId, ConnInfo, Datagram, Failure, Handle, HostNetwork, Message, Network, Peer, ScriptStep, Service,
    Stray, TcpState, VirtualNetwork,
};
pub use nvram::Nvram;
pub use options::{
    Boot, CloseUrc, DialFailure, DirectLinkEnd, Options, PingForm, Registration, Security, UrcTiming,
};
pub use pcap::Pcap;
pub use prng::Prng;
pub use radio::{NoTimers, Operator, PsmGrant, Signal, Surroundings};
pub use supply::SupplyOptions;
pub use tls::{Agreed, Handshake};

/// Which way a byte goes on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the host to the modem.
    ToModem,
    /// From the modem to the host.
    ToHost,
}
