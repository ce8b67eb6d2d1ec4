//! When no network is found users hear of it after the configured time, and the link comes up when there is one.
use crate::common;

use cellular_nal::Error;
use common::Setup;
use modem_sim::Registration;
use modem_sim::{Model, Options};

#[test]
fn without_a_network_registration_ends_in_an_error() {
    for &model in Model::ALL {
        let options = Options { registration: Registration::Never, ..Options::default() };
        let mut world = Setup {
            options,
            config: cellular_nal::Config::new().registration_timeout(cellular_nal::Duration::from_secs(70)),
            record: true,
            ..Setup::new(model)
        }
        .build();
        let control = world.control;
        assert_eq!(
            world.try_run(100, control.connect()),
            Some(Err(Error::NotRegistered)),
            "{model}: {}",
            world.tail()
        );
        let stack = world.stack;
        let refused = world.run(10, common::conversation::tcp(stack, common::ECHO)).map(drop);
        assert_eq!(refused, Err(Error::NotRegistered), "{model}: {}", world.tail());
        // The cause is gone: the link comes up by itself.
        world.modem.set_registration(world.now, Registration::Roaming);
        world.pass_secs(40);
        assert_eq!(world.try_run(10, control.connect()), Some(Ok(())), "{model}: {}", world.tail());
        world.echoes(30);
        world.leaves_nothing();
    }
}
