//! When the link has been taken down, the modem is in command mode again, for whoever uses it next; and the
//! multiplexer is started again with the link.
use crate::common;

use common::conversation::{Outcome, echo, standard};
use common::{Mode, Setup, pattern};
use modem_sim::Model;

#[test]
fn the_modem_leaves_the_multiplexer_with_the_link() {
    for &model in Model::ALL {
        if common::dialect(model).multiplexer().is_none() {
            continue;
        }
        let mut setup = Setup::new(model);
        setup.mode = Mode::Cmux;
        let mut world = setup.build();
        let (control, (stack, _)) = (world.control, world.ip.expect("there is a stack"));
        assert_eq!(world.run(120, standard(control, stack)), Ok(Outcome::expected()), "{model:?}");
        assert!(world.modem.multiplexer().is_some(), "{model:?}: no multiplexer");
        world.run(60, control.disconnect());
        world.pass_secs(1);
        assert!(world.modem.multiplexer().is_none(), "{model:?}: still in multiplexer mode");
        world.ip_up();
        let said = pattern(2000, 2);
        assert_eq!(world.run(60, echo(stack, &said)), Ok(said), "{model:?}");
        assert!(world.modem.multiplexer().is_some(), "{model:?}: no multiplexer any more");
        world.no_breach();
    }
}
