//! For half a second the answer is an error, though the context is active.

use crate::common;

use common::{Rig, SERVER, running};
use modem_sim::Model;

#[test]
fn for_half_a_second() {
    for model in [Model::SaraR42, Model::LexiR422] {
        let mut rig = Rig::new(model, running());
        rig.net.host("server.example", &[SERVER.into()]);
        rig.ok("AT+CEREG=1");
        rig.ok("AT+CFUN=0");
        rig.ok("AT+CFUN=1");
        rig.wait_for(b"\r\n+CEREG: 1\r\n");
        rig.ok("AT+UPSD=0,100,1");
        rig.ok("AT+CGACT=1,1");
        assert!(rig.command("AT+UDNSRN=0,\"server.example\"").contains("ERROR"));
        rig.pass_ms(500);
        rig.ok("AT+UDNSRN=0,\"server.example\"");
    }
}
