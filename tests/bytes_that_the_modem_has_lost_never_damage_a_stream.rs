//! A Sequans modem may lose bytes when its buffer is full; the stream then ends with an error, and what was read before is right.
mod common;

use common::Setup;
use common::conversation::tcp;
use embedded_io_async::Read;
use modem_sim::{Model, Options, Peer, Prng};

#[test]
fn bytes_that_the_modem_has_lost_never_damage_a_stream() {
    for (rtt, pauses) in [(60, 20), (60, 3), (5, 1), (60, 0)] {
        let rtt = std::time::Duration::from_millis(rtt);
        let options = Options { lossy_receive: true, rtt, ..Options::default() };
        let mut world = Setup { options, record: true, ..Setup::new(Model::Ryz014a) }.build();
        world.bring_up();
        let sent = Prng::new(5).bytes(20_000);
        world.net.on([10, 0, 0, 9], 9, Peer::Chargen(20_000, 5));
        let stack = world.stack;
        let mut socket = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).expect("it connects");
        world.pass_secs(pauses);
        let mut got = Vec::new();
        let error = loop {
            let mut buffer = [0; 500];
            match world.try_run(200, socket.read(&mut buffer)) {
                Some(Ok(count)) => got.extend_from_slice(&buffer[..count]),
                Some(Err(error)) => break Some(error),
                None => break None,
            }
        };
        let lost = world.modem.lost_bytes();
        assert!(sent.starts_with(&got), "{lost} bytes were lost and nobody noticed\n{}", world.tail());
        assert_eq!(error.is_some(), lost > 0, "{error:?}: {lost} bytes were lost, {} read", got.len());
        drop(socket);
        world.leaves_nothing();
    }
}
