//! IP over the modem's data connection: TCP, UDP and names by smoltcp, behind the same handles as a
//! modem's own sockets.
//!
//! [`Ip`] is the stack: PPP, smoltcp and its sockets, without I/O. Handles on it are those of
//! [`asynch`](crate::asynch): [`Stack`] implements `TcpConnect`, `UdpStack` and `Dns` of
//! embedded-nal-async, and the traits of edge-nal.
//!
//! What differs from a modem's own sockets:
//!
//! * One direction of a connection can be ended alone (`Close::Write` of edge-nal).
//! * `flush` waits until the peer has acknowledged what was written.
//! * Datagrams may be empty, and are at most as large as the link's largest packet without the headers.
//! * Names and datagrams need the features `smoltcp-dns` and `smoltcp-udp`, which are on by default. Without one of
//!   them what it is for is [`Error::Unsupported`], and some kilobytes of flash are spared.
//! * IPv6 needs the feature `ipv6`, and `ipv6` in the [`Config`] of PPP, because some modems end the connection when
//!   they are asked for it. Sockets that are bound, and listeners, are for both families. An address of IPv6 is
//!   formed from the prefix that the router at the other end advertises (RFC 4861, RFC 4862), and name servers are
//!   taken from there too (RFC 8106). Of a name that has addresses of both families, `AddrType::Either` gives that
//!   of IPv4 where the link has IPv4.
//! * The name of an address is asked of the name servers, which takes a socket for datagrams meanwhile.
//! * Release assistance and options of sockets are the modem's, and [`Error::Unsupported`] here.

mod addresses;
#[cfg(feature = "async")]
mod asynch;
mod base;
mod device;
#[cfg(feature = "ipv6")]
mod discovery;
mod end;
mod link;
mod listener;
#[cfg(feature = "smoltcp-dns")]
mod names;
#[cfg(not(feature = "smoltcp-dns"))]
#[path = "without_names.rs"]
mod names;
mod resources;
#[cfg(feature = "smoltcp-dns")]
mod reverse;
mod slot;
mod sockets;
mod tcp;
#[cfg(feature = "smoltcp-udp")]
mod udp;
#[cfg(not(feature = "smoltcp-udp"))]
#[path = "without_udp.rs"]
mod udp;

use core::net::SocketAddr;

use smoltcp::iface::{Interface, SocketSet};
use smoltcp::socket::tcp as smol_tcp;
use smoltcp::wire::IpEndpoint;

use addresses::{Addresses, Families};
#[cfg(feature = "async")]
pub use asynch::{Stack, dialled, multiplexed, on_wire};
use resources::Parts;
pub use resources::Resources;
use slot::{Listener, Slot};

pub use crate::data::MuxResources;
use crate::error::Error;
use crate::ppp::{Config, Ppp};
use crate::socket::{Waiters, WakerCell};
use crate::time::{Duration, Instant};

/// An IP stack on a line that carries PPP and nothing else: a cable, or a modem that somebody else has dialled. Say
/// [`Ip::open`] when the line is there.
pub type Wire<'d> = crate::data::Wire<'d, Ip<'d>>;

/// An IP stack over a modem whose line carries commands until the link is up, then PPP. See [`dialled`].
pub type Dialled<'d> = crate::data::Dialled<'d, Ip<'d>>;

/// An IP stack over a modem whose line carries commands and PPP at once. See [`multiplexed`].
pub type Multiplexed<'d> = crate::data::Multiplexed<'d, Ip<'d>>;

/// How long the handshake of TCP may take.
const CONNECT: Duration = Duration::from_secs(75);
/// How long a peer may leave what was sent without an acknowledgement, in seconds.
const SILENCE: u64 = 100;
/// How long what was written may take to leave when its socket was let go, and the peer's end after it.
const FAREWELL: Duration = Duration::from_secs(60);

/// How many ports can be listened at.
const LISTENERS: usize = 4;

/// An IP stack over PPP, without I/O.
///
/// The rules are those of [`Engine`](crate::Engine) and [`Ppp`]:
///
/// 1. [`open`](Self::open) when the line is a connection, after `CONNECT`.
/// 2. Bytes from the line go into [`handle_rx`](Self::handle_rx), in any pieces. What it does not take
///    is to be given again after [`poll_output`](Self::poll_output) has sent something.
/// 3. After that, after any operation of a user, and when a deadline has come, call `poll_output` until
///    it gives [`ppp::Output::Timeout`](crate::ppp::Output::Timeout). What it has written must be sent.
/// 4. `now` never goes backwards.
///
/// Users' sockets die with the link: a link that comes back may have another address.
pub struct Ip<'d> {
    ppp: Ppp<'d>,
    interface: Interface,
    sockets: SocketSet<'d>,
    /// TCP first, then UDP; the last is the link's, and unused.
    slots: &'d mut [Slot],
    tcp: usize,
    lookup: names::Lookup,
    listeners: [Listener; LISTENERS],
    listening: Option<&'static listener::Listening>,
    now: Instant,
    /// When smoltcp wants to be asked again.
    wanted: Instant,
    /// What the interface has.
    addresses: Addresses,
    #[cfg(feature = "ipv6")]
    discovery: discovery::Discovery,
    /// Which families may still come.
    awaited: Families,
    /// Packets can be sent.
    up: bool,
    /// Why users need not wait for the link.
    error: Option<Error>,
    /// A packet has come over this link.
    heard: bool,
    /// Questions since the last packet that had no answer: connections and names.
    unanswered: u8,
    /// The port that was used last for a connection.
    port: u16,
    seed: u32,
    waiters: Waiters,
    runner: WakerCell,
}

impl core::fmt::Debug for Ip<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Ip").field("ppp", &self.ppp).field("slots", &self.slots).finish_non_exhaustive()
    }
}

impl<'d> Ip<'d> {
    fn new(mut config: Config<'d>, parts: Parts<'d>) -> Self {
        // What cannot be used is not asked for.
        config.ipv6 &= cfg!(feature = "ipv6");
        let Parts { rx, tx, size, received, waiting, storage, slots, query } = parts;
        let seed = config.seed();
        let mut sockets = SocketSet::new(storage);
        let tcp = slots.len().saturating_sub(1 + received.len());
        let lookup = names::Lookup::new(&mut sockets, query);
        let mut buffers = rx.chunks_exact_mut(size.0).zip(tx.chunks_exact_mut(size.1));
        let (rx, tx) = buffers.next().unwrap_or_default();
        let mut places = slots.iter_mut().map(|slot| &mut slot.inner);

        for ((rx, tx), place) in buffers.by_ref().take(tcp).zip(&mut places) {
            let (rx, tx) = (smol_tcp::SocketBuffer::new(rx), smol_tcp::SocketBuffer::new(tx));
            let mut socket = smol_tcp::Socket::new(rx, tx);
            socket.set_timeout(Some(smoltcp::time::Duration::from_secs(SILENCE)));
            *place = Some(sockets.add(socket));
        }
        let metadata = received.iter_mut().zip(waiting);
        for ((buffers, metadata), place) in buffers.zip(metadata).zip(&mut places) {
            *place = udp::add(&mut sockets, buffers, metadata);
        }
        Self {
            ppp: Ppp::new(config, rx, tx),
            // Made anew with each link.
            interface: link::interface(u16::MAX, seed.into(), Instant::START),
            sockets,
            slots,
            tcp,
            lookup,
            listeners: [const { Listener::new() }; LISTENERS],
            listening: None,
            now: Instant::START,
            wanted: Instant::NEVER,
            addresses: Addresses::NONE,
            #[cfg(feature = "ipv6")]
            discovery: discovery::Discovery::new(),
            awaited: Families::default(),
            up: false,
            error: Some(Error::LinkDown),
            heard: false,
            unanswered: 0,
            port: 0,
            seed,
            waiters: Waiters::new(),
            runner: WakerCell::new(),
        }
    }

    /// Another seed for what should not be guessed.
    fn reseed(&mut self) {
        self.seed =
            self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223) ^ self.now.as_micros() as u32;
    }

    /// The link under the stack: how far it is, its addresses, what it counts.
    pub const fn ppp(&self) -> &Ppp<'d> {
        &self.ppp
    }

    /// Notes the task that drives this stack: it is woken when users have set something going.
    pub fn register_runner(&mut self, waker: &core::task::Waker) {
        self.runner.register(waker);
    }

    /// Wakes the task that drives this stack.
    pub fn wake_runner(&mut self) {
        self.runner.wake();
    }
}

/// An address as smoltcp writes it, where it has that family.
fn endpoint(address: SocketAddr) -> Option<IpEndpoint> {
    match address {
        SocketAddr::V4(address) => Some(address.into()),
        #[cfg(feature = "ipv6")]
        SocketAddr::V6(address) => Some(address.into()),
        #[cfg(not(feature = "ipv6"))]
        SocketAddr::V6(_) => None,
    }
}

/// Without what only this end knows: scope and flow of IPv6.
fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip(), address.port())
}
