//! In the foreground a report restarts the clock of the command; without any it ends in bounded time.

use crate::common;

use std::time::Duration;

use cellular_nal::LinkState;
use cellular_nal::control::{Progress, UpgradeOptions};
use common::script::{Act, lines, up};
use modem_sim::Model;

const URL: &str = "ftp://192.0.2.1/modem.dup";

#[test]
fn a_slow_download_is_waited_for() {
    let mut desk = up(Model::Ryz014a, |command| {
        command.starts_with("AT+SQNSUPGRADE=").then(|| {
            let mut acts = Vec::new();
            for percent in (0..=100).step_by(10) {
                acts.extend(lines(&[&format!("+SQNSUPGRADE: \"downloading\",{percent}")]));
                acts.push(Act::Wait(Duration::from_secs(200)));
            }
            acts.extend(lines(&["OK"]));
            acts
        })
    });
    let control = desk.control;
    let options = UpgradeOptions::new().foreground();
    let mut upgrade = desk.run(10, control.upgrade(URL, options)).expect("it begins");
    let told = desk.run(3000, common::golden::progress(&mut upgrade, &[Progress::Downloading(100)]));
    assert_eq!(told, common::golden::steps(&[], (0..100).step_by(10), &[Progress::Downloading(100)]));
    // Nobody has called the modem back into step meanwhile.
    assert_eq!(desk.far.count("AT+CMEE?"), 1, "{}", desk.tail());
}

#[test]
fn a_silent_one_is_given_up() {
    let mut desk = up(Model::Ryz014a, |command| {
        command.starts_with("AT+SQNSUPGRADE=").then(|| lines(&["+SQNSUPGRADE: \"downloading\",10"]))
    });
    let control = desk.control;
    let options = UpgradeOptions::new().foreground();
    let mut upgrade = desk.run(10, control.upgrade(URL, options)).expect("it begins");
    assert_eq!(desk.run(10, upgrade.progress()), Progress::Downloading(10));
    assert_eq!(desk.try_run(260, upgrade.progress()), None);
    // The modem answers other commands again.
    assert_eq!(desk.control.status().state(), LinkState::Up);
    desk.echoes(20);
}
