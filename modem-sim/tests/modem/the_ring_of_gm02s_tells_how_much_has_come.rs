//! `<srMode>` of a socket that nobody has configured.

use crate::common;

use std::time::Duration;

use common::{Rig, SERVER, running};
use modem_sim::{Model, Options, Peer, ScriptStep};

fn ring(model: Model, options: Options) -> String {
    let mut rig = Rig::new(model, options);
    let pause = ScriptStep::Pause(Duration::from_millis(100));
    rig.net.on(SERVER, 7, Peer::Scripted(vec![pause, ScriptStep::Send(b"hello".to_vec())]));
    rig.command("AT+SQNSD=1,0,7,\"192.0.2.1\",0,0,1");
    rig.pass_ms(500);
    rig.printed()
}

#[test]
fn the_ring_of_gm02s_tells_how_much_has_come() {
    assert!(ring(Model::Gm02s, running()).contains("\r\n+SQNSRING: 1,5\r\n"));
    assert!(ring(Model::Ryz014a, running()).contains("\r\n+SQNSRING: 1\r\n"));
    let other = |mode| Options { ring_mode: Some(mode), ..running() };
    assert!(ring(Model::Gm02s, other(0)).contains("\r\n+SQNSRING: 1\r\n"));
    assert!(ring(Model::Ryz014a, other(2)).contains("\r\n+SQNSRING: 1,5,hello\r\n"));
}
