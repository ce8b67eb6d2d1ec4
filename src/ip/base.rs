//! The IP stack on the lines that can carry it.

use core::cell::RefCell;
use core::task::Waker;

use super::{Dialled, Ip, Multiplexed};
use crate::data::Link;
use crate::drive::Base;
use crate::engine::Engine;
use crate::error::Error;
use crate::ppp::{Output, Ppp};
use crate::time::Instant;

impl Link for Ip<'_> {
    fn open(&mut self, now: Instant) {
        self.open(now);
    }

    fn close(&mut self, now: Instant) {
        self.close(now);
    }

    fn hang_up(&mut self, error: Option<Error>) {
        self.hang_up(error);
    }

    fn set_error(&mut self, error: Option<Error>) {
        self.set_error(error);
    }

    fn is_up(&self) -> bool {
        self.is_up()
    }

    fn hears(&self) -> Option<bool> {
        self.hears()
    }

    fn ppp(&self) -> &Ppp<'_> {
        &self.ppp
    }

    fn handle_rx(&mut self, now: Instant, bytes: &[u8]) -> usize {
        self.handle_rx(now, bytes)
    }

    fn poll_output(&mut self, now: Instant, line: &mut [u8]) -> Output {
        self.poll_output(now, line)
    }

    fn register_runner(&mut self, waker: &Waker) {
        self.register_runner(waker);
    }

    fn wake_runner(&mut self) {
        self.wake_runner();
    }
}

impl<'d> Base for Dialled<'d> {
    type Sockets = Ip<'d>;

    fn sockets(&self) -> &RefCell<Ip<'d>> {
        self.link
    }

    fn engine(&self) -> &RefCell<Engine> {
        self.engine
    }
}

impl<'d> Base for Multiplexed<'d> {
    type Sockets = Ip<'d>;

    fn sockets(&self) -> &RefCell<Ip<'d>> {
        self.link
    }

    fn engine(&self) -> &RefCell<Engine> {
        self.engine
    }
}
