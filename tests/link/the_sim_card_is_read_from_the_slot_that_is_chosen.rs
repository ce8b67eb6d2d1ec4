//! Two slots for SIM cards (RYZ014 use cases §2.1.2.1): another one is chosen, and the link comes back with its card.

use crate::common;

use cellular_nal::Error;
use cellular_nal::control::SimSlot;
use common::Setup;
use modem_sim::{Model, Options};

#[test]
fn the_sim_card_is_read_from_the_slot_that_is_chosen() {
    let options = Options { sim_slots: 2, ..Options::default() };
    let mut world = Setup { options, record: true, ..Setup::new(Model::Ryz014a) }.build();
    world.bring_up();
    let control = world.control;
    assert_eq!(world.run(10, control.sim_slot()), Ok(SimSlot::Internal), "{}", world.tail());
    let inside = world.run(10, control.imsi()).expect("it is told");
    assert_eq!(world.run(90, control.set_sim_slot(SimSlot::External)), Ok(true), "{}", world.tail());
    world.comes_up(120);
    assert_eq!(world.run(10, control.sim_slot()), Ok(SimSlot::External), "{}", world.tail());
    let outside = world.run(10, control.imsi()).expect("it is told");
    assert_ne!(inside, outside, "{}", world.tail());
    assert_eq!(world.run(10, control.set_sim_slot(SimSlot::External)), Ok(false), "nothing is written again");
    world.echoes(30);
    world.no_breach();
}

#[test]
fn an_empty_slot_is_said_to_be_so() {
    let mut world = Setup { record: true, ..Setup::new(Model::Ryz014a) }.build();
    world.bring_up();
    let control = world.control;
    assert_eq!(world.run(90, control.set_sim_slot(SimSlot::Internal)), Ok(true), "{}", world.tail());
    assert_eq!(world.run(120, control.connect()), Err(Error::NoSim), "{}", world.tail());
    assert_eq!(world.run(90, control.set_sim_slot(SimSlot::External)), Ok(true), "{}", world.tail());
    world.comes_up(120);
    world.echoes(30);
}
