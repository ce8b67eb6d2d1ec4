//! When the server of a secure connection stops reading, writes end to be taken in bounded time, another connection
//! goes on, and nothing is lost when the server reads again. u-blox modems queue 1 kB of a secure connection (SARA/LEXI
//! internet applications §5.3.3), and drop a write that does not fit; Sequans documents name no size.
use crate::common;

use common::conversation::{exactly, tcp};
use common::tls::{FULL, NAME, SERVER, models};
use common::{ECHO, Setup, dialect, pattern};
use embassy_futures::join::join;
use embedded_io_async::{Read, Write};
use modem_sim::Options;
use modem_sim::testing::{Authority, server_config};

#[test]
fn a_full_queue_of_a_secure_connection_loses_nothing() {
    let authority = Authority::new("An authority");
    let config = server_config(&authority.server(&[NAME]), &[], None);
    for model in models() {
        for (limit, partial_writes) in [(None, false), (None, true), (Some(1500), true)] {
            let options = Options { tx_queue_limit: limit, partial_writes, ..Options::default() };
            let mut world = Setup { options, record: true, ..Setup::new(model) }.build();
            world.net.host(NAME, &[std::net::IpAddr::from(SERVER.0)]);
            world.bring_up();
            let seen = world.serve_tls(config.clone());
            world.provision(&authority, None);
            let stack = world.stack;
            let mut stalled = world.secure(&FULL).expect("it is the right one");
            world.echoes_over(&mut stalled, b"before");
            let mut lively = world.run(30, tcp(stack, ECHO)).expect("it connects");
            let connection = world.net.connections()[0].id;
            world.net.set_reading(connection, false);
            let said = pattern(20_000, 8);
            let context = format!("{model}: {limit:?}, {partial_writes}");
            let written = world.fills_beside_an_echo(&mut stalled, &mut lively, &said, 12, &context);
            // 1 kB in a u-blox modem and as much here; Sequans modems have more room, and not without end.
            let most = if dialect(model).limits().host_keeps_sockets { said.len() - 1 } else { 2048 };
            assert!(written <= most, "{model}: {written} bytes were taken");
            assert_eq!(seen.clients()[0].received, b"before", "{model}: the server does not read");

            world.net.set_reading(connection, true);
            let mut heard = vec![0; said.len()];
            let rest = world.try_run(200, async {
                let (mut reader, mut writer) = stalled.split();
                let write = async {
                    writer.write_all(&said[written..]).await?;
                    writer.flush().await
                };
                let read = async { reader.read_exact(&mut heard).await.map_err(exactly) };
                let (wrote, read) = join(write, read).await;
                wrote.and(read)
            });
            assert_eq!(rest, Some(Ok(())), "{context}\n{}", world.tail());
            let received = &seen.clients()[0].received;
            assert!(received[6..] == said && heard == said, "{context}: the data differ");
            drop((stalled, lively));
            world.leaves_nothing();
        }
    }
}
