//! A line that is a connection already.

use core::cell::RefCell;
use core::task::Waker;

use super::Link;
use crate::drive::{Drive, Task};
use crate::ppp::Output;
use crate::time::Instant;

/// Bytes that are moved at a time.
const CHUNK: usize = 64;

/// Bytes on their way.
#[derive(Debug)]
pub(super) struct Chunk {
    bytes: [u8; CHUNK],
    at: usize,
    len: usize,
}

impl Chunk {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; CHUNK], at: 0, len: 0 }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(self.at..self.len).unwrap_or_default()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.at == self.len
    }

    pub(super) fn take(&mut self, count: usize) {
        self.at = self.len.min(self.at + count);
    }

    pub(super) const fn clear(&mut self) {
        (self.at, self.len) = (0, 0);
    }

    /// Keeps as many of these as there is room for.
    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.fill(|room| {
            let count = bytes.len().min(room.len());
            if let (Some(to), Some(from)) = (room.get_mut(..count), bytes.get(..count)) {
                to.copy_from_slice(from);
            }
            count
        });
    }

    /// Lets `write` write anew; it says how many bytes it has written.
    pub(super) fn fill(&mut self, write: impl FnOnce(&mut [u8]) -> usize) {
        self.at = 0;
        self.len = write(&mut self.bytes).min(CHUNK);
    }

    /// Copies what there is to the start of `to` and says how much that was.
    pub(super) fn copy(&self, to: &mut [u8]) -> usize {
        let bytes = self.bytes();
        let count = bytes.len().min(to.len());
        if let (Some(to), Some(from)) = (to.get_mut(..count), bytes.get(..count)) {
            to.copy_from_slice(from);
        }
        count
    }
}

/// Both directions of PPP on a line: what it could not take yet and what the line has not taken yet.
#[derive(Debug)]
pub(super) struct Flow {
    held: Chunk,
    out: Chunk,
}

impl Flow {
    pub(super) const fn new() -> Self {
        Self { held: Chunk::new(), out: Chunk::new() }
    }

    pub(super) const fn clear(&mut self) {
        self.held.clear();
        self.out.clear();
    }

    pub(super) const fn room(&self) -> usize {
        if self.held.is_empty() { CHUNK } else { 0 }
    }

    pub(super) fn handle_rx(&mut self, link: &mut impl Link, now: Instant, bytes: &[u8]) {
        let count = link.handle_rx(now, bytes);
        self.held.put(bytes.get(count..).unwrap_or_default());
    }

    pub(super) fn poll_output(&mut self, link: &mut impl Link, now: Instant, chunk: &mut [u8]) -> Task {
        if self.out.is_empty() {
            if !self.held.is_empty() {
                let count = link.handle_rx(now, self.held.bytes());
                self.held.take(count);
            }
            let mut timeout = None;
            self.out.fill(|line| match link.poll_output(now, line) {
                Output::Transmit(count) => count,
                Output::Timeout(at) => {
                    timeout = at;
                    0
                }
            });
            if self.out.is_empty() {
                return Task::Timeout(timeout);
            }
        }
        Task::Transmit(self.out.copy(chunk))
    }

    pub(super) fn transmitted(&mut self, count: usize) {
        self.out.take(count);
    }
}

/// A line that carries PPP and nothing else: a cable, or a modem that somebody else has dialled. Say `open` to what
/// takes the packets when the line is there.
#[derive(Debug)]
pub struct Wire<'d, L> {
    link: &'d RefCell<L>,
    flow: RefCell<Flow>,
}

impl<'d, L: Link> Wire<'d, L> {
    /// The line under what takes the packets.
    pub const fn new(link: &'d RefCell<L>) -> Self {
        Self { link, flow: RefCell::new(Flow::new()) }
    }
}

impl<L: Link> Drive for Wire<'_, L> {
    fn room(&self) -> usize {
        self.flow.borrow().room()
    }

    fn handle_rx(&self, now: Instant, bytes: &[u8]) {
        let mut link = self.link.borrow_mut();
        self.flow.borrow_mut().handle_rx(&mut *link, now, bytes);
        link.wake_runner();
    }

    fn poll_output(&self, now: Instant, chunk: &mut [u8]) -> Task {
        self.flow.borrow_mut().poll_output(&mut *self.link.borrow_mut(), now, chunk)
    }

    fn transmitted(&self, count: usize) {
        self.flow.borrow_mut().transmitted(count);
    }

    fn register(&self, waker: &Waker) {
        self.link.borrow_mut().register_runner(waker);
    }

    fn wake(&self) {
        self.link.borrow_mut().wake_runner();
    }
}
