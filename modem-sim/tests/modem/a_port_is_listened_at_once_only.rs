//! Ports in use, sockets in use.

use crate::common;

use common::{Rig, SERVER, running};
use modem_sim::{Model, Peer};

#[test]
fn a_port_is_listened_at_once_only() {
    let mut rig = Rig::new(Model::Ryz014a, running());
    rig.net.on(SERVER, 7, Peer::Echo);
    rig.ok("AT+CMEE=1");
    rig.ok("AT+SQNSL=1,1,9000");
    let refused = "+CME ERROR: 3\r\n";
    // The port, the socket, and a configuration of a socket in use.
    assert!(rig.command("AT+SQNSL=2,1,9000").contains(refused));
    assert!(rig.command("AT+SQNSL=1,1,9001").contains(refused));
    assert!(rig.command("AT+SQNSD=1,0,7,\"192.0.2.1\",0,0,1").contains(refused));
    assert!(rig.command("AT+SQNSCFG=1,1,300,0,600,50").contains(refused));
    // There is nothing to stop, to accept or to read.
    assert!(rig.command("AT+SQNSL=2,0").contains(refused));
    assert!(rig.command("AT+SQNSA=1").contains(refused));
    assert!(rig.command("AT+SQNSRECV=1,10").contains(refused));
    assert!(rig.ok("AT+SQNSL?").contains("+SQNSL: 1,1,9000,0\r\n"));
    rig.ok("AT+SQNSL=1,0");
    rig.ok("AT+SQNSL=2,1,9000");
    // UDP has ports of its own; one bound by a dial counts too.
    rig.ok("AT+SQNSD=3,1,7,\"192.0.2.1\",0,9000,1");
    assert!(rig.command("AT+SQNSLUDP=4,1,9000").contains(refused));
    // Without the network there is nothing to listen at.
    rig.ok("AT+CGATT=0");
    assert_eq!(rig.net.listening_ports(), [] as [u16; 0]);
    assert!(rig.command("AT+SQNSL=1,1,9000").contains(refused));
}
