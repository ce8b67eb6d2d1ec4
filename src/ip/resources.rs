//! All memory of the IP stack.

use core::cell::RefCell;

use heapless::Vec;
use smoltcp::iface::SocketStorage;

use super::Ip;
use super::names::DnsQuery;
use super::slot::Slot;
use super::udp::PacketMetadata;
use crate::fill::fill;
use crate::ppp::Config;

/// Datagrams that wait to be read on one socket, however small they are.
pub(super) const RECEIVED: usize = 12;
/// Datagrams that wait to be sent.
pub(super) const WAITING: usize = 4;

/// Memory for an IP stack: `SOCKETS` places with `RX` bytes to receive into and `TX` bytes to send from
/// each. One of them is the link's own, `UDP` of them are for datagrams, and the others for TCP.
///
/// The link takes packets of up to `RX` - [`Ppp::OVERHEAD`](crate::ppp::Ppp::OVERHEAD) bytes, and sends
/// such of up to `TX` - `OVERHEAD`: 1520 and more let it use packets of the usual 1500.
///
/// Without the feature `smoltcp-udp` there is nothing to be done with places for datagrams: say that there are 0.
///
/// ```
/// use cellular_nal::{ip, ppp};
/// // Two TCP sockets and one for datagrams.
/// let mut resources = ip::Resources::<4>::new();
/// let ip = resources.ip(ppp::Config::new(4711));
/// # let _ = ip;
/// ```
#[derive(Debug)]
pub struct Resources<
    'd,
    const SOCKETS: usize,
    const UDP: usize = 1,
    const RX: usize = 2048,
    const TX: usize = 2048,
> {
    rx: Vec<[u8; RX], SOCKETS>,
    tx: Vec<[u8; TX], SOCKETS>,
    received: Vec<[PacketMetadata; RECEIVED], UDP>,
    waiting: Vec<[PacketMetadata; WAITING], UDP>,
    /// No vector: one that has `'d` in it, and is dropped, would have to be `'static`.
    storage: Option<[SocketStorage<'d>; SOCKETS]>,
    slots: Vec<Slot, SOCKETS>,
    query: [Option<DnsQuery>; 1],
    ip: Option<RefCell<Ip<'d>>>,
}

impl<'d, const SOCKETS: usize, const UDP: usize, const RX: usize, const TX: usize>
    Resources<'d, SOCKETS, UDP, RX, TX>
{
    /// Unused memory.
    pub const fn new() -> Self {
        const { assert!(SOCKETS > UDP + 1 && SOCKETS <= 32, "a place for the link, and one for TCP at least") };
        const { assert!(RX >= 576 && TX >= 576, "buffers of 576 bytes at least") };
        Self {
            rx: Vec::new(),
            tx: Vec::new(),
            received: Vec::new(),
            waiting: Vec::new(),
            storage: None,
            slots: Vec::new(),
            query: [const { None }; 1],
            ip: None,
        }
    }

    /// Puts an IP stack over PPP into the memory, for good.
    ///
    /// The sizes end here: all else works on the stack behind the reference.
    pub fn ip(&'d mut self, config: Config<'d>) -> &'d RefCell<Ip<'d>> {
        let parts = Parts {
            rx: fill(&mut self.rx, || [0; RX]).as_flattened_mut(),
            tx: fill(&mut self.tx, || [0; TX]).as_flattened_mut(),
            size: (RX, TX),
            received: fill(&mut self.received, || [PacketMetadata::EMPTY; RECEIVED]),
            waiting: fill(&mut self.waiting, || [PacketMetadata::EMPTY; WAITING]),
            storage: self.storage.insert([const { SocketStorage::EMPTY }; SOCKETS]),
            slots: fill(&mut self.slots, Slot::new),
            query: &mut self.query,
        };
        insert(&mut self.ip, config, parts)
    }
}

// In a frame of its own, as `Resources::engine` of the engine.
#[inline(never)]
fn insert<'d>(
    ip: &'d mut Option<RefCell<Ip<'d>>>,
    config: Config<'d>,
    parts: Parts<'d>,
) -> &'d RefCell<Ip<'d>> {
    ip.insert(RefCell::new(Ip::new(config, parts)))
}

impl<const SOCKETS: usize, const UDP: usize, const RX: usize, const TX: usize> Default
    for Resources<'_, SOCKETS, UDP, RX, TX>
{
    fn default() -> Self {
        Self::new()
    }
}

/// The memory without its sizes.
pub(super) struct Parts<'d> {
    pub(super) rx: &'d mut [u8],
    pub(super) tx: &'d mut [u8],
    pub(super) size: (usize, usize),
    pub(super) received: &'d mut [[PacketMetadata; RECEIVED]],
    pub(super) waiting: &'d mut [[PacketMetadata; WAITING]],
    pub(super) storage: &'d mut [SocketStorage<'d>],
    pub(super) slots: &'d mut [Slot],
    pub(super) query: &'d mut [Option<DnsQuery>],
}
