//! The time: one timer counts, the other one rings.

use core::cell::{Cell, RefCell};
use core::task::Waker;

use critical_section::{CriticalSection, Mutex};
use embassy_time_driver::{Driver, time_driver_impl};
use embassy_time_queue_utils::Queue;

use crate::registers::{Interrupt, TIMER0, TIMER1};

/// Ticks of the timers in a second.
pub(crate) const CLOCK: u32 = 25_000_000;
const PER_MICROSECOND: u64 = CLOCK as u64 / 1_000_000;

/// Of the control register: count, with an interrupt at zero.
const ENABLE: u32 = 1 << 0 | 1 << 3;

/// Longest time until the alarm is set anew; less than the counter holds.
const FARTHEST: u64 = u32::MAX as u64 / PER_MICROSECOND / 2;

struct Time {
    /// How often the counter went through all of its values.
    overflows: Mutex<Cell<u32>>,
    queue: Mutex<RefCell<Queue>>,
}

time_driver_impl!(static TIME: Time = Time {
    overflows: Mutex::new(Cell::new(0)),
    queue: Mutex::new(RefCell::new(Queue::new())),
});

/// Starts the time.
pub fn start() {
    TIMER0.reload.write(u32::MAX);
    TIMER0.value.write(u32::MAX);
    TIMER0.control.write(ENABLE);
    Interrupt::Timer0.unmask();
    Interrupt::Timer1.unmask();
}

pub(crate) fn on_overflow() {
    critical_section::with(|cs| TIME.count_overflow(cs));
}

pub(crate) fn on_alarm() {
    TIMER1.interrupt.write(1);
    critical_section::with(|cs| TIME.ring(cs));
}

impl Time {
    fn count_overflow(&self, cs: CriticalSection<'_>) {
        if TIMER0.interrupt.read() != 0 {
            TIMER0.interrupt.write(1);
            let overflows = self.overflows.borrow(cs);
            overflows.set(overflows.get().wrapping_add(1));
        }
    }

    fn micros(&self, cs: CriticalSection<'_>) -> u64 {
        self.count_overflow(cs);
        let mut counted = u32::MAX - TIMER0.value.read();
        if TIMER0.interrupt.read() != 0 {
            // It went through zero just now, before or after it was read.
            self.count_overflow(cs);
            counted = u32::MAX - TIMER0.value.read();
        }
        (u64::from(self.overflows.borrow(cs).get()) << 32 | u64::from(counted)) / PER_MICROSECOND
    }

    /// Wakes what is due and sets the alarm to what comes next.
    fn ring(&self, cs: CriticalSection<'_>) {
        let mut queue = self.queue.borrow_ref_mut(cs);
        let now = self.micros(cs);
        let next = queue.next_expiration(now);
        TIMER1.control.write(0);
        if next != u64::MAX {
            set_alarm(next.saturating_sub(now));
        }
    }
}

/// Rings after so many microseconds, or earlier.
fn set_alarm(micros: u64) {
    let ticks = (micros.clamp(1, FARTHEST) * PER_MICROSECOND) as u32;
    TIMER1.control.write(0);
    TIMER1.reload.write(ticks);
    TIMER1.value.write(ticks);
    TIMER1.interrupt.write(1);
    TIMER1.control.write(ENABLE);
}

impl Driver for Time {
    fn now(&self) -> u64 {
        critical_section::with(|cs| self.micros(cs))
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|cs| {
            let sooner = self.queue.borrow_ref_mut(cs).schedule_wake(at, waker);
            if sooner {
                self.ring(cs);
            }
        });
    }
}

/// Sleeps until an interrupt, for a millisecond at most: a superloop does so between its rounds, and has no other alarms.
pub(crate) fn nap() {
    critical_section::with(|_| {
        set_alarm(1000);
        // An interrupt that is pending ends it though they are disabled.
        cortex_m::asm::wfi();
    });
}
