//! A connected UDP socket tells the address of the link, and keeps the port that was asked for (D01).
use crate::common;

use std::net::{IpAddr, SocketAddr};

use common::{ECHO, Setup};
use embedded_nal_async::{ConnectedUdp, UdpStack};
use modem_sim::Model;

#[test]
fn a_udp_socket_tells_its_local_address() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let stack = world.stack;
        let own: IpAddr = [10, 20, 30, 40].into();
        let anywhere: SocketAddr = ([0, 0, 0, 0], 0).into();
        for port in [0, 4000, 12_000] {
            let local = SocketAddr::new(anywhere.ip(), port);
            let opened = world.run(30, stack.connect_from(local, ECHO.into()));
            let (told, mut socket) =
                opened.unwrap_or_else(|error| panic!("{model}: {error}\n{}", world.tail()));
            assert_eq!(told.ip(), own, "{model}");
            assert!(port == 0 || told.port() == port, "{model}: {told} instead of port {port}");
            world.run(30, socket.send(b"hello")).expect("it sends");
            let mut buffer = [0; 8];
            assert_eq!(world.run(30, socket.receive_into(&mut buffer)), Ok(5), "{model}: {}", world.tail());
            let from = world.net.datagrams().last().expect("it was sent").from;
            assert!(told.port() == 0 || from.port() == told.port(), "{model}: sent from {from}, told {told}");
            assert!(port == 0 || from.port() == port, "{model}: sent from {from}");
            drop(socket);
            world.pass_secs(2);
        }
        world.leaves_nothing();
    }
}
