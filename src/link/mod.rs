//! The modem as a radio: from nothing known to an IP address.

mod config;
#[cfg(any(feature = "embassy-net", feature = "smoltcp"))]
mod dial;
mod machine;
mod status;

pub use config::Config;
#[cfg(any(feature = "embassy-net", feature = "smoltcp"))]
pub(crate) use dial::{Dialler, Goal, Progress};
pub(crate) use machine::{Change, Link};
pub(crate) use status::family;
pub use status::{LinkState, Status};
