//! Far more than the buffer may be written without a flush, and all of it arrives in order (A21).
mod common;

use common::conversation::tcp;
use common::{Setup, pattern};
use embedded_io_async::Write;
use modem_sim::{Model, Peer};

#[test]
fn writes_make_progress_without_a_flush() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let stack = world.stack;
        world.net.on([10, 0, 0, 9], 9, Peer::Discard);
        let mut socket = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).expect("it connects");
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
