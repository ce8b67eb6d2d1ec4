//! Memory that is made in its place.

use heapless::Vec;

/// Makes the items of a vector in its place, as many as it has room for: an array of them that is moved there takes as
/// much of the stack.
// Its length is a word, so that items are aligned to words: copies into buffers that are not cost 10 % more.
// In a frame of its own, which is gone before another one is needed.
#[inline(never)]
pub(crate) fn fill<T, const N: usize>(items: &mut Vec<T, N>, make: impl Fn() -> T) -> &mut [T] {
    while items.push(make()).is_ok() {}
    items
}
