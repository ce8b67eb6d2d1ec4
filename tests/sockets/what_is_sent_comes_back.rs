//! A connection carries bytes both ways, on each model.
use crate::common;

use common::{ECHO, Setup};
use embedded_io_async::{Read, Write};
use embedded_nal_async::TcpConnect;
use modem_sim::{Model, Peer};

#[test]
fn what_is_sent_comes_back() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        world.net.on(ECHO.0, ECHO.1, Peer::Echo);
        let stack = world.stack;
        let echoed = world.run(30, async {
            let mut socket = stack.connect(ECHO.into()).await?;
            socket.write_all(b"hello\r\nOK\r\n\x1a\x1b\x00@> +++").await?;
            let mut buffer = [0; 20];
            socket.read_exact(&mut buffer).await.map_err(|_| cellular_nal::Error::Closed)?;
            Ok::<_, cellular_nal::Error>(buffer)
        });
        println!("{}", world.tail());
        assert_eq!(&echoed.unwrap(), b"hello\r\nOK\r\n\x1a\x1b\x00@> +++");
        world.pass_secs(5);
        assert!(world.modem.open_sockets().is_empty());
        world.no_breach();
    }
}
