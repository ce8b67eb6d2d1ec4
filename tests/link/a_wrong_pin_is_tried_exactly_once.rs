//! A refused PIN is never given again, not even when one asks for the link again or the modem restarts; the card is not blocked.
use crate::common;

use cellular_nal::{Config, Error};
use common::Setup;
use modem_sim::{Model, Options};

#[test]
fn a_wrong_pin_is_tried_exactly_once() {
    for &model in Model::ALL {
        let options = Options { pin: Some("1234".into()), ..Options::default() };
        let config = Config::new().pin("9999").expect("it is a PIN");
        let mut world = Setup { options, config, record: true, ..Setup::new(model) }.build();
        let tries = |world: &common::World| {
            world.log.borrow().iter().filter(|line| line.contains("> AT+CPIN=")).count()
        };
        let control = world.control;
        assert_eq!(
            world.try_run(60, control.connect()),
            Some(Err(Error::WrongPin)),
            "{model}: {}",
            world.tail()
        );
        world.pass_secs(100);
        assert_eq!(
            world.try_run(60, control.connect()),
            Some(Err(Error::WrongPin)),
            "{model}: {}",
            world.tail()
        );
        world.run(200, control.disconnect());
        assert_eq!(
            world.try_run(60, control.connect()),
            Some(Err(Error::WrongPin)),
            "{model}: {}",
            world.tail()
        );
        world.modem.reboot(world.now);
        world.pass_secs(100);
        assert_eq!(tries(&world), 1, "{model}: {}", world.tail());
        // Without the lock, all is well.
        world.modem.set_pin(world.now, None);
        world.pass_secs(30);
        world.recovers(60);
    }
}
