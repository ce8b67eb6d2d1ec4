//! The modem as a radio: from nothing known to an IP address.

mod config;
#[cfg(any(feature = "embassy-net", feature = "smoltcp"))]
mod dial;
mod ladder;
mod machine;
mod saving;
mod status;

pub use config::{Config, UartSleep};
#[cfg(any(feature = "embassy-net", feature = "smoltcp"))]
pub(crate) use dial::{Dialler, Goal, Progress};
pub use ladder::{Recovery, Rung};
pub(crate) use machine::{Change, Link};
pub use saving::PowerSaving;
#[cfg(any(feature = "async", feature = "nb"))]
pub(crate) use saving::{bits, number};
pub(crate) use status::family;
#[cfg(any(feature = "async", feature = "nb"))]
pub(crate) use status::strength;
pub use status::{LinkState, Status};
