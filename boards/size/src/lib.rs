//! What the firmwares share: a serial port, the time and a panic handler, each as small as can be.
//!
//! The code is what counts: it is that of a driver with an interrupt, a ring of 256 bytes and a timer with one alarm.
#![no_std]

pub mod all;
pub mod apps;
mod chip;
mod clock;
pub mod ip;
pub mod links;
mod serial;
pub mod superloop;

pub use chip::entry;
pub use clock::Ticks;
pub use serial::Serial;

/// Silent: texts of panics would be measured otherwise.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
