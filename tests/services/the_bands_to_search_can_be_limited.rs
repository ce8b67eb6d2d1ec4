//! The LTE bands that a modem searches: on Sequans modems out of those that the operator mode has.

use crate::common;

use cellular_nal::Error;
use cellular_nal::control::Bands;
use modem_sim::Model;

#[test]
fn the_bands_to_search_can_be_limited() {
    for &model in Model::KNOWN {
        let mut world = common::up(model);
        let control = world.control;
        let before = world.run(10, control.bands());
        let before = before.unwrap_or_else(|error| panic!("{model}: {error}\n{}", world.tail()));
        let fewer = Bands::of(&[3, 8, 20]);
        assert!(fewer.iter().all(|band| before.contains(band)) && before != fewer, "{model}: {before:?}");
        assert_eq!(world.run(10, control.set_bands(Bands::default())), Err(Error::InvalidInput), "{model}");
        // A u-blox modem restarts.
        assert_eq!(world.run(90, control.set_bands(fewer)), Ok(true), "{model}: {}", world.tail());
        assert_eq!(world.run(120, control.connect()), Ok(()), "{model}: {}", world.tail());
        assert_eq!(world.run(10, control.bands()), Ok(fewer), "{model}: {}", world.tail());
        // What is set is not written again.
        assert_eq!(world.run(10, control.set_bands(fewer)), Ok(false), "{model}: {}", world.tail());
        world.echoes(60);
        world.no_breach();
    }
}
