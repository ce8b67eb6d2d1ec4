//! `<pktSz>` and `<txTo>` of `+SQNSCFG`.

use crate::common;

use std::time::Duration;

use common::{Rig, SERVER, running};
use modem_sim::{Model, Peer};

#[test]
fn a_datagram_of_online_mode_leaves_full_or_in_time() {
    let mut rig = Rig::new(Model::Ryz014a, running());
    rig.net.on(SERVER, 7, Peer::Discard);
    rig.ok("AT+SQNSCFG=1,1,10,0,600,20");
    assert!(rig.command("AT+SQNSD=1,1,7,\"192.0.2.1\",0,4000").contains("CONNECT"));
    let start = rig.now;
    rig.send(b"0123456789abcdefghijxyz");
    rig.pass_ms(3000);
    let got = rig.net.datagrams();
    let texts: Vec<_> = got.iter().map(|d| String::from_utf8_lossy(&d.payload).into_owned()).collect();
    assert_eq!(texts, ["0123456789", "abcdefghij", "xyz"]);
    let half = Duration::from_millis(30);
    assert_eq!(got[1].at, start + half);
    assert_eq!(got[2].at, start + Duration::from_secs(2) + half);
    // The escape sequence sends what is left.
    rig.send(b"end");
    rig.pass_ms(1000);
    rig.send(b"+++");
    rig.wait_for(b"\r\nOK\r\n");
    rig.pass_ms(100);
    assert_eq!(rig.net.datagrams().last().unwrap().payload, b"end");
}
