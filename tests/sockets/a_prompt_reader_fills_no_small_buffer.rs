//! A Sequans modem loses bytes when its buffer is full; whoever reads all the time loses none, however small the pieces.
use crate::common;

use std::time::Duration;

use common::conversation::{read_to_end, tcp};
use common::{Setup, pattern};
use modem_sim::{Model, Options, Peer, ScriptStep};

#[test]
fn a_prompt_reader_fills_no_small_buffer() {
    for (piece, pause) in [(100, 20), (1000, 150), (2500, 400), (1360, 250)] {
        let options = Options { lossy_receive: true, ..Options::default() };
        let mut world = Setup { options, record: true, ..Setup::new(Model::Ryz014a) }.build();
        world.bring_up();
        let sent = pattern(30_000, 5);
        let mut script = Vec::new();
        for part in sent.chunks(piece) {
            script.extend([ScriptStep::Send(part.into()), ScriptStep::Pause(Duration::from_millis(pause))]);
        }
        script.push(ScriptStep::Close);
        world.net.on([10, 0, 0, 9], 9, Peer::Scripted(script));
        let stack = world.stack;
        let mut socket = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).expect("it connects");
        let all = world.try_run(300, read_to_end(&mut socket));
        assert_eq!(world.modem.lost_bytes(), 0, "{piece} bytes every {pause} ms\n{}", world.tail());
        assert!(all == Some(Ok(sent)), "{piece} bytes every {pause} ms: the data differ\n{}", world.tail());
        drop(socket);
        world.leaves_nothing();
    }
}
