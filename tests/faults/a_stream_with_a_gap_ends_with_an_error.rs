//! A Sequans modem loses bytes when its buffer is full (RYZ014 use cases §6.2.5): the stream then
//! ends with an error, and what was read before is right.
use crate::common;

use common::Setup;
use common::conversation::tcp;
use embedded_io_async::Read;
use modem_sim::{Model, Options, Peer, Prng};

#[test]
fn a_stream_with_a_gap_ends_with_an_error() {
    let mut gaps = 0;
    for (rtt, pause) in [(60, 20), (60, 3), (5, 1), (60, 0)] {
        let rtt = std::time::Duration::from_millis(rtt);
        let options = Options { lossy_receive: true, rtt, ..Options::default() };
        let mut world = Setup { options, record: true, ..Setup::new(Model::Ryz014a) }.build();
        world.bring_up();
        // What the modem's counters mean is learnt from a stream without gaps.
        world.echoes(30);
        let sent = Prng::new(5).bytes(20_000);
        world.net.on([10, 0, 0, 9], 9, Peer::Chargen(20_000, 5));
        let stack = world.stack;
        let mut socket = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).expect("it connects");
        world.pass_secs(pause);
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
        gaps += usize::from(lost > 0);
        assert!(sent.starts_with(&got), "{lost} bytes were lost and nobody noticed\n{}", world.tail());
        assert_eq!(error.is_some(), lost > 0, "{lost} bytes were lost, {} read\n{}", got.len(), world.tail());
        drop(socket);
        world.leaves_nothing();
    }
    assert!(gaps > 0, "no gap came about");
}
