//! After the restart "installed" may come early, late or never: then the modem has been upgraded when it has another
//! version, and not when it has the same.

use crate::common;

use std::time::Duration;

use cellular_nal::CmeCode;
use cellular_nal::control::{Progress, UpgradeOptions};
use common::golden::progress;
use common::script::{lines, up};
use modem_sim::Model;

/// What is told of an upgrade whose modem reports these, starts, has this version then, and says this at last.
fn told(reports: &[&str], version: &'static str, last: Option<&str>) -> Vec<Progress> {
    let mut versions = ["old", version].into_iter();
    let mut desk = up(Model::Ryz014a, move |command| match command {
        "ATI1" => Some(lines(&["UE5.4.1.1", versions.next().unwrap_or(version), "OK"])),
        "AT+SQNSUPGRADE?" => Some(lines(&["+SQNSUPGRADE: \"idle\"", "OK"])),
        _ => None,
    });
    let control = desk.control;
    let begun = control.upgrade("http://192.0.2.1/modem.dup", UpgradeOptions::new());
    let mut upgrade = desk.run(10, begun).expect("it begins");
    for report in reports {
        desk.far.print(&format!("+SQNSUPGRADE: {report}"));
        desk.pass(Duration::from_secs(1));
    }
    desk.far.print("+SYSSTART");
    desk.pass(Duration::from_millis(1));
    if let Some(last) = last {
        desk.far.print(last);
    }
    let told = desk.run(300, progress(&mut upgrade, &[]));
    desk.echoes(20);
    told
}

#[test]
fn another_version_is_installed() {
    for reports in [
        &["\"downloading\",100", "\"rebooting\""][..],
        &["\"downloading\",100"],
        &["\"downloading\",30"],
        &[],
    ] {
        assert_eq!(told(reports, "new", None).last(), Some(&Progress::Installed), "{reports:?}");
    }
}

#[test]
fn the_same_version_is_a_failure() {
    for reports in [&["\"downloading\",100", "\"rebooting\""][..], &["\"downloading\",30"], &[]] {
        let failed = Progress::Failed(CmeCode::UNKNOWN);
        assert_eq!(told(reports, "old", None).last(), Some(&failed), "{reports:?}");
    }
}

#[test]
fn the_modems_word_counts_whenever_it_comes() {
    let early = ["\"downloading\",100", "\"rebooting\"", "\"installed\""];
    assert_eq!(told(&early, "old", None).last(), Some(&Progress::Installed));
    let late = Some("+SQNSUPGRADE: \"installed\"");
    assert_eq!(told(&early[..2], "old", late).last(), Some(&Progress::Installed));
    let stored = ["\"downloading\",100", "\"installed\""];
    assert_eq!(told(&stored, "old", None).last(), Some(&Progress::Installed));
}
