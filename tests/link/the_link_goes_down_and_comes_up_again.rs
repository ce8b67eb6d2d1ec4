//! Taking the link down ends connections and turns the radio off; it comes up again when asked for, and not before.
use crate::common;

use cellular_nal::{Error, LinkState};
use common::conversation::{read_to_end, tcp};
use common::{ECHO, Setup};
use modem_sim::Model;

#[test]
fn the_link_goes_down_and_comes_up_again() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        let (control, stack) = (world.control, world.stack);
        assert_eq!(
            world.run(1, tcp(stack, ECHO)).map(drop),
            Err(Error::LinkDown),
            "{model}: it was not asked for"
        );
        world.pass_secs(100);
        assert_eq!(control.status().state(), LinkState::Down, "{model}");
        for round in 0..3 {
            assert_eq!(world.run(60, control.connect()), Ok(()), "{model}: {}", world.tail());
            world.echoes(30);
            let mut socket = world.run(30, tcp(stack, ECHO)).expect("it connects");
            world.run(200, control.disconnect());
            assert_eq!(control.status().state(), LinkState::Down, "{model}: round {round}");
            let ended = world.run(1, read_to_end(&mut socket));
            assert!(ended.is_err(), "{model}: {ended:?}\n{}", world.tail());
            drop(socket);
            assert_eq!(
                world.run(1, tcp(stack, ECHO)).map(drop),
                Err(Error::LinkDown),
                "{model}: round {round}"
            );
            world.pass_secs(60);
            let radio_off = world.log.borrow().iter().any(|line| line.contains("> AT+CFUN=4"));
            assert!(radio_off, "{model}: the radio stays on\n{}", world.tail());
        }
        world.leaves_nothing();
    }
}
