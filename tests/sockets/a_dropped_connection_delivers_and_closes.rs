//! What was written before a connection is dropped, flushed or not, reaches the peer, and then its end of the connection is closed (A02, A03, A04).
use crate::common;

use common::conversation::tcp;
use common::{Setup, pattern};
use embedded_io_async::Write;
use modem_sim::{Model, Peer};

#[test]
fn a_dropped_connection_delivers_and_closes() {
    for &model in Model::ALL {
        for (length, flush) in
            [(0, false), (1, false), (700, true), (700, false), (1024, false), (5000, false)]
        {
            let mut world = Setup { record: true, ..Setup::new(model) }.build();
            world.bring_up();
            world.net.on([10, 0, 0, 9], 9, Peer::Discard);
            let (stack, said) = (world.stack, pattern(length, 4));
            world
                .run(30, async {
                    let mut socket = tcp(stack, ([10, 0, 0, 9], 9)).await?;
                    socket.write_all(&said).await?;
                    if flush { socket.flush().await } else { Ok(()) }
                })
                .expect("it writes");
            world.pass_secs(5);
            let connection = world.net.connections()[0].clone();
            assert_eq!(
                world.net.received(connection.id),
                said,
                "{model}: {length}, {flush}\n{}",
                world.tail()
            );
            assert!(
                connection.closed_by_modem && !connection.reset_by_modem,
                "{model}: {connection:?}\n{}",
                world.tail()
            );
            world.leaves_nothing();
        }
    }
}
