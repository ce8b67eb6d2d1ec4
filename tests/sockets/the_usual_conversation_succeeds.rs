//! The conversation that all disturbances are tried on succeeds without any.
use crate::common;

use common::Setup;
use common::conversation::{Outcome, standard};
use modem_sim::Model;

#[test]
fn the_usual_conversation_succeeds() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        let outcome = world.run(60, standard(world.control, world.stack));
        assert_eq!(outcome, Ok(Outcome::expected()), "{}", world.tail());
        world.leaves_nothing();
    }
}
