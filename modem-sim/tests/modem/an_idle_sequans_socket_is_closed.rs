//! After `<maxTo>` seconds without traffic; 0 is never.

use crate::common;

use common::{Rig, SERVER, running};
use modem_sim::{Model, Peer};

#[test]
fn after_its_time() {
    let mut rig = Rig::new(Model::Ryz014a, running());
    rig.net.on(SERVER, 7, Peer::Discard);
    rig.ok("AT+SQNSD=1,0,7,\"192.0.2.1\",0,0,1");
    rig.ok("AT+SQNSCFG=2,1,300,0,600,50");
    rig.ok("AT+SQNSD=2,0,7,\"192.0.2.1\",0,0,1");
    rig.pass_ms(60_000);
    rig.send_ext(1, b"x");
    rig.pass_ms(89_000);
    assert_eq!(rig.printed(), "");
    rig.pass_ms(2000);
    assert_eq!(rig.printed(), "\r\n+SQNSH: 1\r\n");
    rig.pass_ms(1_000_000);
    assert_eq!(rig.modem.open_sockets(), [2]);
}
