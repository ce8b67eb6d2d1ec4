//! When only garbage comes from the line, the link fails with `NoModem` in time, and comes up once it is clean.
use crate::common;

use cellular_nal::Error;
use common::Setup;
use modem_sim::line::Faults;
use modem_sim::{Direction, Model};

#[test]
fn a_modem_that_answers_garbage_is_no_modem() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.baud_changes = false;
        for direction in [Direction::ToModem, Direction::ToHost] {
            let garbage = Faults { flip_per_million: 1_000_000, ..Faults::paced(115_200) };
            world.line.set_faults(direction, garbage);
            let control = world.control;
            assert_eq!(
                world.try_run(120, control.connect()),
                Some(Err(Error::NoModem)),
                "{model}: {}",
                world.tail()
            );
            world.line.set_faults(direction, Faults::paced(115_200));
            world.recovers(120);
            world.run(200, control.disconnect());
        }
        // While the link is up: everything dies, and comes back.
        let control = world.control;
        world.run(120, control.connect()).expect("the link comes up");
        let garbage = Faults { flip_per_million: 1_000_000, ..Faults::paced(115_200) };
        world.line.set_faults(Direction::ToHost, garbage);
        let dead = world.try_run(300, common::conversation::echo(world.stack, b"hello"));
        assert!(matches!(dead, Some(Err(_))), "{model}: {dead:?}\n{}", world.tail());
        world.line.set_faults(Direction::ToHost, Faults::paced(115_200));
        world.recovers(200);
    }
}
