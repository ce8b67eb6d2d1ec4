//! Power or cable may fail while nothing is done; the next operation has an error in time, and all works again later.
use crate::common;

use cellular_nal::Error;
use common::conversation::{echo, read_to_end, tcp};
use common::{ECHO, Setup};
use modem_sim::Model;

#[test]
fn a_modem_that_goes_away_while_idle_is_found_later() {
    for &model in Model::ALL {
        for by_cable in [false, true] {
            let mut world = Setup { record: true, ..Setup::new(model) }.build();
            world.bring_up();
            let stack = world.stack;
            let mut socket = world.run(30, tcp(stack, ECHO)).expect("it connects");
            world.pass_secs(100);
            if by_cable {
                world.plug(false);
            } else {
                world.modem.power(world.now, false);
            }
            let ended = world.try_run(200, read_to_end(&mut socket));
            assert_eq!(ended, Some(Err(Error::Aborted)), "{model}: {}", world.tail());
            drop(socket);
            let ended = world.try_run(200, echo(stack, b"hello"));
            assert_eq!(ended, Some(Err(Error::NoModem)), "{model}: {}", world.tail());
            world.pass_secs(500);
            world.plug(true);
            world.modem.power(world.now, true);
            world.recovers(200);
            world.leaves_nothing_open();
        }
    }
}
