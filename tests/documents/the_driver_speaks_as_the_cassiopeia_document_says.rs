//! Conversations with a Cassiopeia module as the tables of "Use cases with AT commands" have them, to
//! the letter. A test is named after its section.
use crate::common;

use std::time::Duration;

use cellular_nal::control::{Progress, UpgradeOptions};
use cellular_nal::{Config, Error, LinkState};
use common::golden::{self, Golden, apn, link, link_with};
use common::script::Desk;
use modem_sim::Model;

fn up(name: &str) -> Desk<Golden> {
    golden::up(Model::Cassiopeia, name)
}

#[test]
fn section_1_2_2_autoconnect() {
    let desk = link(Model::Cassiopeia, "cassiopeia_1_2_2_autoconnect");
    assert_eq!(desk.control.status().address(), Some([192, 168, 3, 2].into()));
}

#[test]
fn section_1_2_2_manual_connect() {
    link(Model::Cassiopeia, "cassiopeia_1_2_2_manual_connect");
}

#[test]
fn section_1_2_2_manual_attach() {
    link(Model::Cassiopeia, "cassiopeia_1_2_2_manual_attach");
}

#[test]
fn section_1_2_2_airplane_mode() {
    let mut desk = up("cassiopeia_1_2_2_airplane_mode");
    let control = desk.control;
    desk.run(10, control.disconnect());
    desk.over();
}

#[test]
fn section_1_2_2_registration_status() {
    link(Model::Cassiopeia, "cassiopeia_1_2_2_registration_status");
}

#[test]
fn section_1_2_2_context_status() {
    apn(Model::Cassiopeia, "test123", "cassiopeia_1_2_2_context_status");
}

#[test]
fn section_1_2_2_new_context() {
    let config = Config::new().context(2).apn("custom").expect("it is a name");
    let (desk, result) = link_with(Model::Cassiopeia, config, "cassiopeia_1_2_2_new_context");
    assert_eq!(result, Ok(()), "{}", desk.tail());
    assert_eq!(desk.control.status().address(), Some([192, 168, 18, 2].into()));
}

#[test]
fn section_1_2_4_status_0() {
    link(Model::Cassiopeia, "cassiopeia_1_2_4_status_0");
}

#[test]
fn section_1_2_4_status_4() {
    let mut desk = up("cassiopeia_1_2_4_status_4");
    desk.pass(Duration::from_secs(7));
    assert_eq!(desk.control.status().state(), LinkState::Up);
    desk.over();
}

#[test]
fn section_2_3_2_bypass() {
    link(Model::Cassiopeia, "cassiopeia_2_3_2_bypass");
}

#[test]
fn section_3_1_2_online_mode() {
    let mut desk = up("cassiopeia_3_1_2_online_mode");
    golden::online(&mut desk);
    desk.over();
}

#[test]
fn section_3_1_3_text_data() {
    let mut desk = up("cassiopeia_3_1_3_text_data");
    golden::text_data(&mut desk);
    desk.over();
}

/// What is downloaded, and that it is installed by a restart: what comes back is asked for its version.
fn upgrades(name: &str, url: &str, options: UpgradeOptions, percent: &[u8]) {
    let back = ["comes_back_cassiopeia", "cassiopeia_2_3_2_upgrade_is_asked_about"];
    let mut desk = golden::upgrading(Model::Cassiopeia, name, &back);
    let control = desk.control;
    let told = desk.run(400, async {
        let mut upgrade = control.upgrade(url, options).await?;
        let mut told = golden::progress(&mut upgrade, &[Progress::Downloaded]).await;
        if name.contains("asynchronous") {
            upgrade.restart().await?;
        }
        told.extend(golden::progress(&mut upgrade, &[]).await);
        Ok::<_, Error>(told)
    });
    let ends_well = [Progress::Downloaded, Progress::Rebooting, Progress::Installed];
    let expected = golden::steps(&[], percent.iter().copied(), &ends_well);
    assert_eq!(told, Ok(expected), "{}", desk.tail());
    desk.over();
}

const IMAGE: &str = "CB610L_ECM-ACM-ECM-M2M-UART-ECRIOIMS-CAT6_LR4.2.2.0-";

#[test]
fn section_2_3_2_synchronous_upgrade() {
    let url = format!("ftp://192.168.16.103/{IMAGE}46706.sfp");
    let options = UpgradeOptions::new().foreground().report_every(11);
    let percent = [0, 11, 22, 33, 44, 55, 66, 77, 88, 99, 100];
    upgrades("cassiopeia_2_3_2_synchronous_upgrade", &url, options, &percent);
}

#[test]
fn section_2_3_2_asynchronous_upgrade() {
    let url = format!("http://192.168.16.103/hfs_HttpServer_289/{IMAGE}46706.sfp");
    let options = UpgradeOptions::new().without_restart().report_every(23);
    upgrades("cassiopeia_2_3_2_asynchronous_upgrade", &url, options, &[0, 23, 46, 69, 92, 100]);
}

#[test]
fn section_2_3_2_upgrade_over_the_air() {
    let url = format!("http://172.16.72.4/firmwares/{IMAGE}46115.sfp");
    let options = UpgradeOptions::new().foreground().report_every(23);
    upgrades("cassiopeia_2_3_2_upgrade_over_the_air", &url, options, &[0, 23, 46, 69, 92, 100]);
}
