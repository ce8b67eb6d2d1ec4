//! A ring of bytes in storage of the caller.

use core::cell::Cell;

/// Moves the bytes from `from` on to the front.
pub(super) fn to_front(bytes: &mut [u8], from: usize) {
    // A plain loop: `copy_within` would bring a panic along, and `memmove`.
    let bytes = Cell::from_mut(bytes).as_slice_of_cells();
    let rest = bytes.get(from..).unwrap_or_default();
    bytes.iter().zip(rest).for_each(|(to, from)| to.set(from.get()));
}

/// First in, first out, over a slice.
#[derive(Debug)]
pub(super) struct Ring<'b> {
    storage: &'b mut [u8],
    start: usize,
    len: usize,
}

impl<'b> Ring<'b> {
    pub(super) const fn new(storage: &'b mut [u8]) -> Self {
        Self { storage, start: 0, len: 0 }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) const fn capacity(&self) -> usize {
        self.storage.len()
    }

    /// Appends as much as fits and says how much that was.
    pub(super) fn push(&mut self, bytes: &[u8]) -> usize {
        let (bytes, _) = bytes.split_at(bytes.len().min(self.storage.len().saturating_sub(self.len)));
        let end = self.wrapped(self.len);
        let (first, second) = bytes.split_at(bytes.len().min(self.storage.len().saturating_sub(end)));
        copy(self.storage, end, first);
        copy(self.storage, 0, second);
        self.len += bytes.len();
        bytes.len()
    }

    /// The byte behind `index` others; zero where there is none.
    pub(super) fn at(&self, index: usize) -> u8 {
        self.storage.get(self.wrapped(index)).copied().unwrap_or(0)
    }

    /// `len` bytes behind `index` others, in the two pieces that they may lie in.
    pub(super) fn slices(&self, index: usize, len: usize) -> [&[u8]; 2] {
        let index = index.min(self.len);
        let len = len.min(self.len - index);
        let at = self.wrapped(index);
        let first = len.min(self.storage.len().saturating_sub(at));
        [
            self.storage.get(at..at + first).unwrap_or_default(),
            self.storage.get(..len - first).unwrap_or_default(),
        ]
    }

    /// The first bytes, as many as lie in one piece.
    pub(super) fn front(&self) -> &[u8] {
        self.slices(0, self.len)[0]
    }

    /// Drops the first `count` bytes.
    pub(super) fn skip(&mut self, count: usize) {
        let count = count.min(self.len);
        self.start = self.wrapped(count);
        self.len -= count;
    }

    /// Drops all but the first `len` bytes.
    pub(super) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Takes as many bytes as are there and fit.
    pub(super) fn pop(&mut self, out: &mut [u8]) -> usize {
        let pieces = self.slices(0, out.len());
        let count = pieces[0].len() + pieces[1].len();
        copy(out, 0, pieces[0]);
        copy(out, pieces[0].len(), pieces[1]);
        self.skip(count);
        count
    }

    /// Where the byte behind `index` others lies. `index` is at most the capacity.
    const fn wrapped(&self, index: usize) -> usize {
        let at = self.start + index;
        if at < self.storage.len() { at } else { at - self.storage.len() }
    }
}

fn copy(to: &mut [u8], at: usize, from: &[u8]) {
    // Of two pieces, the second is mostly empty.
    if from.is_empty() {
        return;
    }
    if let Some(to) = to.get_mut(at..at + from.len()) {
        to.copy_from_slice(from);
    }
}

#[cfg(test)]
mod tests {
    use super::Ring;

    #[test]
    fn bytes_keep_their_order_at_every_offset_and_size() {
        for capacity in 0..9 {
            let mut storage = vec![0; capacity];
            let mut ring = Ring::new(&mut storage);
            let (mut next, mut expected) = (0u8, 0u8);
            for round in 0..100usize {
                let bytes: Vec<u8> = (0..round % 11).map(|i| next.wrapping_add(i as u8)).collect();
                next = next.wrapping_add(ring.push(&bytes) as u8);
                for i in 0..ring.len() {
                    assert_eq!(ring.at(i), expected.wrapping_add(i as u8));
                }
                let [first, second] = ring.slices(1, 4);
                assert_eq!(first.len() + second.len(), ring.len().saturating_sub(1).min(4));
                let mut out = [0; 5];
                let count = ring.pop(&mut out[..round % 6]);
                for &byte in &out[..count] {
                    assert_eq!(byte, expected);
                    expected = expected.wrapping_add(1);
                }
            }
            assert_eq!(expected == 0, capacity == 0);
        }
    }
}
