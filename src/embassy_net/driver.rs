//! The link as embassy-net sees it.

use core::cell::{RefCell, RefMut};
use core::task::Context;

use embassy_net_driver::{Capabilities, HardwareAddress, LinkState, RxToken, TxToken};

use super::Packets;

/// The driver for `embassy_net::new`.
#[derive(Debug)]
pub struct Driver<'d> {
    packets: &'d RefCell<Packets<'d>>,
    /// Where a packet stands while it is read: another that answers it may be written meanwhile.
    packet: &'d mut [u8],
}

impl<'d> Driver<'d> {
    pub(super) const fn new(packets: &'d RefCell<Packets<'d>>, packet: &'d mut [u8]) -> Self {
        Self { packets, packet }
    }
}

impl<'d> embassy_net_driver::Driver for Driver<'d> {
    type RxToken<'a>
        = Received<'a>
    where
        Self: 'a;
    type TxToken<'a>
        = Transmission<'a, 'd>
    where
        Self: 'a;

    fn receive(&mut self, cx: &mut Context<'_>) -> Option<(Received<'_>, Transmission<'_, 'd>)> {
        let mut packets = self.packets.borrow_mut();
        packets.register_driver(cx.waker());
        let count = packets.take(self.packet)?;
        Some((Received(self.packet.get_mut(..count)?), Transmission(packets)))
    }

    fn transmit(&mut self, cx: &mut Context<'_>) -> Option<Transmission<'_, 'd>> {
        let mut packets = self.packets.borrow_mut();
        packets.register_driver(cx.waker());
        packets.has_room().then_some(Transmission(packets))
    }

    fn link_state(&mut self, cx: &mut Context<'_>) -> LinkState {
        let mut packets = self.packets.borrow_mut();
        packets.register_driver(cx.waker());
        if packets.is_link_up() { LinkState::Up } else { LinkState::Down }
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::default();
        capabilities.max_transmission_unit = self.packets.borrow().largest();
        capabilities
    }

    fn hardware_address(&self) -> HardwareAddress {
        HardwareAddress::Ip
    }
}

/// A packet that has come.
#[derive(Debug)]
pub struct Received<'a>(&'a mut [u8]);

impl RxToken for Received<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, read: F) -> R {
        read(self.0)
    }
}

/// Room for a packet.
#[derive(Debug)]
pub struct Transmission<'a, 'd>(RefMut<'a, Packets<'d>>);

impl TxToken for Transmission<'_, '_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(mut self, len: usize, write: F) -> R {
        self.0.send(len, write)
    }
}
