//! What lies below smoltcp: two queues.

use std::collections::VecDeque;

use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::time::Instant;

/// Packets from the host, and one for it.
#[derive(Debug)]
pub(super) struct Queues {
    pub(super) rx: VecDeque<Vec<u8>>,
    tx: VecDeque<Vec<u8>>,
    /// Packets that the stack may make by itself. Answers to what it receives do not count.
    credit: usize,
    mtu: usize,
}

impl Queues {
    pub(super) fn new(mtu: usize) -> Self {
        Queues { rx: VecDeque::new(), tx: VecDeque::new(), credit: 0, mtu }
    }

    /// The next packet; when there is none, the stack may make one.
    pub(super) fn take(&mut self) -> Option<Vec<u8>> {
        let packet = self.tx.pop_front();
        self.credit = usize::from(packet.is_none());
        packet
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tx.is_empty()
    }
}

pub(super) struct Received(Vec<u8>);

impl RxToken for Received {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        f(&self.0)
    }
}

pub(super) struct Sent<'a>(&'a mut VecDeque<Vec<u8>>);

impl TxToken for Sent<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        let mut packet = vec![0; len];
        let result = f(&mut packet);
        self.0.push_back(packet);
        result
    }
}

impl Device for Queues {
    type RxToken<'a> = Received;
    type TxToken<'a> = Sent<'a>;

    fn receive(&mut self, _now: Instant) -> Option<(Received, Sent<'_>)> {
        Some((Received(self.rx.pop_front()?), Sent(&mut self.tx)))
    }

    /// One packet at a time: whoever takes it decides whose turn is next.
    fn transmit(&mut self, _now: Instant) -> Option<Sent<'_>> {
        self.credit = self.credit.checked_sub(1)?;
        Some(Sent(&mut self.tx))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = self.mtu;
        capabilities
    }
}
