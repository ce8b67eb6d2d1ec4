//! A Sequans modem reports a full receive buffer with a bare `ERROR` (RYZ014 use cases §6.1.5, §6.2.5); wherever that comes, no answer reaches the wrong command afterwards.
use crate::common;

use common::conversation::{Outcome, standard};
use common::{Extra, Setup, urcs};
use modem_sim::Model;

/// False when the conversation has fewer lines.
fn disturbed(place: usize) -> bool {
    let mut world = Setup { record: true, ..Setup::new(Model::Ryz014a) }.build();
    world.bring_up();
    let (mut seen, happened) = (0, std::rc::Rc::new(std::cell::Cell::new(false)));
    let happens = happened.clone();
    world.behind = Some(Box::new(move |piece| {
        seen += usize::from(urcs::may_follow(piece));
        let here = seen > place && !happens.replace(seen > place);
        here.then(|| Extra::Raw(b"\r\nERROR\r\n".into()))
    }));
    let outcome = world.try_run(300, standard(world.control, world.stack));
    world.behind = None;
    match &outcome {
        Some(Ok(outcome)) => {
            assert_eq!(*outcome, Outcome::expected(), "behind line {place}\n{}", world.tail())
        }
        Some(Err(_)) => {}
        None => panic!("behind line {place}: it hangs\n{}", world.tail()),
    }
    let control = world.control;
    let status = world.run(60, control.refresh()).expect("the link is up");
    assert_eq!(status.operator(), "Test Network", "behind line {place}\n{}", world.tail());
    for _ in 0..3 {
        world.echoes(60);
    }
    world.leaves_nothing_open();
    happened.get()
}

#[test]
fn an_error_that_belongs_to_no_command_damages_nothing() {
    let places = (0..).take_while(|&place| disturbed(place)).count();
    assert!(places > 10, "only {places} lines were seen");
}
