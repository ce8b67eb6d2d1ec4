//! A request that is not flushed leaves when a read waits, and soon when nothing happens (A24).
use crate::common;

use common::conversation::{exactly, tcp};
use common::{ECHO, Setup};
use embedded_io_async::{Read, Write};
use modem_sim::{Model, Peer};

#[test]
fn a_request_leaves_before_its_answer_is_waited_for() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let stack = world.stack;
        let mut socket = world.run(30, tcp(stack, ECHO)).expect("it connects");
        let mut heard = [0; 7];
        let answered = world.try_run(10, async {
            socket.write_all(b"request").await?;
            socket.read_exact(&mut heard).await.map_err(exactly)
        });
        assert_eq!(answered, Some(Ok(())), "{model}: {}", world.tail());
        drop(socket);
        world.net.on([10, 0, 0, 9], 9, Peer::Discard);
        let mut socket = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).expect("it connects");
        world.run(1, socket.write_all(b"notice")).expect("it writes");
        world.pass_secs(1);
        let connection = world.net.connections()[1].id;
        assert_eq!(world.net.received(connection), b"notice", "{model}: {}", world.tail());
        drop(socket);
        world.leaves_nothing();
    }
}
