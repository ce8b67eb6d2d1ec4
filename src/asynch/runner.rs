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

impl<P: Port + ?Sized> Port for &mut P {
    fn set_baud(&mut self, baud: u32) {
        (**self).set_baud(baud);
    }
}

/// Why [`Runner::run`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
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

#[allow(clippy::manual_async_fn, reason = "such a future keeps its parameters twice")]
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
    pub fn run<'a, R: Read, W: Write>(
        &'a mut self,
        rx: &'a mut R,
        tx: &'a mut W,
    ) -> impl Future<Output = RunError<R::Error, W::Error>> + 'a {
        self.serve(rx, tx, (), ())
    }

    /// Like [`run`](Self::run), with a port whose bit rate can change.
    ///
    /// # Cancel safety
    /// As for [`run`](Self::run).
    pub fn run_on<'a, R: Read, W: Write, P: Port>(
        &'a mut self,
        rx: &'a mut R,
        tx: &'a mut W,
        port: &'a mut P,
    ) -> impl Future<Output = RunError<R::Error, W::Error>> + 'a {
        self.serve(rx, tx, port, ())
    }

    /// Like [`run_on`](Self::run_on), with pins beside the serial port: the modem is switched on by its power key,
    /// and reset when it does not answer.
    ///
    /// # Cancel safety
    /// As for [`run`](Self::run); a pin may be held until `run_with` is called again.
    pub fn run_with<'a, R: Read, W: Write, P: Port, L: Pins>(
        &'a mut self,
        rx: &'a mut R,
        tx: &'a mut W,
        port: &'a mut P,
        pins: &'a mut L,
    ) -> impl Future<Output = RunError<R::Error, W::Error>> + 'a {
        self.serve(rx, tx, port, pins)
    }

    fn serve<'a, R: Read, W: Write, P: Port + 'a, L: Pins + 'a>(
        &'a mut self,
        rx: &'a mut R,
        tx: &'a mut W,
        port: P,
        pins: L,
    ) -> impl Future<Output = RunError<R::Error, W::Error>> + 'a {
        async move {
            let available = pins.available();
            if available != PinSet::NONE {
                self.drive.attach(available);
            }
            match select(self.receive(rx), self.transmit(tx, port, pins)).await {
                Either::First(error) => error.map_or(RunError::Eof, RunError::Read),
                Either::Second(error) => error.map_or(RunError::Eof, RunError::Write),
            }
        }
    }

    fn receive<'a, R: Read>(&'a self, rx: &'a mut R) -> impl Future<Output = Option<R::Error>> + 'a {
        async move {
            let mut chunk = [0; CHUNK];
            loop {
                let room = poll_fn(|cx| self.poll_room(cx)).await;
                let count = match rx.read(chunk.get_mut(..room.min(CHUNK)).unwrap_or_default()).await {
                    Ok(0) => return None,
                    Ok(count) => count,
                    Err(error) => return Some(error),
                };
                self.drive.handle_rx(now(), chunk.get(..count).unwrap_or_default());
            }
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

    fn transmit<'a, W: Write, P: Port + 'a, L: Pins + 'a>(
        &'a self,
        tx: &'a mut W,
        mut port: P,
        mut pins: L,
    ) -> impl Future<Output = Option<W::Error>> + 'a {
        async move {
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
    }

    /// Waits for users, bytes or the deadline.
    fn wait(&self, until: Option<Instant>) -> impl Future<Output = ()> + '_ {
        let mut first = true;
        poll_fn(move |cx| {
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
    }
}
