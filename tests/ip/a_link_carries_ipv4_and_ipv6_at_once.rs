//! Connections, datagrams and names of both families on one link, alone on the line and in the multiplexer.
use crate::common;

use std::net::{IpAddr, SocketAddr};

use cellular_nal::Error;
use cellular_nal::ip::Stack;
use common::conversation::{exactly, tcp, udp};
use common::six::{BOTH_NAME, ECHO6, ECHO6_NAME, build, setup};
use common::{ECHO, ECHO_NAME, Mode, pattern};
use embedded_io_async::{Read, Write};
use embedded_nal_async::{AddrType, ConnectedUdp, Dns};
use modem_sim::Model;

async fn echo(stack: Stack<'_>, server: SocketAddr, said: &[u8]) -> Result<Vec<u8>, Error> {
    let mut socket = tcp(stack, server).await?;
    let mut heard = vec![0; said.len()];
    for (said, heard) in said.chunks(1000).zip(heard.chunks_mut(1000)) {
        socket.write_all(said).await?;
        socket.read_exact(heard).await.map_err(exactly)?;
    }
    Ok(heard)
}

async fn datagram(stack: Stack<'_>, server: SocketAddr, said: &[u8]) -> Result<Vec<u8>, Error> {
    let mut socket = udp(stack, server).await?;
    socket.send(said).await?;
    let mut heard = vec![0; said.len() + 1];
    let count = socket.receive_into(&mut heard).await?;
    heard.truncate(count);
    Ok(heard)
}

#[test]
fn connections_datagrams_and_names_work_in_both_families() {
    for (model, mode) in [(Model::SaraR5, Mode::Ppp), (Model::SaraR5, Mode::Cmux), (Model::Gm02s, Mode::Ppp)]
    {
        let mut world = build(setup(model, mode, true, true));
        world.six_up();
        let (stack, said) = (world.ip.expect("there is a stack").0, pattern(5000, 3));
        for server in [SocketAddr::from(ECHO), SocketAddr::from(ECHO6)] {
            assert_eq!(
                world.run(120, echo(stack, server, &said)),
                Ok(said.clone()),
                "{model} {mode:?} {server}"
            );
            for size in [0, 1, 1452] {
                let heard = world.run(60, datagram(stack, server, &said[..size]));
                assert_eq!(heard.as_deref(), Ok(&said[..size]), "{model} {mode:?} {server}");
            }
        }
        // The headers of IPv6 are longer.
        let sent = world.run(10, datagram(stack, ECHO6.into(), &said[..1453]));
        assert_eq!(sent, Err(Error::Oversized), "{model} {mode:?}");
        assert_eq!(world.run(60, datagram(stack, ECHO.into(), &said[..1472])).map(|it| it.len()), Ok(1472));
        let (four, six) = (IpAddr::from(ECHO.0), IpAddr::from(ECHO6.0));
        for (name, kind, expected) in [
            (ECHO_NAME, AddrType::IPv4, Ok(four)),
            (ECHO_NAME, AddrType::IPv6, Err(Error::NameNotFound)),
            (ECHO_NAME, AddrType::Either, Ok(four)),
            (ECHO6_NAME, AddrType::IPv4, Err(Error::NameNotFound)),
            (ECHO6_NAME, AddrType::IPv6, Ok(six)),
            (ECHO6_NAME, AddrType::Either, Ok(six)),
            (BOTH_NAME, AddrType::IPv4, Ok(four)),
            (BOTH_NAME, AddrType::IPv6, Ok(six)),
            (BOTH_NAME, AddrType::Either, Ok(four)),
            ("nobody.example", AddrType::Either, Err(Error::NameNotFound)),
        ] {
            let found = world.run(60, stack.get_host_by_name(name, kind));
            assert_eq!(found, expected, "{model} {mode:?} {name}: {expected:?}");
        }
    }
}

#[test]
fn an_address_that_is_none_on_a_link_is_refused() {
    let mut world = build(setup(Model::SaraR5, Mode::Ppp, true, true));
    world.six_up();
    let stack = world.ip.expect("there is a stack").0;
    for address in ["[::1]:7", "[::ffff:10.0.0.7]:7"] {
        let remote: SocketAddr = address.parse().expect("it is one");
        assert_eq!(world.run(1, tcp(stack, remote)).err(), Some(Error::WrongFamily), "{address}");
        assert_eq!(world.run(1, udp(stack, remote)).err(), Some(Error::WrongFamily), "{address}");
    }
    for address in ["[::]:7", "[2001:db8::7]:0"] {
        let remote: SocketAddr = address.parse().expect("it is one");
        assert_eq!(world.run(1, tcp(stack, remote)).err(), Some(Error::InvalidInput), "{address}");
    }
    // What only the user's side knows does not matter for whose datagrams are heard.
    let scoped = std::net::SocketAddrV6::new(ECHO6.0, ECHO6.1, 5, 9);
    assert_eq!(world.run(60, datagram(stack, scoped.into(), b"x")), Ok(b"x".to_vec()));
}
