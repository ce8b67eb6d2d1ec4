//! A modem that starts together with the host is up soon after it has booted, however long that takes and with echo on or off.
use crate::common;

use std::time::Duration;

use common::Setup;
use modem_sim::{Model, Options};

#[test]
fn a_modem_that_boots_is_waited_for() {
    for &model in Model::ALL {
        for echo in [None, Some(true), Some(false)] {
            for boot in [0, 1, 4, 9, 15, 40] {
                let boot_time = Some(Duration::from_secs(boot));
                let options = Options { echo, boot_time, ..Options::default() };
                let mut world = Setup { options, record: true, ..Setup::new(model) }.build();
                world.comes_up(boot + 30);
                world.echoes(30);
                world.leaves_nothing();
            }
        }
    }
}
