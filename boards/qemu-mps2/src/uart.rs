//! The modem's serial port: driven by interrupts, with a ring each way, for embedded-io-async and embedded-io.
//!
//! No byte is lost. When its ring is full the driver leaves the byte in the UART, and QEMU then gives it no other: that is
//! what RTS does on a real board.

use core::convert::Infallible;
use core::future::poll_fn;
use core::task::Poll;

use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::pipe::Pipe;
use embassy_sync::waitqueue::AtomicWaker;
use embedded_io::{ErrorType, ReadReady, WriteReady};

use crate::registers::{Interrupt, UART1};

/// Of the state register.
const SENDING: u32 = 1 << 0;
const RECEIVED: u32 = 1 << 1;
/// Of the control register: both directions, with an interrupt each.
const ENABLE: u32 = 0b1111;
/// Of the interrupt register.
const SENT_INTERRUPT: u32 = 1 << 0;
const RECEIVED_INTERRUPT: u32 = 1 << 1;

const BAUD: u32 = 115_200;

static INPUT: Pipe<CriticalSectionRawMutex, 256> = Pipe::new();
static OUTPUT: Pipe<CriticalSectionRawMutex, 256> = Pipe::new();
static EMPTY: AtomicWaker = AtomicWaker::new();

/// Starts the port and gives its two directions.
pub fn start() -> (Receiver, Transmitter) {
    UART1.divider.write(crate::time::CLOCK / BAUD);
    UART1.control.write(ENABLE);
    Interrupt::Uart1Received.unmask();
    Interrupt::Uart1Sent.unmask();
    (Receiver, Transmitter)
}

pub(crate) fn on_received() {
    UART1.interrupts.write(RECEIVED_INTERRUPT);
    while !INPUT.is_full() && UART1.state.read() & RECEIVED != 0 {
        // There is room, and nobody else puts anything in.
        let _ = INPUT.try_write(&[UART1.data.read() as u8]);
    }
}

pub(crate) fn on_sent() {
    UART1.interrupts.write(SENT_INTERRUPT);
    while UART1.state.read() & SENDING == 0 {
        let mut byte = [0];
        if OUTPUT.try_read(&mut byte).is_err() {
            EMPTY.wake();
            break;
        }
        UART1.data.write(byte[0].into());
    }
}

fn is_sent() -> bool {
    OUTPUT.is_empty() && UART1.state.read() & SENDING == 0
}

/// What the modem sends.
#[derive(Debug)]
pub struct Receiver;

impl ErrorType for Receiver {
    type Error = Infallible;
}

impl embedded_io_async::Read for Receiver {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let count = INPUT.read(buffer).await;
        // There is room again for the byte that may wait in the UART.
        Interrupt::Uart1Received.pend();
        Ok(count)
    }
}

/// What the modem gets.
#[derive(Debug)]
pub struct Transmitter;

impl ErrorType for Transmitter {
    type Error = Infallible;
}

impl embedded_io_async::Write for Transmitter {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        let count = OUTPUT.write(bytes).await;
        Interrupt::Uart1Sent.pend();
        Ok(count)
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        poll_fn(|cx| {
            EMPTY.register(cx.waker());
            if is_sent() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        Ok(())
    }
}

/// Both directions for who polls: a superloop.
#[derive(Debug)]
pub struct Polled;

impl Polled {
    /// The port, as it is when both of its directions are at hand.
    #[must_use]
    pub fn new(_: Receiver, _: Transmitter) -> Self {
        Polled
    }
}

impl ErrorType for Polled {
    type Error = Infallible;
}

impl ReadReady for Polled {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        Ok(!INPUT.is_empty())
    }
}

impl WriteReady for Polled {
    fn write_ready(&mut self) -> Result<bool, Infallible> {
        Ok(!OUTPUT.is_full())
    }
}

impl embedded_io::Read for Polled {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        loop {
            if let Ok(count) = INPUT.try_read(buffer) {
                Interrupt::Uart1Received.pend();
                return Ok(count);
            }
        }
    }
}

impl embedded_io::Write for Polled {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        loop {
            if let Ok(count) = OUTPUT.try_write(bytes) {
                Interrupt::Uart1Sent.pend();
                return Ok(count);
            }
        }
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        while !is_sent() {}
        Ok(())
    }
}
