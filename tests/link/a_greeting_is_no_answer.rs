//! A u-blox modem that greets after its start, with whatever words, comes up and comes back.
use crate::common;

use common::Setup;
use modem_sim::{Model, Options};

#[test]
fn a_greeting_is_no_answer() {
    for greeting in ["+UUSTATUS: READY", "+PBREADY", "Hello, I am a modem", "OK", "ERROR", "READY", "AT"] {
        let options = Options { greeting: Some(greeting.into()), ..Options::default() };
        let mut world = Setup { options, record: true, ..Setup::new(Model::SaraR5) }.build();
        world.bring_up();
        world.echoes(30);
        world.modem.reboot(world.now);
        world.recovers(100);
        world.leaves_nothing_open();
    }
}
