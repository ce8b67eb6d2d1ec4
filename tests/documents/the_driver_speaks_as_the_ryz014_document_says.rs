//! Conversations with an RYZ014A as the tables of "AT command use cases" have them, to the letter. A
//! test is named after its section.
use crate::common;

use std::time::Duration;

use cellular_nal::control::{PingOptions, Progress, SimSlot, UpgradeOptions};
use cellular_nal::dialect::{Credential, CredentialKind};
use cellular_nal::{CmeCode, Config, Error, LinkState, SecurityProfile, TlsVersion, Validation};
use common::conversation::{exactly, tcp, udp};
use common::golden::{self, Golden, HELLO, apn, link, link_with};
use common::script::Desk;
use common::tls::{self, KEY};
use embedded_io_async::{Read, Write};
use embedded_nal_async::{AddrType, ConnectedUdp, Dns, UdpStack, UnconnectedUdp};
use modem_sim::Model;

const PEER: [u8; 4] = [192, 168, 13, 1];

fn up(name: &str) -> Desk<Golden> {
    golden::up(Model::Ryz014a, name)
}

#[test]
fn section_2_1_2_1_sim_slot() {
    let back = ["comes_back_ryz014", "ryz014_2_1_2_1_slot_is_told"];
    let mut desk = golden::upgrading(Model::Ryz014a, "ryz014_2_1_2_1_sim_slot", &back);
    let control = desk.control;
    assert_eq!(desk.run(10, control.set_sim_slot(SimSlot::External)), Ok(true), "{}", desk.tail());
    assert_eq!(desk.run(60, control.connect()), Ok(()), "{}", desk.tail());
    desk.pass(Duration::from_millis(100));
    assert_eq!(desk.run(10, control.sim_slot()), Ok(SimSlot::External));
    desk.over();
}

#[test]
fn section_2_1_2_1_slot_is_told() {
    let mut desk = up("ryz014_2_1_2_1_slot_is_told");
    let control = desk.control;
    // It is the one already.
    assert_eq!(desk.run(10, control.set_sim_slot(SimSlot::External)), Ok(false));
    desk.over();
}

#[test]
fn section_2_1_3_one_slot() {
    let mut desk = up("ryz014_2_1_3_one_slot");
    let control = desk.control;
    assert_eq!(desk.run(10, control.set_sim_slot(SimSlot::Internal)), Err(Error::Unsupported));
    desk.over();
}

#[test]
fn section_2_1_2_6_pin() {
    let config = Config::new().pin("0000").expect("it is a PIN");
    let (desk, result) = link_with(Model::Ryz014a, config, "ryz014_2_1_2_6_pin");
    assert_eq!(result, Ok(()), "{}", desk.tail());
}

#[test]
fn section_2_3_2_1_attach() {
    let desk = link(Model::Ryz014a, "ryz014_2_3_2_1_attach");
    let status = desk.control.status();
    assert_eq!((status.operator(), status.signal_dbm()), ("311480", Some(-77)));
    assert_eq!(status.address(), Some([192, 168, 6, 3].into()));
}

#[test]
fn section_2_3_2_2_registration_status() {
    link(Model::Ryz014a, "ryz014_2_3_2_2_registration_status");
}

#[test]
fn section_2_3_2_3_context_configuration() {
    apn(Model::Ryz014a, "broadband", "ryz014_2_3_2_3_context_configuration");
}

#[test]
fn section_2_3_2_4_context_activation() {
    let config = Config::new().context(3);
    let (desk, result) = link_with(Model::Ryz014a, config, "ryz014_2_3_2_4_context_activation");
    assert_eq!(result, Ok(()), "{}", desk.tail());
    assert_eq!(desk.control.status().address(), Some([192, 168, 11, 2].into()));
}

#[test]
fn section_2_3_2_6_detach() {
    let mut desk = up("ryz014_2_3_2_6_detach");
    let control = desk.control;
    desk.run(10, control.disconnect());
    desk.over();
}

#[test]
fn section_2_3_3_1_not_searching() {
    link(Model::Ryz014a, "ryz014_2_3_3_1_not_searching");
}

#[test]
fn section_2_3_3_2_searching() {
    link(Model::Ryz014a, "ryz014_2_3_3_2_searching");
}

#[test]
fn section_2_3_3_3_registration_denied() {
    let (desk, result) = link_with(Model::Ryz014a, Config::new(), "ryz014_2_3_3_3_registration_denied");
    assert_eq!(result, Err(Error::RegistrationDenied), "{}", desk.tail());
}

#[test]
fn section_2_3_3_4_out_of_coverage() {
    let mut desk = up("ryz014_2_3_3_4_out_of_coverage");
    desk.pass(Duration::from_secs(12));
    assert_eq!(desk.control.status().state(), LinkState::Up);
    desk.over();
}

#[test]
fn section_2_3_3_5_apn_configuration() {
    apn(Model::Ryz014a, "m2m.com.attz", "ryz014_2_3_3_5_apn_configuration");
}

#[test]
fn section_2_3_3_5_apn_is_persistent() {
    apn(Model::Ryz014a, "m2m.com.attz", "ryz014_2_3_3_5_apn_is_persistent");
}

#[test]
fn section_3_2_2_credential() {
    let mut desk = up("ryz014_3_2_2_credential");
    let control = desk.control;
    let certificate = Credential { kind: CredentialKind::Authority, slot: 19 };
    let key = Credential { kind: CredentialKind::PrivateKey, slot: 19 };
    let pem = b"-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----";
    assert_eq!(desk.run(10, control.store_credential(certificate, pem)), Ok(()), "{}", desk.tail());
    let pem = b"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY---";
    assert_eq!(desk.run(10, control.store_credential(key, pem)), Ok(()), "{}", desk.tail());
    assert_eq!(desk.run(10, control.remove_credential(certificate)), Ok(()), "{}", desk.tail());
    desk.over();
}

#[test]
fn section_3_4_1_security_profile() {
    let mut desk = up("ryz014_3_4_1_security_profile");
    let control = desk.control;
    let certificate = Credential { kind: CredentialKind::Authority, slot: 19 };
    let pem = b"-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n";
    assert_eq!(desk.run(10, control.provision(certificate, pem)), Ok(true), "{}", desk.tail());
    let pem = b"-----BEGIN RSA PRIVATE KEY-----\nMIIEpQIB\nGz5eWMo=\n-----END RSA PRIVATE KEY-----\n";
    assert_eq!(desk.run(10, control.provision(KEY, pem)), Ok(false), "{}", desk.tail());
    desk.over();
}

const HTTPS: &str = "https://s3-us-west-2.amazonaws.com/FileShare/41613-ue.dup";
const FTP: &str = "ftp://ftpuser:ftppwd@192.168.0.225/5410-47151-48548-ue.dup";

/// An upgrade that ends well, and the link comes back behind it.
fn upgrades(name: &str, url: &str, options: UpgradeOptions, told: &[Progress]) {
    let mut desk = golden::upgrading(Model::Ryz014a, name, &["comes_back_ryz014"]);
    assert_eq!(golden::upgrade(&mut desk, url, options), told, "{}", desk.tail());
    let control = desk.control;
    while desk.run(100, control.connect()).is_err() {
        assert!(desk.now < Duration::from_secs(400), "{}", desk.tail());
        desk.pass(Duration::from_secs(1));
    }
    desk.over();
}

/// What is told where the modem reports each tenth.
fn tenths(after: &[Progress]) -> Vec<Progress> {
    golden::steps(&[Progress::Available], (0..=100).step_by(10), after)
}

const ENDS_WELL: [Progress; 2] = [Progress::Rebooting, Progress::Installed];

#[test]
fn section_4_2_1_synchronous_upgrade() {
    let options = UpgradeOptions::new().foreground();
    upgrades("ryz014_4_2_1_synchronous_upgrade", HTTPS, options, &tenths(&ENDS_WELL));
}

#[test]
fn section_4_2_2_upgrade_with_certificates() {
    let url = "https://ec2-3-134-42-3.us-east-2.compute.amazonaws.com/naa/bl_51630.dup";
    let profile = SecurityProfile::new().authority(19).validation(Validation::Chain);
    let profile = profile.min_version(TlsVersion::Tls10).cipher_suites(&[0x2f, 0x3c, 0x35, 0x3d]);
    let profile = tls::profile(profile);
    let name = "ryz014_4_2_2_upgrade_with_certificates";
    let mut desk = golden::upgrading(Model::Ryz014a, name, &["comes_back_ryz014"]);
    let control = desk.control;
    let number = desk.run(10, control.store_security_profile(profile)).expect("it takes the profile");
    let options = UpgradeOptions::new().foreground().report_every(1).security_profile(number);
    let told = golden::upgrade(&mut desk, url, options);
    assert_eq!(
        told,
        golden::steps(&[Progress::Available], [1, 2, 100].into_iter(), &ENDS_WELL),
        "{}",
        desk.tail()
    );
    desk.pass(Duration::from_secs(5));
    desk.over();
}

#[test]
fn section_4_2_3_upgrade_with_credentials() {
    let url = "https://login:pwd@cloud.sequans.com/apps/sharingpath/team-iot-bb-support/Internal/\
               image_diff-from8.0.0.4-52526-to-8.0.1.0-52573.dup";
    let told = golden::steps(&[Progress::Available], [1, 2, 100].into_iter(), &ENDS_WELL);
    let options = UpgradeOptions::new().foreground().report_every(1);
    upgrades("ryz014_4_2_3_upgrade_with_credentials", url, options, &told);
}

#[test]
fn section_4_2_4_asynchronous_upgrade() {
    let back = ["comes_back_ryz014", "ryz014_4_2_4_upgrade_is_asked_about"];
    let mut desk = golden::upgrading(Model::Ryz014a, "ryz014_4_2_4_asynchronous_upgrade", &back);
    let control = desk.control;
    let told = desk.run(400, async {
        let mut upgrade = control.upgrade(HTTPS, UpgradeOptions::new()).await?;
        let mut told = golden::progress(&mut upgrade, &[Progress::Downloading(0)]).await;
        assert_eq!(upgrade.state().await, Ok(Some(Progress::Downloading(5))));
        told.extend(golden::progress(&mut upgrade, &[]).await);
        Ok::<_, Error>(told)
    });
    desk.pass(Duration::from_secs(5));
    let mut expected = tenths(&ENDS_WELL);
    expected.insert(2, Progress::Downloading(5));
    assert_eq!(told, Ok(expected), "{}", desk.tail());
    desk.over();
}

#[test]
fn section_4_2_5_cancelled_upgrade() {
    let mut desk = up("ryz014_4_2_5_cancelled_upgrade");
    let control = desk.control;
    let told = desk.run(60, async {
        let mut upgrade = control.upgrade(HTTPS, UpgradeOptions::new()).await?;
        let mut told = golden::progress(&mut upgrade, &[Progress::Downloading(40)]).await;
        upgrade.cancel().await?;
        told.extend(golden::progress(&mut upgrade, &[]).await);
        Ok::<_, Error>(told)
    });
    let expected = golden::steps(&[], (10..=40).step_by(10), &[Progress::Cancelled]);
    assert_eq!(told, Ok(expected), "{}", desk.tail());
    desk.over();
}

#[test]
fn section_4_2_6_upgrade_by_ftp() {
    let back = ["comes_back_ryz014", "ryz014_4_2_4_upgrade_is_asked_about"];
    let mut desk = golden::upgrading(Model::Ryz014a, "ryz014_4_2_6_upgrade_by_ftp", &back);
    let told = golden::upgrade(&mut desk, FTP, UpgradeOptions::new());
    let ends_well = [Progress::Downloaded, Progress::Rebooting, Progress::Installed];
    assert_eq!(told, tenths(&ends_well), "{}", desk.tail());
    desk.over();
}

#[test]
fn section_4_2_7_cancelled_at_once() {
    let mut desk = up("ryz014_4_2_7_cancelled_at_once");
    let control = desk.control;
    let told = desk.run(60, async {
        let mut upgrade = control.upgrade(FTP, UpgradeOptions::new()).await?;
        let mut told = golden::progress(&mut upgrade, &[Progress::Available]).await;
        upgrade.cancel().await?;
        told.extend(golden::progress(&mut upgrade, &[]).await);
        assert_eq!(upgrade.state().await, Ok(None));
        Ok::<_, Error>(told)
    });
    let expected = golden::steps(&[Progress::Available], (0..=10).step_by(10), &[Progress::Cancelled]);
    assert_eq!(told, Ok(expected), "{}", desk.tail());
    desk.over();
}

#[test]
fn section_4_2_8_upgrade_by_another_port() {
    let url = "ftp://ftpuser:ftppwd@192.168.0.225:8080/5410-47151-48548-ue.dup";
    let name = "ryz014_4_2_8_upgrade_by_another_port";
    upgrades(name, url, UpgradeOptions::new(), &tenths(&ENDS_WELL));
}

#[test]
fn section_4_3_no_network() {
    let mut desk = up("ryz014_4_3_no_network");
    let control = desk.control;
    let result = desk.run(10, control.upgrade(HTTPS, UpgradeOptions::new())).map(drop);
    assert_eq!(result, Err(Error::Modem(CmeCode(531))), "{}", desk.tail());
    desk.over();
}

#[test]
fn section_4_3_corrupted_image() {
    let mut desk = up("ryz014_4_3_corrupted_image");
    let told = golden::upgrade(&mut desk, HTTPS, UpgradeOptions::new());
    let failed = Progress::Failed(CmeCode(529));
    assert_eq!(told, golden::steps(&[Progress::Available], (0..=20).step_by(10), &[failed]));
    desk.over();
}

#[test]
fn section_6_3_2_secure_socket() {
    let mut desk = up("ryz014_6_3_2_secure_socket");
    let profile = SecurityProfile::new().authority(19).client(18, 9).min_version(TlsVersion::Tls11);
    let profile = tls::profile(profile.cipher_suites(&[0x2f, 0x3c, 0x35, 0x3d]));
    let name = "ec2-3-134-42-3.us-east-2.compute.amazonaws.com";
    let mut socket = golden::secure(&mut desk, name, 32806, profile).expect("it is secure");
    let heard = desk.run(10, async {
        socket.write_all(b"Hello with TLS").await?;
        socket.flush().await?;
        let mut heard = [0; 14];
        socket.read_exact(&mut heard).await.map_err(exactly)?;
        Ok::<_, Error>(heard)
    });
    assert_eq!(heard, Ok(*b"Hello with TLS"), "{}", desk.tail());
    golden::close(&mut desk, socket);
    desk.over();
}

#[test]
fn section_6_listening() {
    let mut desk = up("ryz014_6_listening");
    let stack = desk.stack;
    let listener = desk.run(10, stack.listen(9000)).expect("it listens");
    let (mut socket, peer) = desk.run(10, listener.accept()).expect("a connection comes");
    assert_eq!(peer, std::net::SocketAddr::from((PEER, 5000)));
    let mut heard = [0; 5];
    let result = desk.run(10, socket.read_exact(&mut heard)).map_err(exactly);
    assert_eq!((result, &heard), (Ok(()), b"hello"));
    golden::close(&mut desk, socket);
    drop(listener);
    desk.over();
}

#[test]
fn section_6_1_3_udp_command_mode() {
    let mut desk = up("ryz014_6_1_3_udp_command_mode");
    let stack = desk.stack;
    let count = desk.run(10, async {
        let mut socket = udp(stack, (PEER, 4000)).await?;
        socket.send(HELLO).await?;
        let mut heard = [0; 24];
        let count = socket.receive_into(&mut heard).await?;
        assert_eq!(&heard, HELLO);
        Ok::<_, Error>(count)
    });
    assert_eq!(count, Ok(24));
    desk.over();
}

#[test]
fn section_6_1_4_1_on_one_line() {
    let mut desk = up("ryz014_6_1_4_1_on_one_line");
    let stack = desk.stack;
    let heard = desk.run(10, async {
        let remote = ([172, 16, 72, 2], 5000).into();
        let (_, mut socket) = stack.connect_from(([0, 0, 0, 0], 3000).into(), remote).await?;
        let mut heard = [0; 6];
        let count = socket.receive_into(&mut heard).await?;
        Ok::<_, Error>((count, heard))
    });
    assert_eq!(heard, Ok((6, *b"11111\n")));
    desk.over();
}

#[test]
fn section_6_1_4_2_send_to_others() {
    let mut desk = up("ryz014_6_1_4_2_send_to_others");
    let stack = desk.stack;
    let sent = desk.run(10, async {
        let (local, mut socket) = stack.bind_single(([0, 0, 0, 0], 3000).into()).await?;
        socket.send(local, ([172, 16, 72, 2], 5001).into(), b"hello1").await?;
        socket.send(local, ([172, 16, 72, 8], 5002).into(), b"hello2").await
    });
    assert_eq!(sent, Ok(()));
    desk.over();
}

#[test]
fn section_6_2_2_online_mode() {
    let mut desk = up("ryz014_6_2_2_online_mode");
    golden::online(&mut desk);
    desk.over();
}

#[test]
fn section_6_2_3_text_data() {
    let mut desk = up("ryz014_6_2_3_text_data");
    golden::text_data(&mut desk);
    desk.over();
}

#[test]
fn a_name_is_looked_up() {
    let mut desk = up("name_lookup");
    let stack = desk.stack;
    let address = desk.run(10, stack.get_host_by_name("www.google.com", AddrType::IPv4));
    assert_eq!(address, Ok([216, 239, 59, 147].into()));
    desk.over();
}

#[test]
fn a_dial_fails() {
    let mut desk = up("dial_fails");
    let stack = desk.stack;
    assert_eq!(desk.run(10, tcp(stack, (PEER, 8008))).map(drop), Err(Error::Refused));
    desk.over();
}

#[test]
fn section_9_2_3_ping() {
    let mut desk = up("ryz014_9_2_3_ping");
    let control = desk.control;
    let ping = desk.run(20, control.ping("www.Renesas.com", PingOptions::new().count(1)));
    let ping = ping.unwrap_or_else(|error| panic!("{error}\n{}", desk.tail()));
    assert_eq!((ping.sent, ping.received, ping.mean), (1, 1, cellular_nal::Duration::from_millis(840)));
    desk.over();
}
