//! Cortex-M.

use super::Register;

pub use cortex_m_rt::entry;
// Brings the critical section of this core.
use cortex_m as _;

/// Of the interrupt controller, and in it those of UART1 and TIMER0.
const ENABLED: Register = Register::at(0xE000_E100);
const BOTH: u32 = 1 << 2 | 1 << 8;

pub(super) fn allow_interrupts() {
    ENABLED.write(BOTH);
}

#[cortex_m_rt::exception]
unsafe fn DefaultHandler(_: i16) {
    super::on_interrupt();
}
