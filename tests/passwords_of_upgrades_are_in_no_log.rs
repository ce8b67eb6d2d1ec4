//! Names and passwords in URLs, and the keys of LwM2M servers, are in no log at any level; not even where the modem
//! echoes them.

mod common;
#[path = "common/sink.rs"]
mod sink;

use std::time::Duration;

use cellular_nal::Config;
use cellular_nal::control::UpgradeOptions;
use common::script::{Canned, Desk, device_server};
use modem_sim::Model;

#[test]
fn passwords_of_upgrades_are_in_no_log() {
    sink::record();
    for echo in [false, true] {
        let mut canned = Canned::new(Model::Ryz014a, |_| None);
        canned.echo = echo;
        let mut desk = Desk::new(Model::Ryz014a, Config::new(), canned);
        let control = desk.control;
        assert_eq!(desk.run(60, control.connect()), Ok(()));
        let url = "ftp://who:open-sesame@192.0.2.1/modem.dup";
        let upgrade = desk.run(10, control.upgrade(url, UpgradeOptions::new())).expect("it begins");
        assert_eq!(desk.run(10, upgrade.cancel()), Ok(()));
        let server = device_server("deadbeef01");
        assert_eq!(desk.run(10, control.add_lwm2m_server(&server)), Ok(()));
        desk.pass(Duration::from_secs(5));
        let said = desk.far.commands.join("\n");
        assert!(said.contains("open-sesame") && said.contains("deadbeef01"), "{said}");
        let shown = format!("{upgrade:?} {server:?} {}", sink::recorded());
        assert!(shown.contains("+SQNSUPGRADE") && shown.contains("+SQNDMCFG"), "the log shows the rest");
        for secret in ["open-sesame", "deadbeef01"] {
            assert!(!shown.contains(secret), "{secret} is in {shown}");
        }
    }
}
