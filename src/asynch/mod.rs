//! embedded-nal-async on a modem's own sockets.
//!
//! [`new`] gives three things: a [`Stack`] to hand to clients, a [`Control`] for the link, and a
//! [`Runner`] that moves the bytes and must be polled all the time. All three share the engine and
//! stay in one executor.

mod dns;
mod listener;
mod pipe;
mod runner;
mod socket;
mod stack;
mod tcp;
mod tls;
mod udp;

pub use crate::control::Control;
pub use listener::TcpListener;
pub use pipe::Pipe;
pub use runner::{Port, RunError, Runner};
#[cfg(feature = "edge-nal")]
pub(crate) use socket::Owned;
pub use stack::Stack;
pub use tcp::{TcpReader, TcpSocket, TcpWriter};
pub use tls::TlsStack;
pub use udp::{BoundUdpSocket, UdpSocket};

use core::cell::{RefCell, RefMut};

use crate::dialect::Dialect;
use crate::link::Config;
use crate::resources::Resources;
use crate::time::Instant;

/// Puts an engine into `resources` and gives the three ways to it.
///
/// ```
/// use cellular_nal::{Config, Resources, asynch, dialect::ublox::SARA_R5};
/// let mut resources = Resources::<2>::new();
/// let (stack, control, runner) = asynch::new(&SARA_R5, Config::new(), &mut resources);
/// # let _ = (stack, control, runner);
/// ```
pub fn new<'d, const SOCKETS: usize, const RX: usize, const TX: usize>(
    dialect: &'static dyn Dialect,
    config: Config,
    resources: &'d mut Resources<SOCKETS, RX, TX>,
) -> (Stack<'d>, Control<'d>, Runner<'d>) {
    let engine = resources.engine(dialect, config);
    (Stack::new(engine), Control::new(engine), Runner::new(engine))
}

fn now() -> Instant {
    Instant::from_micros(embassy_time::Instant::now().as_micros())
}

/// The engine, for one call.
// The check that nobody else has it would stand in every future: 750 bytes where all of them are used.
#[inline(never)]
fn borrow<S: ?Sized>(sockets: &RefCell<S>) -> RefMut<'_, S> {
    sockets.borrow_mut()
}
