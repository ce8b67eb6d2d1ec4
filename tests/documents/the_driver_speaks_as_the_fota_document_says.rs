//! Conversations with an RYZ014A as the tables of "Firmware Over-the-Air Upgrade" have them, to the letter. A
//! test is named after its section.
use crate::common;

use cellular_nal::CmeCode;
use cellular_nal::control::{DeviceServer, FotaReports, Progress, Registration, RegistrationState};
use common::golden::{self, Golden};
use common::script::Desk;
use modem_sim::Model;

/// The modem restarts in the middle of it.
fn up(name: &str) -> Desk<Golden> {
    golden::upgrading(Model::Ryz014a, name, &["comes_back_ryz014"])
}

#[test]
fn section_4_3_1_2_server() {
    let mut desk = up("fota_4_3_1_2_server");
    let control = desk.control;
    let server = DeviceServer {
        id: 100,
        url: "coaps://eu.iot.avsystem.cloud:5694",
        bootstrap: true,
        lifetime: 60,
        cid: Some(1),
        psk_identity: "urn:imei:015770000031766",
        psk: "87493467538357aa",
    };
    assert_eq!(desk.run(10, control.add_lwm2m_server(&server)), Ok(()), "{}", desk.tail());
    desk.over();
}

#[test]
fn section_4_3_3_reports() {
    let mut desk = up("fota_4_3_3_reports");
    let control = desk.control;
    let reports = FotaReports { every: 10, check: Some(60), download: None, certificate: Some(19) };
    assert_eq!(desk.run(10, control.report_fota(reports)), Ok(()), "{}", desk.tail());
    desk.over();
}

/// What is told of the upgrade that a server makes.
fn followed(desk: &mut Desk<Golden>) -> Vec<Progress> {
    let control = desk.control;
    desk.run(400, async {
        let mut upgrade = control.follow_upgrade().await;
        golden::progress(&mut upgrade, &[]).await
    })
}

#[test]
fn section_4_5_2_procedure() {
    let mut desk = up("fota_4_5_2_procedure");
    let expected = golden::steps(
        &[Progress::Available],
        (0..=100).step_by(10),
        &[Progress::Downloaded, Progress::Installing(0), Progress::Installed],
    );
    assert_eq!(followed(&mut desk), expected, "{}", desk.tail());
    desk.over();
}

#[test]
fn section_4_7_1_wrong_image() {
    let mut desk = up("fota_4_7_1_wrong_image");
    let expected = [Progress::Downloaded, Progress::Installing(0), Progress::Failed(CmeCode(8))];
    assert_eq!(followed(&mut desk), expected, "{}", desk.tail());
    desk.over();
}

#[test]
fn section_6_3_3_registrations() {
    let mut desk = golden::up(Model::Ryz014a, "fota_6_3_3_registrations");
    let control = desk.control;
    let dm = |server, state, lifetime, next| Registration {
        server,
        bootstrap: false,
        state,
        lifetime: Some(lifetime),
        next: Some(next),
    };
    let bs = |state, next| Registration { server: 100, bootstrap: true, state, lifetime: Some(10), next };
    let first = desk.run(10, control.lwm2m_registrations()).expect("it tells");
    assert_eq!(
        first,
        [bs(RegistrationState::HoldOff, Some(7)), dm(101, RegistrationState::Deregistered, 86_400, 86_397)]
    );
    let then = desk.run(10, control.lwm2m_registrations()).expect("it tells");
    assert_eq!(
        then,
        [
            bs(RegistrationState::Finished, None),
            dm(102, RegistrationState::Deregistered, 2_592_000, 18),
            dm(101, RegistrationState::Registered, 86_400, 84_597)
        ]
    );
    desk.over();
}
