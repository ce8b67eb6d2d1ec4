//! `+UDCONF=8`: when nothing leaves for so long, the modem goes back to commands.

use crate::common;

use common::{Rig, SERVER, running};
use modem_sim::{Model, Options, Peer};

#[test]
fn after_the_congestion_timer() {
    let mut rig = Rig::new(Model::SaraR5, Options { tx_queue_limit: Some(10), ..running() });
    rig.net.on(SERVER, 7, Peer::Discard);
    rig.ok("AT+USOCR=6");
    rig.ok("AT+USOCO=0,\"192.0.2.1\",7");
    rig.ok("AT+UDCONF=8,0,5000");
    rig.ok("AT+UDCONF=5,0,100");
    let conn = rig.net.connections()[0].id;
    rig.net.set_reading(conn, false);
    rig.send(b"AT+USODL=0\r");
    rig.wait_for(b"\r\nCONNECT\r\n");
    rig.send(b"more than ten bytes");
    rig.pass_ms(5000);
    assert_eq!(rig.printed(), "");
    rig.pass_ms(200);
    assert_eq!(rig.printed(), "\r\nDISCONNECT\r\n\r\nOK\r\n");
    rig.net.set_reading(conn, true);
    rig.ok("AT");
    rig.pass_ms(200);
    assert_eq!(rig.net.received(conn), b"more than ");
    assert_eq!(rig.modem.open_sockets(), [0]);
}
