//! When the network refuses the modem users hear of it, and the link comes up when it does not any more.
use crate::common;

use cellular_nal::Error;
use common::Setup;
use modem_sim::Registration;
use modem_sim::{Model, Options};

#[test]
fn a_denied_registration_is_told_and_tried_on() {
    for &model in Model::ALL {
        let options = Options { registration: Registration::Denied, ..Options::default() };
        let mut world = Setup { options, record: true, ..Setup::new(model) }.build();
        let control = world.control;
        assert_eq!(
            world.try_run(60, control.connect()),
            Some(Err(Error::RegistrationDenied)),
            "{model}: {}",
            world.tail()
        );
        let stack = world.stack;
        let refused = world.run(10, common::conversation::tcp(stack, common::ECHO)).map(drop);
        assert_eq!(refused, Err(Error::RegistrationDenied), "{model}: {}", world.tail());
        // The cause is gone: the link comes up by itself.
        world.modem.set_registration(world.now, Registration::Home);
        world.pass_secs(40);
        assert_eq!(world.try_run(10, control.connect()), Some(Ok(())), "{model}: {}", world.tail());
        world.echoes(30);
        world.leaves_nothing();
    }
}
