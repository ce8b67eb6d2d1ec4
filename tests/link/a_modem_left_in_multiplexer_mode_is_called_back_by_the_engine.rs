//! A host that was here before has left the modem in multiplexer mode: sockets, PPP and the multiplexer work all
//! the same.
use crate::common;

use common::conversation::{Outcome, standard};
use common::{Mode, Setup};
use modem_sim::{Boot, Model};

#[test]
fn a_modem_left_in_multiplexer_mode_is_called_back_by_the_engine() {
    for &model in Model::KNOWN {
        for mode in [Mode::Sockets, Mode::Ppp, Mode::Cmux] {
            if common::dialect(model).multiplexer().is_none() {
                continue;
            }
            let mut setup = Setup { mode, record: true, ..Setup::new(model) };
            setup.options.boot = Boot::Running;
            setup.options.stale_multiplexer = true;
            let mut world = setup.build();
            let control = world.control;
            let outcome = match world.ip {
                Some((stack, _)) => world.run(180, standard(control, stack)),
                None => {
                    let stack = world.stack;
                    world.run(180, standard(control, stack))
                }
            };
            assert_eq!(outcome, Ok(Outcome::expected()), "{model} {mode:?}\n{}", world.tail());
        }
    }
}
