//! The 2G bands that a modem searches (LENA-R8 application development §7.1.3).

use crate::common;

use cellular_nal::Error;
use cellular_nal::control::GsmBands;
use modem_sim::Model;

#[test]
fn the_2g_bands_of_a_modem_can_be_limited() {
    for &model in Model::KNOWN {
        let mut world = common::up(model);
        let control = world.control;
        if model != Model::LenaR8 {
            assert_eq!(world.run(10, control.gsm_bands()), Err(Error::Unsupported), "{model}");
            assert_eq!(
                world.run(10, control.set_gsm_bands(GsmBands::All)),
                Err(Error::Unsupported),
                "{model}"
            );
            continue;
        }
        assert_eq!(world.run(10, control.gsm_bands()), Ok(GsmBands::All), "{}", world.tail());
        assert_eq!(world.run(90, control.set_gsm_bands(GsmBands::Egsm900)), Ok(true), "{}", world.tail());
        assert_eq!(world.run(120, control.connect()), Ok(()), "{}", world.tail());
        assert_eq!(world.run(10, control.gsm_bands()), Ok(GsmBands::Egsm900), "{}", world.tail());
        assert_eq!(world.run(10, control.set_gsm_bands(GsmBands::Egsm900)), Ok(false), "{}", world.tail());
        world.echoes(60);
        world.no_breach();
    }
}
