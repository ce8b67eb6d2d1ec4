//! The operator mode lives in flash: it is written, and the modem started anew, only for another one.

use crate::common;

use cellular_nal::Error;
use modem_sim::Model;

#[test]
fn the_operator_mode_is_written_where_it_differs() {
    for &model in Model::KNOWN {
        let mut world = common::up(model);
        let control = world.control;
        let before = world.run(10, control.operator_mode());
        if model == Model::LenaR8 {
            assert_eq!(before, Err(Error::Unsupported));
            continue;
        }
        let before = before.unwrap_or_else(|error| panic!("{model}: {error}\n{}", world.tail()));
        assert_eq!(world.run(60, control.set_operator_mode(&before)), Ok(false), "{model}");
        let other = if model.is_ublox() { "100" } else { "verizon" };
        assert_ne!(before.as_str(), other, "{model}");
        let written = world.run(120, control.set_operator_mode(other));
        assert_eq!(written, Ok(true), "{model}: {}", world.tail());
        world.comes_up(120);
        let now = world.run(10, control.operator_mode()).expect("it is told");
        assert_eq!(now.as_str(), other, "{model}: {}", world.tail());
        assert_eq!(world.run(60, control.set_operator_mode(other)), Ok(false), "{model}");
        world.echoes(60);
        world.no_breach();
    }
}
