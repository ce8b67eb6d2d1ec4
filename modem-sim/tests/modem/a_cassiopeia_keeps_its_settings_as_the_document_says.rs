//! Cassiopeia use cases §1.2.2: "+SQNAUTOCONNECT setting is persistent over reboot", "automatic
//! attached is set to 1 (enabled) by default after each reboot".

use crate::common;

use common::Rig;
use modem_sim::{Model, Options};

#[test]
fn a_cassiopeia_keeps_its_settings_as_the_document_says() {
    let mut rig = Rig::new(Model::Cassiopeia, Options { echo: Some(false), ..Options::default() });
    rig.wait_for(b"+CEREG: 1,0001,01A2D001,7\r\n");
    rig.ok("AT+SQNAUTOCONNECT=0");
    rig.ok("AT^AUTOATT=0");
    rig.ok("AT^RESET");
    rig.pass_ms(10_000);
    // No +IMSSTATE and no +SHUTDOWN.
    assert_eq!(rig.printed(), "\r\n+SYSSTART\r\n");
    assert!(rig.ok("AT+CFUN?").contains("+CFUN: 0\r\n"));
    assert!(rig.ok("AT+SQNAUTOCONNECT?").contains(": 0\r\n"));
    assert!(rig.ok("AT^AUTOATT?").contains(": 1\r\n"));
    rig.ok("AT+CFUN=1");
    rig.wait_for(b"+CEREG: 1,0001,01A2D001,7\r\n");
}

#[test]
fn others_do_not_attach_by_themselves() {
    for model in [Model::Ryz014a, Model::Gm02s] {
        let mut rig = Rig::new(model, Options { echo: Some(false), ..Options::default() });
        rig.pass_ms(20_000);
        assert_eq!(rig.printed(), "\r\n+SYSSTART\r\n");
        assert!(rig.command("AT^AUTOATT?").contains("ERROR"));
        assert!(rig.command("AT+SQNBYPASS?").contains("ERROR"));
        rig.ok("AT+SQNAUTOCONNECT=1");
        rig.ok("AT^RESET");
        rig.wait_for(b"\r\n+SHUTDOWN\r\n");
        rig.wait_for(b"\r\n+SYSSTART\r\n");
        rig.wait_for(b"+CEREG: 1,\"0002\",\"01A22002\",7\r\n");
    }
}
