//! A modem that takes seconds for each answer, and drops what it does for any character that comes meanwhile, is given the
//! time that it needs.
use crate::common;

use std::time::Duration;

use cellular_nal::Config;
use common::script::{Canned, Desk, Far};
use modem_sim::Model;

struct Slow {
    canned: Canned,
    latency: Duration,
    line: Vec<u8>,
    /// The command that it works at, and how long.
    works: Option<(Duration, Vec<u8>)>,
}

impl Far for Slow {
    fn hear(&mut self, now: Duration, bytes: &[u8]) {
        for &byte in bytes {
            self.works = None;
            self.line.push(byte);
            if byte == b'\r' {
                let line = std::mem::take(&mut self.line);
                self.works = (line.len() > 1).then_some((now + self.latency, line));
            }
        }
    }

    fn due(&self) -> Option<Duration> {
        self.works.as_ref().map(|(due, _)| *due)
    }

    fn say(&mut self, now: Duration) -> Option<Vec<u8>> {
        if let Some((_, line)) = self.works.take_if(|(due, _)| *due <= now) {
            self.canned.hear(now, &line);
        }
        self.canned.say(now)
    }
}

#[test]
fn a_modem_that_is_slow_with_every_answer_is_brought_up() {
    for model in [Model::SaraR5, Model::Ryz014a] {
        for millis in [0, 900, 1500, 2100, 2800] {
            let far = Slow {
                canned: Canned::new(model, |_| None),
                latency: Duration::from_millis(millis),
                line: Vec::new(),
                works: None,
            };
            let mut desk = Desk::new(model, Config::new(), far);
            let control = desk.control;
            let up = desk.try_run(180, async { while control.connect().await.is_err() {} });
            assert_eq!(up, Some(()), "{model}, {millis} ms: {}", desk.tail());
        }
    }
}
