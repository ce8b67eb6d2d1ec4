//! When one peer stops reading, the other connection goes on; nothing is lost when it reads again (A14).
use crate::common;

use common::conversation::tcp;
use common::{ECHO, Setup, pattern};
use embedded_io_async::Write;
use modem_sim::{Model, Options, Peer};

#[test]
fn a_stalled_connection_does_not_hold_the_other_up() {
    for &model in Model::ALL {
        for (limit, partial_writes) in
            [(None, false), (Some(1500), false), (Some(1500), true), (Some(3000), true)]
        {
            let options = Options { tx_queue_limit: limit, partial_writes, ..Options::default() };
            let mut world = Setup { options, record: true, ..Setup::new(model) }.build();
            world.bring_up();
            let stack = world.stack;
            world.net.on([10, 0, 0, 9], 9, Peer::Discard);
            let mut stalled = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).expect("it connects");
            let mut lively = world.run(30, tcp(stack, ECHO)).expect("it connects");
            let connection = world.net.connections()[0].id;
            world.net.set_reading(connection, false);
            let said = pattern(20_000, 8);
            let context = format!("{model}: {limit:?}, {partial_writes}");
            let written = world.fills_beside_an_echo(&mut stalled, &mut lively, &said, 30, &context);
            assert!(written < said.len(), "{model}: nothing was stalled");
            world.net.set_reading(connection, true);
            let rest = world.try_run(60, async {
                stalled.write_all(&said[written..]).await?;
                stalled.flush().await
            });
            assert_eq!(rest, Some(Ok(())), "{context}\n{}", world.tail());
            world.pass_secs(2);
            assert!(world.net.received(connection) == said, "{context}: the data differ");
            drop((stalled, lively));
            world.leaves_nothing();
        }
    }
}
