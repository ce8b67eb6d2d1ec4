//! Memory that is made in its place.

use heapless::Vec;

/// Makes the items of a vector in its place, as many as it has room for: an array of them that is moved there takes as
/// much of the stack.
// In a frame of its own, which is gone before another one is needed.
#[inline(never)]
pub(crate) fn fill<T, const N: usize>(items: &mut Vec<T, N, u8>, make: impl Fn() -> T) -> &mut [T] {
    while items.push(make()).is_ok() {}
    items
}
