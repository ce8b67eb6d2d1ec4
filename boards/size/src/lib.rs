//! What the firmwares share: a serial port, the time and a panic handler, each as small as can be.
//!
//! The addresses are those of no chip in particular. The code is what counts: it is that of a
//! driver with an interrupt, a ring of 256 bytes and a timer with one compare register.
#![no_std]

pub mod apps;
mod clock;
pub mod ip;
mod serial;

pub use clock::Ticks;
pub use serial::Serial;

// Brings the critical section of this core.
use cortex_m as _;

/// Silent: texts of panics would be measured otherwise.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}

/// Every interrupt comes here.
#[cortex_m_rt::exception]
unsafe fn DefaultHandler(_: i16) {
    serial::on_interrupt();
    clock::on_interrupt();
}

/// A register of the made-up chip.
struct Register(*mut u32);

// Registers have no owner; access is a single volatile load or store.
unsafe impl Sync for Register {}

impl Register {
    const fn at(address: usize) -> Self {
        Self(address as *mut u32)
    }

    fn read(&self) -> u32 {
        unsafe { self.0.read_volatile() }
    }

    fn write(&self, value: u32) {
        unsafe { self.0.write_volatile(value) }
    }
}
