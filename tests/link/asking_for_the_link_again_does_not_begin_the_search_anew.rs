//! Whoever gives a bring-up a short time and asks again and again finds a modem at another bit rate all the same.
use crate::common;

use common::Setup;
use modem_sim::line::Faults;
use modem_sim::{Boot, Model, Options};

#[test]
fn asking_for_the_link_again_does_not_begin_the_search_anew() {
    for &model in Model::ALL {
        for (baud, patience) in [(115_200, 1), (9_600, 1), (9_600, 3), (921_600, 5)] {
            let options = Options { baud, boot: Boot::Running, ..Options::default() };
            let line = Faults::paced(baud);
            let mut world = Setup { options, line, record: true, ..Setup::new(model) }.build();
            let control = world.control;
            let up = (0..200).any(|_| matches!(world.try_run(patience, control.connect()), Some(Ok(()))));
            assert!(
                up,
                "{model}: {baud} bit/s, {patience} s each time: not up after {:?}\n{}",
                world.now,
                world.tail()
            );
            world.echoes(30);
        }
    }
}
