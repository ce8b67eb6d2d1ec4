#![no_std]
#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

#[cfg(feature = "std")]
extern crate std;

mod bench;
mod case;
mod far;
#[cfg(feature = "nb")]
pub mod nb;
pub mod pattern;
#[cfg(feature = "std")]
pub mod peer;
mod report;
mod role;
pub mod run;

#[cfg(any(feature = "async", feature = "edge-nal"))]
pub mod asynch;

pub use bench::{Bench, Capabilities, Deviation, Lack, Names};
pub use case::{Case, Detail, Failure, Level, Outcome, Verdict};
pub use far::{Ended, FarEnd, Seen};
pub use report::{Counts, Entry, Figures, Report, Summary};
#[cfg(feature = "std")]
pub use report::{Print, Records};
pub use role::{Addresses, CLOSE_AFTER, GOODBYE, Role, STRANGER, TRICKLE};
pub use run::{Context, Timer};
