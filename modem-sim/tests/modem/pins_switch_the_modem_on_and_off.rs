//! Power key and reset pin do what they do when they were held for long enough, whatever the line does.
use crate::common;

use std::time::Duration;

use common::Rig;
use modem_sim::{Fault, Model, Options, Recovery, SupplyOptions};

fn waiting() -> Options {
    let supply = SupplyOptions { starts_by_itself: false, ..SupplyOptions::default() };
    Options { supply, ..Options::default() }
}

fn key(rig: &mut Rig, on: bool) {
    rig.modem.set_power_on(rig.now, on);
}

#[test]
fn a_short_press_does_nothing_and_a_long_one_switches_on_and_off() {
    let mut rig = Rig::new(Model::LenaR8, waiting());
    key(&mut rig, true);
    rig.pass_ms(1990);
    key(&mut rig, false);
    rig.pass(Duration::from_secs(60));
    assert!(!rig.modem.v_int());
    key(&mut rig, true);
    // It is held for longer than it takes to switch on, and that does not switch it off again.
    rig.pass_ms(8000);
    key(&mut rig, false);
    assert!(rig.modem.v_int());
    assert!(rig.printed().contains("+UUSTATUS: READY"));
    key(&mut rig, true);
    rig.pass_ms(3000);
    assert!(rig.modem.v_int());
    rig.pass_ms(300);
    assert!(!rig.modem.v_int());
    rig.pass_ms(60_000);
    assert!(!rig.modem.v_int() && !rig.modem.cts());
}

#[test]
fn the_reset_pin_restarts_with_its_release() {
    let mut rig = Rig::new(Model::Ryz014a, Options::default());
    rig.wait_for(b"+SYSSTART\r\n");
    rig.modem.set_reset(rig.now, true);
    rig.pass_ms(10_000);
    assert!(!rig.modem.v_int());
    rig.modem.set_reset(rig.now, false);
    rig.wait_for(b"+SYSSTART\r\n");
    // SARA-R4 wants sixteen and a half seconds.
    let mut rig = Rig::new(Model::SaraR42, common::running());
    rig.modem.set_reset(rig.now, true);
    rig.pass_ms(16_000);
    rig.modem.set_reset(rig.now, false);
    rig.ok("AT");
}

#[test]
fn each_fault_is_healed_by_its_pin_and_by_what_is_stronger() {
    let levels = [Recovery::Restart, Recovery::ResetPin, Recovery::PowerKey, Recovery::Supply];
    for (i, until) in levels.into_iter().enumerate() {
        let mut rig = Rig::new(Model::SaraR5, common::running());
        rig.modem.fail(rig.now, Fault::Deaf(until));
        rig.send(b"AT\r");
        rig.pass_ms(1000);
        assert_eq!(rig.printed(), "");
        rig.modem.set_reset(rig.now, true);
        rig.pass_ms(200);
        rig.modem.set_reset(rig.now, false);
        rig.pass_ms(6000);
        assert_eq!(rig.modem.is_deaf(), i > 1, "{until:?}");
        for on in [true, false, true, false] {
            key(&mut rig, on);
            rig.pass_ms(2200);
        }
        rig.pass_ms(6000);
        assert_eq!(rig.modem.is_deaf(), i > 2, "{until:?}");
        rig.modem.power(rig.now, false);
        rig.modem.power(rig.now, true);
        rig.pass_ms(6000);
        rig.printed();
        rig.ok("AT");
    }
}
