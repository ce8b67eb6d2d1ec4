//! `<closureType>` of `+SQNSD`.

use crate::common;

use std::time::Duration;

use common::{Rig, SERVER, running};
use modem_sim::{Model, Peer, ScriptStep};

fn online(closure: u8) -> Rig {
    let mut rig = Rig::new(Model::Ryz014a, running());
    let pause = ScriptStep::Pause(Duration::from_millis(500));
    let script = vec![pause, ScriptStep::Send(b"bye".to_vec()), ScriptStep::Close];
    rig.net.on(SERVER, 7, Peer::Scripted(script));
    assert!(rig.command(&format!("AT+SQNSD=1,0,7,\"192.0.2.1\",{closure}")).contains("CONNECT"));
    rig.pass_ms(2000);
    rig
}

#[test]
fn closure_type_255_keeps_online_mode_after_the_peer_has_closed() {
    let mut rig = online(255);
    assert_eq!(rig.printed(), "bye");
    rig.send(b"+++");
    rig.pass_ms(2000);
    assert_eq!(rig.printed(), "\r\nOK\r\n\r\n+SQNSH: 1\r\n");
}

#[test]
fn otherwise_it_ends_at_once() {
    let mut rig = online(0);
    assert_eq!(rig.printed(), "bye\r\nNO CARRIER\r\n");
    // No second word about it.
    rig.pass_ms(2000);
    assert_eq!(rig.printed(), "");
}
