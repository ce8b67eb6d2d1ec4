//! The registers that the board uses (Arm DAI 0386, Cortex-M System Design Kit TRM §4).
//!
//! # Safety
//!
//! All addresses are made here, from the board's memory map: each is that of a 32-bit register, aligned, there as long as
//! the program runs, and no memory of the program, so a volatile access can be undefined for nobody. None of these
//! registers makes the hardware access memory. Two users of one register can confuse the device, not the program.
#![allow(unsafe_code)]

use cortex_m::interrupt::InterruptNumber;
use cortex_m::peripheral::NVIC;

/// A 32-bit register.
#[derive(Clone, Copy)]
pub(crate) struct Register(usize);

impl Register {
    pub(crate) fn read(self) -> u32 {
        unsafe { (self.0 as *const u32).read_volatile() }
    }

    pub(crate) fn write(self, value: u32) {
        unsafe { (self.0 as *mut u32).write_volatile(value) }
    }
}

/// A UART: one byte each way and no FIFO.
pub(crate) struct Uart {
    pub(crate) data: Register,
    pub(crate) state: Register,
    pub(crate) control: Register,
    /// Shows which interrupts are pending; ones that are written clear them.
    pub(crate) interrupts: Register,
    pub(crate) divider: Register,
}

/// A timer that counts down once each tick and begins anew at its reload value.
pub(crate) struct Timer {
    pub(crate) control: Register,
    pub(crate) value: Register,
    pub(crate) reload: Register,
    /// Shows whether the interrupt is pending; a one that is written clears it.
    pub(crate) interrupt: Register,
}

/// Where the modem is.
pub(crate) const UART1: Uart = uart(0x4000_5000);
pub(crate) const TIMER0: Timer = timer(0x4000_0000);
pub(crate) const TIMER1: Timer = timer(0x4000_1000);

const fn uart(base: usize) -> Uart {
    Uart {
        data: Register(base),
        state: Register(base + 0x4),
        control: Register(base + 0x8),
        interrupts: Register(base + 0xc),
        divider: Register(base + 0x10),
    }
}

const fn timer(base: usize) -> Timer {
    Timer {
        control: Register(base),
        value: Register(base + 0x4),
        reload: Register(base + 0x8),
        interrupt: Register(base + 0xc),
    }
}

/// The interrupts that the board uses.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Interrupt {
    Uart1Received = 2,
    Uart1Sent = 3,
    Timer0 = 8,
    Timer1 = 9,
}

/// The numbers are those of the board and do not change.
unsafe impl InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        self as u16
    }
}

impl Interrupt {
    /// From now on its handler is called. No critical section here relies on masks of single interrupts.
    pub(crate) fn unmask(self) {
        unsafe { NVIC::unmask(self) }
    }

    /// Calls its handler as soon as interrupts are allowed.
    pub(crate) fn pend(self) {
        NVIC::pend(self);
    }
}

/// Every interrupt comes here.
#[cortex_m_rt::exception]
unsafe fn DefaultHandler(number: i16) {
    const RECEIVED: i16 = Interrupt::Uart1Received as i16;
    const SENT: i16 = Interrupt::Uart1Sent as i16;
    const OVERFLOW: i16 = Interrupt::Timer0 as i16;
    const ALARM: i16 = Interrupt::Timer1 as i16;
    match number {
        RECEIVED => crate::uart::on_received(),
        SENT => crate::uart::on_sent(),
        OVERFLOW => crate::time::on_overflow(),
        ALARM => crate::time::on_alarm(),
        other => panic!("interrupt {other} has no handler"),
    }
}
