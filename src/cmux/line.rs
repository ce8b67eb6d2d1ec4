//! The frame that is on its way out.

use super::frame::{FLAG, Header, Kind};
use super::ring::to_front;

/// Both flags, header and FCS around the longest message on the control channel.
const FRAME: usize = 64 + 6;

/// The same behind the end of another frame.
const EDGE: usize = FRAME + 2;

/// A frame leaves in pieces: what stands before the bytes of a user, these bytes straight from the
/// ring of their channel, and what stands behind. A frame without such bytes is one piece. The next
/// frame may begin in the piece in which the last one ends.
#[derive(Debug)]
pub(super) struct Line {
    edge: [u8; EDGE],
    len: usize,
    sent: usize,
    /// The channel whose bytes are sent, by its place, and how many are left of them.
    pub(super) channel: usize,
    pub(super) body: usize,
    fcs: u8,
}

impl Line {
    pub(super) const fn new() -> Self {
        Self { edge: [0; EDGE], len: 0, sent: 0, channel: 0, body: 0, fcs: 0 }
    }

    pub(super) const fn is_idle(&self) -> bool {
        self.sent == self.len && self.body == 0
    }

    /// Whether there is room for another frame.
    pub(super) const fn takes_more(&self) -> bool {
        self.body == 0 && self.len - self.sent <= EDGE - FRAME
    }

    /// What is to leave before the bytes of a user.
    pub(super) fn edge(&self) -> &[u8] {
        self.edge.get(self.sent..self.len).unwrap_or_default()
    }

    /// Begins a frame with nothing, or a message of the control channel, in it.
    pub(super) fn start(&mut self, dlci: u8, kind: Kind, message: &[u8]) {
        let header = Header::new(dlci, kind, message.len());
        self.gather();
        self.load(&[FLAG]);
        self.load(header.octets());
        self.load(message);
        self.load(&[header.fcs(), FLAG]);
    }

    /// Begins a frame with the next `len` bytes of a channel.
    pub(super) fn start_data(&mut self, dlci: u8, channel: usize, len: usize) {
        let header = Header::new(dlci, Kind::Uih, len);
        self.gather();
        self.load(&[FLAG]);
        self.load(header.octets());
        self.fcs = header.fcs();
        self.channel = channel;
        self.body = len;
    }

    /// `count` bytes have left. Gives how many of them were a user's.
    pub(super) fn transmitted(&mut self, count: usize) -> usize {
        let edge = count.min(self.len - self.sent);
        self.sent += edge;
        if self.sent == self.len {
            (self.sent, self.len) = (0, 0);
        }
        let body = (count - edge).min(self.body);
        if body > 0 {
            self.body -= body;
            if self.body == 0 {
                self.load(&[self.fcs, FLAG]);
            }
        }
        body
    }

    /// Puts bytes behind those that have not left yet.
    fn load(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if let Some(to) = self.edge.get_mut(self.len) {
                *to = byte;
                self.len += 1;
            }
        }
    }

    /// Makes room behind those that have not left yet.
    fn gather(&mut self) {
        if self.sent > 0 {
            to_front(&mut self.edge, self.sent);
            self.len -= self.sent;
            self.sent = 0;
        }
    }
}
