//! Conversations written down: what the driver must say, and what the vendors' documents let the
//! modem answer. The format is that of `modem_sim::transcript`.

use std::time::Duration;

use cellular_nal::Config;
use modem_sim::Model;
use modem_sim::transcript::{Item, Step, Transcript, parse};

use super::script::{Desk, Far};

/// A modem that follows a transcript to the letter.
pub struct Golden {
    model: Model,
    items: Vec<(String, Item)>,
    place: usize,
    heard: Vec<u8>,
    /// When the pause that is under way ends.
    until: Option<Duration>,
}

impl Golden {
    /// The conversations of these files, one after the other.
    pub fn read(model: Model, names: &[&str]) -> Self {
        let folder = if model == Model::SaraR5 { "ublox" } else { "sequans" };
        let mut items = Vec::new();
        for name in names {
            let path = format!("{}/tests/transcripts/{folder}/{name}.at", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            let read: Transcript = parse(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
            assert_eq!(read.model, model, "{path}");
            items.extend(read.items.into_iter().map(|item| (format!("{folder}/{name}.at"), item)));
        }
        Golden { model, items, place: 0, heard: Vec::new(), until: None }
    }

    fn step(&self) -> Option<&Step> {
        self.items.get(self.place).map(|(_, item)| &item.step)
    }

    fn here(&self) -> String {
        match self.items.get(self.place) {
            Some((name, item)) => format!("{name}, line {}", item.line),
            None => "the end".into(),
        }
    }

    /// Everything has been said.
    pub fn is_over(&self) -> bool {
        self.place == self.items.len()
    }
}

impl Far for Golden {
    fn hear(&mut self, _: Duration, bytes: &[u8]) {
        self.heard.extend_from_slice(bytes);
        let expected = self.step().and_then(Step::host_bytes).unwrap_or_default();
        let (heard, here) = (self.heard.escape_ascii().to_string(), self.here());
        let wanted = expected.escape_ascii();
        assert!(expected.starts_with(&self.heard), "{here}: the driver says '{heard}', not '{wanted}'");
        if self.heard == expected {
            self.heard.clear();
            self.place += 1;
        }
    }

    fn due(&self) -> Option<Duration> {
        self.until
    }

    fn say(&mut self, now: Duration) -> Option<Vec<u8>> {
        while let Some(Step::Pause(time) | Step::Silence(time)) = self.step() {
            let until = *self.until.get_or_insert(now + *time);
            if now < until {
                return None;
            }
            self.until = None;
            self.place += 1;
        }
        let bytes = self.step()?.modem_bytes(self.model)?;
        self.place += 1;
        Some(bytes)
    }
}

/// An engine opposite these conversations.
pub fn desk(model: Model, config: Config, names: &[&str]) -> Desk<Golden> {
    Desk::new(model, config, Golden::read(model, names))
}

/// The same with the link up already.
pub fn up(model: Model, names: &[&str]) -> Desk<Golden> {
    let mut desk = desk(model, Config::new(), &[&["bring_up"], names].concat());
    let control = desk.control;
    assert_eq!(desk.run(60, control.connect()), Ok(()), "{}", desk.tail());
    desk.pass(Duration::from_secs(1));
    desk
}

impl Desk<Golden> {
    /// Nothing is left of the conversation.
    pub fn over(&mut self) {
        self.pass(Duration::from_secs(1));
        assert!(self.far.is_over(), "the driver never comes to {}\n{}", self.far.here(), self.tail());
    }
}
