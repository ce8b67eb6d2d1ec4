//! From "rebooting" on not a byte goes to the modem, sockets have ended, and the link says why; all is back when
//! the modem has started, or has had ten minutes.

use crate::common;

use std::time::Duration;

use cellular_nal::control::{Progress, UpgradeOptions};
use cellular_nal::{Error, LinkState};
use common::conversation::tcp;
use common::script::{Canned, Desk, lines, up};
use embedded_io_async::Read;
use modem_sim::Model;

const URL: &str = "http://192.0.2.1/modem.dup";

/// A modem that has just said that it restarts to install.
fn installing() -> Desk<Canned> {
    let mut desk = up(Model::Ryz014a, |command| {
        (command == "ATI1").then(|| lines(&["UE5.4.1.1", "LR5.4.1.1-57830", "OK"]))
    });
    let control = desk.control;
    let mut socket = desk.run(10, tcp(desk.stack, ([10, 0, 0, 7], 7))).expect("it connects");
    let mut upgrade = desk.run(10, control.upgrade(URL, UpgradeOptions::new())).expect("it begins");
    desk.far.print("+SQNSUPGRADE: \"rebooting\"");
    assert_eq!(desk.run(10, upgrade.progress()), Progress::Rebooting);
    assert_eq!(desk.run(10, socket.read(&mut [0; 8])), Err(Error::Aborted));
    assert_eq!(desk.run(10, control.connect()), Err(Error::Installing));
    assert_eq!(desk.run(10, tcp(desk.stack, ([10, 0, 0, 7], 7))).map(drop), Err(Error::Installing));
    assert_eq!(desk.run(10, control.imei()), Err(Error::Installing));
    desk
}

#[test]
fn nothing_is_sent_until_it_has_started() {
    let mut desk = installing();
    let heard = desk.far.commands.len();
    desk.pass(Duration::from_secs(500));
    assert_eq!(desk.far.commands.len(), heard, "{}", desk.tail());
    desk.far.print("+SYSSTART");
    desk.pass(Duration::from_secs(10));
    assert_eq!(desk.control.status().state(), LinkState::Up, "{}", desk.tail());
    desk.echoes(20);
}

#[test]
fn one_that_starts_in_silence_is_called_after_ten_minutes() {
    let mut desk = installing();
    let heard = desk.far.commands.len();
    desk.pass(Duration::from_secs(590));
    assert_eq!(desk.far.commands.len(), heard, "{}", desk.tail());
    desk.pass(Duration::from_secs(30));
    assert_eq!(desk.control.status().state(), LinkState::Up, "{}", desk.tail());
    desk.echoes(20);
}

#[test]
fn one_that_talks_of_something_else_has_started() {
    let mut desk = installing();
    desk.pass(Duration::from_secs(100));
    desk.far.print("+CEREG: 2");
    desk.pass(Duration::from_secs(30));
    assert_eq!(desk.control.status().state(), LinkState::Up, "{}", desk.tail());
}
