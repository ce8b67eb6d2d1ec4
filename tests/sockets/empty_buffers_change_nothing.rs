//! Reads into and writes from empty buffers return at once and consume nothing (A07, A08, N14, N15).
use crate::common;

use common::conversation::{exactly, tcp};
use common::{ECHO, Setup};
use embedded_io_async::{Read, Write};
use modem_sim::Model;

#[test]
fn empty_buffers_change_nothing() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let stack = world.stack;
        let mut socket = world.run(30, tcp(stack, ECHO)).expect("it connects");
        assert_eq!(world.run(1, socket.read(&mut [])), Ok(0), "{model}");
        assert_eq!(world.run(1, socket.write(&[])), Ok(0), "{model}");
        world.run(10, socket.write_all(b"abc")).expect("it writes");
        assert_eq!(world.run(1, socket.write(&[])), Ok(0), "{model}");
        world.pass_secs(2);
        assert_eq!(world.run(1, socket.read(&mut [])), Ok(0), "{model}");
        let mut heard = [0; 3];
        world.run(10, async { socket.read_exact(&mut heard).await.map_err(exactly) }).expect("it reads");
        assert_eq!(&heard, b"abc", "{model}");
        drop(socket);
        world.leaves_nothing();
    }
}
