//! Arm's MPS2 board with a Cortex-M4 (AN386), as QEMU emulates it, with a modem at UART1.
//!
//! `boards/run-qemu` runs the firmwares of `src/bin` with a simulated modem.
#![no_std]

pub mod conformance;
mod executor;
pub mod modem;
mod registers;
pub mod semihosting;
pub mod superloop;
pub mod time;
pub mod uart;

pub use executor::Executor;

/// The board, started.
pub(crate) struct Setup {
    parameters: semihosting::Parameters,
    rx: uart::Receiver,
    tx: uart::Transmitter,
}

fn setup() -> Setup {
    let parameters = semihosting::parameters();
    time::start();
    let (rx, tx) = uart::start();
    Setup { parameters, rx, tx }
}
