//! Progress never goes back, whatever is reported twice or late; and where reports are lost the modem is asked.

use crate::common;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use cellular_nal::CmeCode;
use cellular_nal::control::{Progress, UpgradeOptions};
use common::golden::progress;
use common::script::{lines, up};
use modem_sim::Model;

const URL: &str = "http://192.0.2.1/modem.dup";

#[test]
fn progress_never_goes_back() {
    let mut desk = up(Model::Ryz014a, |_| None);
    let control = desk.control;
    let mut upgrade = desk.run(10, control.upgrade(URL, UpgradeOptions::new())).expect("it begins");
    let mut told = Vec::new();
    let reports = [
        "\"downloading\",10",
        "\"available\"",
        "\"downloading\",10",
        "\"downloading\",40",
        "\"downloading\",20",
        "\"downloading\",99999",
        "\"connecting\"",
        "\"downloading\",100",
        "\"available\"",
        "\"downloading\",50",
        "\"cancelled\"",
        "\"downloading\",60",
        "529",
    ];
    for report in reports {
        desk.far.print(&format!("+SQNSUPGRADE: {report}"));
        desk.pass(Duration::from_secs(1));
        told.extend(desk.try_run(1, upgrade.progress()));
    }
    told.dedup();
    let expected = [
        Progress::Downloading(10),
        Progress::Downloading(40),
        Progress::Downloading(100),
        Progress::Cancelled,
    ];
    assert_eq!(told, expected, "{}", desk.tail());
}

#[test]
fn a_silent_modem_is_asked() {
    let percent = Rc::new(Cell::new(0));
    let asked = percent.clone();
    let mut desk = up(Model::Ryz014a, move |command| {
        (command == "AT+SQNSUPGRADE?").then(|| {
            asked.set(asked.get() + 30);
            let state = match asked.get() {
                percent @ 0..100 => format!("+SQNSUPGRADE: \"downloading\",{percent}"),
                _ => "+SQNSUPGRADE: \"idle\"".into(),
            };
            lines(&[&state, "OK"])
        })
    });
    let control = desk.control;
    let mut upgrade = desk.run(10, control.upgrade(URL, UpgradeOptions::new())).expect("it begins");
    let told = desk.run(200, progress(&mut upgrade, &[]));
    let expected = [30, 60, 90].map(Progress::Downloading);
    assert_eq!(told[..3], expected, "{}", desk.tail());
    // It was in the middle, and now there is none.
    assert_eq!(told[3..], [Progress::Failed(CmeCode::UNKNOWN)]);
    assert!(desk.far.count("AT+SQNSUPGRADE?") <= 5, "{}", desk.tail());
}

#[test]
fn a_lost_word_of_a_cancelled_upgrade_is_asked_for() {
    let mut desk = up(Model::Ryz014a, |command| {
        (command == "AT+SQNSUPGRADE?").then(|| lines(&["+SQNSUPGRADE: \"idle\"", "OK"]))
    });
    let control = desk.control;
    let mut upgrade = desk.run(10, control.upgrade(URL, UpgradeOptions::new())).expect("it begins");
    assert_eq!(desk.run(10, upgrade.cancel()), Ok(()));
    assert_eq!(desk.run(60, progress(&mut upgrade, &[])), [Progress::Cancelled], "{}", desk.tail());
}
