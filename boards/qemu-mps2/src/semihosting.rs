//! What goes through the debugger's back door: the log, the arguments and the end of the program.
//!
//! # Safety
//!
//! A semihosting call gets the address of a block that lives until it returns, and the block of `SYS_GET_CMDLINE` names a
//! buffer of this module with its length. Nobody else has the buffer: it is lent out once.
#![allow(unsafe_code)]

use core::fmt::Arguments;
use core::panic::PanicInfo;

use cortex_m_semihosting::debug::{self, EXIT_FAILURE, EXIT_SUCCESS};
use cortex_m_semihosting::{hprint, nr, syscall};
use embassy_time::Instant;
use log::{LevelFilter, Log, Metadata, Record};
use static_cell::StaticCell;

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

/// Writes to the standard output of QEMU.
pub fn print(text: Arguments<'_>) {
    hprint!("{}", text);
}

/// Writes what is text among bytes.
pub fn print_bytes(bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        hprint!("{}", chunk.valid());
    }
}

/// Ends QEMU: with 0 when all is well, otherwise with 1.
pub fn exit<T, E>(result: Result<T, E>) -> ! {
    debug::exit(if result.is_ok() { EXIT_SUCCESS } else { EXIT_FAILURE });
    loop {
        cortex_m::asm::wfi();
    }
}

/// Sends the log to the standard output from now on.
pub fn start_log(level: LevelFilter) {
    // A second call finds the logger in place.
    let _ = log::set_logger(&Logger);
    log::set_max_level(level);
}

/// The firmwares that tell something themselves.
const BINS: [&str; 2] = ["https_get", "ppp_http"];

struct Logger;

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Clients tell a lot; the conversation with the modem is what matters.
        let target = metadata.target();
        let ours = BINS.contains(&target)
            || target.starts_with("cellular_nal")
            || target.starts_with("apps")
            || target.starts_with("qemu");
        ours || metadata.level() <= log::Level::Warn
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let millis = Instant::now().as_millis();
            let (seconds, millis) = (millis / 1000, millis % 1000);
            print(format_args!("{seconds:4}.{millis:03} {:<5} {}\n", record.level(), record.args()));
        }
    }

    fn flush(&self) {}
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    cortex_m::interrupt::disable();
    print(format_args!("{info}\n"));
    exit(Err::<(), _>(()))
}
