//! A modem that restarts without a word shows it by its echo: what was open is aborted, and the link comes back.
use crate::common;

use cellular_nal::Error;
use common::conversation::{read_to_end, tcp};
use common::{ECHO, Setup};
use embedded_io_async::Write;
use modem_sim::Model;

#[test]
fn echo_that_comes_back_shows_a_silent_restart() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let stack = world.stack;
        let mut socket = world.run(30, tcp(stack, ECHO)).expect("it connects");
        world.run(10, socket.write_all(b"hello")).expect("it writes");
        world.pass_secs(1);
        world.lost = Some(Box::new(|piece| piece.ends_with(b"+SYSSTART\r\n")));
        world.modem.reboot(world.now);
        let ended = world.try_run(120, read_to_end(&mut socket));
        assert_eq!(ended, Some(Err(Error::Aborted)), "{model}: {}", world.tail());
        let refused = world.run(10, socket.write_all(b"hello"));
        assert_eq!(refused, Err(Error::Aborted), "{model}");
        drop(socket);
        world.echoes(60);
        world.pass_secs(40);
        assert!(world.modem.open_sockets().is_empty(), "{model}: a socket is left");
    }
}
