//! The link as smoltcp sees it.

use core::cell::Cell;

use smoltcp::phy::{self, DeviceCapabilities, Medium};
use smoltcp::time::Instant;

use super::end;
use super::slot::Slot;
use crate::ppp::{Ppp, Reception, Transmission};

/// The first of the ports from which this stack sends of itself.
pub(super) const OWN_PORTS: u16 = 49152;
const UDP: u8 = 17;
/// The port of name servers.
const DNS: u8 = 53;

/// A link for one call of smoltcp: packets go from its buffer to the line and from the line to the
/// buffer, and are not copied between.
pub(super) struct Device<'a, 'd> {
    ppp: &'a mut Ppp<'d>,
    /// smoltcp wanted to send, and there was no room.
    pub(super) exhausted: bool,
    /// The sockets of users.
    slots: &'a [Slot],
    /// A question to a name server was held back: its port is not one of this stack's.
    pub(super) held_back: bool,
    /// What the answer to the packet that is being read acknowledges.
    acknowledged: Cell<Option<u32>>,
}

impl<'a, 'd> Device<'a, 'd> {
    pub(super) const fn new(ppp: &'a mut Ppp<'d>, slots: &'a [Slot]) -> Self {
        Self { ppp, exhausted: false, slots, held_back: false, acknowledged: Cell::new(None) }
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
        let (slots, held_back) = (self.slots, &mut self.held_back);
        let (packet, room, acknowledged) = (reception?, transmission?, &self.acknowledged);
        let answer = Outgoing { room, slots, held_back, answers: Some(acknowledged) };
        Some((Received { packet, acknowledged }, answer))
    }

    fn transmit(&mut self, _: Instant) -> Option<Outgoing<'_>> {
        let room = self.ppp.transmission();
        self.exhausted |= room.is_none();
        Some(Outgoing { room: room?, slots: self.slots, held_back: &mut self.held_back, answers: None })
    }

    fn capabilities(&self) -> DeviceCapabilities {
        Plan { mtu: self.ppp.mtu() }.capabilities()
    }
}

/// A link that carries nothing: what an interface is made for has its largest packet and no more.
pub(super) struct Plan {
    /// In bytes.
    pub(super) mtu: u16,
}

impl phy::Device for Plan {
    type RxToken<'t>
        = Never
    where
        Self: 't;
    type TxToken<'t>
        = Never
    where
        Self: 't;

    fn receive(&mut self, _: Instant) -> Option<(Never, Never)> {
        None
    }

    fn transmit(&mut self, _: Instant) -> Option<Never> {
        None
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = self.mtu.into();
        capabilities
    }
}

pub(super) enum Never {}

impl phy::RxToken for Never {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, _: F) -> R {
        match self {}
    }
}

impl phy::TxToken for Never {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, _: usize, _: F) -> R {
        match self {}
    }
}

pub(super) struct Received<'a> {
    packet: Reception<'a>,
    acknowledged: &'a Cell<Option<u32>>,
}

impl phy::RxToken for Received<'_> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        let Self { packet, acknowledged } = self;
        packet.take_if(|packet| {
            let result = read(packet);
            // The FIN alone is the next packet where the answer has missed it.
            let rest = acknowledged.take().and_then(|acknowledged| end::leave_fin(packet, acknowledged));
            (result, rest.is_none())
        })
    }
}

pub(super) struct Outgoing<'a> {
    room: Transmission<'a>,
    slots: &'a [Slot],
    held_back: &'a mut bool,
    /// Where it is noted what is acknowledged, for the answer to a packet.
    answers: Option<&'a Cell<Option<u32>>>,
}

impl phy::TxToken for Outgoing<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, write: F) -> R {
        let Self { room, slots, held_back, answers } = self;
        room.fill_if(len, |packet| {
            let result = write(packet);
            let is_low = cfg!(feature = "smoltcp-dns") && is_low_question(packet, slots);
            *held_back |= is_low;
            if let Some(note) = answers {
                note.set(end::acknowledged(packet));
            }
            (result, !is_low)
        })
    }
}

/// Whether a packet is the resolver's, from a port below [`OWN_PORTS`]: it takes any. A modem may keep some of these for
/// itself (`+UEMBPF`, SARA/LEXI internet applications §4.3), and then there would be no answer.
fn is_low_question(packet: &[u8], slots: &[Slot]) -> bool {
    let (protocol, ports) = match packet.first().map_or(0, |first| first >> 4) {
        4 => (packet.get(9), packet.get(20..24)),
        6 => (packet.get(6), packet.get(40..44)),
        _ => return false,
    };
    let (Some(&UDP), Some(&[high, low, 0, DNS])) = (protocol, ports) else { return false };
    let port = u16::from_be_bytes([high, low]);
    port < OWN_PORTS && !slots.iter().any(|slot| slot.local_port == port)
}
