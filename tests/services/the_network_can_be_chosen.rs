//! A network that the user names, and back to the modem's own choice.

use crate::common;

use cellular_nal::Error;
use cellular_nal::control::Selection;
use modem_sim::Model;

#[test]
fn the_network_can_be_chosen() {
    for &model in Model::KNOWN {
        let mut world = common::up(model);
        let control = world.control;
        assert_eq!(world.run(60, control.network_is_chosen()), Ok(false), "{model}");
        let bad = world.run(60, control.select_network(Selection::Manual("12")));
        assert_eq!(bad, Err(Error::InvalidInput), "{model}");
        let chosen = world.run(180, control.select_network(Selection::Manual("00101")));
        assert_eq!(chosen, Ok(()), "{model}: {}", world.tail());
        assert_eq!(world.run(60, control.network_is_chosen()), Ok(true), "{model}: {}", world.tail());
        world.comes_up(120);
        world.echoes(60);
        assert_eq!(world.run(180, control.select_network(Selection::Automatic)), Ok(()), "{model}");
        assert_eq!(world.run(60, control.network_is_chosen()), Ok(false), "{model}");
        world.comes_up(120);
        world.echoes(60);
        world.no_breach();
    }
}
