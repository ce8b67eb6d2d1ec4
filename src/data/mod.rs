//! What carries PPP over a modem's line, whoever takes the packets: the IP stack of this crate (`ip`) or embassy-net
//! (`embassy_net`). Both name these types with themselves filled in.

mod call;
mod channels;
mod dialled;
mod multiplexed;
mod wire;

use core::task::Waker;

pub use channels::MuxResources;
pub use dialled::Dialled;
pub use multiplexed::Multiplexed;
pub use wire::Wire;

use crate::error::Error;
use crate::ppp::{Output, Ppp};
use crate::socket::Sealed;
use crate::time::Instant;

/// A PPP link with whoever takes its packets: the IP stack of this crate, or somebody else's.
///
/// What is not said here is as [`Ppp`] says. It is sealed.
pub trait Link: Sealed {
    /// The line carries bytes to a peer. Users wait from now on.
    fn open(&mut self, now: Instant);

    /// Announces the end.
    fn close(&mut self, now: Instant);

    /// The line carries nothing any more. Users go on waiting, unless there is an error for them.
    fn hang_up(&mut self, error: Option<Error>);

    /// Why users need not wait for the link, if there is a reason.
    fn set_error(&mut self, error: Option<Error>);

    /// Whether packets can be sent.
    fn is_up(&self) -> bool;

    /// Whether packets come: `None` while that is not known, false when several questions in a row had no answer.
    fn hears(&self) -> Option<bool>;

    /// The link.
    fn ppp(&self) -> &Ppp<'_>;

    /// Takes bytes from the line: gives how many. Those that are left are to be given again.
    fn handle_rx(&mut self, now: Instant, bytes: &[u8]) -> usize;

    /// What is to be done now.
    fn poll_output(&mut self, now: Instant, line: &mut [u8]) -> Output;

    /// Notes the task that drives.
    fn register_runner(&mut self, waker: &Waker);

    /// Wakes the task that drives.
    fn wake_runner(&mut self);
}
