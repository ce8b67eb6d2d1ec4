//! No unsolicited line tells that it is gone.

use crate::common;

use common::{Rig, SERVER, connect, running};
use modem_sim::{Model, Peer};

#[test]
fn ublox() {
    let mut rig = Rig::new(Model::SaraR5, running());
    rig.net.on(SERVER, 7, Peer::Discard);
    connect(&mut rig);
    rig.ok("AT+CMEE=1");
    rig.modem.vanish_sockets();
    rig.pass_ms(5000);
    assert_eq!(rig.printed(), "");
    for command in ["AT+USORD=0,10", "AT+USOWR=0,1", "AT+USOCTL=0,10", "AT+USOCL=0"] {
        assert_eq!(rig.command(command), "\r\n+CME ERROR: 3\r\n");
    }
    assert!(rig.ok("AT+USOCR=6").contains("+USOCR: 0"));
}

#[test]
fn sequans() {
    let mut rig = Rig::new(Model::Ryz014a, running());
    rig.net.on(SERVER, 7, Peer::Discard);
    connect(&mut rig);
    rig.modem.vanish_sockets();
    rig.pass_ms(5000);
    assert_eq!(rig.printed(), "");
    assert_eq!(rig.command("AT+SQNSSENDEXT=1,1"), "\r\nERROR\r\n");
    assert!(rig.ok("AT+SQNSS").contains("+SQNSS: 1,0\r\n"));
}

#[test]
fn a_detach_takes_them_along() {
    let mut rig = Rig::new(Model::SaraR5, running());
    rig.net.on(SERVER, 7, Peer::Discard);
    connect(&mut rig);
    rig.ok("AT+COPS=2");
    rig.pass_ms(1000);
    assert_eq!(rig.printed(), "");
    assert_eq!(rig.modem.open_sockets(), []);
}
