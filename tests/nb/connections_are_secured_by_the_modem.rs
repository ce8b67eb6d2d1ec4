//! Without an executor: TLS and DTLS by the same calls, with the name filled in; a socket that was plain is
//! never taken for a secure one, nor the other way round.
use crate::common;

use std::net::IpAddr;
use std::sync::Arc;

use cellular_nal::Error;
use common::nb::{NbWorld, Stack, up};
use common::tls::{FULL, NAME, SERVER, models};
use embedded_nal::{AddrType, Dns, TcpClientStack, UdpClientStack, nb};
use modem_sim::testing::{Authority, DtlsEcho, DtlsServer, Seen, TlsEcho, server_config};
use modem_sim::{Model, Nvram, Options, Peer};

/// What an authority's certificate leaves in a modem.
fn provisioned(model: Model, authority: &Authority) -> Nvram {
    let mut world = common::tls::up(model);
    world.provision(authority, None);
    world.modem.nvram().clone()
}

fn ready(model: Model, authority: &Authority) -> (Stack, NbWorld) {
    let (stack, mut world) = up::<1>(model, Options::default());
    world.modem.insert_nvram(provisioned(model, authority));
    world.net.host(NAME, &[IpAddr::from(SERVER.0)]);
    (stack, world)
}

fn tcp_echoes(stack: &mut Stack, world: &mut NbWorld, socket: &mut cellular_nal::nb::TcpSocket) {
    world.until(60, || TcpClientStack::send(stack, socket, b"in private")).expect("it is sent");
    let mut heard = [0; 20];
    let count = world.until(60, || TcpClientStack::receive(stack, socket, &mut heard));
    assert_eq!(count.map(|count| &heard[..count]), Ok(&b"in private"[..]));
}

#[test]
fn nb_connections_are_secured_by_the_modem() {
    let authority = Authority::new("An authority");
    let config = server_config(&authority.server(&[NAME]), &[], None);
    for model in models() {
        let (mut stack, mut world) = ready(model, &authority);
        let (seen, config) = (Seen::default(), config.clone());
        let log = seen.clone();
        world.net.serve(SERVER.0, SERVER.1, move || Box::new(TlsEcho::new(Arc::clone(&config), &log)));
        let mut socket = TcpClientStack::socket(&mut stack).expect("sockets are free of charge");
        let nameless =
            world.until(60, || TcpClientStack::connect(&mut stack.tls(&FULL), &mut socket, SERVER.into()));
        assert_eq!(nameless, Err(Error::ServerNameUnknown), "{model}");
        let address =
            world.until(60, || stack.get_host_by_name(NAME, AddrType::IPv4)).expect("the name is known");
        let remote = (address, SERVER.1).into();
        world
            .until(200, || TcpClientStack::connect(&mut stack.tls(&FULL), &mut socket, remote))
            .unwrap_or_else(|error| panic!("{model}: {error:?}"));
        tcp_echoes(&mut stack, &mut world, &mut socket);
        assert_eq!(seen.clients()[0].sni.as_deref(), Some(NAME), "{model}");
        TcpClientStack::close(&mut stack, socket).expect("closing never fails");
        world.leaves_nothing(&mut stack);
    }
}

#[test]
fn a_plain_connection_does_not_pass_for_a_secure_one() {
    let authority = Authority::new("An authority");
    for model in models() {
        let (mut stack, mut world) = ready(model, &authority);
        world.net.on(SERVER.0, SERVER.1, Peer::Echo);
        let mut socket = TcpClientStack::socket(&mut stack).expect("sockets are free of charge");
        world
            .until(60, || TcpClientStack::connect(&mut stack, &mut socket, SERVER.into()))
            .expect("it is plain");
        tcp_echoes(&mut stack, &mut world, &mut socket);
        let address =
            world.until(60, || stack.get_host_by_name(NAME, AddrType::IPv4)).expect("the name is known");
        let remote = (address, SERVER.1).into();
        let secure = world.until(300, || TcpClientStack::connect(&mut stack.tls(&FULL), &mut socket, remote));
        assert!(matches!(secure, Err(Error::Handshake | Error::Timeout)), "{model}: {secure:?}");
        TcpClientStack::close(&mut stack, socket).expect("closing never fails");
        world.leaves_nothing(&mut stack);
    }
}

#[test]
fn datagrams_are_secured_too() {
    let authority = Authority::new("An authority");
    let server = authority.server(&[NAME]);
    for model in models().filter(|model| *model != Model::LenaR8) {
        let (mut stack, mut world) = ready(model, &authority);
        let server = server.clone();
        let make = move || -> Box<dyn modem_sim::Service> {
            Box::new(DtlsEcho::new(DtlsServer::Certificate(server.clone())))
        };
        world.net.serve(SERVER.0, SERVER.1, make);
        let address =
            world.until(60, || stack.get_host_by_name(NAME, AddrType::IPv4)).expect("the name is known");
        let mut socket = UdpClientStack::socket(&mut stack).expect("sockets are free of charge");
        let remote = (address, SERVER.1).into();
        UdpClientStack::connect(&mut stack.tls(&FULL), &mut socket, remote).expect("it is noted");
        let plain = UdpClientStack::send(&mut stack, &mut socket, b"not so");
        assert_eq!(plain, Err(nb::Error::Other(Error::NotConnected)), "{model}: in plain text");
        world
            .until(200, || UdpClientStack::send(&mut stack.tls(&FULL), &mut socket, b"in private"))
            .unwrap_or_else(|error| panic!("{model}: {error:?}"));
        let mut heard = [0; 20];
        let (count, from) = world
            .until(60, || UdpClientStack::receive(&mut stack.tls(&FULL), &mut socket, &mut heard))
            .unwrap_or_else(|error| panic!("{model}: {error:?}"));
        assert_eq!((&heard[..count], from), (&b"in private"[..], remote), "{model}");
        UdpClientStack::close(&mut stack, socket).expect("closing never fails");
        world.leaves_nothing(&mut stack);
    }
}
