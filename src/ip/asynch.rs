//! The stack behind the traits of embedded-nal-async, and its loop.

use core::cell::RefCell;
use core::future::poll_fn;
use core::net::IpAddr;

use super::{Dialled, Ip, Multiplexed, MuxResources, Wire};
use crate::asynch;
use crate::engine::Engine;
use crate::error::Error;

/// Handles on an IP stack: see [`asynch::Stack`].
pub type Stack<'d> = asynch::Stack<'d, Ip<'d>>;

/// An IP stack on a line that is a connection already: handles on its sockets, and the loop that moves
/// the bytes. Say [`Ip::open`] when the line is there.
pub fn on_wire<'d>(ip: &'d RefCell<Ip<'d>>) -> (Stack<'d>, asynch::Runner<'d, Wire<'d>>) {
    (asynch::Stack::new(ip), asynch::Runner::new(Wire::new(ip)))
}

/// An IP stack over a modem that is dialled: the line carries commands until the link is up, then PPP,
/// and commands again when that has ended.
///
/// While it carries PPP nothing can be asked of the modem: [`asynch::Control::refresh`] is
/// [`Error::Unsupported`] then. `engine` needs no sockets of its own.
///
/// ```
/// use cellular_nal::dialect::ublox::SARA_R5;
/// use cellular_nal::{Config, Resources, ip, ppp};
/// // One socket of the modem, with the smallest buffers, because there must be one.
/// let mut modem = Resources::<1, 64, 64>::new();
/// let mut resources = ip::Resources::<4>::new();
/// let ip = resources.ip(ppp::Config::new(4711));
/// let (stack, control, runner) = ip::dialled(modem.engine(&SARA_R5, Config::new()), ip);
/// # let _ = (stack, control, runner);
/// ```
pub fn dialled<'d>(
    engine: &'d RefCell<Engine>,
    ip: &'d RefCell<Ip<'d>>,
) -> (Stack<'d>, asynch::Control<'d>, asynch::Runner<'d, Dialled<'d>>) {
    let runner = asynch::Runner::new(Dialled::new(engine, ip));
    (asynch::Stack::new(ip), asynch::Control::new(engine), runner)
}

/// An IP stack over a modem whose line carries commands and PPP at once, by its multiplexer (3GPP TS
/// 27.010): the modem can be asked for signal strength while data flows, and its own sockets work beside
/// those of the stack, where the modem allows that.
///
/// The first stack is that of IP, the second that of the modem's own sockets. On a modem without a
/// multiplexer the first says [`Error::Unsupported`].
///
/// When the link was taken down, the modem is told to leave multiplexer mode. Those 18 bytes leave behind
/// [`asynch::Control::disconnect`]: the runner has to go on for as long as they take.
///
/// ```
/// use cellular_nal::dialect::ublox::SARA_R5;
/// use cellular_nal::{Config, Resources, ip, ppp};
/// let mut modem = Resources::<1, 1024, 1024>::new();
/// let mut resources = ip::Resources::<4>::new();
/// let mut multiplexer = ip::MuxResources::<135, 512, 512>::new();
/// let ip = resources.ip(ppp::Config::new(4711));
/// let engine = modem.engine(&SARA_R5, Config::new());
/// let (stack, sockets, control, runner) = ip::multiplexed(engine, ip, &mut multiplexer);
/// # let _ = (stack, sockets, control, runner);
/// ```
pub fn multiplexed<'d, const FRAME: usize, const RX: usize, const TX: usize>(
    engine: &'d RefCell<Engine>,
    ip: &'d RefCell<Ip<'d>>,
    multiplexer: &'d mut MuxResources<'d, FRAME, RX, TX>,
) -> (Stack<'d>, asynch::Stack<'d>, asynch::Control<'d>, asynch::Runner<'d, Multiplexed<'d>>) {
    let runner = asynch::Runner::new(Multiplexed::new(engine, ip, multiplexer));
    (asynch::Stack::new(ip), asynch::Stack::new(engine), asynch::Control::new(engine), runner)
}

impl<'d> asynch::Stack<'d, Ip<'d>> {
    /// Waits until packets can be sent, and gives the address of this end. Connections and lookups wait
    /// for that by themselves.
    ///
    /// # Errors
    /// Why the link does not come up, as far as that is known: [`Error::LinkDown`], [`Error::NoAddress`],
    /// [`Error::Unsupported`] on a modem without a multiplexer where there has to be one. It is tried on all
    /// the same.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn wait_for_link(&self) -> Result<IpAddr, Error> {
        poll_fn(|cx| self.sockets.borrow_mut().poll_link(cx.waker())).await
    }
}
