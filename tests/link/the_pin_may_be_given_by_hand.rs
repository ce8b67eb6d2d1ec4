//! A PIN that is not configured: each wrong one costs a try that is told, and the right one brings the link up.

use crate::common;

use cellular_nal::Error;
use cellular_nal::dialect::SimState;
use common::Setup;
use modem_sim::{Model, Options};

#[test]
fn the_pin_may_be_given_by_hand() {
    for &model in Model::KNOWN {
        let options = Options { pin: Some("1234".into()), ..Options::default() };
        let mut world = Setup { options, record: true, ..Setup::new(model) }.build();
        let control = world.control;
        assert_eq!(world.try_run(60, control.connect()), Some(Err(Error::PinRequired)), "{model}");
        assert_eq!(world.run(5, control.sim_state()), Ok(SimState::Pin), "{model}: {}", world.tail());
        let tries =
            |world: &mut common::World| world.run(5, control.pin_tries()).map(|tries| (tries.pin, tries.puk));
        assert_eq!(tries(&mut world), Ok((3, 10)), "{model}: {}", world.tail());
        assert_eq!(
            world.run(30, control.enter_pin("4321")),
            Err(Error::WrongPin),
            "{model}: {}",
            world.tail()
        );
        assert_eq!(tries(&mut world), Ok((2, 10)), "{model}");
        assert_eq!(world.run(30, control.enter_pin("123")), Err(Error::InvalidInput), "{model}");
        assert_eq!(world.run(30, control.enter_pin("1234")), Ok(()), "{model}: {}", world.tail());
        assert_eq!(world.run(60, control.connect()), Ok(()), "{model}: {}", world.tail());
        assert_eq!(tries(&mut world), Ok((3, 10)), "{model}");
        assert_eq!(world.run(5, control.sim_state()), Ok(SimState::Ready), "{model}");
        world.echoes(30);
        world.no_breach();
    }
}
