//! The chip: registers, interrupts, and what the core starts with.

#[cfg_attr(target_arch = "arm", path = "arm.rs")]
#[cfg_attr(target_arch = "riscv32", path = "riscv.rs")]
mod machine;

pub use machine::entry;

/// A 32-bit register.
pub(crate) struct Register(*mut u32);

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

// UART1 of Arm's MPS2 board, which QEMU emulates (Arm DAI 0386, Cortex-M System Design Kit TRM §4): so that what is
// measured can be run. RISC-V has no such board; what is there is measured alone.
const DATA: Register = Register::at(0x4000_5000);
const STATE: Register = Register::at(0x4000_5004);
const CONTROL: Register = Register::at(0x4000_5008);
const UART_INTERRUPTS: Register = Register::at(0x4000_500C);
const DIVIDER: Register = Register::at(0x4000_5010);
const SENDING: u32 = 1 << 0;
const RECEIVED: u32 = 1 << 1;
/// Both directions, and an interrupt for what comes.
const ENABLE: u32 = 0b1011;
const BAUD: u32 = 115_200;

// TIMER0, which counts down to the alarm.
const TIMER_CONTROL: Register = Register::at(0x4000_0000);
const TIMER_VALUE: Register = Register::at(0x4000_0004);
const TIMER_INTERRUPT: Register = Register::at(0x4000_000C);
const TIMER_ENABLE: u32 = 0b1001;

// The board's counter, and how many cycles are one of its steps.
const COUNTER: Register = Register::at(0x4002_8018);
const PRESCALE: Register = Register::at(0x4002_801C);
/// Cycles in a microsecond.
const CYCLES: u32 = 25;
/// The LEDs, which nobody lights: they stand for the upper half of a counter that has 64 bits on other chips.
const COUNTER_HIGH: Register = Register::at(0x4002_8000);

/// Starts the serial port and the time.
pub(crate) fn start() {
    PRESCALE.write(CYCLES - 1);
    DIVIDER.write(CYCLES * 1_000_000 / BAUD);
    CONTROL.write(ENABLE);
    set_alarm(0);
    TIMER_CONTROL.write(TIMER_ENABLE);
    machine::allow_interrupts();
}

pub(crate) fn received() -> Option<u8> {
    (STATE.read() & RECEIVED != 0).then(|| DATA.read() as u8)
}

pub(crate) fn sendable() -> bool {
    STATE.read() & SENDING == 0
}

pub(crate) fn send(byte: u8) {
    DATA.write(byte.into());
}

/// Microseconds since the start.
pub(crate) fn micros() -> u64 {
    loop {
        let high = COUNTER_HIGH.read();
        let low = COUNTER.read();
        if high == COUNTER_HIGH.read() {
            return u64::from(high) << 32 | u64::from(low);
        }
    }
}

/// An interrupt comes after so many microseconds, or before when they are too many for the timer.
pub(crate) fn set_alarm(after: u64) {
    TIMER_VALUE.write(after.clamp(1, u64::from(u32::MAX / CYCLES)) as u32 * CYCLES);
}

/// Every interrupt comes here.
fn on_interrupt() {
    UART_INTERRUPTS.write(RECEIVED);
    TIMER_INTERRUPT.write(1);
    crate::serial::on_interrupt();
    crate::clock::on_interrupt();
}
