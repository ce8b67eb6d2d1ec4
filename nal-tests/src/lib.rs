#![no_std]
#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

#[cfg(feature = "std")]
extern crate std;

mod bench;
mod case;
#[cfg(feature = "nb")]
pub mod nb;
pub mod pattern;
#[cfg(feature = "std")]
pub mod peer;
mod report;
pub mod run;

#[cfg(any(feature = "async", feature = "edge-nal"))]
pub mod asynch;

pub use bench::{
    Addresses, Bench, CLOSE_AFTER, Capabilities, Deviation, Ended, FarEnd, GOODBYE, Names, Role, STRANGER,
    Seen, TRICKLE,
};
pub use case::{Case, Detail, Failure, Level, Outcome, Verdict};
pub use report::{Counts, Entry, Report, Summary};
#[cfg(feature = "std")]
pub use report::{Print, Records};
pub use run::{Context, Timer};
