//! Without a SIM card the link fails with `NoSim`, and comes up when the card is there.
use crate::common;

use cellular_nal::Error;
use common::Setup;
use modem_sim::{Model, Options};

#[test]
fn without_a_card_there_is_no_link_until_it_is_inserted() {
    for &model in Model::ALL {
        let options = Options { sim_present: false, ..Options::default() };
        let mut world = Setup { options, record: true, ..Setup::new(model) }.build();
        let control = world.control;
        assert_eq!(
            world.try_run(60, control.connect()),
            Some(Err(Error::NoSim)),
            "{model}: {}",
            world.tail()
        );
        let stack = world.stack;
        let refused = world.run(10, common::conversation::tcp(stack, common::ECHO)).map(drop);
        assert_eq!(refused, Err(Error::NoSim), "{model}: {}", world.tail());
        // The cause is gone: the link comes up by itself.
        world.modem.set_sim_present(world.now, true);
        world.pass_secs(40);
        assert_eq!(world.try_run(10, control.connect()), Some(Ok(())), "{model}: {}", world.tail());
        world.echoes(30);
        world.leaves_nothing();
    }
}
