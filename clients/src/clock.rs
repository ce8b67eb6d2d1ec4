//! The time of embassy-time: each thread, and so each test, has its own.

use std::cell::{Cell, RefCell};
use std::task::Waker;
use std::time::Duration;

use embassy_time_driver::Driver;

thread_local! {
    static NOW: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    static TIMERS: RefCell<Vec<(Duration, Waker)>> = const { RefCell::new(Vec::new()) };
}

struct Virtual;

impl Driver for Virtual {
    fn now(&self) -> u64 {
        NOW.get().as_micros() as u64
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        let at = Duration::from_micros(at);
        TIMERS.with_borrow_mut(|timers| {
            if !timers.iter().any(|(other, known)| *other == at && known.will_wake(waker)) {
                timers.push((at, waker.clone()));
            }
        });
    }
}

embassy_time_driver::time_driver_impl!(static DRIVER: Virtual = Virtual);

/// A new world begins: it is zero, and nobody waits.
pub fn start() {
    NOW.set(Duration::ZERO);
    TIMERS.with_borrow_mut(Vec::clear);
}

/// It is `now`: what is due is woken.
pub fn set(now: Duration) {
    NOW.set(now);
    let due: Vec<_> = TIMERS.with_borrow_mut(|timers| timers.extract_if(.., |(at, _)| *at <= now).collect());
    for (_, waker) in due {
        waker.wake();
    }
}

/// When something is due next.
pub fn next() -> Option<Duration> {
    TIMERS.with_borrow(|timers| timers.iter().map(|&(at, _)| at).min())
}
