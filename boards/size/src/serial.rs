//! The serial port: received bytes come by interrupt through a ring, sent ones go to the register.

use core::convert::Infallible;
use core::future::poll_fn;
use core::sync::atomic::{AtomicU8, Ordering};
use core::task::Poll;

use embassy_sync::waitqueue::AtomicWaker;
use embedded_io::{ErrorType, ReadReady, WriteReady};

use crate::chip;

/// Received bytes. The interrupt puts them in, one reader takes them out.
struct Ring {
    bytes: [AtomicU8; 256],
    put: AtomicU8,
    taken: AtomicU8,
    reader: AtomicWaker,
}

static RING: Ring = Ring {
    bytes: [const { AtomicU8::new(0) }; 256],
    put: AtomicU8::new(0),
    taken: AtomicU8::new(0),
    reader: AtomicWaker::new(),
};

impl Ring {
    fn is_empty(&self) -> bool {
        self.put.load(Ordering::Acquire) == self.taken.load(Ordering::Relaxed)
    }

    fn is_full(&self) -> bool {
        self.put.load(Ordering::Relaxed).wrapping_add(1) == self.taken.load(Ordering::Acquire)
    }

    fn put(&self, byte: u8) {
        let put = self.put.load(Ordering::Relaxed);
        if let Some(place) = self.bytes.get(usize::from(put)) {
            place.store(byte, Ordering::Relaxed);
        }
        self.put.store(put.wrapping_add(1), Ordering::Release);
    }

    fn take(&self, buffer: &mut [u8]) -> usize {
        let mut count = 0;
        for to in buffer {
            if self.is_empty() {
                break;
            }
            let taken = self.taken.load(Ordering::Relaxed);
            *to = self.bytes.get(usize::from(taken)).map_or(0, |place| place.load(Ordering::Relaxed));
            self.taken.store(taken.wrapping_add(1), Ordering::Release);
            count += 1;
        }
        count
    }
}

/// What does not fit stays in the UART, which stops the modem: that is what RTS does.
pub(crate) fn on_interrupt() {
    while !RING.is_full()
        && let Some(byte) = chip::received()
    {
        RING.put(byte);
        RING.reader.wake();
    }
}

/// Takes what has come, and what has waited for room.
fn take(buffer: &mut [u8]) -> usize {
    let count = RING.take(buffer);
    critical_section::with(|_| on_interrupt());
    count
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
        poll_fn(|cx| {
            RING.reader.register(cx.waker());
            match take(buffer) {
                0 => Poll::Pending,
                count => Poll::Ready(Ok(count)),
            }
        })
        .await
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
        Ok(take(buffer))
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
