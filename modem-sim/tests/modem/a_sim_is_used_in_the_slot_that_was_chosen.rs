//! `+CSUS`: which of two slots is used, and what is in it.

use crate::common;

use std::time::Duration;

use common::Rig;
use modem_sim::{Happening, Model, Options};

fn rig(options: Options) -> Rig {
    let mut rig = Rig::new(Model::Ryz014a, options);
    rig.wait_for(b"+SYSSTART\r\n");
    rig.ok("ATE0");
    rig.ok("AT+CMEE=1");
    rig
}

/// Chooses a slot and reads what is in it.
fn choose(rig: &mut Rig, slot: u8) -> String {
    rig.ok("AT+CFUN=0");
    rig.ok(&format!("AT+CSUS={slot}"));
    rig.ok("AT+CFUN=4");
    rig.pass_ms(1000);
    rig.printed();
    rig.command("AT+CPIN?")
}

#[test]
fn the_slot_in_the_module_is_empty() {
    let mut rig = rig(Options::default());
    assert_eq!(rig.command("AT+CSUS=?"), "\r\n+CSUS: 2\r\n\r\nOK\r\n");
    assert_eq!(rig.command("AT+CSUS?"), "\r\n+CSUS: 0\r\n\r\nOK\r\n");
    assert!(choose(&mut rig, 1).contains("+CME ERROR: 10"));
    assert!(rig.command("AT+CIMI").contains("+CME ERROR: 10"));
    assert!(choose(&mut rig, 0).contains("+CPIN: READY"));
}

#[test]
fn without_a_sim_in_its_slot_there_is_no_network() {
    let mut rig = rig(Options::default());
    choose(&mut rig, 1);
    rig.ok("AT+CFUN=1");
    rig.pass_ms(60_000);
    assert_eq!(rig.command("AT+CEREG?"), "\r\n+CEREG: 2,0\r\n\r\nOK\r\n");
    choose(&mut rig, 0);
    rig.ok("AT+CFUN=1");
    rig.pass_ms(60_000);
    assert!(rig.ok("AT+CEREG?").contains("+CEREG: 2,1"));
}

#[test]
fn a_scenario_fills_and_empties_slots() {
    let scenario = vec![
        (Duration::from_secs(100), Happening::SlotFilled(1)),
        (Duration::from_secs(200), Happening::SlotEmpty(0)),
        (Duration::from_secs(300), Happening::SlotEmpty(1)),
    ];
    let mut rig = rig(Options { scenario, ..Options::default() });
    let until = |rig: &mut Rig, seconds| rig.pass(Duration::from_secs(seconds) - rig.now);
    until(&mut rig, 110);
    assert!(choose(&mut rig, 1).contains("+CPIN: READY"));
    assert!(rig.ok("AT+CIMI").contains("001010000000001"));
    until(&mut rig, 210);
    assert!(rig.command("AT+CPIN?").contains("+CPIN: READY"));
    assert!(choose(&mut rig, 0).contains("+CME ERROR: 10"));
    assert!(choose(&mut rig, 1).contains("+CPIN: READY"));
    until(&mut rig, 310);
    assert!(rig.command("AT+CPIN?").contains("+CME ERROR: 10"));
}

#[test]
fn a_slot_is_chosen_in_minimum_functionality_only() {
    let mut rig = rig(Options::default());
    for mode in [4, 1] {
        rig.ok(&format!("AT+CFUN={mode}"));
        assert!(rig.command("AT+CSUS=1").contains("ERROR"), "{mode}");
        assert_eq!(rig.command("AT+CSUS?"), "\r\n+CSUS: 0\r\n\r\nOK\r\n");
    }
    rig.ok("AT+CFUN=0");
    assert!(rig.command("AT+CSUS=2").contains("ERROR"));
    rig.ok("AT+CSUS=1");
}

#[test]
fn the_choice_survives_a_restart_and_the_supply() {
    let mut rig = rig(Options { sim_slots: 2, ..Options::default() });
    // With a SIM in the module that is the one.
    assert_eq!(rig.command("AT+CSUS?"), "\r\n+CSUS: 1\r\n\r\nOK\r\n");
    rig.ok("AT+CSUS=0");
    let now = rig.now;
    rig.modem.power(now, false);
    rig.modem.power(now, true);
    rig.wait_for(b"+SYSSTART\r\n");
    rig.ok("ATE0");
    assert_eq!(rig.command("AT+CSUS?"), "\r\n+CSUS: 0\r\n\r\nOK\r\n");
}

#[test]
fn a_module_with_one_slot_has_no_choice() {
    let mut rig = rig(Options { sim_slots: 1, ..Options::default() });
    assert_eq!(rig.command("AT+CSUS=?"), "\r\n+CSUS: 1\r\n\r\nOK\r\n");
    assert!(rig.command("AT+CSUS=1").contains("ERROR"));
    let now = rig.now;
    rig.modem.set_sim_in_slot(now, 1, true);
    assert!(rig.command("AT+CSUS=1").contains("ERROR"));
}
