//! RYZ014 use cases §6.3, SARA/LEXI internet applications §3, §5.11, LENA-R8 application development §9.1.

use crate::common;

use common::tls::{NAME, configure, connect_securely, echo, outcome, provision, rig, serve};
use modem_sim::Model;
use modem_sim::testing::{Authority, server_config};

/// The models that have TLS.
fn models() -> impl Iterator<Item = Model> {
    Model::KNOWN.iter().copied().filter(|model| *model != Model::SaraR42)
}

#[test]
fn with_all_of_the_server_certificate_verified() {
    let authority = Authority::new("An authority");
    let server = authority.server(&[NAME]);
    for model in models() {
        let mut rig = rig(model);
        let seen = serve(&rig.net, server_config(&server, &[], None));
        provision(&mut rig, &authority, None);
        configure(&mut rig, false);
        let answer = connect_securely(&mut rig);
        assert!(answer.contains("OK"), "{model}: {answer:?} {}", outcome(&rig));
        assert_eq!(echo(&mut rig, b"hello"), b"hello", "{model}");
        let client = &seen.clients()[0];
        assert_eq!(
            (client.sni.as_deref(), client.received.as_slice()),
            (Some(NAME), &b"hello"[..]),
            "{model}"
        );
        let sent = rig.net.received(rig.net.connections()[0].id);
        assert!(!sent.windows(5).any(|w| w == b"hello"), "{model}: in the clear");
        assert_eq!(rig.rules(), [], "{model}");
    }
}

#[test]
fn with_a_certificate_of_the_client() {
    let (authority, others) = (Authority::new("An authority"), Authority::new("An authority of clients"));
    let (server, client) = (authority.server(&[NAME]), others.client("A client"));
    for model in models() {
        let mut rig = rig(model);
        let seen = serve(&rig.net, server_config(&server, &[], Some(&others)));
        provision(&mut rig, &authority, Some(&client));
        configure(&mut rig, true);
        assert!(connect_securely(&mut rig).contains("OK"), "{model}: {}", outcome(&rig));
        assert_eq!(echo(&mut rig, b"hello"), b"hello", "{model}");
        assert_eq!(seen.clients()[0].certificate, Some(client.der.clone()), "{model}");
    }
}

#[test]
fn with_more_than_fits_into_one_record() {
    let authority = Authority::new("An authority");
    let server = authority.server(&[NAME]);
    for model in [Model::SaraR5, Model::Ryz014a] {
        let mut rig = rig(model);
        let seen = serve(&rig.net, server_config(&server, &[], None));
        provision(&mut rig, &authority, None);
        configure(&mut rig, false);
        assert!(connect_securely(&mut rig).contains("OK"), "{model}");
        let mut all = Vec::new();
        for i in 0..40 {
            let piece = modem_sim::Prng::new(i).bytes(1000);
            assert_eq!(echo(&mut rig, &piece), piece, "{model}: piece {i}");
            all.extend(piece);
        }
        assert_eq!(seen.clients()[0].received, all, "{model}");
    }
}
