//! Secure and plain connections follow each other and go on beside each other: neither inherits anything
//! from the socket that had its number before. While one handshakes, the modem hears nothing else.
use crate::common;

use common::conversation::tcp;
use common::tls::{FULL, NAME, models, up};
use common::{ECHO, pattern};
use embassy_futures::join::join;
use embedded_io_async::{Read, Write};
use embedded_nal_async::{AddrType, Dns, TcpConnect};
use modem_sim::testing::{Authority, server_config};

#[test]
fn a_plain_connection_after_a_secure_one_is_plain() {
    let authority = Authority::new("An authority");
    let server = authority.server(&[NAME]);
    for model in models() {
        let mut world = up(model);
        world.serve_tls(server_config(&server, &[], None));
        world.provision(&authority, None);
        for _ in 0..7 {
            let mut secure =
                world.secure(&FULL).unwrap_or_else(|e| panic!("{model}: {e:?}\n{}", world.tail()));
            world.echoes_over(&mut secure, b"secure");
            world.echoes(60);
            drop(secure);
            world.echoes(60);
        }
        world.leaves_nothing();
    }
}

#[test]
fn a_handshake_and_other_traffic_do_not_disturb_each_other() {
    let authority = Authority::new("An authority");
    let server = authority.server(&[NAME]);
    for model in models() {
        let mut world = up(model);
        world.serve_tls(server_config(&server, &[], None));
        world.provision(&authority, None);
        let stack = world.stack;
        let address = world.run(60, stack.get_host_by_name(NAME, AddrType::IPv4)).expect("it is known");
        let mut plain = world.run(60, tcp(stack, ECHO)).expect("it is there");
        let said = pattern(5000, 1);
        let mut heard = vec![0; said.len()];
        let (secure, carried) = world.run(300, async {
            let tls = stack.tls(&FULL);
            let secure = TcpConnect::connect(&tls, (address, 443).into());
            let (mut reader, mut writer) = plain.split();
            let traffic = join(
                async {
                    writer.write_all(&said).await?;
                    writer.flush().await
                },
                reader.read_exact(&mut heard),
            );
            let (secure, (written, read)) = join(secure, traffic).await;
            (secure, written.is_ok() && read.is_ok())
        });
        let mut secure = secure.unwrap_or_else(|e| panic!("{model}: {e:?}\n{}", world.tail()));
        assert!(carried && heard == said, "{model}: {}", world.tail());
        world.echoes_over(&mut secure, b"secure");
        drop((plain, secure));
        world.leaves_nothing();
    }
}
