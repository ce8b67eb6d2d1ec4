//! PIN, SIM and the network's refusal.

use crate::common;

use common::{Rig, SERVER, connect, running};
use modem_sim::{Model, Options, Peer, Registration};

#[test]
fn a_refusal_is_taken_back() {
    let registration = Registration::Denied;
    let mut rig = Rig::new(Model::SaraR5, Options { registration, ..running() });
    rig.ok("AT+CEREG=1");
    rig.ok("AT+USOCR=6");
    assert!(rig.command("AT+USOCO=0,\"192.0.2.1\",7").contains("ERROR"));
    let now = rig.now;
    rig.modem.set_registration(now, Registration::Roaming);
    rig.pass_ms(1000);
    assert_eq!(rig.printed(), "\r\n+CEREG: 5\r\n");
    rig.net.on(SERVER, 7, Peer::Discard);
    connect(&mut rig);
}

#[test]
fn a_sim_is_put_in() {
    let mut rig = Rig::new(Model::SaraR5, Options { sim_present: false, ..Options::default() });
    rig.pass_ms(20_000);
    rig.ok("AT+CMEE=1");
    assert!(rig.command("AT+CPIN?").contains("+CME ERROR: 10"));
    assert!(rig.ok("AT+CEREG?").contains("+CEREG: 0,0"));
    let now = rig.now;
    rig.modem.set_sim_present(now, true);
    rig.pass_ms(5000);
    assert!(rig.ok("AT+CEREG?").contains("+CEREG: 0,1"));
}

#[test]
fn a_pin_is_entered() {
    let pin = Some("1234".to_owned());
    let mut rig = Rig::new(Model::SaraR5, Options { pin, ..Options::default() });
    rig.pass_ms(20_000);
    assert!(rig.ok("AT+CPIN?").contains("+CPIN: SIM PIN"));
    assert!(rig.ok("AT+CEREG?").contains("+CEREG: 0,0"));
    rig.ok("AT+CPIN=\"1234\"");
    rig.pass_ms(5000);
    assert!(rig.ok("AT+CEREG?").contains("+CEREG: 0,1"));
}

#[test]
fn a_pin_is_taken_away() {
    let pin = Some("1234".to_owned());
    let mut rig = Rig::new(Model::Ryz014a, Options { pin, ..Options::default() });
    rig.pass_ms(4000);
    rig.ok("AT+CFUN=1");
    rig.pass_ms(5000);
    assert!(rig.ok("AT+CPIN?").contains("+CPIN: SIM PIN"));
    let now = rig.now;
    rig.modem.set_pin(now, None);
    rig.pass_ms(5000);
    assert!(rig.ok("AT+CEREG?").contains("+CEREG: 2,1"));
}
