//! A ring of bytes over a slice that somebody else owns.
//!
//! What is pushed becomes readable only when it is committed: payload that turns out damaged is
//! rolled back before anybody has seen it.

/// Positions in a ring. The storage is given to each call and always is the same.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ring {
    head: usize,
    /// Bytes that may be read.
    committed: usize,
    /// Bytes that are there, read or not yet.
    len: usize,
}

impl Ring {
    pub(crate) const fn new() -> Self {
        Self { head: 0, committed: 0, len: 0 }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.committed == 0
    }

    /// Whether nothing is in it, readable or not yet.
    pub(crate) const fn is_unused(&self) -> bool {
        self.len == 0
    }

    pub(crate) const fn free(&self, storage: &[u8]) -> usize {
        storage.len().saturating_sub(self.len)
    }

    /// Appends as much as fits and says how much that was.
    pub(crate) fn push(&mut self, storage: &mut [u8], bytes: &[u8]) -> usize {
        let take = bytes.len().min(self.free(storage));
        let capacity = storage.len();
        let mut done = 0;
        while done < take {
            let at = wrapped(self.head + self.len, capacity);
            let run = (take - done).min(capacity - at);
            if let (Some(to), Some(from)) = (storage.get_mut(at..at + run), bytes.get(done..done + run)) {
                to.copy_from_slice(from);
            }
            self.len += run;
            done += run;
        }
        take
    }

    /// Makes all that was pushed readable.
    pub(crate) fn commit(&mut self) {
        self.committed = self.len;
    }

    /// Forgets what was pushed since the last commit.
    pub(crate) fn rollback(&mut self) {
        self.len = self.committed;
    }

    /// Takes as many bytes as are readable and fit.
    pub(crate) fn pop(&mut self, storage: &[u8], out: &mut [u8]) -> usize {
        let take = out.len().min(self.committed);
        let capacity = storage.len();
        let mut done = 0;
        while done < take {
            let at = wrapped(self.head + done, capacity);
            let run = (take - done).min(capacity - at);
            if let (Some(from), Some(to)) = (storage.get(at..at + run), out.get_mut(done..done + run)) {
                to.copy_from_slice(from);
            }
            done += run;
        }
        self.skip(storage, take);
        take
    }

    /// Drops readable bytes.
    pub(crate) fn skip(&mut self, storage: &[u8], count: usize) {
        let count = count.min(self.committed);
        self.head = wrapped(self.head + count, storage.len());
        self.committed -= count;
        self.len -= count;
    }
}

/// The place of a byte that is less than two rounds away.
const fn wrapped(at: usize, capacity: usize) -> usize {
    if at < capacity { at } else { at - capacity }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_in_order_at_every_offset() {
        let mut storage = [0; 7];
        let mut ring = Ring::new();
        let mut next = 0u8;
        let mut expected = 0u8;
        for round in 0..200 {
            let bytes: Vec<u8> = (0..round % 8).map(|i| next.wrapping_add(i)).collect();
            next = next.wrapping_add(ring.push(&mut storage, &bytes) as u8);
            ring.commit();
            let mut out = [0; 5];
            let count = ring.pop(&storage, &mut out[..1 + round as usize % 5]);
            for &byte in &out[..count] {
                assert_eq!(byte, expected);
                expected = expected.wrapping_add(1);
            }
        }
    }

    #[test]
    fn nothing_is_readable_before_its_commit() {
        let mut storage = [0; 4];
        let mut ring = Ring::new();
        ring.push(&mut storage, b"ab");
        assert_eq!(ring.pop(&storage, &mut [0; 4]), 0);
        ring.rollback();
        ring.push(&mut storage, b"cdef");
        ring.commit();
        let mut out = [0; 4];
        assert_eq!(ring.pop(&storage, &mut out), 4);
        assert_eq!(&out, b"cdef");
    }
}
