//! After the peer has reset the connection, reads and writes fail in a way that clients know as its end (A09, A10).
use crate::common;

use common::conversation::to_a_silent_server;
use embedded_io::{Error as _, ErrorKind};
use embedded_io_async::{Read, Write};
use modem_sim::Model;

#[test]
fn a_reset_connection_is_an_error_for_both_directions() {
    for &model in Model::ALL {
        let (mut world, mut socket) = to_a_silent_server(model);
        world.pass_secs(1);
        let connection = world.net.connections()[0].id;
        world.net.reset(connection);
        let read = world.try_run(70, socket.read(&mut [0; 8]));
        // These modems tell a reset and an orderly end in the same words.
        let kinds = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe, ErrorKind::ConnectionAborted];
        match read {
            Some(Ok(0)) => {}
            Some(Err(error)) if kinds.contains(&error.kind()) => {}
            other => panic!("{model}: {other:?}\n{}", world.tail()),
        }
        let written = world.run(70, async {
            for _ in 0..100 {
                assert_ne!(socket.write(b"data").await?, 0);
                socket.flush().await?;
            }
            Ok::<_, cellular_nal::Error>(())
        });
        assert!(
            written.is_err_and(|error| kinds.contains(&error.kind())),
            "{model}: {written:?}\n{}",
            world.tail()
        );
        drop(socket);
        world.leaves_nothing();
    }
}
