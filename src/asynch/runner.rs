//! The only loop: moves bytes between the serial port and the engine.

use core::cell::RefCell;
use core::future::{Future, poll_fn};
use core::marker::PhantomData;
use core::pin::pin;
use core::task::{Context, Poll};

use embassy_futures::select::{Either, select};
use embedded_io_async::{Read, Write};

use super::now;
use crate::drive::{Drive, Task};
use crate::engine::{Engine, PinSet};
use crate::pins::Pins;
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
pub struct Runner<'d, D: Drive = &'d RefCell<Engine>> {
    drive: D,
    lifetime: PhantomData<&'d ()>,
}

impl<'d> Runner<'d> {
    /// The engine itself, for whoever drives it without this loop.
    pub const fn engine(&self) -> &'d RefCell<Engine> {
        self.drive
    }
}

impl<D: Drive> Runner<'_, D> {
    pub(crate) const fn new(drive: D) -> Self {
        Self { drive, lifetime: PhantomData }
    }

    /// What this loop drives, for whoever has another one.
    pub fn into_drive(self) -> D {
        self.drive
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
        self.run_with(rx, tx, port, &mut ()).await
    }

    /// Like [`run_on`](Self::run_on), with pins beside the serial port: the modem is switched on by its power key,
    /// and reset when it does not answer.
    ///
    /// # Cancel safety
    /// As for [`run`](Self::run); a pin may be held until `run_with` is called again.
    pub async fn run_with<R: Read, W: Write, P: Port, L: Pins>(
        &mut self,
        rx: &mut R,
        tx: &mut W,
        port: &mut P,
        pins: &mut L,
    ) -> RunError<R::Error, W::Error> {
        let available = pins.available();
        if available != PinSet::NONE {
            self.drive.attach(available);
        }
        match select(self.receive(rx), self.transmit(tx, port, pins)).await {
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
            self.drive.handle_rx(now(), chunk.get(..count).unwrap_or_default());
            self.drive.wake();
        }
    }

    /// Waits until bytes from the modem can be taken, and says how many.
    fn poll_room(&self, cx: &Context<'_>) -> Poll<usize> {
        match self.drive.room() {
            0 => {
                self.drive.register(cx.waker());
                Poll::Pending
            }
            room => Poll::Ready(room),
        }
    }

    async fn transmit<W: Write, P: Port, L: Pins>(
        &self,
        tx: &mut W,
        port: &mut P,
        pins: &mut L,
    ) -> Option<W::Error> {
        let mut chunk = [0; CHUNK];
        let mut unflushed = false;
        loop {
            let (count, until) = match self.drive.poll_output(now(), &mut chunk) {
                Task::Transmit(count) => (count, None),
                Task::Baud(baud) => {
                    port.set_baud(baud);
                    continue;
                }
                Task::Pin { pin, active } => {
                    pins.set(pin, active);
                    continue;
                }
                Task::Timeout(until) => (0, until),
            };
            if count > 0 {
                match tx.write(chunk.get(..count).unwrap_or_default()).await {
                    Ok(0) => return None,
                    Ok(count) => self.drive.transmitted(count),
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
            self.drive.register(cx.waker());
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
