//! An executor in thread mode that sleeps by WFI.
//!
//! embassy-executor's own sleeps by WFE, which QEMU takes for no operation on Cortex-M: it would keep a processor of the
//! host busy.
//!
//! # Safety
//!
//! The executor is polled here and nowhere else, in thread mode, not by the pender. Interrupts are enabled again only
//! where this module has disabled them.
#![allow(unsafe_code)]

use core::sync::atomic::{AtomicBool, Ordering};

use cortex_m::{asm, interrupt};
use embassy_executor::{Spawner, raw};

static WOKEN: AtomicBool = AtomicBool::new(false);

#[unsafe(no_mangle)]
fn __pender(_: *mut ()) {
    WOKEN.store(true, Ordering::Release);
}

/// The executor for `#[embassy_executor::main]`.
pub struct Executor(raw::Executor);

impl Executor {
    /// It runs nothing yet.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "made by a macro alone")]
    pub fn new() -> Self {
        Executor(raw::Executor::new(core::ptr::null_mut()))
    }

    /// Spawns the first task by `init` and runs tasks for ever.
    pub fn run(&'static mut self, init: impl FnOnce(Spawner)) -> ! {
        init(self.0.spawner());
        loop {
            unsafe { self.0.poll() };
            interrupt::disable();
            // A wake from now on is an interrupt that is pending, which ends WFI though they are disabled.
            if !WOKEN.swap(false, Ordering::Acquire) {
                asm::wfi();
            }
            unsafe { interrupt::enable() };
        }
    }
}
