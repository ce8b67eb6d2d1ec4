//! A read without data waits for as long as it takes; silence is no error and no end (A05).
mod common;

use common::Setup;
use common::conversation::tcp;
use embedded_io_async::Read;
use modem_sim::{Model, Peer};

#[test]
fn a_read_without_data_waits() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let stack = world.stack;
        world.net.on([10, 0, 0, 9], 9, Peer::Discard);
        let mut socket = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).expect("it connects");
        let mut buffer = [0; 10];
        let read = world.try_run(4000, socket.read(&mut buffer));
        assert_eq!(read, None, "{model}: {}", world.tail());
        let connection = world.net.connections()[0].id;
        world.net.send(connection, b"late");
        let read = world.try_run(70, socket.read(&mut buffer));
        assert_eq!(read, Some(Ok(4)), "{model}: {}", world.tail());
        drop(socket);
        world.leaves_nothing();
    }
}
