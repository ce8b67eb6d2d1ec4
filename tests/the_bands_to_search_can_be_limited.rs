//! The bands that a Sequans modem searches, out of those that its operator mode has.

mod common;

use cellular_nal::Error;
use cellular_nal::control::Bands;
use modem_sim::Model;

#[test]
fn the_bands_to_search_can_be_limited() {
    for &model in Model::KNOWN {
        let mut world = common::up(model);
        let control = world.control;
        let before = world.run(10, control.bands());
        if model.is_ublox() {
            assert_eq!(before, Err(Error::Unsupported), "{model}");
            continue;
        }
        let before = before.unwrap_or_else(|error| panic!("{model}: {error}\n{}", world.tail()));
        let fewer = Bands::of(&[3, 8, 20]);
        assert!(fewer.iter().all(|band| before.contains(band)) && before != fewer, "{model}: {before:?}");
        assert_eq!(world.run(10, control.set_bands(Bands::default())), Err(Error::InvalidInput), "{model}");
        assert_eq!(world.run(10, control.set_bands(fewer)), Ok(()), "{model}: {}", world.tail());
        assert_eq!(world.run(10, control.bands()), Ok(fewer), "{model}: {}", world.tail());
        world.echoes(60);
        world.no_breach();
    }
}
