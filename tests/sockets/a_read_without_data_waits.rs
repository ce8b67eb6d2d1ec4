//! A read without data waits for as long as it takes; silence is no error and no end (A05).
use crate::common;

use common::conversation::to_a_silent_server;
use embedded_io_async::Read;
use modem_sim::Model;

#[test]
fn a_read_without_data_waits() {
    for &model in Model::ALL {
        let (mut world, mut socket) = to_a_silent_server(model);
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
