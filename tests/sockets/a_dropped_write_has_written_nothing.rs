//! A write that is dropped before it is done has taken nothing: saying it again sends it once.
use crate::common;

use common::conversation::tcp;
use common::{dropping, pattern};
use embedded_io_async::Write;
use modem_sim::{Model, Peer};

#[test]
fn a_dropped_write_has_written_nothing() {
    for &model in Model::ALL {
        let said = pattern(4000, 3);
        for (polls, events) in (1..40).map(|events| (usize::MAX, events)).chain([(0, 1), (1, 100), (2, 100)])
        {
            let mut world = dropping::narrow(model);
            world.net.on([10, 0, 0, 9], 9, Peer::Discard);
            let stack = world.stack;
            let mut socket = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).expect("it connects");
            let mut done = 0;
            for _ in 0..2000 {
                let write = socket.write(&said[done..(done + 700).min(said.len())]);
                let taken = world.run_and_drop(polls, events, write).transpose();
                done += taken.expect("writing works").unwrap_or(0);
                world.step(world.now + std::time::Duration::from_millis(1));
                if done == said.len() {
                    break;
                }
            }
            if polls == 0 {
                assert_eq!(done, 0);
            }
            world.run(30, socket.flush()).expect("flushing works");
            world.pass_secs(1);
            let conn = world.net.connections()[0].id;
            assert_eq!(
                world.net.received(conn),
                said[..done],
                "{model}: {polls}, {events}\n{}",
                world.tail()
            );
            assert!(
                done == said.len() || polls == 0,
                "{model}: {polls}, {events}: only {done} bytes were taken"
            );
            drop(socket);
            world.leaves_nothing();
        }
    }
}
