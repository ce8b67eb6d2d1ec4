//! Without an executor: certificates and keys are stored once, whatever comes between two calls; what is dropped
//! in the middle leaves the modem in step.
use crate::common;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use cellular_nal::Error;
use cellular_nal::dialect::Credential;
use common::dialect;
use common::nb::{NbWorld, Stack, up};
use common::tls::{AUTHORITY, CERTIFICATE, KEY, MUTUAL, NAME, SERVER, models};
use embedded_nal::{AddrType, Dns, TcpClientStack, nb};
use modem_sim::testing::{Authority, Identity, Seen, TlsEcho, server_config};
use modem_sim::{Model, Options, Peer};

fn provision(
    stack: &mut Stack,
    world: &mut NbWorld,
    credential: Credential,
    file: &[u8],
) -> Result<bool, Error> {
    let mut provision = stack.provision(credential, file)?;
    let written = world.until(100, || provision.poll(stack));
    assert_eq!(provision.poll(stack), Err(nb::Error::Other(Error::Aborted)), "once it is over");
    written
}

fn files<'a>(authority: &'a Authority, client: &'a Identity) -> [(Credential, &'a [u8]); 3] {
    [
        (AUTHORITY, &authority.identity.der),
        (CERTIFICATE, client.certificate.as_bytes()),
        (KEY, client.key.as_bytes()),
    ]
}

#[test]
fn nb_certificates_and_keys_are_provisioned() {
    let authority = Authority::new("An authority");
    let client = authority.client("A client");
    let config = server_config(&authority.server(&[NAME]), &[], Some(&authority));
    for model in models() {
        let (mut stack, mut world) = up::<1>(model, Options::default());
        let mut writes = Vec::new();
        for round in 0..2 {
            for (credential, file) in files(&authority, &client) {
                let written = provision(&mut stack, &mut world, credential, file);
                assert_eq!(written, Ok(round == 0), "{model} {credential:?}");
            }
            writes.push(world.modem.nvram().writes());
        }
        assert_eq!(writes[0], writes[1], "{model}: the flash was written a second time");

        // They are good for a connection.
        world.net.host(NAME, &[IpAddr::from(SERVER.0)]);
        let (seen, config) = (Seen::default(), config.clone());
        let log = seen.clone();
        world.net.serve(SERVER.0, SERVER.1, move || Box::new(TlsEcho::new(Arc::clone(&config), &log)));
        let address =
            world.until(60, || stack.get_host_by_name(NAME, AddrType::IPv4)).expect("the name is known");
        let mut socket = TcpClientStack::socket(&mut stack).expect("sockets are free of charge");
        let remote = (address, SERVER.1).into();
        world
            .until(200, || TcpClientStack::connect(&mut stack.tls(&MUTUAL), &mut socket, remote))
            .unwrap_or_else(|error| panic!("{model}: {error:?}"));
        TcpClientStack::close(&mut stack, socket).expect("closing never fails");
        world.leaves_nothing(&mut stack);
    }
}

#[test]
fn another_file_takes_the_place_and_what_is_removed_is_gone() {
    let (first, second) = (Authority::new("First"), Authority::new("Second"));
    for model in models() {
        let (mut stack, mut world) = up::<1>(model, Options::default());
        for (authority, expected) in [(&first, true), (&second, true), (&second, false)] {
            let file = authority.identity.certificate.as_bytes();
            assert_eq!(provision(&mut stack, &mut world, AUTHORITY, file), Ok(expected), "{model}");
        }
        let mut removal = stack.remove_credential(AUTHORITY);
        assert_eq!(world.until(60, || removal.poll(&mut stack)), Ok(()), "{model}");
        assert_eq!(removal.poll(&mut stack), Err(nb::Error::Other(Error::Aborted)), "{model}");
        let file = second.identity.certificate.as_bytes();
        let mut upload = stack.store_credential(AUTHORITY, file).expect("it is not empty");
        assert_eq!(world.until(60, || upload.poll(&mut stack)), Ok(()), "{model}");
        assert_eq!(upload.poll(&mut stack), Err(nb::Error::Other(Error::Aborted)), "{model}");
        assert_eq!(provision(&mut stack, &mut world, AUTHORITY, file), Ok(false), "{model}");
        world.no_breach();
    }
}

/// A plain connection echoes: the modem is in step.
fn echoes(stack: &mut Stack, world: &mut NbWorld) {
    let mut socket = TcpClientStack::socket(stack).expect("sockets are free of charge");
    world.until(60, || TcpClientStack::connect(stack, &mut socket, SERVER.into())).expect("it is open");
    world.until(60, || TcpClientStack::send(stack, &mut socket, b"plain")).expect("it is sent");
    let mut heard = [0; 8];
    let count = world.until(60, || TcpClientStack::receive(stack, &mut socket, &mut heard));
    assert_eq!(count.map(|count| &heard[..count]), Ok(&b"plain"[..]));
    TcpClientStack::close(stack, socket).expect("closing never fails");
}

#[test]
fn what_is_dropped_in_the_middle_leaves_the_modem_in_step() {
    let (first, second) = (Authority::new("First"), Authority::new("Second"));
    for model in [Model::SaraR5, Model::LenaR8, Model::Ryz014a, Model::Gm02s] {
        let mut done = false;
        // A call each millisecond.
        for calls in (0..).step_by(7) {
            let (mut stack, mut world) = up::<1>(model, Options::default());
            world.net.on(SERVER.0, SERVER.1, Peer::Echo);
            let before = first.identity.certificate.as_bytes();
            assert_eq!(provision(&mut stack, &mut world, AUTHORITY, before), Ok(true), "{model}");
            let file = second.identity.certificate.as_bytes();
            let mut dropped = stack.provision(AUTHORITY, file).expect("it is a certificate");
            for _ in 0..calls {
                done |= dropped.poll(&mut stack).is_ok();
                world.tick();
            }
            drop(dropped);
            echoes(&mut stack, &mut world);
            let written = provision(&mut stack, &mut world, AUTHORITY, file);
            assert_eq!(written, Ok(!done), "{model}, after {calls} calls");
            assert_eq!(provision(&mut stack, &mut world, AUTHORITY, file), Ok(false), "{model}");
            world.leaves_nothing(&mut stack);
            if done {
                break;
            }
            assert!(calls < 10_000, "{model}: never done");
        }
    }
}

#[test]
fn who_calls_no_more_holds_nothing_up_for_ever() {
    let authority = Authority::new("An authority");
    let file = authority.identity.certificate.as_bytes();
    for model in models() {
        let (mut stack, mut world) = up::<1>(model, Options::default());
        world.net.on(SERVER.0, SERVER.1, Peer::Echo);
        let mut forgotten = stack.store_credential(AUTHORITY, file).expect("it is not empty");
        for _ in 0..3 {
            assert_eq!(forgotten.poll(&mut stack), Err(nb::Error::WouldBlock), "{model}");
            world.tick();
        }
        echoes(&mut stack, &mut world);
        assert_eq!(world.until(1, || forgotten.poll(&mut stack)), Err(Error::Timeout), "{model}");
        assert_eq!(provision(&mut stack, &mut world, AUTHORITY, file), Ok(true), "{model}");
        world.pass(&mut stack, Duration::from_secs(1));
    }
}

#[test]
fn what_cannot_be_stored_is_refused() {
    for model in models() {
        let (mut stack, mut world) = up::<1>(model, Options::default());
        let before = world.modem.commands();
        let long = [b"-----BEGIN X-----\n".to_vec(), vec![b'A'; 8200]].concat();
        for (credential, file, expected) in [
            (AUTHORITY, &b"hello"[..], Error::CredentialRejected),
            (AUTHORITY, &long, Error::Oversized),
            (KEY, &long[..2100], Error::Oversized),
            (Credential { slot: 7, ..AUTHORITY }, b"-----BEGIN X-----\n", Error::InvalidInput),
        ] {
            assert_eq!(provision(&mut stack, &mut world, credential, file), Err(expected), "{model}");
        }
        assert_eq!(stack.store_credential(AUTHORITY, b"").err(), Some(Error::InvalidInput));
        assert_eq!(world.modem.commands(), before, "{model}");
        let broken = b"-----BEGIN X-----\nA\n-----END X-----\n";
        let refused = provision(&mut stack, &mut world, AUTHORITY, broken);
        assert_eq!(refused, Err(Error::CredentialRejected), "{model}");
    }
}

#[test]
fn a_modem_without_tls_says_so() {
    let without: Vec<Model> =
        Model::KNOWN.iter().copied().filter(|model| dialect(*model).security().is_none()).collect();
    assert!(!without.is_empty());
    for model in without {
        let (mut stack, mut world) = up::<1>(model, Options::default());
        let authority = Authority::new("An authority");
        let file = authority.identity.certificate.as_bytes();
        let refused = provision(&mut stack, &mut world, AUTHORITY, file);
        assert_eq!(refused, Err(Error::Unsupported), "{model}");
    }
}
