//! `dialect::detect::AUTO` at a modem that nobody knows, and at one that is known later.

use crate::common;

use std::time::Duration;

use cellular_nal::dialect::detect::AUTO;
use cellular_nal::{Config, Error};
use common::script::{Canned, Desk, lines};
use modem_sim::Model;

#[test]
fn an_unknown_modem_has_its_own_error() {
    let stranger = |command: &str| match command {
        "AT+CGMM" => Some(lines(&["SIM7600E", "OK"])),
        "ATI" => Some(lines(&["Manufacturer: SIMCOM", "Model: SIM7600E", "OK"])),
        _ => None,
    };
    let mut desk = Desk::speaking(&AUTO, Config::new(), Canned::new(Model::SaraR5, stranger));
    let control = desk.control;
    assert_eq!(desk.run(20, control.connect()), Err(Error::UnknownModem), "{}", desk.tail());
    assert_eq!(desk.engine.borrow().model(), "auto");
}

#[test]
fn a_modem_that_says_who_it_is_only_later_is_recognised_then() {
    let mut asked = 0;
    let shy = move |command: &str| match command {
        "AT+CGMM" => {
            asked += 1;
            Some(lines(if asked > 1 { &["SARA-R510S", "OK"] } else { &["ERROR"] }))
        }
        "ATI" => Some(lines(&["OK"])),
        "AT+UPSD=?" => Some(lines(&["ERROR"])),
        _ => None,
    };
    let mut desk = Desk::speaking(&AUTO, Config::new(), Canned::new(Model::SaraR5, shy));
    let control = desk.control;
    assert_eq!(desk.run(20, control.connect()), Err(Error::UnknownModem), "{}", desk.tail());
    desk.pass(Duration::from_secs(15));
    assert_eq!(desk.run(20, control.connect()), Ok(()), "{}", desk.tail());
    assert_eq!(desk.engine.borrow().model(), "sara-r5");
    desk.echoes(60);
}
