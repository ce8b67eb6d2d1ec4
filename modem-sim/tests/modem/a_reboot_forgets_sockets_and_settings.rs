//! Sockets go without a word, echo and +CMEE are back, and the line is deaf for the boot time.

use crate::common;

use common::{Rig, SERVER, connect, running};
use modem_sim::{Model, Options, Peer};

#[test]
fn on_both_models() {
    for &model in Model::ALL {
        let mut rig = Rig::new(model, Options { echo: None, ..running() });
        rig.ok("ATE0");
        rig.ok("AT+CMEE=2");
        rig.net.on(SERVER, 7, Peer::Discard);
        connect(&mut rig);
        assert_eq!(rig.modem.open_sockets().len(), 1);
        let now = rig.now;
        rig.modem.reboot(now);
        assert_eq!(rig.modem.open_sockets(), []);
        rig.pass_ms(1000);
        rig.send(b"AT\r");
        rig.pass_ms(6000);
        let greeting = if model == Model::SaraR5 { "" } else { "\r\n+SYSSTART\r\n" };
        assert_eq!(rig.printed(), greeting);
        let answer = rig.command("AT+CMEE?");
        assert_eq!(answer, "AT+CMEE?\r\r\n+CMEE: 0\r\n\r\nOK\r\n");
        assert!(rig.net.connections().iter().all(|c| c.closed_by_modem));
    }
}

#[test]
fn the_greeting_is_printed() {
    let greeting = Some("READY".to_owned());
    let mut rig = Rig::new(Model::SaraR5, Options { greeting, ..Options::default() });
    rig.pass_ms(4499);
    assert_eq!(rig.printed(), "");
    rig.pass_ms(2);
    assert_eq!(rig.printed(), "\r\nREADY\r\n");
}
