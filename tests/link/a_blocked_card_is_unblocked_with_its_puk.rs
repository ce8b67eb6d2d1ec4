//! The PUK gives a blocked card a new PIN; a wrong one costs one of its tries.

use crate::common;

use cellular_nal::Error;
use cellular_nal::dialect::SimState;
use common::Setup;
use modem_sim::{Model, Options};

#[test]
fn a_blocked_card_is_unblocked_with_its_puk() {
    for &model in Model::KNOWN {
        let options =
            Options { pin: Some("1234".into()), puk: "87654321".into(), puk_after: 2, ..Options::default() };
        let mut world = Setup { options, record: true, ..Setup::new(model) }.build();
        let control = world.control;
        assert_eq!(world.try_run(60, control.connect()), Some(Err(Error::PinRequired)), "{model}");
        assert_eq!(world.run(30, control.enter_pin("0000")), Err(Error::WrongPin), "{model}");
        let last = world.run(30, control.enter_pin("0000"));
        assert_eq!(last, Err(Error::PukRequired), "{model}: {}", world.tail());
        assert_eq!(world.run(5, control.sim_state()), Ok(SimState::Puk), "{model}");
        let wrong = world.run(30, control.unblock_pin("11111111", "9999"));
        assert_eq!(wrong, Err(Error::PukRequired), "{model}: {}", world.tail());
        let tries = world.run(5, control.pin_tries()).map(|tries| (tries.pin, tries.puk));
        assert_eq!(tries, Ok((0, 9)), "{model}: {}", world.tail());
        let right = world.run(30, control.unblock_pin("87654321", "9999"));
        assert_eq!(right, Ok(()), "{model}: {}", world.tail());
        assert_eq!(world.run(60, control.connect()), Ok(()), "{model}: {}", world.tail());
    }
}
