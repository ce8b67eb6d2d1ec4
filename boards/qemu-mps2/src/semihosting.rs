//! What goes through the debugger's back door: the arguments, what is printed, the end of the program. The log does, too, by
//! `defmt_semihosting`.
//!
//! # Safety
//!
//! A semihosting call gets the address of a block that lives until it returns, and the block of `SYS_GET_CMDLINE` names a
//! buffer of this module with its length. Nobody else has the buffer: it is lent out once.
#![allow(unsafe_code)]

use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering};

use cortex_m_semihosting::debug::{self, EXIT_FAILURE, EXIT_SUCCESS};
use cortex_m_semihosting::{nr, syscall};
use defmt::Display2Format;
use static_cell::StaticCell;
// The logger.
use defmt_semihosting as _;

/// What QEMU was given with `-semihosting-config arg=...`.
#[derive(Clone, Copy, Debug)]
pub struct Parameters(&'static str);

impl Parameters {
    /// The value of `NAME=VALUE`.
    #[must_use]
    pub fn get(self, name: &str) -> Option<&'static str> {
        self.0.split(' ').find_map(|word| word.split_once('=').filter(|(key, _)| *key == name)).map(|it| it.1)
    }

    /// The value of one without which the firmware can do nothing.
    ///
    /// # Panics
    /// When it is not there.
    #[must_use]
    pub fn need(self, name: &str) -> &'static str {
        self.get(name).unwrap_or_else(|| panic!("the argument {name}=... is missing"))
    }
}

/// Reads the arguments. There are none when it is called again.
pub fn parameters() -> Parameters {
    static TEXT: StaticCell<[u8; 4096]> = StaticCell::new();
    #[repr(C)]
    struct Block {
        buffer: *mut u8,
        length: usize,
    }
    let Some(text) = TEXT.try_init([0; 4096]) else { return Parameters("") };
    let mut block = Block { buffer: text.as_mut_ptr(), length: text.len() };
    let status = unsafe { syscall(nr::GET_CMDLINE, &mut block) };
    let text: &'static [u8] = text;
    let end = text.iter().position(|byte| *byte == 0).unwrap_or(0);
    let text = text.get(..end).filter(|_| status == 0).unwrap_or_default();
    Parameters(core::str::from_utf8(text).unwrap_or_default())
}

/// Prints what is text among bytes.
pub fn print_bytes(bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        defmt::println!("{=str}", chunk.valid());
    }
}

/// Ends QEMU: with 0 when all is well, otherwise with 1.
pub fn exit<T, E>(result: Result<T, E>) -> ! {
    debug::exit(if result.is_ok() { EXIT_SUCCESS } else { EXIT_FAILURE });
    loop {
        cortex_m::asm::wfi();
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    static ANEW: AtomicBool = AtomicBool::new(false);
    cortex_m::interrupt::disable();
    // In the middle of a message there is no other.
    if !ANEW.swap(true, Ordering::Relaxed) {
        defmt::error!("{}", Display2Format(info));
    }
    exit(Err::<(), _>(()))
}
