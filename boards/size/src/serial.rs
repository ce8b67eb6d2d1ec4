//! The serial port: received bytes come by interrupt through a ring, sent ones go to the register.

use core::convert::Infallible;
use core::future::poll_fn;
use core::task::Poll;

use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::pipe::Pipe;
use embedded_io::{ErrorType, ReadReady, WriteReady};

use crate::chip;

static RING: Pipe<CriticalSectionRawMutex, 256> = Pipe::new();

pub(crate) fn on_interrupt() {
    while let Some(byte) = chip::received() {
        // Lost when the ring is full, as with any port that has no flow control.
        let _ = RING.try_write(&[byte]);
    }
}

fn try_send(byte: u8) -> bool {
    let free = chip::sendable();
    if free {
        chip::send(byte);
    }
    free
}

/// The port for embedded-io-async.
pub fn split() -> (Receiver, Transmitter) {
    chip::start();
    (Receiver, Transmitter)
}

#[derive(Debug)]
pub struct Receiver;

impl ErrorType for Receiver {
    type Error = Infallible;
}

impl embedded_io_async::Read for Receiver {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        Ok(RING.read(buffer).await)
    }
}

#[derive(Debug)]
pub struct Transmitter;

impl ErrorType for Transmitter {
    type Error = Infallible;
}

impl embedded_io_async::Write for Transmitter {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        let Some(&first) = bytes.first() else { return Ok(0) };
        poll_fn(|cx| {
            if try_send(first) {
                return Poll::Ready(Ok(1));
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// The port for embedded-io.
#[derive(Debug)]
pub struct Serial;

impl Serial {
    /// The port, started.
    #[must_use]
    pub fn start() -> Self {
        chip::start();
        Self
    }
}

impl ErrorType for Serial {
    type Error = Infallible;
}

impl ReadReady for Serial {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        Ok(!RING.is_empty())
    }
}

impl embedded_io::Read for Serial {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        Ok(RING.try_read(buffer).unwrap_or(0))
    }
}

impl WriteReady for Serial {
    fn write_ready(&mut self) -> Result<bool, Infallible> {
        Ok(chip::sendable())
    }
}

impl embedded_io::Write for Serial {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        let Some(&first) = bytes.first() else { return Ok(0) };
        while !try_send(first) {}
        Ok(1)
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
