//! A u-blox modem that is told to install what it was given: it answers and is silent for half an hour, reports a
//! failure, or refuses.

use crate::common;

use std::time::Duration;

use cellular_nal::control::Progress;
use cellular_nal::{CmeCode, Error, LinkState};
use common::golden::progress;
use common::script::{Canned, Desk, lines, up};
use modem_sim::Model;

fn desk(answer: &'static str) -> Desk<Canned> {
    up(Model::SaraR5, move |command| match command {
        "AT+UFWINSTALL=1,115200" => Some(lines(&[answer])),
        "AT+CGMR" => Some(lines(&["03.15", "OK"])),
        _ => None,
    })
}

/// What is told when the modem says this after half an hour.
fn told(last: &str) -> Vec<Progress> {
    let mut desk = desk("OK");
    let control = desk.control;
    let mut upgrade = desk.run(10, control.install_firmware()).expect("it begins");
    let heard = desk.far.commands.len();
    desk.pass(Duration::from_secs(30 * 60));
    assert_eq!(desk.far.commands.len(), heard, "it is left alone\n{}", desk.tail());
    assert_eq!(desk.run(1, control.connect()), Err(Error::Installing));
    let mut told = vec![desk.run(1, upgrade.progress())];
    desk.far.print(last);
    told.extend(desk.run(10, progress(&mut upgrade, &[])));
    desk.pass(Duration::from_secs(20));
    assert_eq!(desk.control.status().state(), LinkState::Up, "{}", desk.tail());
    desk.echoes(20);
    told
}

#[test]
fn a_silent_installation_is_waited_for() {
    assert_eq!(told("+UUFWINSTALL: 128"), [Progress::Rebooting, Progress::Installed]);
}

#[test]
fn an_image_that_does_not_fit_is_a_failure() {
    assert_eq!(told("+UUFWINSTALL: 144"), [Progress::Rebooting, Progress::Failed(CmeCode(144))]);
}

#[test]
fn a_refusal_is_told_and_changes_nothing() {
    let mut desk = desk("+CME ERROR: 4");
    let control = desk.control;
    assert_eq!(desk.run(10, control.install_firmware()).map(drop), Err(Error::Modem(CmeCode(4))));
    assert_eq!(desk.run(1, control.connect()), Ok(()));
    desk.echoes(20);
}
