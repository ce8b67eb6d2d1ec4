#![cfg_attr(not(test), no_std)]
#![doc = include_str!("../README.md")]
#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::use_self,
    clippy::manual_let_else,
    clippy::std_instead_of_core,
    clippy::alloc_instead_of_core,
    clippy::dbg_macro,
    clippy::or_fun_call
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

#[macro_use]
mod fmt;

pub mod at;
pub mod cmux;
#[cfg(any(feature = "async", feature = "nb"))]
pub mod control;
#[cfg(any(feature = "embassy-net", feature = "smoltcp"))]
pub mod data;
pub mod dialect;
mod drive;
mod engine;
mod error;
mod fill;
mod link;
#[cfg(any(feature = "async", feature = "nb"))]
mod pem;
mod pins;
mod resources;
mod socket;
mod time;

#[cfg(feature = "async")]
pub mod asynch;
#[cfg(feature = "edge-nal")]
pub mod edge;
#[cfg(feature = "embassy-net")]
pub mod embassy_net;
#[cfg(feature = "smoltcp")]
pub mod ip;
#[cfg(feature = "nb")]
pub mod nb;
#[cfg(feature = "no-std-net")]
pub mod no_std_net;
#[cfg(feature = "ppp")]
pub mod ppp;

pub use dialect::{SecurityProfile, Session, TlsVersion, Validation};
pub use drive::{Base, Drive, Task};
pub use engine::{Engine, Output, Pin, PinSet, Timer};
pub use error::{CmeCode, Error};
pub use link::{Config, LinkState, PowerSaving, Recovery, Rung, Status, UartSleep};
pub use pins::{Active, NotWired, Pins, Wiring};
pub use resources::Resources;
pub use socket::{Arrived, Name, Slots, SocketHandle, Sockets, Table, Ticket};
pub use time::{Duration, Instant};
