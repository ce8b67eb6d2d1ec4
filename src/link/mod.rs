//! The modem as a radio: from nothing known to an IP address.

mod config;
mod machine;
mod status;

pub use config::Config;
pub(crate) use machine::{Change, Link};
pub use status::{LinkState, Status};
