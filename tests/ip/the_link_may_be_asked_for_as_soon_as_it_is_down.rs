//! Whoever asks for the link in the moment in which it has gone down gets it, and the modem is given the time that it
//! needs behind the last connection.
use crate::common;

use common::conversation::{Outcome, echo, standard};
use common::{Mode, Setup, pattern};
use modem_sim::Model;

#[test]
fn the_link_may_be_asked_for_as_soon_as_it_is_down() {
    for mode in [Mode::Ppp, Mode::Cmux] {
        for &model in Model::ALL {
            if mode == Mode::Cmux && common::dialect(model).multiplexer().is_none() {
                continue;
            }
            let mut setup = Setup::new(model);
            setup.mode = mode;
            let mut world = setup.build();
            let (control, (stack, _)) = (world.control, world.ip.expect("there is a stack"));
            assert_eq!(world.run(120, standard(control, stack)), Ok(Outcome::expected()), "{model:?}");
            world.run(60, control.disconnect());
            assert_eq!(world.run(60, control.connect()), Ok(()), "{mode:?}, {model:?}");
            let said = pattern(2000, 2);
            assert_eq!(world.run(60, echo(stack, &said)), Ok(said), "{mode:?}, {model:?}");
            world.no_breach();
        }
    }
}
