//! A bound UDP socket sends to several peers and receives from them; it gives the address that it is
//! bound to with each datagram, and takes that one or an unspecified one back (D04, D05, U03).
use crate::common;

use std::net::{IpAddr, SocketAddr};

use cellular_nal::Error;
use common::{ECHO, Setup};
use embedded_nal_async::{UdpStack, UnconnectedUdp};
use modem_sim::{Model, Peer};

const OWN: [u8; 4] = [10, 20, 30, 40];
const OTHER: ([u8; 4], u16) = ([10, 0, 0, 8], 8);

#[test]
fn a_bound_udp_socket_hears_and_answers_anybody() {
    for &model in Model::KNOWN {
        for asked in [[0, 0, 0, 0], OWN] {
            let mut world = Setup { record: true, ..Setup::new(model) }.build();
            world.bring_up();
            world.net.on(OTHER.0, OTHER.1, Peer::Echo);
            let stack = world.stack;
            let (local, mut socket) = world
                .run(30, stack.bind_single((asked, 4000).into()))
                .unwrap_or_else(|error| panic!("{model}: {error}\n{}", world.tail()));
            assert_eq!(local, SocketAddr::from((OWN, 4000)), "{model}");
            let mut buffer = [0; 64];
            for (index, peer) in [ECHO, OTHER, ECHO, OTHER].into_iter().enumerate() {
                let peer = SocketAddr::from(peer);
                let said = format!("datagram {index}");
                let from = if index % 2 == 0 { local } else { ([0, 0, 0, 0], 0).into() };
                let sent = world.try_run(30, socket.send(from, peer, said.as_bytes()));
                assert_eq!(sent, Some(Ok(())), "{model}: {}", world.tail());
                let heard = world.try_run(30, socket.receive_into(&mut buffer));
                assert_eq!(heard, Some(Ok((said.len(), local, peer))), "{model}: {}", world.tail());
                assert_eq!(&buffer[..said.len()], said.as_bytes());
                assert_eq!(world.net.datagrams().last().expect("it was sent").from.port(), 4000, "{model}");
            }
            drop(socket);
            world.leaves_nothing();
        }
    }
}

#[test]
fn a_port_that_is_left_open_is_given_back_as_far_as_it_is_known() {
    for &model in Model::KNOWN {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let stack = world.stack;
        let (local, mut socket) =
            world.run(30, stack.bind_single(([0, 0, 0, 0], 0).into())).expect("it is bound");
        assert_eq!(local.ip(), IpAddr::from(OWN), "{model}");
        assert_eq!(world.run(30, socket.send(local, ECHO.into(), b"hello")), Ok(()), "{model}");
        let heard = world.run(30, socket.receive_into(&mut [0; 8]));
        assert_eq!(heard, Ok((5, local, ECHO.into())), "{model}");
        let from = world.net.datagrams().last().expect("it was sent").from;
        assert!(local.port() == 0 || local.port() == from.port(), "{model}: sent from {from}, told {local}");
        drop(socket);
        world.leaves_nothing();
    }
}

#[test]
fn another_local_address_is_refused() {
    for &model in Model::KNOWN {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let stack = world.stack;
        let foreign = SocketAddr::from(([10, 20, 30, 41], 4000));
        let bound = world.run(30, stack.bind_single(foreign)).map(drop);
        assert_eq!(bound, Err(Error::InvalidInput), "{model}");
        world.pass_secs(5);
        let mut socket = world.run(30, stack.bind_multiple((OWN, 4000).into())).expect("it is bound");
        for local in [foreign, (OWN, 4001).into()] {
            assert_eq!(world.run(30, socket.send(local, ECHO.into(), b"x")), Err(Error::InvalidInput));
        }
        let nobody = SocketAddr::from(([0, 0, 0, 0], 9));
        assert_eq!(world.run(30, socket.send((OWN, 4000).into(), nobody, b"x")), Err(Error::InvalidInput));
        let taken = world.run(30, stack.bind_single((OWN, 4000).into())).map(drop);
        assert_eq!(taken, Err(Error::PortInUse), "{model}");
        assert!(world.net.datagrams().is_empty(), "{model}");
        drop(socket);
        world.leaves_nothing();
    }
}
