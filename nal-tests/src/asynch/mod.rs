//! Cases of the async traits.
//!
//! They are written once for the traits of [`stack`], and run on a stack of `embedded-nal-async` by
//! [`Nal`], on one of `edge-nal` by [`Edge`]. [`all`] runs them, [`all_of_edge`] also those about what only
//! edge-nal has; [`tcp`] and the modules are for stacks that have a part of the traits.

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

/// Runs all cases that embedded-nal-async and edge-nal share, on a stack behind [`Nal`] or [`Edge`].
pub async fn all<S: stack::Whole, T: Timer>(
    suite: &str,
    stack: &S,
    context: Context<'_, T>,
    report: &mut dyn Report,
) {
    tcp(suite, stack, context, report).await;
    udp::run(suite, stack, context, report).await;
    names::run(suite, stack, context, report).await;
    whole::run(suite, stack, context, report).await;
}

/// Runs all cases of edge-nal, on the stack itself.
#[cfg(feature = "edge-nal")]
pub async fn all_of_edge<S, T: Timer>(
    suite: &str,
    stack: &S,
    context: Context<'_, T>,
    report: &mut dyn Report,
) where
    S: edge_nal::TcpConnect + edge_nal::TcpBind,
    for<'s> Edge<'s, S>: stack::Whole,
{
    all(suite, &Edge(stack), context, report).await;
    halves::run(suite, stack, context, report).await;
    server::run(suite, stack, context, report).await;
}
