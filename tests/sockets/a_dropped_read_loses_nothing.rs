//! Reads may be dropped at any moment: no byte of the stream is lost or comes twice.
use crate::common;

use common::conversation::{exactly, tcp};
use common::dropping;
use embedded_io_async::Read;
use modem_sim::{Model, Peer, Prng};

#[test]
fn a_dropped_read_loses_nothing() {
    for &model in Model::ALL {
        let sent = Prng::new(5).bytes(3000);
        let world = || {
            let world = dropping::narrow(model);
            world.net.on([10, 0, 0, 9], 9, Peer::Chargen(3000, 5));
            world
        };
        // Dropped once, at any moment; then read to the end.
        for events in 0..60 {
            let mut world = world();
            let stack = world.stack;
            let mut socket = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).expect("it connects");
            let mut buffer = [0; 3000];
            let count = world.run_and_drop(usize::MAX, events, socket.read(&mut buffer)).transpose();
            let count = count.expect("reading works").unwrap_or(0);
            let rest = socket.read_exact(&mut buffer[count..]);
            world.run(60, async { rest.await.map_err(exactly) }).expect("the rest comes");
            assert_eq!(buffer[..], sent, "{model}: dropped after {events} events\n{}", world.tail());
            drop(socket);
            world.leaves_nothing();
        }
        // Every read is dropped after a few events, again and again.
        for events in 1..8 {
            let mut world = world();
            let stack = world.stack;
            let mut socket = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).expect("it connects");
            let mut got = Vec::new();
            for _ in 0..10_000 {
                let mut buffer = [0; 77];
                let read = world.run_and_drop(usize::MAX, events, socket.read(&mut buffer));
                got.extend_from_slice(&buffer[..read.transpose().expect("reading works").unwrap_or(0)]);
            }
            assert_eq!(got, sent, "{model}: each dropped after {events} events\n{}", world.tail());
            drop(socket);
            world.leaves_nothing();
        }
    }
}
