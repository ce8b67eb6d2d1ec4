//! A host that restarts without its modem finds old sockets, and hex mode, echo as it was.

use crate::common;

use common::{Rig, running};
use modem_sim::{Model, Options};

#[test]
fn ublox() {
    let options = Options { stale_sockets: 7, stale_hex_mode: true, ..running() };
    let mut rig = Rig::new(Model::SaraR5, options);
    assert_eq!(rig.modem.open_sockets(), [0, 1, 2, 3, 4, 5, 6]);
    assert!(rig.command("AT+USOCR=6").contains("ERROR"));
    rig.ok("AT+USOCL=3");
    assert!(rig.ok("AT+USOCR=6").contains("+USOCR: 3"));
    assert!(rig.ok("AT+UDCONF=1").contains("+UDCONF: 1,1"));
    assert!(rig.ok("AT+CEREG?").contains("+CEREG: 0,1"));
}

#[test]
fn sequans() {
    let mut rig = Rig::new(Model::Ryz014a, Options { stale_sockets: 2, ..running() });
    assert_eq!(rig.modem.open_sockets(), [1, 2]);
    assert!(rig.command("AT+SQNSD=1,1,7,\"192.0.2.1\",0,0,1").contains("ERROR"));
    rig.ok("AT+SQNSH=1");
    rig.ok("AT+SQNSD=1,1,7,\"192.0.2.1\",0,0,1");
}
