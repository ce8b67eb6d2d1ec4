//! A power cut at any instant of an upgrade leaves the old firmware or the new one, and a modem that works.
use crate::common;

use std::time::Duration;

use common::{Rig, running};
use modem_sim::{Image, Model, Options};

const URL: &str = "http://192.0.2.1/new.dup";

fn options(model: Model) -> Options {
    let version = if model.is_ublox() { "09.00,A09.00" } else { "9.0.0.0-9" };
    let mut options = running();
    options.surroundings.install_time = Duration::from_secs(5);
    options.surroundings.download_rate = 1000;
    options.surroundings.images = vec![Image {
        url: URL.to_owned(),
        bytes: b"x".repeat(2000),
        from: String::new(),
        version: version.to_owned(),
        damaged: false,
    }];
    options
}

fn begin(rig: &mut Rig) {
    if rig.model.is_ublox() {
        if rig.command("AT+ULSTFILE=2,\"updatePackage.bin\",\"FOAT\"").contains("ERROR") {
            rig.pass_ms(30);
            rig.send(b"AT+UDWNFILE=\"updatePackage.bin\",2000,\"FOAT\"\r");
            rig.wait_for(b">");
            rig.send(&b"x".repeat(2000));
            rig.wait_for(b"OK\r\n");
        }
        rig.pass_ms(30);
        rig.send(b"AT+UFWINSTALL=1,115200,,1\r");
    } else {
        rig.send(format!("AT+SQNSUPGRADE=\"{URL}\",1,10,0\r").as_bytes());
    }
}

/// Comes up again, and gets as far as it is of itself.
fn settle(rig: &mut Rig) {
    rig.pass_ms(60_000);
    rig.send(b"AT\r");
    rig.pass_ms(500);
    rig.ok("ATE0");
    if !rig.model.is_ublox() {
        rig.ok("AT+CFUN=1");
    }
    rig.pass_ms(10_000);
}

#[test]
fn the_version_is_the_old_one_or_the_new_one() {
    for model in [Model::Ryz014a, Model::Cassiopeia, Model::LenaR8, Model::SaraR5] {
        let old = Rig::new(model, options(model)).modem.firmware_version();
        let mut versions = [0, 0];
        for tenth in (1..200).step_by(3) {
            let mut rig = Rig::new(model, options(model));
            begin(&mut rig);
            rig.pass_ms(tenth * 100);
            rig.modem.power(rig.now, false);
            rig.pass_ms(1000);
            rig.modem.power(rig.now, true);
            settle(&mut rig);
            let is_new = rig.modem.firmware_version() != old;
            versions[usize::from(is_new)] += 1;
            if !is_new {
                begin(&mut rig);
                rig.pass_ms(60_000);
                settle(&mut rig);
                assert_ne!(rig.modem.firmware_version(), old, "{model}, {tenth}");
            }
        }
        assert!(versions.iter().all(|n| *n > 3), "{model}: {versions:?}");
    }
}
