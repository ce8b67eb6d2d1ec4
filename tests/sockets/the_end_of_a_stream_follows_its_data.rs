//! After the peer has closed, everything that it sent is read, then every read gives zero (A06).
use crate::common;

use std::time::Duration;

use common::Setup;
use common::conversation::{exactly, tcp};
use embedded_io_async::Read;
use modem_sim::{CloseUrc, Model, Options, Peer, Prng, ScriptStep};

#[test]
fn the_end_of_a_stream_follows_its_data() {
    for &model in Model::ALL {
        for close_urc in [CloseUrc::Immediate, CloseUrc::Drained] {
            for (length, pause) in
                [(0, 0), (1, 0), (900, 0), (1024, 0), (2400, 0), (6000, 0), (900, 300), (6000, 3000)]
            {
                let options = Options { close_urc, ..Options::default() };
                let mut world = Setup { options, record: true, ..Setup::new(model) }.build();
                world.bring_up();
                let (stack, sent) = (world.stack, Prng::new(9).bytes(length));
                let script = vec![
                    ScriptStep::Send(sent.clone()),
                    ScriptStep::Pause(Duration::from_millis(pause)),
                    ScriptStep::Close,
                ];
                world.net.on([10, 0, 0, 9], 9, Peer::Scripted(script));
                let mut socket = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).expect("it connects");
                // The reader comes late.
                world.pass_secs(5);
                let mut all = vec![0; length];
                let read = world.run(60, async { socket.read_exact(&mut all).await.map_err(exactly) });
                let context = format!("{model}: {length} bytes, {close_urc:?}, {pause} ms");
                assert_eq!(read, Ok(()), "{context}\n{}", world.tail());
                assert!(all == sent, "{context}: the data differ\n{}", world.tail());
                for _ in 0..3 {
                    let end = world.try_run(130, socket.read(&mut [0; 8]));
                    assert_eq!(end, Some(Ok(0)), "{context}\n{}", world.tail());
                }
                drop(socket);
                world.leaves_nothing();
            }
        }
    }
}
