//! The time, and that it is not known before the network has told it.

use crate::common;

use modem_sim::Model;

#[test]
fn the_clock_of_the_network_is_told() {
    for &model in Model::KNOWN {
        let mut world = common::up(model);
        let control = world.control;
        let first = world.run(5, control.time()).unwrap_or_else(|error| panic!("{model}: {error}"));
        let first = first.unwrap_or_else(|| panic!("{model}: the network has told the time"));
        world.pass_secs(3600);
        let second = world.run(5, control.time()).expect("an answer").expect("the time");
        assert!((3600..3605).contains(&(second.unix() - first.unix())), "{model}: {first:?} {second:?}");
        world.no_breach();
    }
}
