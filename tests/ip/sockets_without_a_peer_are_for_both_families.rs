//! A bound socket and a listener hear both families; each has an address of its own.
use crate::common;

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use cellular_nal::Error;
use common::six::{ECHO6, build, setup};
use common::{ECHO, Mode};
use edge_nal::{TcpAccept, TcpBind};
use embedded_io_async::{Read, Write};
use embedded_nal_async::{UdpStack, UnconnectedUdp};
use modem_sim::{Model, Peer};

const PORT: u16 = 4000;

#[test]
fn a_bound_socket_hears_both() {
    let mut world = build(setup(Model::SaraR5, Mode::Ppp, true, true));
    let own = world.six_up();
    let stack = world.ip.expect("there is a stack").0;
    let own4 = world.run(1, stack.wait_for_link()).expect("it is up");
    let unspecified = IpAddr::from(Ipv6Addr::UNSPECIFIED);
    for (asked, expected) in [
        (unspecified, IpAddr::from(own)),
        (own.into(), own.into()),
        ([0, 0, 0, 0].into(), own4),
        (own4, own4),
    ] {
        let (local, mut socket) =
            world.run(10, stack.bind_single(SocketAddr::new(asked, PORT))).expect("it is bound");
        assert_eq!(local, SocketAddr::new(expected, PORT), "{asked}");
        let mut buffer = [0; 8];
        for peer in [SocketAddr::from(ECHO6), SocketAddr::from(ECHO)] {
            world.run(10, socket.send(local, peer, b"hello")).expect("it is sent");
            let heard = world.run(10, socket.receive_into(&mut buffer));
            assert_eq!(heard, Ok((5, local, peer)), "{asked}");
        }
        drop(socket);
        world.pass_secs(1);
    }
    let foreign = SocketAddr::new(ECHO6.0.into(), PORT);
    assert_eq!(world.run(10, stack.bind_single(foreign)).err(), Some(Error::InvalidInput));
    let wrong = world.run(10, stack.connect_from(SocketAddr::new(own4, 0), ECHO6.into()));
    assert!(wrong.is_ok(), "the local address of the other family is left open: {:?}", wrong.err());
    let (local, _) = world.run(10, stack.connect(ECHO6.into())).expect("it is connected");
    assert_eq!(local.ip(), IpAddr::from(own));
}

#[test]
fn a_listener_takes_connections_of_both() {
    let mut world = build(setup(Model::SaraR5, Mode::Ppp, true, true));
    let own = world.six_up();
    let stack = world.ip.expect("there is a stack").0;
    for asked in [IpAddr::from(Ipv6Addr::UNSPECIFIED), own.into(), [0, 0, 0, 0].into()] {
        let listener =
            world.run(10, TcpBind::bind(&stack, SocketAddr::new(asked, PORT))).expect("it listens");
        for from in ["[2001:db8:9::1]:999", "151.9.34.1:999"] {
            let from: SocketAddr = from.parse().expect("it is one");
            world.net.dial(PORT, from, Peer::Echo);
            let (peer, mut socket) = world.run(30, TcpAccept::accept(&listener)).expect("one comes");
            assert_eq!(peer, from, "{asked}");
            let heard = world.run(30, async {
                socket.write_all(b"hello").await?;
                let mut heard = [0; 5];
                socket.read_exact(&mut heard).await.map_err(common::conversation::exactly)?;
                Ok::<_, Error>(heard)
            });
            assert_eq!(heard, Ok(*b"hello"), "{asked} {from}");
            drop(socket);
            world.pass_secs(5);
        }
        drop(listener);
        world.pass_secs(1);
    }
    let foreign = TcpBind::bind(&stack, SocketAddr::new(ECHO6.0.into(), PORT));
    assert_eq!(world.run(10, foreign).err(), Some(Error::InvalidInput));
}
