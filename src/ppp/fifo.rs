//! Packets in a row, each in one piece, in a buffer of any size.

/// Length of a packet, in front of it.
const HEAD: usize = 2;

/// What a packet takes in the buffer beside itself.
pub(super) const OVERHEAD: usize = HEAD;

/// Where the packets in a buffer begin and end. Each call must be given the same buffer.
#[derive(Debug)]
pub(super) struct Fifo {
    head: usize,
    tail: usize,
}

impl Fifo {
    pub(super) const fn new() -> Self {
        Self { head: 0, tail: 0 }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.head == self.tail
    }

    pub(super) fn clear(&mut self) {
        *self = Self::new();
    }

    /// Makes room for a packet of `least` bytes, if need be by moving the others to the front. What
    /// was written behind them and not pushed is lost then.
    pub(super) fn make_room(&mut self, store: &mut [u8], least: usize) -> bool {
        if self.free(store) >= least {
            return true;
        }
        if self.head == 0 {
            return false;
        }
        // Byte by byte: `copy_within` would bring a panic along. It moves little, and seldom.
        for to in 0..self.tail - self.head {
            let Some(&byte) = store.get(self.head + to) else { break };
            if let Some(slot) = store.get_mut(to) {
                *slot = byte;
            }
        }
        self.tail -= self.head;
        self.head = 0;
        self.free(store) >= least
    }

    fn free(&self, store: &[u8]) -> usize {
        store.len().saturating_sub(self.tail + HEAD)
    }

    /// The room behind the last packet.
    // Called from many places.
    #[inline(never)]
    pub(super) fn room<'s>(&self, store: &'s mut [u8]) -> &'s mut [u8] {
        store.get_mut(self.tail + HEAD..).unwrap_or_default()
    }

    /// What stands in the room behind the last packet, as far as it is in use.
    pub(super) fn pending<'s>(&self, store: &'s [u8], len: usize) -> &'s [u8] {
        store.get(self.tail + HEAD..).and_then(|room| room.get(..len)).unwrap_or_default()
    }

    /// The first `len` bytes of the room are a packet now.
    // Called from many places.
    #[inline(never)]
    pub(super) fn push(&mut self, store: &mut [u8], len: usize) {
        let head = (len as u16).to_le_bytes();
        if let Some(to) = store.get_mut(self.tail..self.tail + HEAD) {
            to.copy_from_slice(&head);
            self.tail += HEAD + len;
        }
    }

    /// The packet that is longest in here.
    // Called from many places.
    #[inline(never)]
    pub(super) fn front<'s>(&self, store: &'s [u8]) -> Option<&'s [u8]> {
        if self.is_empty() {
            return None;
        }
        let (head, rest) = store.get(self.head..self.tail)?.split_first_chunk::<HEAD>()?;
        rest.get(..usize::from(u16::from_le_bytes(*head)))
    }

    /// The same, to be changed.
    pub(super) fn front_mut<'s>(&self, store: &'s mut [u8]) -> Option<&'s mut [u8]> {
        let len = self.front(store)?.len();
        store.get_mut(self.head + HEAD..)?.get_mut(..len)
    }

    /// Takes that packet away.
    pub(super) fn pop(&mut self, store: &[u8]) {
        match self.front(store) {
            Some(packet) => self.head = (self.head + HEAD + packet.len()).min(self.tail),
            None => self.head = self.tail,
        }
    }
}
