//! Everything that the crate logs, at any level.

use std::sync::{Mutex, MutexGuard};

static LOG: Mutex<String> = Mutex::new(String::new());

struct Sink;

impl log::Log for Sink {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let mut log = recorded();
        log.push_str(&record.args().to_string());
        log.push('\n');
    }

    fn flush(&self) {}
}

/// From now on it is kept; once in a program.
pub(crate) fn record() {
    log::set_logger(&Sink).expect("there is no other");
    log::set_max_level(log::LevelFilter::Trace);
}

/// A line for each record. Nothing can be logged while it is held.
pub(crate) fn recorded() -> MutexGuard<'static, String> {
    LOG.lock().expect("nobody panics with it")
}
