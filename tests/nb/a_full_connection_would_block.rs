//! When the peer does not read, sending blocks without an error; all that was sent arrives later (N13).
use crate::common;

use std::time::Duration;

use common::nb::up;
use common::pattern;
use embedded_nal::{TcpClientStack, nb};
use modem_sim::{Model, Options, Peer};

#[test]
fn nb_a_full_connection_would_block() {
    for &model in Model::ALL {
        let options = Options { tx_queue_limit: Some(2000), ..Options::default() };
        let (mut stack, mut world) = up::<1>(model, options);
        let remote = ([10, 0, 0, 9], 9);
        world.net.on(remote.0, remote.1, Peer::Discard);
        let mut socket = stack.socket().expect("there is a socket");
        world.until(60, || stack.connect(&mut socket, remote.into())).expect("it connects");
        let connection = world.net.connections()[0].id;
        world.net.set_reading(connection, false);
        let (said, mut sent, mut blocked) = (pattern(20_000, 1), 0, 0);
        while blocked < 3000 {
            match stack.send(&mut socket, &said[sent..]) {
                Ok(count) => (sent, blocked) = (sent + count, 0),
                Err(nb::Error::WouldBlock) => blocked += 1,
                Err(error) => panic!("{model}: {error:?}"),
            }
            world.tick();
        }
        assert!(sent < said.len(), "{model}: nothing was held back");
        world.net.set_reading(connection, true);
        while sent < said.len() {
            sent += world.until(30, || stack.send(&mut socket, &said[sent..])).expect("it sends");
        }
        stack.close(socket).expect("closing never fails");
        world.pass(&mut stack, Duration::from_secs(40));
        assert!(world.net.received(connection) == said, "{model}: the data differ");
        world.leaves_nothing(&mut stack);
    }
}
