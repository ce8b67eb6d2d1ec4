//! RYZ014 use cases §6: "it stops listening to the port and assigns the session to the connection".

use crate::common;

use std::net::SocketAddr;

use common::{Rig, SERVER, running};
use modem_sim::{Failure, Model, Peer, TcpState};

#[test]
fn a_listening_sequans_socket_takes_one_peer_and_then_listens_no_more() {
    for model in [Model::Ryz014a, Model::Gm02s] {
        let mut rig = Rig::new(model, running());
        rig.ok("AT+SQNSL=3,1,9000");
        assert_eq!(rig.net.listening_ports(), [9000]);
        let first = rig.net.dial(9000, SocketAddr::from((SERVER, 5000)), Peer::Echo);
        let second = rig.net.dial(9000, SocketAddr::from((SERVER, 5001)), Peer::Echo);
        rig.pass_ms(1000);
        // Whatever <srMode> is, there is no count of bytes yet.
        assert_eq!(rig.printed(), "\r\n+SQNSRING: 3\r\n");
        assert_eq!(rig.net.listening_ports(), [] as [u16; 0]);
        assert_eq!(rig.net.peer_state(second), TcpState::Failed(Failure::Refused));
        rig.ok("AT+SQNSA=3,1");
        rig.send_ext(3, b"hello");
        rig.pass_ms(200);
        assert_eq!(rig.recv(3, 100), b"hello");
        assert_eq!(rig.net.received(first), b"hello");
        let third = rig.net.dial(9000, SocketAddr::from((SERVER, 5002)), Peer::Echo);
        rig.pass_ms(200);
        assert_eq!(rig.net.peer_state(third), TcpState::Failed(Failure::Refused));
        rig.ok("AT+SQNSH=3");
        rig.ok("AT+SQNSL=3,1,9000");
        assert_eq!(rig.net.listening_ports(), [9000]);
        assert_eq!(rig.rules(), []);
    }
}
