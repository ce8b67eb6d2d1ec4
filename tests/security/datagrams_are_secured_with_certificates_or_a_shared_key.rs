//! DTLS with a real server: datagrams keep their borders, and nobody else reads them.
use crate::common;

use cellular_nal::asynch::UdpSocket;
use cellular_nal::{Error, SecurityProfile};
use common::World;
use common::tls::{FULL, MUTUAL, NAME, SERVER, models, profile, up, up_with};
use embedded_nal_async::{AddrType, ConnectedUdp, Dns, UdpStack};
use modem_sim::Options;
use modem_sim::testing::{Authority, DtlsEcho, DtlsServer};

/// The models with DTLS.
fn dtls_models() -> impl Iterator<Item = modem_sim::Model> {
    models().filter(|model| *model != modem_sim::Model::LenaR8)
}

fn serve(world: &World, server: DtlsServer) {
    world.net.serve(SERVER.0, SERVER.1, move || Box::new(DtlsEcho::new(server.clone())));
}

fn connect(world: &mut World, profile: &'static SecurityProfile) -> Result<UdpSocket<'static>, Error> {
    let stack = world.stack;
    world.run(200, async move {
        let address = stack.get_host_by_name(NAME, AddrType::IPv4).await?;
        let (_, socket) = UdpStack::connect(&stack.tls(profile), (address, SERVER.1).into()).await?;
        Ok(socket)
    })
}

fn echoes(world: &mut World, mut socket: UdpSocket<'static>) {
    for len in [1, 20, 900] {
        let said = common::pattern(len, 3);
        let mut heard = [0; 1024];
        let count = world.run(60, async {
            socket.send(&said).await?;
            socket.receive_into(&mut heard).await
        });
        assert_eq!(count, Ok(len), "{}: {}", world.model, world.tail());
        assert_eq!(heard[..len], said);
    }
    drop(socket);
    world.leaves_nothing();
}

#[test]
fn with_the_certificate_of_the_server() {
    let authority = Authority::new("An authority");
    let server = authority.server(&[NAME]);
    for model in dtls_models() {
        let mut world = up(model);
        serve(&world, DtlsServer::Certificate(server.clone()));
        world.provision(&authority, None);
        let socket = connect(&mut world, &FULL).unwrap_or_else(|e| panic!("{model}: {e:?} {}", world.tail()));
        echoes(&mut world, socket);
    }
}

#[test]
fn with_certificates_of_both() {
    let authority = Authority::new("An authority");
    let (server, client) = (authority.server(&[NAME]), authority.client("A client"));
    for model in dtls_models() {
        let mut world = up(model);
        serve(&world, DtlsServer::Mutual(server.clone()));
        world.provision(&authority, Some(&client));
        let socket =
            connect(&mut world, &MUTUAL).unwrap_or_else(|e| panic!("{model}: {e:?} {}", world.tail()));
        echoes(&mut world, socket);
    }
}

#[test]
fn not_with_another_authority() {
    let (authority, other) = (Authority::new("An authority"), Authority::new("Another one"));
    let server = other.server(&[NAME]);
    for model in dtls_models() {
        let mut world = up(model);
        serve(&world, DtlsServer::Certificate(server.clone()));
        world.provision(&authority, None);
        assert_eq!(connect(&mut world, &FULL).map(drop), Err(Error::Handshake), "{model}: {}", world.tail());
        world.echoes(60);
        world.leaves_nothing();
    }
}

#[test]
fn with_a_shared_key() {
    let suites = &[0xc0a8, 0x00a8, 0x00ae];
    let shared = |key| SecurityProfile::new().psk(key, "a client").cipher_suites(suites);
    let (right, wrong) = (profile(shared(b"\x00\x01shared key")), profile(shared(b"\x00\x02shared key")));
    for model in dtls_models() {
        for (profile, fits) in [(right, true), (wrong, false)] {
            let mut world = up_with(model, Options { hex_shared_key: true, ..Options::default() });
            serve(&world, DtlsServer::SharedKey(b"\x00\x01shared key".to_vec()));
            match connect(&mut world, profile) {
                Ok(socket) if fits => echoes(&mut world, socket),
                Err(Error::Handshake | Error::Timeout) if !fits => {}
                other => panic!("{model}, {fits}: {other:?}\n{}", world.tail()),
            }
        }
    }
}
