//! u-blox modems have four secure connections at a time: the fifth is refused here, not in the modem, and is
//! there when another one has gone. Plain ones do not count.
use crate::common;

use cellular_nal::Error;
use common::conversation::tcp;
use common::tls::{FULL, NAME, SERVER};
use common::{ECHO, Setup, World};
use modem_sim::Model;
use modem_sim::testing::{Authority, server_config};

fn world(model: Model) -> World {
    let mut world = Setup { record: true, ..Setup::new(model) }.build_sized::<7, 1024, 1024>();
    world.net.host(NAME, &[std::net::IpAddr::from(SERVER.0)]);
    world.bring_up();
    world
}

#[test]
fn four_connections_are_secure_at_a_time() {
    let authority = Authority::new("An authority");
    let server = authority.server(&[NAME]);
    for model in [Model::SaraR5, Model::LexiR422, Model::LenaR8] {
        let mut world = world(model);
        world.serve_tls(server_config(&server, &[], None));
        world.provision(&authority, None);
        let mut sockets: Vec<_> = (0..4)
            .map(|_| world.secure(&FULL).unwrap_or_else(|e| panic!("{e:?} {}", world.tail())))
            .collect();
        for socket in &mut sockets {
            world.echoes_over(socket, b"each for itself");
        }
        let tries = world.said("AT+USOCR");
        assert_eq!(world.secure(&FULL).map(drop), Err(Error::NoSocket), "{model}");
        assert_eq!(world.said("AT+USOCR"), tries, "{model}: it was tried");
        let stack = world.stack;
        let plain = world.run(60, tcp(stack, ECHO)).expect("plain ones do not count");
        sockets.pop();
        let mut fifth = world.secure(&FULL).unwrap_or_else(|e| panic!("{model}: {e:?} {}", world.tail()));
        world.echoes_over(&mut fifth, b"now there is room");
        for socket in &mut sockets {
            world.echoes_over(socket, b"still there");
        }
        drop((plain, fifth, sockets));
        world.leaves_nothing();
    }
}

#[test]
fn every_socket_of_a_sequans_modem_may_be_secure() {
    let authority = Authority::new("An authority");
    let server = authority.server(&[NAME]);
    let mut world = world(Model::Ryz014a);
    world.serve_tls(server_config(&server, &[], None));
    world.provision(&authority, None);
    let mut sockets: Vec<_> = (0..6).map(|_| world.secure(&FULL).expect("there is room")).collect();
    for socket in &mut sockets {
        world.echoes_over(socket, b"each for itself");
    }
    assert_eq!(world.secure(&FULL).map(drop), Err(Error::NoSocket));
    drop(sockets);
    world.leaves_nothing();
}
