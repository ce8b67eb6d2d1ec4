//! Certificates and keys are written once, however often they are provisioned; another file replaces the
//! one before; what a power cut has left is made good.
use crate::common;

use cellular_nal::dialect::{Credential, CredentialKind};
use cellular_nal::{Config, Error};
use common::tls::{AUTHORITY, CERTIFICATE, KEY, models, up};
use common::{Extra, Setup, dialect};
use modem_sim::Model;
use modem_sim::testing::Authority;

#[test]
fn what_is_stored_already_is_not_written_again() {
    let authorities: Vec<Authority> = (0..9).map(|n| Authority::new(&format!("Authority {n}"))).collect();
    let client = authorities[0].client("A client");
    for model in models() {
        let mut world = up(model);
        let control = world.control;
        let mut writes = Vec::new();
        for round in 0..2 {
            for (slot, authority) in (11..20).zip(&authorities) {
                let credential = Credential { kind: CredentialKind::Authority, slot };
                let written = control.provision(credential, authority.identity.certificate.as_bytes());
                assert_eq!(world.run(100, written), Ok(round == 0), "{model} {slot}: {}", world.tail());
            }
            for (credential, file) in [(CERTIFICATE, &client.certificate), (KEY, &client.key)] {
                let written = world.run(100, control.provision(credential, file.as_bytes()));
                assert_eq!(written, Ok(round == 0), "{model} {credential:?}: {}", world.tail());
            }
            writes.push(world.modem.nvram().writes());
        }
        assert_eq!(writes[0], writes[1], "{model}: the flash was written a second time");
        world.no_breach();
    }
}

#[test]
fn der_and_other_line_ends_are_the_same_file() {
    let authority = Authority::new("An authority");
    let pem = &authority.identity.certificate;
    for model in models() {
        let mut world = up(model);
        let control = world.control;
        assert_eq!(
            world.run(100, control.provision(AUTHORITY, &authority.identity.der)),
            Ok(true),
            "{model}"
        );
        let dos = pem.replace('\n', "\r\n");
        let written = world.run(100, control.provision(AUTHORITY, dos.as_bytes()));
        assert_eq!(written, Ok(false), "{model}: {}", world.tail());
        world.no_breach();
    }
}

#[test]
fn another_file_takes_the_place() {
    let (first, second) = (Authority::new("First"), Authority::new("Second"));
    for model in models() {
        let mut world = up(model);
        let control = world.control;
        for (authority, expected) in [(&first, true), (&second, true), (&second, false), (&first, true)] {
            let written = control.provision(AUTHORITY, authority.identity.certificate.as_bytes());
            assert_eq!(world.run(100, written), Ok(expected), "{model}: {}", world.tail());
        }
        world.no_breach();
    }
}

#[test]
fn what_a_power_cut_has_left_is_made_good() {
    let authority = Authority::new("An authority");
    let file = authority.identity.certificate.as_bytes();
    for model in [Model::SaraR5, Model::Ryz014a] {
        for cut in 0.. {
            let mut world = up(model);
            let mut prints = 0;
            world.behind = Some(Box::new(move |_| {
                prints += 1;
                (prints == cut).then_some(Extra::PowerOff)
            }));
            let control = world.control;
            let result = world.try_run(300, control.provision(AUTHORITY, file));
            let whole = result == Some(Ok(true)) && world.modem.nvram().writes() > 0;
            world.behind = None;
            let nvram = world.modem.nvram().clone();
            let mut again = Setup { record: true, ..Setup::new(model) }.build();
            again.modem.insert_nvram(nvram);
            again.bring_up();
            let control = again.control;
            let written = again.run(100, control.provision(AUTHORITY, file));
            assert!(written.is_ok(), "{model}, cut {cut}: {written:?}\n{}", again.tail());
            assert_eq!(again.run(100, control.provision(AUTHORITY, file)), Ok(false), "{model}, cut {cut}");
            if whole && cut > 1 {
                break;
            }
            assert!(cut < 1000, "{model}: never whole");
        }
    }
}

#[test]
fn what_is_no_credential_does_not_reach_the_modem() {
    let key = Credential { kind: CredentialKind::PrivateKey, slot: 9 };
    for model in models() {
        let mut world = up(model);
        let control = world.control;
        let before = world.modem.commands();
        let long = [b"-----BEGIN X-----\n".to_vec(), vec![b'A'; 8200]].concat();
        for (credential, file, expected) in [
            (AUTHORITY, &b"hello"[..], Error::CredentialRejected),
            (AUTHORITY, &long, Error::Oversized),
            (key, &long[..2100], Error::Oversized),
            (Credential { slot: 7, ..AUTHORITY }, b"-----BEGIN X-----\n", Error::InvalidInput),
        ] {
            assert_eq!(world.run(10, control.provision(credential, file)), Err(expected), "{model}");
        }
        assert_eq!(world.modem.commands(), before, "{model}");
        let broken = world.run(100, control.provision(AUTHORITY, b"-----BEGIN X-----\nA\n-----END X-----\n"));
        assert_eq!(broken, Err(Error::CredentialRejected), "{model}: {}", world.tail());
    }
}

#[test]
fn a_modem_without_tls_says_so() {
    let authority = Authority::new("An authority");
    for &model in Model::KNOWN.iter().filter(|model| dialect(**model).security().is_none()) {
        let mut world = Setup { config: Config::new(), ..Setup::new(model) }.build();
        world.bring_up();
        let control = world.control;
        let written = world.run(100, control.provision(AUTHORITY, authority.identity.certificate.as_bytes()));
        assert_eq!(written, Err(Error::Unsupported), "{model}");
    }
}

/// The certificate of RYZ014 use cases §3.2.2, of which the document shows begin and end, and what §3.2.3 reads
/// back: its last parameter is the SHA-1 of the 1078 bytes.
#[test]
fn the_digest_is_that_of_the_documents_example() {
    const FILE: &[u8] = include_bytes!("../files/mosquitto.pem");
    assert_eq!(FILE.len(), 1078);
    let zeros = "0".repeat(40);
    let shown = format!(
        "+SQNSNVR: \"certificate\",8,\"/C=GB/ST=United Kingdom/L=Derby/O=Mosquitto/OU=CA/CN=mosquitto.org\",\"{zeros}\",\
         \"/C=GB/ST=United Kingdom/L=Derby/O=Mosquitto/OU=CA/CN=mosquitto.org\",\"12/06/29 22:11:59\",\
         \"22/06/27 22:11:59\",\"sha1RSA\",\"{zeros}\",\"sha1\",\"1d214e931ab1da59c1e08f025f268d2783a51f0a\""
    );
    let mut desk = common::script::up(Model::Ryz014a, move |command| {
        command.starts_with("AT+SQNSNVR").then(|| common::script::lines(&[&shown, "OK"]))
    });
    let control = desk.control;
    assert_eq!(desk.run(100, control.provision(AUTHORITY, FILE)), Ok(false), "{}", desk.tail());
    assert_eq!(desk.far.count("AT+SQNSNVW"), 0);
}

#[test]
fn a_full_store_and_a_bad_file_are_told_apart() {
    for (model, answer, expected) in [
        (Model::Ryz014a, "ERROR", Error::StoreFull),
        (Model::Ryz014a, "+CME ERROR: operation not supported", Error::CredentialRejected),
        (Model::Ryz014a, "+CME ERROR: 4", Error::CredentialRejected),
        (Model::SaraR5, "+CME ERROR: 20", Error::StoreFull),
        (Model::SaraR5, "ERROR", Error::CredentialRejected),
    ] {
        let mut desk = common::script::up(model, move |command| {
            let stores = command.starts_with("AT+SQNSNVW") && !command.ends_with(",0");
            (stores || command.starts_with("AT+USECMNG=0")).then(|| common::script::lines(&[answer]))
        });
        let control = desk.control;
        let pem = b"-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n";
        assert_eq!(desk.run(100, control.provision(AUTHORITY, pem)), Err(expected), "{model}: {answer}");
        desk.echoes(60);
    }
}
