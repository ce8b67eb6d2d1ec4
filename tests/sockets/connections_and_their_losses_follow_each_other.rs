//! Twenty times a connection dies with link or modem, and each time it comes back and works (X03).
use crate::common;

use common::conversation::{read_to_end, tcp};
use common::{ECHO, Setup};
use modem_sim::{Model, Registration};

#[test]
fn connections_and_their_losses_follow_each_other() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let stack = world.stack;
        for round in 0..20 {
            let socket = world.try_run(200, tcp(stack, ECHO));
            let mut socket = match socket {
                Some(Ok(socket)) => socket,
                other => panic!("{model}: round {round}: {other:?}\n{}", world.tail()),
            };
            match round % 3 {
                0 => world.modem.set_registration(world.now, Registration::Denied),
                1 => world.modem.reboot(world.now),
                _ => world.modem.vanish_sockets(),
            }
            let ended = world.try_run(200, read_to_end(&mut socket));
            assert!(matches!(ended, Some(Err(_) | Ok(_))), "{model}: round {round} hangs\n{}", world.tail());
            drop(socket);
            world.modem.set_registration(world.now, Registration::Home);
            world.recovers(200);
        }
        world.leaves_nothing_open();
    }
}
