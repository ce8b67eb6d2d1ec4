//! A close that is dropped at any moment still delivers what was written and closes the connection.
use crate::common;

use common::conversation::tcp;
use common::{dropping, pattern};
use embedded_io_async::Write;
use modem_sim::{Model, Peer};

#[test]
fn a_dropped_close_closes_all_the_same() {
    for &model in Model::ALL {
        let said = pattern(700, 3);
        dropping::everywhere(
            || {
                let world = dropping::narrow(model);
                world.net.on([10, 0, 0, 9], 9, Peer::Discard);
                world
            },
            |world| {
                let stack = world.stack;
                let mut socket = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).expect("it connects");
                world.run(30, socket.write_all(&said)).expect("writing works");
                socket.close()
            },
            |world, output| {
                assert!(matches!(output, None | Some(Ok(()))), "{model}: {output:?}\n{}", world.tail());
                world.pass_secs(5);
                let connection = world.net.connections()[0].clone();
                assert!(connection.closed_by_modem, "{model}: it is open still\n{}", world.tail());
                assert!(!connection.reset_by_modem, "{model}: it was reset\n{}", world.tail());
                assert_eq!(world.net.received(connection.id), said, "{model}: {}", world.tail());
                world.echoes(30);
                world.leaves_nothing();
            },
        );
    }
}
