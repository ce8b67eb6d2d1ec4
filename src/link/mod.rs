//! The modem as a radio: from nothing known to an IP address.

mod config;
mod machine;
mod status;

pub use config::Config;
pub(crate) use machine::{Change, Link};
pub(crate) use status::family;
pub use status::{LinkState, Status};
