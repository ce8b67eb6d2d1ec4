//! The link as smoltcp sees it.

use smoltcp::phy::{self, DeviceCapabilities, Medium};
use smoltcp::time::Instant;

use crate::ppp::{Ppp, Reception, Transmission};

/// A link for one call of smoltcp: packets go from its buffer to the line and from the line to the
/// buffer, and are not copied between.
pub(super) struct Device<'a, 'd> {
    ppp: &'a mut Ppp<'d>,
    /// The largest packet, where the network knows the link to take less than the peer does.
    pub(super) limit: u16,
    /// smoltcp wanted to send, and there was no room.
    pub(super) exhausted: bool,
}

impl<'a, 'd> Device<'a, 'd> {
    pub(super) const fn new(ppp: &'a mut Ppp<'d>) -> Self {
        Self { ppp, limit: u16::MAX, exhausted: false }
    }
}

impl phy::Device for Device<'_, '_> {
    type RxToken<'a>
        = Received<'a>
    where
        Self: 'a;
    type TxToken<'a>
        = Outgoing<'a>
    where
        Self: 'a;

    /// A packet is taken only where there is room for one that answers it.
    fn receive(&mut self, _: Instant) -> Option<(Received<'_>, Outgoing<'_>)> {
        let (reception, transmission) = self.ppp.ports();
        Some((Received(reception?), Outgoing(transmission?)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Outgoing<'_>> {
        let room = self.ppp.transmission().map(Outgoing);
        self.exhausted |= room.is_none();
        room
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = self.ppp.mtu().min(self.limit).into();
        capabilities
    }
}

pub(super) struct Received<'a>(Reception<'a>);

impl phy::RxToken for Received<'_> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        self.0.take(read)
    }
}

pub(super) struct Outgoing<'a>(Transmission<'a>);

impl phy::TxToken for Outgoing<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, write: F) -> R {
        self.0.fill(len, write)
    }
}
