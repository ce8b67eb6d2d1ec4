//! The link comes up, the modem is dialled, and TCP, UDP and names work over PPP: on every model.
use crate::common;

use common::conversation::{Outcome, standard};
use common::{Mode, Setup};
use modem_sim::Model;

#[test]
fn a_modem_is_dialled_and_carries_connections() {
    for &model in Model::ALL {
        let mut setup = Setup::new(model);
        setup.mode = Mode::Ppp;
        setup.record = true;
        let mut world = setup.build();
        let (control, (stack, _)) = (world.control, world.ip.expect("there is a stack"));
        assert_eq!(world.run(120, standard(control, stack)), Ok(Outcome::expected()), "{model:?}");
    }
}
