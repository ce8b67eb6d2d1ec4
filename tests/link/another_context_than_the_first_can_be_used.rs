//! Some operators want another context than 1 (Verizon: 3).

use crate::common;

use cellular_nal::Config;
use common::Setup;
use common::conversation::{Outcome, standard};
use modem_sim::Model;

#[test]
fn another_context_than_the_first_can_be_used() {
    for &model in Model::KNOWN {
        let config = Config::new().apn("vzwinternet").unwrap().context(3);
        let mut world = Setup { config, record: true, ..Setup::new(model) }.build();
        let outcome = world.try_run(60, standard(world.control, world.stack));
        assert_eq!(outcome, Some(Ok(Outcome::expected())), "{model}\n{}", world.tail());
        let log = world.log.borrow().join("\n");
        assert!(log.contains("+CGDCONT=3,"), "{model}: the context is not defined\n{log}");
        drop(log);
        world.leaves_nothing();
    }
}
