//! After the active time the modem sleeps, deaf and without V_INT. A pin or T3412 wakes it, and it is registered as it was.
use crate::common;

use std::time::Duration;

use common::{Rig, SERVER, connect, running};
use modem_sim::{Model, Options, Peer, PsmGrant, SupplyOptions};

const SLEEPY: &str = "AT+CPSMS=1,,,\"10100011\",\"00000101\"";

#[test]
fn it_sleeps_after_inactivity_and_active_time() {
    let mut rig = Rig::new(Model::SaraR5, running());
    rig.ok("AT+UPSV=1,40");
    rig.ok("AT+CEREG=4");
    rig.ok(SLEEPY);
    let timers = (Duration::from_secs(10), Duration::from_secs(180));
    assert_eq!(rig.modem.psm_timers(), Some(timers));
    rig.pass_ms(14_000);
    assert!(!rig.modem.is_in_deep_sleep());
    rig.pass_ms(2000);
    assert!(rig.modem.is_in_deep_sleep() && !rig.modem.v_int());
    rig.printed();
    rig.send(b"AT\r");
    rig.pass_ms(5000);
    assert_eq!(rig.printed(), "");
    rig.modem.set_power_on(rig.now, true);
    rig.pass_ms(1600);
    rig.modem.set_power_on(rig.now, false);
    rig.pass_ms(5000);
    assert!(rig.modem.v_int());
    assert!(rig.ok("AT+CEREG?").contains("+CEREG: 0,1"));
    assert!(rig.ok("AT+CPSMS?").contains("10100011"));
}

#[test]
fn the_periodic_update_wakes_it() {
    let mut rig = Rig::new(Model::Gm02s, running());
    rig.ok(SLEEPY);
    rig.modem.set_rts(rig.now, false);
    rig.pass_ms(16_000);
    assert!(rig.modem.is_in_deep_sleep());
    rig.pass_ms(184_000);
    assert!(!rig.modem.is_in_deep_sleep());
    rig.modem.set_rts(rig.now, true);
    rig.wait_for(b"+SYSSTART\r\n");
}

#[test]
fn a_network_that_grants_nothing_lets_it_not_sleep() {
    let mut options = Options { ..running() };
    options.surroundings.psm = PsmGrant::Refused;
    let mut rig = Rig::new(Model::SaraR5, options);
    rig.ok("AT+UPSV=1");
    rig.ok(SLEEPY);
    rig.pass(Duration::from_secs(3600));
    assert!(!rig.modem.is_in_deep_sleep() && rig.modem.is_asleep());
}

#[test]
fn traffic_keeps_it_awake_and_sockets_end_with_the_sleep() {
    for keeps in [false, true] {
        let supply = SupplyOptions { keeps_sockets_asleep: keeps, ..SupplyOptions::default() };
        let mut rig = Rig::new(Model::SaraR5, Options { supply, ..running() });
        rig.net.on(SERVER, 7, Peer::Echo);
        rig.ok("AT+UPSV=1,40");
        rig.ok(SLEEPY);
        connect(&mut rig);
        let server = rig.net.connections()[0].id;
        for _ in 0..5 {
            rig.pass_ms(10_000);
            rig.net.send(server, b"x");
        }
        rig.pass_ms(10_000);
        assert!(!rig.modem.is_in_deep_sleep());
        rig.pass_ms(10_000);
        assert!(rig.modem.is_in_deep_sleep());
        assert_eq!(rig.modem.open_sockets().len(), usize::from(keeps));
    }
}
