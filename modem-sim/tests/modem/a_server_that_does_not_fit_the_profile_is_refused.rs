//! The host gets an error, and no byte of it reaches the server. u-blox: the socket is closed and told
//! with +UUSOCL, as after any failed connect (SARA/LEXI internet applications §5.1).

use crate::common;

use std::time::Duration;

use common::Rig;
use common::tls::{NAME, configure, connect_securely, outcome, provision, rig, serve};
use modem_sim::Model;
use modem_sim::testing::{Authority, Client, Identity, rustls, server_config};

const MODELS: [Model; 2] = [Model::SaraR5, Model::Ryz014a];

fn refused(rig: &mut Rig, why: &str) {
    let answer = connect_securely(rig);
    if rig.model.is_ublox() {
        assert!(answer.contains("ERROR"), "{answer:?}");
        rig.pass_ms(100);
        let told = answer + &rig.printed();
        assert!(told.contains("ERROR\r\n\r\n+UUSOCL: 0\r\n"), "{told:?}");
    } else {
        assert!(answer.contains("NO CARRIER"), "{answer:?}");
    }
    assert_eq!(rig.modem.open_sockets(), []);
    assert!(outcome(rig).contains(why), "{}", outcome(rig));
    assert_eq!(rig.rules(), []);
    rig.pass_ms(1000);
    assert!(!rig.net.connections()[0].open);
}

fn verified(server: &Identity, authority: &Authority, why: &str) {
    for model in MODELS {
        let mut rig = rig(model);
        let seen = serve(&rig.net, server_config(server, &[], None));
        provision(&mut rig, authority, None);
        configure(&mut rig, false);
        refused(&mut rig, why);
        assert_eq!(seen.clients()[0].received, b"");
    }
}

#[test]
fn an_unknown_authority() {
    let (authority, other) = (Authority::new("An authority"), Authority::new("Another authority"));
    verified(&other.server(&[NAME]), &authority, "UnknownIssuer");
}

#[test]
fn a_namesake_of_the_authority() {
    let (authority, other) = (Authority::new("An authority"), Authority::new("An authority"));
    verified(&other.server(&[NAME]), &authority, "BadSignature");
}

#[test]
fn another_name() {
    let authority = Authority::new("An authority");
    verified(&authority.server(&["another.example"]), &authority, "not valid for name");
}

#[test]
fn a_certificate_of_the_past_or_of_the_future() {
    let authority = Authority::new("An authority");
    verified(&authority.server_in(&[NAME], 2024), &authority, "certificate expired");
    verified(&authority.server_in(&[NAME], 2028), &authority, "not valid yet");
}

#[test]
fn the_modem_s_clock_decides_what_is_past() {
    let authority = Authority::new("An authority");
    let server = authority.server_in(&[NAME], 2028);
    for model in MODELS {
        let mut rig = rig(model);
        serve(&rig.net, server_config(&server, &[], None));
        provision(&mut rig, &authority, None);
        configure(&mut rig, false);
        rig.ok("AT+CCLK=\"28/06/15,12:00:00+08\"");
        assert!(connect_securely(&mut rig).contains("OK"), "{}", outcome(&rig));
    }
    // 2024, without a command.
    let mut rig = rig(Model::SaraR5);
    serve(&rig.net, server_config(&authority.server_in(&[NAME], 2024), &[], None));
    let now = rig.now;
    rig.modem.set_time(now, Duration::from_secs(1_718_000_000));
    provision(&mut rig, &authority, None);
    configure(&mut rig, false);
    assert!(connect_securely(&mut rig).contains("OK"), "{}", outcome(&rig));
}

#[test]
fn a_version_below_the_lowest() {
    let authority = Authority::new("An authority");
    let server = authority.server(&[NAME]);
    for model in MODELS {
        let mut rig = rig(model);
        serve(&rig.net, server_config(&server, &[&rustls::version::TLS12], None));
        provision(&mut rig, &authority, None);
        configure(&mut rig, false);
        match model.is_ublox() {
            true => rig.ok("AT+USECPRF=0,1,4"),
            false => rig.ok("AT+SQNSPCFG=1,3,\"\",7,10,,,\"\",\"\""),
        };
        refused(&mut rig, "ProtocolVersion");
    }
}

#[test]
fn a_version_above_the_highest_of_the_module() {
    let authority = Authority::new("An authority");
    let server = authority.server(&[NAME]);
    for model in [Model::SaraR500b, Model::LenaR8] {
        let mut rig = rig(model);
        serve(&rig.net, server_config(&server, &[&rustls::version::TLS13], None));
        provision(&mut rig, &authority, None);
        configure(&mut rig, false);
        refused(&mut rig, "ProtocolVersion");
    }
}

#[test]
fn no_common_cipher_suite() {
    let authority = Authority::new("An authority");
    // Its key is ECDSA, the suite is for RSA.
    let server = authority.server(&[NAME]);
    for model in MODELS {
        let mut rig = rig(model);
        serve(&rig.net, server_config(&server, &[], None));
        provision(&mut rig, &authority, None);
        configure(&mut rig, false);
        match model.is_ublox() {
            true => rig.ok("AT+USECPRF=0,2,99,\"C0\",\"30\""),
            false => rig.ok("AT+SQNSPCFG=1,2,\"0xC030\",7,10,,,\"\",\"\""),
        };
        refused(&mut rig, "HandshakeFailure");
    }
}

#[test]
fn a_server_that_wants_a_certificate_of_the_client() {
    let authority = Authority::new("An authority");
    let server = authority.server(&[NAME]);
    for model in MODELS {
        let mut rig = rig(model);
        let tls12 = &rustls::version::TLS12;
        serve(&rig.net, server_config(&server, &[tls12], Some(&authority)));
        provision(&mut rig, &authority, None);
        configure(&mut rig, false);
        refused(&mut rig, "CertificateRequired");
    }
}

#[test]
fn a_profile_that_names_a_file_that_is_not_there() {
    let authority = Authority::new("An authority");
    for model in MODELS {
        let mut rig = rig(model);
        let seen = serve(&rig.net, server_config(&authority.server(&[NAME]), &[], None));
        configure(&mut rig, false);
        refused(&mut rig, if model.is_ublox() { "no file 'ca'" } else { "no CA certificate" });
        // Not even a ClientHello has left.
        assert_eq!(seen.clients()[0], Client::default());
    }
}

#[test]
fn a_level_that_asks_for_less_gets_less() {
    let (authority, other) = (Authority::new("An authority"), Authority::new("Another authority"));
    let past = authority.server_in(&["another.example"], 2024);
    let stranger = other.server(&["another.example"]);
    // Level and what is wrong with the server; RYZ014: chain 1, dates 2, name 4.
    for (model, level, server, good) in [
        (Model::SaraR5, 0, &stranger, true),
        (Model::SaraR5, 1, &stranger, false),
        (Model::SaraR5, 1, &past, true),
        (Model::SaraR5, 2, &past, false),
        (Model::Ryz014a, 0, &stranger, true),
        (Model::Ryz014a, 1, &stranger, false),
        (Model::Ryz014a, 1, &past, true),
        (Model::Ryz014a, 3, &past, false),
        (Model::Ryz014a, 5, &past, false),
    ] {
        let mut rig = rig(model);
        serve(&rig.net, server_config(server, &[], None));
        provision(&mut rig, &authority, None);
        configure(&mut rig, false);
        match model.is_ublox() {
            true => rig.ok(&format!("AT+USECPRF=0,0,{level}")),
            false => rig.ok(&format!("AT+SQNSPCFG=1,2,\"\",{level},10,,,\"\",\"\"")),
        };
        let answer = connect_securely(&mut rig);
        assert_eq!(answer.contains("OK"), good, "{model} level {level}: {answer:?} {}", outcome(&rig));
    }
}
