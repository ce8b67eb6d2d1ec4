//! The time: a counter of microseconds with one alarm.

use core::cell::RefCell;
use core::task::Waker;

use cellular_nal::Instant;
use critical_section::Mutex;
use embassy_time_driver::{Driver, time_driver_impl};
use embassy_time_queue_utils::Queue;

use crate::chip;

/// The clock of the firmware without an executor.
#[derive(Debug)]
pub struct Ticks;

impl Ticks {
    /// The time since the start.
    #[must_use]
    pub fn time() -> Instant {
        Instant::from_micros(chip::micros())
    }
}

impl cellular_nal::nb::Clock for Ticks {
    fn now(&mut self) -> Instant {
        Self::time()
    }
}

struct Timer {
    queue: Mutex<RefCell<Queue>>,
}

time_driver_impl!(static TIMER: Timer = Timer { queue: Mutex::new(RefCell::new(Queue::new())) });

impl Timer {
    /// Wakes what is due and sets the alarm to what comes next.
    fn advance(&self, queue: &mut Queue) {
        let mut next = queue.next_expiration(chip::micros());
        while next <= chip::micros() {
            next = queue.next_expiration(chip::micros());
        }
        chip::set_alarm(next.saturating_sub(chip::micros()));
    }
}

impl Driver for Timer {
    fn now(&self) -> u64 {
        chip::micros()
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|cs| {
            // Nobody else has it: critical sections do not interrupt each other.
            if let Ok(mut queue) = self.queue.borrow(cs).try_borrow_mut()
                && queue.schedule_wake(at, waker)
            {
                self.advance(&mut queue);
            }
        });
    }
}

pub(crate) fn on_interrupt() {
    critical_section::with(|cs| {
        if let Ok(mut queue) = TIMER.queue.borrow(cs).try_borrow_mut() {
            TIMER.advance(&mut queue);
        }
    });
}
