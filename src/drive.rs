//! What stands between a serial port and the sockets, as the shells drive it.

use core::cell::RefCell;
use core::task::Waker;

use crate::engine::{Engine, Output, Pin, PinSet};
use crate::socket::Sockets;
use crate::time::Instant;

/// What is to be done with the serial port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// So many bytes at the start of the buffer are to be sent; say how many the port took.
    Transmit(usize),
    /// Set the serial port to this bit rate.
    Baud(u32),
    /// Set this pin.
    Pin {
        /// Which.
        pin: Pin,
        /// Whether it is to do what its name says.
        active: bool,
    },
    /// Nothing to do until then, or until bytes or users come.
    Timeout(Option<Instant>),
}

/// Something that talks to the modem over one serial port: the engine alone, or with PPP beside it.
///
/// It is shared with the handles of users, so nothing here needs it alone. The rules are those of
/// [`Engine`].
pub trait Drive {
    /// How many bytes from the modem can be taken now.
    fn room(&self) -> usize;

    /// Takes bytes from the modem, not more than there is [`room`](Self::room) for. The task that drives is woken where
    /// there may be something to do for it.
    fn handle_rx(&self, now: Instant, bytes: &[u8]);

    /// What is to be done now. Bytes to send are written to `chunk`; they are given again until they
    /// were [`transmitted`](Self::transmitted).
    fn poll_output(&self, now: Instant, chunk: &mut [u8]) -> Task;

    /// The serial port took `count` bytes of the last [`Task::Transmit`].
    fn transmitted(&self, count: usize);

    /// Notes the task that drives: it is woken when users have set something going.
    fn register(&self, waker: &Waker);

    /// Wakes the task that drives.
    fn wake(&self);

    /// Says which pins there are beside the serial port; see [`Engine::attach`].
    fn attach(&self, pins: PinSet) {
        let _ = pins;
    }
}

/// A line with a modem and with sockets: what the facade of embedded-nal stands on.
pub trait Base: Drive {
    /// Whose the sockets are.
    type Sockets: Sockets + ?Sized;

    /// The sockets.
    fn sockets(&self) -> &RefCell<Self::Sockets>;

    /// The modem.
    fn engine(&self) -> &RefCell<Engine>;
}

impl Base for &RefCell<Engine> {
    type Sockets = Engine;

    fn sockets(&self) -> &RefCell<Engine> {
        self
    }

    fn engine(&self) -> &RefCell<Engine> {
        self
    }
}

impl Engine {
    /// [`poll_output`](Self::poll_output), with the bytes copied.
    pub(crate) fn task(&mut self, now: Instant, chunk: &mut [u8]) -> Task {
        match self.poll_output(now) {
            Output::Transmit(bytes) => {
                let count = bytes.len().min(chunk.len());
                if let (Some(to), Some(from)) = (chunk.get_mut(..count), bytes.get(..count)) {
                    to.copy_from_slice(from);
                }
                Task::Transmit(count)
            }
            Output::Baud(baud) => Task::Baud(baud),
            Output::Pin { pin, active } => Task::Pin { pin, active },
            Output::Timeout(next) => Task::Timeout(next.map(|(at, _)| at)),
        }
    }
}

impl Drive for &RefCell<Engine> {
    fn room(&self) -> usize {
        self.borrow_mut().room()
    }

    fn handle_rx(&self, now: Instant, bytes: &[u8]) {
        self.borrow_mut().handle_rx(now, bytes);
    }

    fn poll_output(&self, now: Instant, chunk: &mut [u8]) -> Task {
        self.borrow_mut().task(now, chunk)
    }

    fn transmitted(&self, count: usize) {
        self.borrow_mut().transmitted(count);
    }

    fn register(&self, waker: &Waker) {
        self.borrow_mut().register_runner(waker);
    }

    fn wake(&self) {
        self.borrow_mut().wake_runner();
    }

    fn attach(&self, pins: PinSet) {
        self.borrow_mut().attach(pins);
    }
}
