//! A modem that has been running for long, silent and with sockets of an earlier life, is taken over and they are closed.
use crate::common;

use common::Setup;
use modem_sim::{Boot, Model, Options};

#[test]
fn a_modem_that_was_up_already_is_taken_over() {
    for &model in Model::ALL {
        for echo in [Some(true), Some(false)] {
            for stale_sockets in [0, 1, 3, 6, 7] {
                let options = Options {
                    boot: Boot::Running,
                    echo,
                    stale_sockets,
                    stale_hex_mode: true,
                    ..Options::default()
                };
                let mut world = Setup { options, record: true, ..Setup::new(model) }.build();
                let start = world.now;
                world.bring_up();
                let took = world.now - start;
                assert!(took.as_secs() < 3, "{model}: it took {took:?}\n{}", world.tail());
                for _ in 0..3 {
                    world.echoes(30);
                }
                world.leaves_nothing();
            }
        }
    }
}
