//! Without a configured PIN a locked card gives `PinRequired`; the link comes up once it is unlocked.
use crate::common;

use cellular_nal::Error;
use common::Setup;
use modem_sim::{Model, Options};

#[test]
fn a_card_that_wants_a_pin_says_so() {
    for &model in Model::ALL {
        let options = Options { pin: Some("1234".into()), ..Options::default() };
        let mut world = Setup { options, record: true, ..Setup::new(model) }.build();
        let control = world.control;
        assert_eq!(
            world.try_run(60, control.connect()),
            Some(Err(Error::PinRequired)),
            "{model}: {}",
            world.tail()
        );
        let stack = world.stack;
        let refused = world.run(10, common::conversation::tcp(stack, common::ECHO)).map(drop);
        assert_eq!(refused, Err(Error::PinRequired), "{model}: {}", world.tail());
        // The cause is gone: the link comes up by itself.
        world.modem.set_pin(world.now, None);
        world.pass_secs(40);
        assert_eq!(world.try_run(10, control.connect()), Some(Ok(())), "{model}: {}", world.tail());
        world.echoes(30);
        world.leaves_nothing();
    }
}
