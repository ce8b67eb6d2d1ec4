//! While the UART sleeps, the first character wakes it and is lost, and so is what follows within its wake-up time. Where
//! a pin wakes it, CTS is off meanwhile and a host that obeys it loses nothing. Answers are never lost.
use crate::common;

use common::{Rig, running};
use modem_sim::Model;

#[test]
fn the_first_command_is_lost_and_the_next_is_heard() {
    for (model, mode, pause) in [
        (Model::SaraR5, "1", 9300),
        (Model::SaraR500b, "1,40", 200),
        (Model::SaraR42, "4", 6100),
        (Model::LexiR422, "4", 6100),
        (Model::LenaR8, "4", 9300),
    ] {
        let mut rig = Rig::new(model, running());
        rig.ok(&format!("AT+UPSV={mode}"));
        rig.pass_ms(pause);
        assert!(rig.modem.is_asleep() && !rig.modem.cts(), "{model}");
        rig.send(b"AT\r");
        rig.pass_ms(19);
        assert_eq!((rig.printed(), rig.modem.lost_asleep()), (String::new(), 3), "{model}");
        rig.pass_ms(1);
        rig.ok("AT");
        assert_eq!(rig.modem.lost_asleep(), 3, "{model}");
    }
}

#[test]
fn a_waiting_answer_keeps_it_awake() {
    let mut rig = Rig::new(Model::SaraR5, running());
    rig.net.silent_host("nowhere.example");
    rig.ok("AT+UPSV=1,40");
    rig.pass_ms(100);
    rig.send(b"AT+UDNSRN=0,\"nowhere.example\"\r");
    rig.pass_ms(60_000);
    assert!(!rig.modem.is_asleep());
    rig.wait_for(b"ERROR\r\n");
    rig.pass_ms(300);
    assert!(rig.modem.is_asleep());
    // A line that nobody has asked for is printed all the same.
    rig.modem.inject(rig.now, "+CREG: 1");
    rig.wait_for(b"+CREG: 1\r\n");
}

#[test]
fn a_host_that_obeys_cts_loses_nothing() {
    let mut rig = Rig::new(Model::Ryz014a, running());
    rig.ok("AT+SQNIPSCFG=1,100");
    rig.modem.set_rts(rig.now, false);
    rig.pass_ms(200);
    assert!(rig.modem.is_asleep() && !rig.modem.cts());
    rig.send(b"AT\r");
    rig.pass_ms(1000);
    rig.modem.set_rts(rig.now, true);
    rig.wait_for(b"OK\r\n");
    assert_eq!(rig.modem.lost_asleep(), 0);
}

#[test]
fn output_waits_while_rts_is_off_and_ring_tells_of_it() {
    let mut rig = Rig::new(Model::Ryz014a, running());
    rig.ok("AT+SQNRICFG=2,1,500");
    rig.modem.set_rts(rig.now, false);
    rig.modem.inject(rig.now, "+CEREG: 2");
    rig.pass_ms(400);
    assert!(rig.modem.ring());
    assert_eq!(rig.printed(), "");
    rig.pass_ms(200);
    assert!(!rig.modem.ring());
    rig.modem.set_rts(rig.now, true);
    rig.wait_for(b"+CEREG: 2\r\n");
}
