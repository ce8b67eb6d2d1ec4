//! The handle that clients get.

use core::cell::RefCell;

use crate::engine::Engine;

/// A modem's sockets behind the traits of embedded-nal-async: `TcpConnect`, `UdpStack`, `Dns`.
///
/// It is a reference: copy it freely.
#[derive(Debug)]
pub struct Stack<'d, S: ?Sized = Engine> {
    pub(crate) sockets: &'d RefCell<S>,
}

impl<'d, S: ?Sized> Stack<'d, S> {
    pub(crate) const fn new(sockets: &'d RefCell<S>) -> Self {
        Self { sockets }
    }
}

impl<S: ?Sized> Clone for Stack<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ?Sized> Copy for Stack<'_, S> {}
