//! The handle that clients get.

use core::cell::RefCell;

use crate::engine::Engine;

/// A modem's sockets behind the traits of embedded-nal-async: `TcpConnect`, `UdpStack`, `Dns`.
///
/// It is a reference: copy it freely.
#[derive(Clone, Copy, Debug)]
pub struct Stack<'d> {
    pub(super) engine: &'d RefCell<Engine>,
}

impl<'d> Stack<'d> {
    pub(super) const fn new(engine: &'d RefCell<Engine>) -> Self {
        Self { engine }
    }
}
