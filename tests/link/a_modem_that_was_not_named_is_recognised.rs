//! `dialect::detect::AUTO` at every simulated modem.

use crate::common;

use cellular_nal::dialect::detect::AUTO;
use common::Setup;
use common::conversation::{Outcome, standard};
use modem_sim::Model;

#[test]
fn a_modem_that_was_not_named_is_recognised() {
    for &model in Model::KNOWN {
        let mut world = Setup { dialect: Some(&AUTO), record: true, ..Setup::new(model) }.build();
        assert_eq!(world.engine.borrow().model(), "auto");
        let outcome = world.try_run(60, standard(world.control, world.stack));
        assert_eq!(world.engine.borrow().model(), model.to_string(), "{}", world.tail());
        assert_eq!(outcome, Some(Ok(Outcome::expected())), "{model}\n{}", world.tail());
        world.leaves_nothing();
    }
}
