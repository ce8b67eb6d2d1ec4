//! The only loop: moves bytes between the serial port and the engine.

use core::cell::RefCell;
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::{Context, Poll};

use embassy_futures::select::{Either, select};
use embedded_io_async::{Read, Write};

use super::{borrow, now};
use crate::engine::{Engine, Output};
use crate::time::Instant;

/// Bytes moved at a time.
const CHUNK: usize = 64;

/// What the serial port can do besides bytes.
pub trait Port {
    /// Sets the bit rate. Called when the modem does not answer at the one before; a port that
    /// cannot change it does nothing.
    fn set_baud(&mut self, baud: u32) {
        let _ = baud;
    }
}

/// A port with a fixed bit rate.
impl Port for () {}

/// Why [`Runner::run`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunError<R, W> {
    /// Reading from the serial port failed.
    Read(R),
    /// Writing to the serial port failed.
    Write(W),
    /// The serial port has come to its end: it reads or takes no more bytes.
    Eof,
}

/// Drives the modem.
#[derive(Debug)]
pub struct Runner<'d> {
    engine: &'d RefCell<Engine>,
}

impl<'d> Runner<'d> {
    pub(super) const fn new(engine: &'d RefCell<Engine>) -> Self {
        Self { engine }
    }

    /// The engine itself, for whoever drives it without this loop.
    pub const fn engine(&self) -> &'d RefCell<Engine> {
        self.engine
    }

    /// Runs until the serial port fails. Call it again then: nothing is lost but the bytes that
    /// the port lost, and the engine notices those.
    ///
    /// # Cancel safety
    /// The future may be dropped and `run` called again, as far as reading and writing of the port
    /// are cancel safe themselves.
    pub async fn run<R: Read, W: Write>(&mut self, rx: &mut R, tx: &mut W) -> RunError<R::Error, W::Error> {
        self.run_on(rx, tx, &mut ()).await
    }

    /// Like [`run`](Self::run), with a port whose bit rate can change.
    ///
    /// # Cancel safety
    /// As for [`run`](Self::run).
    pub async fn run_on<R: Read, W: Write, P: Port>(
        &mut self,
        rx: &mut R,
        tx: &mut W,
        port: &mut P,
    ) -> RunError<R::Error, W::Error> {
        match select(self.receive(rx), self.transmit(tx, port)).await {
            Either::First(error) => error.map_or(RunError::Eof, RunError::Read),
            Either::Second(error) => error.map_or(RunError::Eof, RunError::Write),
        }
    }

    async fn receive<R: Read>(&self, rx: &mut R) -> Option<R::Error> {
        let mut chunk = [0; CHUNK];
        loop {
            let room = poll_fn(|cx| self.poll_room(cx)).await;
            let count = match rx.read(chunk.get_mut(..room.min(CHUNK)).unwrap_or_default()).await {
                Ok(0) => return None,
                Ok(count) => count,
                Err(error) => return Some(error),
            };
            let mut engine = borrow(self.engine);
            engine.handle_rx(now(), chunk.get(..count).unwrap_or_default());
            engine.wake_runner();
        }
    }

    /// Waits until bytes from the modem can be taken, and says how many.
    fn poll_room(&self, cx: &Context<'_>) -> Poll<usize> {
        let mut engine = borrow(self.engine);
        match engine.room() {
            0 => {
                engine.register_runner(cx.waker());
                Poll::Pending
            }
            room => Poll::Ready(room),
        }
    }

    async fn transmit<W: Write, P: Port>(&self, tx: &mut W, port: &mut P) -> Option<W::Error> {
        let mut chunk = [0; CHUNK];
        let mut unflushed = false;
        loop {
            let (count, until) = {
                let mut engine = borrow(self.engine);
                match engine.poll_output(now()) {
                    Output::Transmit(bytes) => {
                        let count = bytes.len().min(CHUNK);
                        if let (Some(to), Some(from)) = (chunk.get_mut(..count), bytes.get(..count)) {
                            to.copy_from_slice(from);
                        }
                        (count, None)
                    }
                    Output::Baud(baud) => {
                        port.set_baud(baud);
                        continue;
                    }
                    Output::Timeout(next) => (0, next.map(|(at, _)| at)),
                }
            };
            if count > 0 {
                match tx.write(chunk.get(..count).unwrap_or_default()).await {
                    Ok(0) => return None,
                    Ok(count) => borrow(self.engine).transmitted(count),
                    Err(error) => return Some(error),
                }
                unflushed = true;
            } else if unflushed {
                if let Err(error) = tx.flush().await {
                    return Some(error);
                }
                unflushed = false;
            } else {
                self.wait(until).await;
            }
        }
    }

    /// Waits for users, bytes or the deadline.
    async fn wait(&self, until: Option<Instant>) {
        let mut first = true;
        poll_fn(|cx| {
            if !core::mem::take(&mut first) {
                return Poll::Ready(());
            }
            borrow(self.engine).register_runner(cx.waker());
            if let Some(until) = until {
                let until = embassy_time::Instant::from_micros(until.as_micros());
                // It wakes this task then; whatever does is looked into.
                return pin!(embassy_time::Timer::at(until)).poll(cx);
            }
            Poll::Pending
        })
        .await;
    }
}
