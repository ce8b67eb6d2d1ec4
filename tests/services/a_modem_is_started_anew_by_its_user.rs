//! A restart that the user asks for: sockets die with an error, and the link comes back by itself.

use crate::common;

use common::ECHO;
use embedded_io_async::{Read, Write};
use embedded_nal_async::TcpConnect;
use modem_sim::Model;

#[test]
fn a_modem_is_started_anew_by_its_user() {
    for &model in Model::KNOWN {
        let mut world = common::up(model);
        let (stack, control) = (world.stack, world.control);
        let mut connection = world.run(20, stack.connect(ECHO.into())).expect("a connection");
        assert_eq!(world.run(60, control.restart()), Ok(()), "{model}: {}", world.tail());
        let dead = world.run(60, async {
            connection.write_all(b"x").await?;
            connection.flush().await?;
            connection.read(&mut [0; 1]).await
        });
        assert!(dead.is_err(), "{model}: {dead:?}");
        drop(connection);
        world.comes_up(120);
        world.echoes(30);
        world.no_breach();
    }
}
