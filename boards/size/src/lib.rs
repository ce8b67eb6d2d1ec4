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

use static_cell::StaticCell;

/// Puts something into its place. Each place is used once; `init_with` would bring a panic along.
fn place<T>(cell: &'static StaticCell<T>, make: impl FnOnce() -> T) -> &'static mut T {
    match cell.try_init_with(make) {
        Some(place) => place,
        None => stop(),
    }
}

fn stop() -> ! {
    loop {
        core::hint::spin_loop();
    }
}

/// Silent: texts of panics would be measured otherwise.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    stop()
}
