//! Cases of the async traits.
//!
//! They are written once for the traits of [`stack`], and run on a stack of `embedded-nal-async` by
//! [`Nal`], on one of `edge-nal` by [`Edge`]. [`tcp`], [`udp`], [`names`] and [`whole`] run all that
//! these traits have; servers and what else only edge-nal has are in [`server`] and [`halves`].

pub mod bulk;
pub mod cancelled;
mod edge;
pub mod ending;
#[cfg(feature = "edge-nal")]
pub mod halves;
pub mod many;
mod nal;
pub mod names;
#[cfg(feature = "edge-nal")]
pub mod server;
pub mod stack;
pub mod stream;
pub mod transparency;
pub mod udp;
mod watch;
pub mod whole;

use crate::{Case, Context, Report, Timer};

#[cfg(feature = "edge-nal")]
pub use edge::Edge;
#[cfg(feature = "async")]
pub use nal::Nal;

/// The cases of all modules here, in the order in which they run.
pub const CASES: &[&[Case]] = &[
    stream::CASES,
    ending::CASES,
    many::CASES,
    cancelled::CASES,
    bulk::CASES,
    transparency::CASES,
    udp::CASES,
    names::CASES,
    whole::CASES,
    #[cfg(feature = "edge-nal")]
    halves::CASES,
    #[cfg(feature = "edge-nal")]
    server::CASES,
];

/// Runs all cases of TCP connections that the stack opens.
pub async fn tcp<S: stack::Tcp, T: Timer>(
    suite: &str,
    stack: &S,
    context: Context<'_, T>,
    report: &mut dyn Report,
) {
    stream::run(suite, stack, context, report).await;
    ending::run(suite, stack, context, report).await;
    many::run(suite, stack, context, report).await;
    cancelled::run(suite, stack, context, report).await;
    bulk::run(suite, stack, context, report).await;
    transparency::run(suite, stack, context, report).await;
}
