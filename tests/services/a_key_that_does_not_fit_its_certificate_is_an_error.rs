//! Certificate and private key of two different clients: no document says whether a modem notices. Where it does, the
//! connect fails; where it does not, the server refuses the client, with TLS 1.2 while it connects, with TLS 1.3 when
//! the modem has taken the connection for open already (RFC 8446 appendix E.1.2). Either way it ends, and nothing is
//! taken by the server.
use crate::common;

use cellular_nal::Error;
use common::tls::{AUTHORITY, CERTIFICATE, KEY, MUTUAL, NAME, models, up_with};
use embedded_io_async::{Read, Write};
use modem_sim::Options;
use modem_sim::testing::{Authority, rustls, server_config};

#[test]
fn a_key_that_does_not_fit_its_certificate_is_an_error() {
    let (authority, clients) = (Authority::new("An authority"), Authority::new("One of clients"));
    let server = authority.server(&[NAME]);
    let (client, other) = (clients.client("A client"), clients.client("Another client"));
    for model in models() {
        for uses_any_key in [false, true] {
            for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
                let context = format!("{model}, {uses_any_key}, {:?}", version.version);
                let mut world = up_with(model, Options { uses_any_key, ..Options::default() });
                let seen = world.serve_tls(server_config(&server, &[version], Some(&clients)));
                world.store(AUTHORITY, authority.identity.certificate.as_bytes());
                world.store(CERTIFICATE, client.certificate.as_bytes());
                world.store(KEY, other.key.as_bytes());
                let begun = world.now;
                let result = match world.secure(&MUTUAL) {
                    Err(error) => Err(error),
                    Ok(mut socket) => world.run(120, async {
                        socket.write_all(b"who am I?").await?;
                        socket.flush().await?;
                        socket.read(&mut [0; 8]).await
                    }),
                };
                let early = !uses_any_key || version.version == rustls::ProtocolVersion::TLSv1_2;
                match result {
                    Err(Error::Handshake | Error::ProfileRejected) => {}
                    Ok(0) | Err(Error::Reset | Error::Closed) if !early => {}
                    _ => panic!("{context}: {result:?}\n{}", world.tail()),
                }
                let took = world.now - begun;
                assert!(took.as_secs() < 30, "{context}: it took {took:?}");
                let taken = seen.clients().iter().all(|client| client.received.is_empty());
                assert!(taken, "{context}: the server has taken something");
                world.echoes(60);
                world.leaves_nothing();
            }
        }
    }
}

#[test]
fn the_right_key_makes_it_good() {
    let (authority, clients) = (Authority::new("An authority"), Authority::new("One of clients"));
    let server = authority.server(&[NAME]);
    let (client, other) = (clients.client("A client"), clients.client("Another client"));
    for model in models() {
        let mut world = up_with(model, Options::default());
        let seen = world.serve_tls(server_config(&server, &[], Some(&clients)));
        world.provision(&authority, Some(&client));
        world.store(KEY, other.key.as_bytes());
        assert!(world.secure(&MUTUAL).map(drop).is_err(), "{model}");
        world.store(KEY, client.key.as_bytes());
        let mut socket = world.secure(&MUTUAL).unwrap_or_else(|e| panic!("{model}: {e:?}\n{}", world.tail()));
        world.echoes_over(&mut socket, b"who am I?");
        assert_eq!(seen.clients().last().and_then(|seen| seen.certificate.clone()), Some(client.der.clone()));
        drop(socket);
        world.leaves_nothing();
    }
}
