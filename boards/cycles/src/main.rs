//! Counts the instructions that a Cortex-M4 executes for each byte of payload, in QEMU: `./ci.sh cycles`.
//!
//! QEMU is told that an instruction takes a nanosecond (`-icount shift=0`), so its clock counts them. What is
//! printed, one line each, is a name and hundredths of an instruction a byte.
#![no_std]
#![no_main]

mod at;
mod cmux;
mod ppp;

use core::fmt::Arguments;

use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{Peripherals, SYST};
use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hprintln};

/// Instructions between two ticks: the clock of the AN386 is 25 MHz.
const TICK: u32 = 40;
const WHOLE: u32 = 0x00FF_FFFF;

#[entry]
fn main() -> ! {
    if let Some(mut peripherals) = Peripherals::take() {
        let mut meter = Meter::new(&mut peripherals.SYST);
        ppp::measure(&mut meter);
        cmux::measure(&mut meter);
        at::measure(&mut meter);
        debug::exit(debug::EXIT_SUCCESS);
    }
    loop {}
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    hprintln!("{}", info);
    debug::exit(debug::EXIT_FAILURE);
    loop {}
}

/// Counts while it is let.
struct Meter {
    begun: u32,
    ticks: u32,
}

impl Meter {
    fn new(clock: &mut SYST) -> Self {
        clock.set_clock_source(SystClkSource::Core);
        clock.set_reload(WHOLE);
        clock.clear_current();
        clock.enable_counter();
        Self { begun: 0, ticks: 0 }
    }

    /// Counts what `work` executes.
    fn count<R>(&mut self, work: impl FnOnce() -> R) -> R {
        self.begun = SYST::get_current();
        let result = work();
        // It counts down.
        self.ticks += self.begun.wrapping_sub(SYST::get_current()) & WHOLE;
        result
    }

    /// Prints what was counted since the last time, for so many bytes.
    fn print(&mut self, name: Arguments<'_>, bytes: usize) {
        let hundredths = u64::from(core::mem::take(&mut self.ticks)) * u64::from(TICK) * 100 / bytes as u64;
        hprintln!("{} {}", name, hundredths);
    }
}

/// Bytes as they may come: any, letters, or the one that is dearest.
fn fill(kind: &str, dearest: u8, bytes: &mut [u8]) {
    let mut seed = 1_u32;
    for byte in bytes {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let random = (seed >> 24) as u8;
        *byte = match kind {
            "random" => random,
            "text" => b"etaoin shrdlu,.\n"[usize::from(random >> 4)],
            _ => dearest,
        };
    }
}
