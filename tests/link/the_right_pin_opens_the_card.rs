//! The configured PIN is given when the card asks for it.
use crate::common;

use cellular_nal::Config;
use common::Setup;
use modem_sim::{Model, Options};

#[test]
fn the_right_pin_opens_the_card() {
    for &model in Model::ALL {
        let options = Options { pin: Some("12345678".into()), ..Options::default() };
        let config = Config::new().pin("12345678").expect("it is a PIN");
        let mut world = Setup { options, config, record: true, ..Setup::new(model) }.build();
        world.bring_up();
        // After a restart the card is locked again.
        world.modem.reboot(world.now);
        world.recovers(120);
        let tries = world.log.borrow().iter().filter(|line| line.contains("> AT+CPIN=\\\"12345678")).count();
        assert_eq!(tries, 2, "{model}: {}", world.tail());
        world.no_breach();
    }
}
