//! Hundreds of one-byte writes and reads are right, and cost only a few commands (A22, A23).
use crate::common;

use common::conversation::{exactly, tcp};
use common::{ECHO, Setup, pattern};
use embedded_io_async::{Read, Write};
use modem_sim::Model;

#[test]
fn small_writes_and_reads_are_gathered() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let stack = world.stack;
        let mut socket = world.run(30, tcp(stack, ECHO)).expect("it connects");
        let (said, mut heard) = (pattern(1000, 6), Vec::new());
        let before = world.modem.commands();
        world
            .run(60, async {
                for byte in said.chunks(1) {
                    assert_eq!(socket.write(byte).await?, 1);
                }
                socket.flush().await?;
                for _ in 0..said.len() {
                    let mut byte = [0];
                    socket.read_exact(&mut byte).await.map_err(exactly)?;
                    heard.push(byte[0]);
                }
                Ok::<_, cellular_nal::Error>(())
            })
            .expect("it writes and reads");
        assert_eq!(heard, said, "{model}: {}", world.tail());
        let commands = world.modem.commands() - before;
        assert!(commands < 12, "{model}: {commands} commands\n{}", world.tail());
        drop(socket);
        world.leaves_nothing();
    }
}
