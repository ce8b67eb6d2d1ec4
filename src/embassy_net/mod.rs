//! A driver for embassy-net over the modem's data connection, for whoever has that stack already.
//!
//! embassy-net brings its own sockets; this crate brings the link: the modem is dialled, PPP negotiated, and both again
//! when the connection is lost. The stack of this crate's own is in `ip` (feature `smoltcp`).
//!
//! embassy-net and its resolver take any port from 1025 on. A modem may keep some of them for itself (`+UEMBPF`,
//! SARA/LEXI internet applications §4.3: 9999 to 19999 on LEXI-R422 and SARA-R42 01B as they leave the factory), and what comes to
//! those never reaches the host: choose another range there. The stack of this crate's own keeps to ports from 49152 on.
//!
//! There are a [`Driver`] for `embassy_net::new`, an [`Addressing`] that tells what the network has given, and a
//! runner, which has to run beside that of embassy-net. Addresses come from PPP and not by DHCP, so the stack starts
//! without any, and a task gives it what there is:
//!
//! ```
//! use cellular_nal::dialect::ublox::SARA_R5;
//! use cellular_nal::embassy_net::{self as net, Addressing};
//! use cellular_nal::{Config, Resources, ppp};
//! use embassy_net::{ConfigV4, Ipv4Cidr, Stack, StackResources, StaticConfigV4};
//!
//! async fn give_addresses(addressing: Addressing<'_>, stack: Stack<'_>) {
//!     let mut known = None;
//!     loop {
//!         known = addressing.changed(known).await;
//!         stack.set_config_v4(match known {
//!             Some(ipv4) => ConfigV4::Static(StaticConfigV4 {
//!                 address: Ipv4Cidr::new(ipv4.address, 32),
//!                 // Everything is behind the link; who the gateway is does not matter.
//!                 gateway: Some(ipv4.peer.unwrap_or(ipv4.address)),
//!                 dns_servers: ipv4.dns.into_iter().flatten().collect(),
//!             }),
//!             None => ConfigV4::None,
//!         });
//!     }
//! }
//!
//! // One socket of the modem, with the smallest buffers, because there must be one.
//! let mut modem = Resources::<1, 64, 64>::new();
//! let mut memory = net::LinkResources::<3040, 3040>::new();
//! let (driver, addressing, control, runner) =
//!     net::dialled(modem.engine(&SARA_R5, Config::new()), memory.link(ppp::Config::new(4711)));
//! let mut sockets = StackResources::<3>::new();
//! let (stack, net_runner) = embassy_net::new(driver, embassy_net::Config::default(), &mut sockets, 0x5eed);
//! // Run together: `runner.run(port)`, `net_runner.run()` and `give_addresses(addressing, stack)`.
//! # let _ = (stack, net_runner, give_addresses(addressing, stack), control, runner);
//! ```
//!
//! Packets are IP packets without any header in front (`HardwareAddress::Ip`). embassy-net asks for the largest packet
//! once, at its start: that is what [`ppp::Config::mtu`](crate::ppp::Config::mtu) and the buffers allow. Where the
//! peer takes less than that, larger packets are dropped; a network that is known for it should have its `mtu` set.
//!
//! With `ipv6` in the configuration of PPP, packets of IPv6 are carried as well; [`Addressing::ipv6`] gives the interface
//! identifiers. Addresses are to be configured in embassy-net by hand then: it does not ask routers on such links.

mod driver;
mod link;

use core::cell::RefCell;
use core::future::poll_fn;

pub use driver::{Driver, Received, Transmission};
pub use link::{LinkResources, Packets};

use crate::asynch::{self, Control, Runner};
pub use crate::data::MuxResources;
use crate::engine::Engine;
use crate::error::Error;
use crate::ppp::{Ipv4, Ipv6};

/// A line that carries PPP and nothing else. Say [`Packets::open`] when the line is there.
pub type Wire<'d> = crate::data::Wire<'d, Packets<'d>>;

/// A modem whose line carries commands until the link is up, then PPP. See [`dialled`].
pub type Dialled<'d> = crate::data::Dialled<'d, Packets<'d>>;

/// A modem whose line carries commands and PPP at once. See [`multiplexed`].
pub type Multiplexed<'d> = crate::data::Multiplexed<'d, Packets<'d>>;

/// A link with the place for one packet on its way to embassy-net.
#[derive(Debug)]
pub struct Parts<'d> {
    pub(crate) packets: &'d RefCell<Packets<'d>>,
    pub(crate) packet: &'d mut [u8],
}

impl<'d> Parts<'d> {
    /// The link itself, for [`Packets::open`] where nobody dials.
    pub const fn packets(&self) -> &'d RefCell<Packets<'d>> {
        self.packets
    }

    fn split(self) -> (&'d RefCell<Packets<'d>>, Driver<'d>, Addressing<'d>) {
        let Self { packets, packet } = self;
        (packets, Driver::new(packets, packet), Addressing { packets })
    }
}

/// A driver over a line that is a connection already, and the loop that moves the bytes. Say [`Packets::open`] when
/// the line is there.
pub fn on_wire(link: Parts<'_>) -> (Driver<'_>, Addressing<'_>, Runner<'_, Wire<'_>>) {
    let (packets, driver, addressing) = link.split();
    (driver, addressing, Runner::new(Wire::new(packets)))
}

/// A driver over a modem that is dialled: the line carries commands until the link is up, then PPP, and commands
/// again when that has ended. `ip::dialled` says more. `engine` needs no sockets of its own.
pub fn dialled<'d>(
    engine: &'d RefCell<Engine>,
    link: Parts<'d>,
) -> (Driver<'d>, Addressing<'d>, Control<'d>, Runner<'d, Dialled<'d>>) {
    let (packets, driver, addressing) = link.split();
    (driver, addressing, Control::new(engine), Runner::new(Dialled::new(engine, packets)))
}

/// A driver over a modem whose line carries commands and PPP at once, by its multiplexer (3GPP TS 27.010), and the
/// modem's own sockets beside it. `ip::multiplexed` says more.
pub fn multiplexed<'d, const FRAME: usize, const RX: usize, const TX: usize>(
    engine: &'d RefCell<Engine>,
    link: Parts<'d>,
    multiplexer: &'d mut MuxResources<'d, FRAME, RX, TX>,
) -> (Driver<'d>, Addressing<'d>, asynch::Stack<'d>, Control<'d>, Runner<'d, Multiplexed<'d>>) {
    let (packets, driver, addressing) = link.split();
    let runner = Runner::new(Multiplexed::new(engine, packets, multiplexer));
    (driver, addressing, asynch::Stack::new(engine), Control::new(engine), runner)
}

/// What the network has given to this end. Copy it freely.
#[derive(Clone, Copy, Debug)]
pub struct Addressing<'d> {
    packets: &'d RefCell<Packets<'d>>,
}

impl Addressing<'_> {
    /// The configuration of IPv4, while there is one.
    pub fn ipv4(&self) -> Option<Ipv4> {
        self.packets.borrow().ppp().ipv4()
    }

    /// The interface identifiers of IPv6, while it is carried.
    pub fn ipv6(&self) -> Option<Ipv6> {
        self.packets.borrow().ppp().ipv6()
    }

    /// Waits until the configuration of IPv4 is another one than `known`, and gives that. It is `None` while the link
    /// is down: a connection that comes back may have another address.
    ///
    /// # Cancel safety
    /// Nothing is lost: a change that was missed is seen by the next call.
    pub async fn changed(&self, known: Option<Ipv4>) -> Option<Ipv4> {
        poll_fn(|cx| self.packets.borrow_mut().poll_changed(known, cx.waker())).await
    }

    /// Waits until packets can be sent.
    ///
    /// # Errors
    /// Why the link does not come up, as far as that is known: [`Error::LinkDown`], [`Error::NoAddress`],
    /// [`Error::Unsupported`] on a modem without a multiplexer where there has to be one. It is tried on all the same.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn wait_for_link(&self) -> Result<(), Error> {
        poll_fn(|cx| self.packets.borrow_mut().poll_link(cx.waker())).await
    }
}
