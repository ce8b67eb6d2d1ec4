//! A flush may be dropped at any moment: what was written leaves in order, once.
use crate::common;

use common::conversation::tcp;
use common::{dropping, pattern};
use embedded_io_async::Write;
use modem_sim::{Model, Peer};

#[test]
fn a_dropped_flush_changes_nothing_in_the_stream() {
    for &model in Model::ALL {
        let said = pattern(1500, 3);
        for events in 0..60 {
            let mut world = dropping::narrow(model);
            world.net.on([10, 0, 0, 9], 9, Peer::Discard);
            let stack = world.stack;
            let mut socket = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).expect("it connects");
            for part in said.chunks(500) {
                world.run(30, socket.write_all(part)).expect("writing works");
                let flushed = world.run_and_drop(usize::MAX, events, socket.flush());
                assert!(matches!(flushed, None | Some(Ok(()))), "{model}: {flushed:?}");
            }
            world.run(30, socket.flush()).expect("flushing works");
            world.pass_secs(1);
            let conn = world.net.connections()[0].id;
            assert_eq!(world.net.received(conn), said, "{model}: {events} events\n{}", world.tail());
            drop(socket);
            world.leaves_nothing();
        }
    }
}
