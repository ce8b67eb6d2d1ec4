//! `+SQNSI` and `+SQNSS` are not in the use cases of every modem; without them all works.
use crate::common;

use std::time::Duration;

use common::ECHO;
use common::conversation::{exactly, tcp};
use common::script::{self, lines};
use embedded_io_async::{Read, Write};
use modem_sim::Model;

#[test]
fn a_sequans_modem_without_sqnsi_is_served() {
    for unknown in [&["AT+SQNSI"][..], &["AT+SQNSS"], &["AT+SQNSI", "AT+SQNSS"]] {
        let mut desk = script::up(Model::Ryz014a, move |command| {
            let name = command.split('=').next().unwrap_or_default();
            unknown.contains(&name).then(|| lines(&["ERROR"]))
        });
        let stack = desk.stack;
        for round in 0..5_u8 {
            let said = vec![round; 3000];
            let heard = desk.try_run(60, async {
                let mut socket = tcp(stack, ECHO).await?;
                let mut heard = vec![0; said.len()];
                for (part, back) in said.chunks(1000).zip(heard.chunks_mut(1000)) {
                    socket.write_all(part).await?;
                    socket.read_exact(back).await.map_err(exactly)?;
                }
                Ok::<_, cellular_nal::Error>(heard)
            });
            assert_eq!(heard, Some(Ok(said)), "{unknown:?}\n{}", desk.tail());
            desk.pass(Duration::from_secs(100));
        }
        // An idle connection without these commands is not taken for a dead one.
        let mut socket = desk.run(30, tcp(stack, ECHO)).expect("it connects");
        let read = desk.try_run(1000, socket.read(&mut [0; 8]));
        assert_eq!(read, None, "{unknown:?}\n{}", desk.tail());
    }
}
