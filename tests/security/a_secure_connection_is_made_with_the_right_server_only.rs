//! TLS with a real server: the right one is talked to, and nothing in plain text; one with another
//! authority, another name or an old certificate is not.
use crate::common;

use cellular_nal::{Error, SecurityProfile, Validation};
use common::tls::{FULL, MUTUAL, NAME, models, profile, up};
use modem_sim::testing::{Authority, rustls, server_config};

#[test]
fn the_right_server_is_talked_to() {
    let authority = Authority::new("An authority");
    let server = authority.server(&[NAME]);
    for model in models() {
        let mut world = up(model);
        let seen = world.serve_tls(server_config(&server, &[], None));
        world.provision(&authority, None);
        let mut socket = world.secure(&FULL).unwrap_or_else(|e| panic!("{model}: {e:?}\n{}", world.tail()));
        world.echoes_over(&mut socket, b"in private");
        let client = &seen.clients()[0];
        assert_eq!((client.sni.as_deref(), &client.received[..]), (Some(NAME), &b"in private"[..]));
        let wire = world.net.received(world.net.connections()[0].id);
        assert!(!wire.windows(7).any(|part| part == b"private"), "{model}: in plain text");
        drop(socket);
        world.leaves_nothing();
    }
}

#[test]
fn much_goes_both_ways() {
    let authority = Authority::new("An authority");
    let server = authority.server(&[NAME]);
    for model in models() {
        let mut world = up(model);
        world.serve_tls(server_config(&server, &[], None));
        world.provision(&authority, None);
        let mut socket = world.secure(&FULL).expect("it is the right one");
        for round in 0..20 {
            world.echoes_over(&mut socket, &common::pattern(1400, round));
        }
        drop(socket);
        world.leaves_nothing();
    }
}

#[test]
fn the_wrong_one_is_not() {
    let (authority, other) = (Authority::new("An authority"), Authority::new("Another one"));
    let cases = [
        ("authority", other.server(&[NAME])),
        ("name", authority.server(&["other.example"])),
        ("date", authority.server_in(&[NAME], 2020)),
    ];
    for model in models() {
        for (what, server) in &cases {
            let mut world = up(model);
            let seen = world.serve_tls(server_config(server, &[], None));
            world.provision(&authority, None);
            let result = world.secure(&FULL).map(drop);
            assert_eq!(result, Err(Error::Handshake), "{model}: wrong {what}\n{}", world.tail());
            assert!(seen.clients().iter().all(|client| client.received.is_empty()), "{model}: {what}");
            world.echoes(60);
            world.leaves_nothing();
        }
    }
}

#[test]
fn a_weaker_validation_lets_the_wrong_one_pass_as_far_as_it_says() {
    let (authority, other) = (Authority::new("An authority"), Authority::new("Another one"));
    let of_another = other.server(&["other.example"]);
    let elsewhere = authority.server(&["other.example"]);
    let chain = profile(SecurityProfile::new().authority(8).validation(Validation::Chain));
    let none = profile(SecurityProfile::new().validation(Validation::None));
    for model in models() {
        for (profile, server, expected) in [
            (chain, &elsewhere, Ok(())),
            (chain, &of_another, Err(Error::Handshake)),
            (none, &of_another, Ok(())),
        ] {
            let mut world = up(model);
            world.serve_tls(server_config(server, &[], None));
            world.provision(&authority, None);
            let result = world.secure(profile).map(drop);
            assert_eq!(result, expected, "{model}: {profile:?}\n{}", world.tail());
            world.leaves_nothing();
        }
    }
}

#[test]
fn both_sides_show_certificates() {
    let (authority, clients) = (Authority::new("An authority"), Authority::new("One of clients"));
    let (server, client) = (authority.server(&[NAME]), clients.client("A client"));
    for model in models() {
        let mut world = up(model);
        let seen = world.serve_tls(server_config(&server, &[], Some(&clients)));
        world.provision(&authority, Some(&client));
        let mut socket = world.secure(&MUTUAL).unwrap_or_else(|e| panic!("{model}: {e:?}\n{}", world.tail()));
        world.echoes_over(&mut socket, b"who am I?");
        assert_eq!(seen.clients()[0].certificate.as_ref(), Some(&client.der), "{model}");
        drop(socket);
        world.leaves_nothing();
    }
}

#[test]
fn a_profile_whose_certificates_are_not_there_is_an_error() {
    let authority = Authority::new("An authority");
    let server = authority.server(&[NAME]);
    for model in models() {
        let mut world = up(model);
        world.serve_tls(server_config(&server, &[], None));
        let result = world.secure(&FULL).map(drop);
        let expected = [Err(Error::Handshake), Err(Error::ProfileRejected)];
        assert!(expected.contains(&result), "{model}: {result:?}\n{}", world.tail());
        world.echoes(60);
    }
}

#[test]
fn a_server_that_is_too_old_is_not_talked_to() {
    let authority = Authority::new("An authority");
    let server = authority.server(&[NAME]);
    let new = profile(SecurityProfile::new().authority(8).min_version(cellular_nal::TlsVersion::Tls13));
    for model in models() {
        let mut world = up(model);
        world.serve_tls(server_config(&server, &[&rustls::version::TLS12], None));
        world.provision(&authority, None);
        let result = world.secure(new).map(drop);
        let expected = [Err(Error::Handshake), Err(Error::UnsupportedProfile)];
        assert!(expected.contains(&result), "{model}: {result:?}\n{}", world.tail());
    }
}
