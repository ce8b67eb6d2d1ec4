//! The time: a counter of microseconds with one compare register.

use core::cell::RefCell;
use core::task::Waker;

use critical_section::Mutex;
use embassy_time_driver::{Driver, time_driver_impl};
use embassy_time_queue_utils::Queue;

use crate::Register;

const LOW: Register = Register::at(0x4000_0000);
const HIGH: Register = Register::at(0x4000_0004);
const COMPARE: Register = Register::at(0x4000_0008);

/// Microseconds since the start.
fn now() -> u64 {
    loop {
        let high = HIGH.read();
        let low = LOW.read();
        if high == HIGH.read() {
            return u64::from(high) << 32 | u64::from(low);
        }
    }
}

/// The clock of the firmware without an executor.
#[derive(Debug)]
pub struct Ticks;

impl cellular_nal::nb::Clock for Ticks {
    fn now(&mut self) -> cellular_nal::Instant {
        cellular_nal::Instant::from_micros(now())
    }
}

struct Timer {
    queue: Mutex<RefCell<Queue>>,
}

time_driver_impl!(static TIMER: Timer = Timer { queue: Mutex::new(RefCell::new(Queue::new())) });

impl Timer {
    /// Wakes what is due and sets the compare register to what comes next.
    fn advance(&self, queue: &mut Queue) {
        let mut next = queue.next_expiration(now());
        while next <= now() {
            next = queue.next_expiration(now());
        }
        COMPARE.write(next as u32);
    }
}

impl Driver for Timer {
    fn now(&self) -> u64 {
        now()
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|cs| {
            let mut queue = self.queue.borrow_ref_mut(cs);
            if queue.schedule_wake(at, waker) {
                self.advance(&mut queue);
            }
        });
    }
}

pub(crate) fn on_interrupt() {
    critical_section::with(|cs| TIMER.advance(&mut TIMER.queue.borrow_ref_mut(cs)));
}
