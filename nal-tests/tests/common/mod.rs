//! What the tests of this crate share.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(missing_docs, unreachable_pub)]

use std::time::Duration;

use nal_tests::{Deviation, Outcome, Records, Timer};

/// The time of the operating system.
pub struct System;

impl Timer for System {
    async fn after(&self, milliseconds: u32) {
        async_io::Timer::after(Duration::from_millis(milliseconds.into())).await;
    }
}

/// Prints all outcomes, and ends the test unless they are what was known: nothing fails, and every
/// known deviation is one.
pub fn verify(records: &Records, deviations: &[Deviation]) {
    let mut wrong = Vec::new();
    for entry in records.entries() {
        println!("{}", entry.text());
        if matches!(entry.outcome, Outcome::Fail(_) | Outcome::Mended { .. }) {
            wrong.push(entry.text().to_string());
        }
    }
    print!("{}", records.summary());
    for known in deviations {
        assert!(
            records.entries().any(|entry| entry.case.id == known.id),
            "there is no case {} to deviate from",
            known.id
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
