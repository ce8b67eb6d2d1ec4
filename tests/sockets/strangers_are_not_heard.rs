//! A connected UDP socket hears its peer alone (D02).
use crate::common;

use std::net::SocketAddr;

use common::conversation::udp;
use common::{ECHO, Setup};
use embedded_nal_async::ConnectedUdp;
use modem_sim::Model;

#[test]
fn strangers_are_not_heard() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let stack = world.stack;
        let mut socket = world.run(30, udp(stack, ECHO)).expect("it opens");
        world.run(30, socket.send(b"hello")).expect("it sends");
        let mut buffer = [0; 20];
        assert_eq!(world.run(30, socket.receive_into(&mut buffer)), Ok(5), "{model}: {}", world.tail());
        let port = world.net.udp_ports()[0];
        for stranger in ["10.0.0.7:8", "10.0.0.8:7", "1.2.3.4:5"] {
            let stranger: SocketAddr = stranger.parse().expect("it is an address");
            world.net.push_datagram(stranger, port, b"I am a stranger");
        }
        assert_eq!(world.try_run(100, socket.receive_into(&mut buffer)), None, "{model}: {}", world.tail());
        world.net.push_datagram(ECHO.into(), port, b"friend");
        assert_eq!(
            world.try_run(70, socket.receive_into(&mut buffer)),
            Some(Ok(6)),
            "{model}: {}",
            world.tail()
        );
        drop(socket);
        world.leaves_nothing();
    }
}
