//! A PPP link whose packets somebody else takes.

use core::cell::RefCell;
use core::task::{Poll, Waker};

use heapless::Vec;

use super::Parts;
use crate::data::Link;
use crate::error::Error;
use crate::fill::fill;
use crate::ppp::{Config, Ipv4, Output, Phase, Ppp};
use crate::socket::{Sealed, Waiters, WakerCell};
use crate::time::Instant;

/// The largest packet that embassy-net is given.
const PACKET: usize = 1500;

/// Memory for a link: `RX` bytes for packets that have come, `TX` bytes for such that are to leave, and the place for
/// the packet that embassy-net reads.
///
/// The link takes packets of up to `RX` - [`Ppp::OVERHEAD`] bytes, 1500 at most, and sends such of up to `TX` -
/// `OVERHEAD`.
#[derive(Debug)]
pub struct LinkResources<'d, const RX: usize = 3040, const TX: usize = 3040> {
    rx: Vec<[u8; RX], 1>,
    tx: Vec<[u8; TX], 1>,
    packet: Vec<[u8; PACKET], 1>,
    packets: Option<RefCell<Packets<'d>>>,
}

impl<'d, const RX: usize, const TX: usize> LinkResources<'d, RX, TX> {
    /// Unused memory.
    pub const fn new() -> Self {
        const { assert!(RX >= 600 && TX >= 600, "buffers of 600 bytes at least: a packet of IPv4 may have 576") };
        Self { rx: Vec::new(), tx: Vec::new(), packet: Vec::new(), packets: None }
    }

    /// Puts a link into the memory, for good. The sizes end here.
    pub fn link(&'d mut self, mut config: Config<'d>) -> Parts<'d> {
        config.mru = config.mru.min(PACKET as u16);
        let rx = fill(&mut self.rx, || [0; RX]).as_flattened_mut();
        let tx = fill(&mut self.tx, || [0; TX]).as_flattened_mut();
        let packets = Packets {
            ppp: Ppp::new(config, rx, tx),
            up: false,
            told: None,
            error: Some(Error::LinkDown),
            refused: false,
            driver: WakerCell::new(),
            runner: WakerCell::new(),
            waiters: Waiters::new(),
        };
        let packet = fill(&mut self.packet, || [0; PACKET]).as_flattened_mut();
        Parts { packets: self.packets.insert(RefCell::new(packets)), packet }
    }
}

impl<const RX: usize, const TX: usize> Default for LinkResources<'_, RX, TX> {
    fn default() -> Self {
        Self::new()
    }
}

/// A PPP link whose packets embassy-net takes, without I/O.
#[derive(Debug)]
pub struct Packets<'d> {
    ppp: Ppp<'d>,
    up: bool,
    /// What users have been told last.
    told: Option<Ipv4>,
    /// Why users need not wait for the link.
    error: Option<Error>,
    /// embassy-net has found no room for a packet.
    refused: bool,
    driver: WakerCell,
    runner: WakerCell,
    waiters: Waiters,
}

impl Packets<'_> {
    /// The link: how far it is, its addresses, what it counts.
    pub const fn ppp(&self) -> &Ppp<'_> {
        &self.ppp
    }

    /// The line carries bytes to a peer: begins to negotiate, from the start. Where the modem is dialled this is done
    /// by itself.
    pub fn open(&mut self, now: Instant) {
        Link::open(self, now);
    }

    /// Announces the end and waits for the answer, some seconds at most.
    pub fn close(&mut self, now: Instant) {
        Link::close(self, now);
    }

    pub(super) const fn is_link_up(&self) -> bool {
        self.up
    }

    pub(super) fn register_driver(&mut self, waker: &Waker) {
        self.driver.register(waker);
    }

    /// The largest packet that is ever sent.
    pub(super) fn largest(&self) -> usize {
        self.ppp.largest().into()
    }

    /// Whether there is room for any packet.
    pub(super) fn has_room(&mut self) -> bool {
        let room = self.ppp.transmission().is_some();
        self.refused |= !room;
        room
    }

    /// Takes the packet that has waited longest, if there is room for one that answers it.
    pub(super) fn take(&mut self, to: &mut [u8]) -> Option<usize> {
        // Nobody is waited for by a packet that is not there.
        self.ppp.received()?;
        if !self.has_room() {
            return None;
        }
        let count = self.ppp.received()?.take(|packet| {
            let to = to.get_mut(..packet.len())?;
            to.copy_from_slice(packet);
            Some(packet.len())
        });
        // The line may have been held back by it.
        self.runner.wake();
        count
    }

    /// Sends a packet that `write` writes.
    pub(super) fn send<R>(&mut self, len: usize, write: impl FnOnce(&mut [u8]) -> R) -> R {
        self.runner.wake();
        self.ppp.fill(len, write)
    }

    pub(super) fn poll_changed(&mut self, known: Option<Ipv4>, waker: &Waker) -> Poll<Option<Ipv4>> {
        let now = self.ppp.ipv4();
        if now != known {
            return Poll::Ready(now);
        }
        self.waiters.register(waker);
        Poll::Pending
    }

    pub(super) fn poll_link(&mut self, waker: &Waker) -> Poll<Result<(), Error>> {
        match (self.up, self.error) {
            (true, _) => Poll::Ready(Ok(())),
            (false, Some(error)) => Poll::Ready(Err(error)),
            (false, None) => {
                self.waiters.register(waker);
                Poll::Pending
            }
        }
    }

    /// Follows the link up and down.
    fn follow(&mut self) {
        let ipv4 = self.ppp.ipv4();
        let up = ipv4.is_some() || self.ppp.ipv6().is_some();
        let mut changed = core::mem::replace(&mut self.told, ipv4) != ipv4;
        if core::mem::replace(&mut self.up, up) != up {
            changed = true;
            self.driver.wake();
            self.error = match up {
                true => None,
                false => Some(self.ppp.failure().map_or(Error::Aborted, Error::from)),
            };
            // Packets for an address that is gone.
            self.drop_received();
        } else if !up && self.error.is_none() && self.ppp.phase() == Phase::Dead {
            self.error = self.ppp.failure().map(Error::from);
            changed |= self.error.is_some();
        }
        if changed {
            self.waiters.wake();
        }
    }

    fn drop_received(&mut self) {
        while let Some(reception) = self.ppp.received() {
            reception.take(|_| ());
        }
    }

    /// Wakes embassy-net when there is something for it.
    fn tell(&mut self) {
        if self.ppp.received().is_some() {
            self.driver.wake();
        } else if self.refused && self.ppp.transmission().is_some() {
            self.refused = false;
            self.driver.wake();
        }
    }
}

impl Sealed for Packets<'_> {}

impl Link for Packets<'_> {
    fn open(&mut self, now: Instant) {
        self.drop_received();
        self.ppp.open(now);
        self.follow();
        self.error = None;
        self.runner.wake();
    }

    fn close(&mut self, now: Instant) {
        self.ppp.close(now);
        self.follow();
        self.error = Some(Error::LinkDown);
        self.waiters.wake();
        self.runner.wake();
    }

    fn hang_up(&mut self, error: Option<Error>) {
        self.ppp.hang_up();
        self.follow();
        self.set_error(error);
    }

    fn set_error(&mut self, error: Option<Error>) {
        if self.error != error {
            self.error = error;
            self.waiters.wake();
        }
    }

    fn is_up(&self) -> bool {
        self.up
    }

    // What its packets are for is not known here.
    fn hears(&self) -> Option<bool> {
        None
    }

    fn ppp(&self) -> &Ppp<'_> {
        &self.ppp
    }

    fn handle_rx(&mut self, now: Instant, bytes: &[u8]) -> usize {
        let count = self.ppp.handle_rx(now, bytes);
        self.follow();
        self.tell();
        count
    }

    fn poll_output(&mut self, now: Instant, line: &mut [u8]) -> Output {
        let output = self.ppp.poll_output(now, line);
        self.follow();
        self.tell();
        output
    }

    fn register_runner(&mut self, waker: &Waker) {
        self.runner.register(waker);
    }

    fn wake_runner(&mut self) {
        self.runner.wake();
    }
}
