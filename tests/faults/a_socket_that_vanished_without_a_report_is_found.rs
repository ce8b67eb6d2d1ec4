//! A socket that the modem has dropped without a word ends with an error, whether one reads, writes or only waits.
use crate::common;

use std::time::Duration;

use cellular_nal::Error;
use common::conversation::{read_to_end, tcp, udp};
use common::{ECHO, Setup};
use embedded_io_async::Write;
use embedded_nal_async::ConnectedUdp;
use modem_sim::Model;

#[test]
fn a_socket_that_vanished_without_a_report_is_found() {
    for &model in Model::ALL {
        for idle in [0, 1, 30, 1000] {
            let mut world = Setup { record: true, ..Setup::new(model) }.build();
            world.bring_up();
            let stack = world.stack;
            let mut reading = world.run(30, tcp(stack, ECHO)).expect("it connects");
            let mut writing = world.run(30, tcp(stack, ECHO)).expect("it connects");
            world.pass_secs(idle);
            world.modem.vanish_sockets();
            let start = world.now;
            let ended = world.try_run(130, read_to_end(&mut reading));
            assert_eq!(ended, Some(Err(Error::Reset)), "{model}: reading after {idle} s\n{}", world.tail());
            let written = world.run(130, async {
                writing.write_all(b"hello").await?;
                writing.flush().await
            });
            assert_eq!(written, Err(Error::Reset), "{model}: writing after {idle} s\n{}", world.tail());
            assert!(
                world.now - start < Duration::from_secs(70),
                "{model}: found only after {:?}",
                world.now - start
            );
            drop((reading, writing));
            let mut socket = world.run(30, udp(stack, ECHO)).expect("it opens");
            world.pass_secs(idle);
            world.modem.vanish_sockets();
            let mut buffer = [0; 20];
            let ended = world.try_run(130, socket.receive_into(&mut buffer));
            assert!(
                matches!(ended, Some(Err(_))),
                "{model}: UDP after {idle} s: {ended:?}\n{}",
                world.tail()
            );
            drop(socket);
            world.echoes(30);
            world.leaves_nothing();
        }
    }
}
