//! Names and passwords in URLs, and the keys of LwM2M servers, are in no log at any level; not even where the modem
//! echoes them.

mod common;

use std::sync::Mutex;
use std::time::Duration;

use cellular_nal::Config;
use cellular_nal::control::{DeviceServer, UpgradeOptions};
use common::script::{Canned, Desk};
use modem_sim::Model;

static LOG: Mutex<String> = Mutex::new(String::new());

struct Sink;

impl log::Log for Sink {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let mut log = LOG.lock().expect("nobody panics with it");
        log.push_str(&record.args().to_string());
        log.push('\n');
    }

    fn flush(&self) {}
}

#[test]
fn passwords_of_upgrades_are_in_no_log() {
    log::set_logger(&Sink).expect("there is no other");
    log::set_max_level(log::LevelFilter::Trace);
    for echo in [false, true] {
        let mut canned = Canned::new(Model::Ryz014a, |_| None);
        canned.echo = echo;
        let mut desk = Desk::new(Model::Ryz014a, Config::new(), canned);
        let control = desk.control;
        assert_eq!(desk.run(60, control.connect()), Ok(()));
        let url = "ftp://who:open-sesame@192.0.2.1/modem.dup";
        let upgrade = desk.run(10, control.upgrade(url, UpgradeOptions::new())).expect("it begins");
        assert_eq!(desk.run(10, upgrade.cancel()), Ok(()));
        let server = DeviceServer {
            id: 1,
            url: "coaps://192.0.2.1",
            bootstrap: false,
            lifetime: 60,
            cid: None,
            psk_identity: "me",
            psk: "deadbeef01",
        };
        assert_eq!(desk.run(10, control.add_lwm2m_server(&server)), Ok(()));
        desk.pass(Duration::from_secs(5));
        let said = desk.far.commands.join("\n");
        assert!(said.contains("open-sesame") && said.contains("deadbeef01"), "{said}");
        let shown = format!("{upgrade:?} {server:?} {}", LOG.lock().expect("nobody panics with it"));
        assert!(shown.contains("+SQNSUPGRADE") && shown.contains("+SQNDMCFG"), "the log shows the rest");
        for secret in ["open-sesame", "deadbeef01"] {
            assert!(!shown.contains(secret), "{secret} is in {shown}");
        }
    }
}
