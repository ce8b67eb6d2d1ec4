//! A session is kept outside of the modem and given back to it for the next handshake with the same server,
//! and with no other; a server that does not know it any more makes a new one.
use crate::common;

use cellular_nal::{SecurityProfile, Session, Validation};
use common::tls::{NAME, models, profile, up};
use modem_sim::Model;
use modem_sim::testing::{Authority, rustls, server_config};

/// The models that resume.
fn resuming() -> impl Iterator<Item = Model> {
    models().filter(|model| model.is_ublox() && *model != Model::LenaR8)
}

fn resumed(world: &common::World) -> Vec<bool> {
    let handshakes = world.modem.handshakes();
    handshakes.iter().filter_map(|handshake| handshake.result.as_ref().ok()).map(|a| a.resumed).collect()
}

#[test]
fn a_session_is_resumed() {
    let authority = Authority::new("An authority");
    let server = authority.server(&[NAME]);
    for model in resuming() {
        let session: &'static Session = Box::leak(Box::new(Session::new()));
        let base = SecurityProfile::new().authority(8).resume(session);
        let (full, chain) = (profile(base), profile(base.validation(Validation::Chain)));
        let mut world = up(model);
        let config = server_config(&server, &[&rustls::version::TLS12], None);
        world.serve_tls(config.clone());
        world.provision(&authority, None);
        for (profile, expected) in [
            (full, vec![false]),
            (full, vec![false, true]),
            // A session of a profile that demands less is not one for this one, nor the other way round.
            (chain, vec![false, true, false]),
            (full, vec![false, true, false, false]),
            (full, vec![false, true, false, false, true]),
        ] {
            let mut socket =
                world.secure(profile).unwrap_or_else(|e| panic!("{model}: {e:?}\n{}", world.tail()));
            world.echoes_over(&mut socket, b"hello");
            drop(socket);
            world.pass_secs(2);
            assert_eq!(resumed(&world), expected, "{model}: {}", world.tail());
        }
        // The server has forgotten everything.
        world.serve_tls(server_config(&server, &[&rustls::version::TLS12], None));
        let mut socket = world.secure(full).expect("there is a full handshake");
        world.echoes_over(&mut socket, b"hello");
        drop(socket);
        session.clear();
        let before = world.said("AT+USECPRF=0,13,2");
        drop(world.secure(full).expect("there is a full handshake"));
        assert_eq!(world.said("AT+USECPRF=0,13,2"), before, "{model}: it was cleared");
        world.leaves_nothing();
    }
}
