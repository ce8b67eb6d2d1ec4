//! A secure connect that is dropped at any moment, in the middle of the handshake too, leaves no socket
//! behind, and no half-open connection that others would get.
use crate::common;

use common::dropping;
use common::tls::{FULL, NAME, SERVER};
use embedded_nal_async::{AddrType, Dns, TcpConnect};
use modem_sim::Model;
use modem_sim::testing::{Authority, server_config};

#[test]
fn a_dropped_tls_connect_leaves_no_socket() {
    let authority = Authority::new("An authority");
    let server = authority.server(&[NAME]);
    let config = server_config(&server, &[], None);
    for model in [Model::SaraR5, Model::LexiR422, Model::Ryz014a] {
        dropping::everywhere(
            || {
                let mut world = dropping::narrow(model);
                world.net.host(NAME, &[std::net::IpAddr::from(SERVER.0)]);
                world.serve_tls(config.clone());
                world.provision(&authority, None);
                let stack = world.stack;
                world.run(60, stack.get_host_by_name(NAME, AddrType::IPv4)).expect("it is known");
                world
            },
            |world| {
                let stack = world.stack;
                async move { TcpConnect::connect(&stack.tls(&FULL), SERVER.into()).await.map(drop) }
            },
            |world, output| {
                assert!(matches!(output, None | Some(Ok(()))), "{model}: {output:?}\n{}", world.tail());
                world.echoes(200);
                let mut secure =
                    world.secure(&FULL).unwrap_or_else(|e| panic!("{model}: {e:?}\n{}", world.tail()));
                world.echoes_over(&mut secure, b"again");
                drop(secure);
                world.leaves_nothing();
            },
        );
    }
}
