//! `+SQNSH` instead of `+SQNSA`: nothing was accepted, so the modem goes on (RYZ014 use cases §6).

use crate::common;

use std::net::SocketAddr;

use common::{Rig, SERVER, running};
use modem_sim::{Model, Options, Peer, TcpState};

fn turned_away(options: Options) -> Rig {
    let mut rig = Rig::new(Model::Ryz014a, options);
    rig.ok("AT+SQNSL=1,1,9000");
    let peer = rig.net.dial(9000, SocketAddr::from((SERVER, 5000)), Peer::Echo);
    rig.wait_for(b"+SQNSRING: 1\r\n");
    rig.ok("AT+SQNSH=1");
    rig.pass_ms(200);
    assert!(matches!(rig.net.peer_state(peer), TcpState::Failed(_) | TcpState::PeerClosed));
    rig
}

#[test]
fn a_peer_that_is_turned_away_leaves_the_socket_listening() {
    let mut rig = turned_away(running());
    assert!(rig.ok("AT+SQNSS").contains("+SQNSS: 1,4,\"10.20.30.40\",9000\r\n"));
    rig.net.dial(9000, SocketAddr::from((SERVER, 5001)), Peer::Echo);
    rig.wait_for(b"+SQNSRING: 1\r\n");
    assert!(rig.command("AT+SQNSA=1").contains("CONNECT"));
}

#[test]
fn unless_the_option_ends_it() {
    let mut rig = turned_away(Options { listen_ends_on_refusal: true, ..running() });
    assert!(rig.ok("AT+SQNSS").contains("+SQNSS: 1,0\r\n"));
    assert_eq!(rig.net.listening_ports(), [] as [u16; 0]);
}
