//! Far more than the buffer may be written without a flush, and all of it arrives in order (A21).
use crate::common;

use common::conversation::to_a_silent_server;
use common::pattern;
use embedded_io_async::Write;
use modem_sim::Model;

#[test]
fn writes_make_progress_without_a_flush() {
    for &model in Model::ALL {
        let (mut world, mut socket) = to_a_silent_server(model);
        let said = pattern(65_536, 2);
        let written = world.try_run(120, socket.write_all(&said));
        assert_eq!(written, Some(Ok(())), "{model}: {}", world.tail());
        world.pass_secs(5);
        let connection = world.net.connections()[0].id;
        assert!(world.net.received(connection) == said, "{model}: the data differ\n{}", world.tail());
        drop(socket);
        world.leaves_nothing();
    }
}
