//! Only u-blox documents the pause, and it begins when the final result is out.

use crate::common;

use std::time::Duration;

use common::{Rig, running};
use modem_sim::{Model, Rule};

fn pause(model: Model, pause: Duration) -> Vec<Rule> {
    let mut rig = Rig::new(model, running());
    rig.send(b"AT\r");
    rig.wait_for(b"\r\nOK\r\n");
    rig.pass(pause);
    rig.send(b"AT\r");
    rig.wait_for(b"\r\nOK\r\n");
    rig.rules()
}

#[test]
fn too_early() {
    assert_eq!(pause(Model::SaraR5, Duration::from_micros(19_999)), [Rule::CommandGap]);
}

#[test]
fn in_time() {
    assert_eq!(pause(Model::SaraR5, Duration::from_millis(20)), []);
}

#[test]
fn sequans_needs_no_pause() {
    assert_eq!(pause(Model::Ryz014a, Duration::ZERO), []);
}
