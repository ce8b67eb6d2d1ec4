//! However often the host starts anew with a wrong PIN, the card keeps its last try until the user spends it.
use crate::common;

use cellular_nal::{Config, Error};
use common::Setup;
use modem_sim::{Model, Options};

#[test]
fn the_last_try_of_a_pin_is_never_spent_unasked() {
    for &model in Model::KNOWN {
        let mut left = 3;
        let options = Options { pin: Some("1234".into()), ..Options::default() };
        // Another host each time, which knows nothing of the tries before; the card is the same.
        let mut before: Option<common::World> = None;
        for start in 0..5 {
            let config = Config::new().pin("9999").expect("it is a PIN");
            let mut world =
                Setup { options: options.clone(), config, record: true, ..Setup::new(model) }.build();
            if let Some(before) = before.take() {
                (world.modem, world.now) = (before.modem, before.now);
            }
            let control = world.control;
            let expected = if start < 2 { Error::WrongPin } else { Error::LastPinTry };
            let told = world.try_run(60, control.connect());
            assert_eq!(told, Some(Err(expected)), "{model}, start {start}: {}", world.tail());
            world.pass_secs(200);
            left = if start < 2 { left - 1 } else { left };
            assert_eq!(world.modem.sim_tries().0, left, "{model}, start {start}: {}", world.tail());
            before = Some(world);
        }
        // The right one at last, and somebody who says that it is.
        let config = Config::new().pin("1234").expect("it is a PIN");
        let mut world = Setup { options, config, record: true, ..Setup::new(model) }.build();
        let before = before.expect("there was one");
        (world.modem, world.now) = (before.modem, before.now);
        let control = world.control;
        assert_eq!(world.try_run(60, control.connect()), Some(Err(Error::LastPinTry)), "{model}");
        control.spend_last_pin_try();
        world.comes_up(60);
        assert_eq!(world.modem.sim_tries().0, 3, "{model}");
    }
}
