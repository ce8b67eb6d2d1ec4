//! Conversations with a LENA-R8 as the tables of "Application development guide" have them, to the
//! letter. A test is named after its section.
use crate::common;

use std::mem::forget;
use std::time::Duration;

use cellular_nal::control::Progress;
use cellular_nal::{Error, LinkState, SecurityProfile, Validation};
use common::conversation::{exactly, read_to_end, tcp};
use common::golden::{self, Golden, apn};
use common::script::Desk;
use common::tls::profile;
use embedded_io_async::{Read, Write};
use embedded_nal_async::{AddrType, Dns, UdpStack};
use modem_sim::Model;

const PEER: ([u8; 4], u16) = ([195, 34, 89, 241], 7);
const APN: &str = "internet.wind.biz";

fn up(name: &str) -> Desk<Golden> {
    golden::up(Model::LenaR8, name)
}

#[test]
fn section_7_2_2_additional_bearers() {
    let desk = apn(Model::LenaR8, APN, "lena_r8_7_2_2_additional_bearers");
    let status = desk.control.status();
    assert_eq!((status.operator(), status.signal_dbm()), ("22288", Some(-77)));
    assert_eq!(status.address(), Some([10, 15, 164, 174].into()));
}

#[test]
fn section_7_2_2_configured_already() {
    apn(Model::LenaR8, APN, "lena_r8_7_2_2_configured_already");
}

#[test]
fn section_8_1_1_registration_reports() {
    let mut desk = up("lena_r8_8_1_1_registration_reports");
    desk.pass(Duration::from_secs(4));
    assert_eq!(desk.control.status().state(), LinkState::Up);
    desk.over();
}

#[test]
fn section_9_2_1_socket_connect() {
    let mut desk = up("lena_r8_9_2_1_socket_connect");
    let stack = desk.stack;
    let second = desk.run(10, stack.bind_single(([0, 0, 0, 0], 0).into())).map(drop);
    assert_eq!(second, Ok(()));
    let address = desk.run(10, stack.get_host_by_name("ftp.u-blox.com", AddrType::IPv4));
    assert_eq!(address, Ok(PEER.0.into()));
    forget(desk.run(10, tcp(stack, PEER)).expect("it connects"));
    desk.over();
}

#[test]
fn section_9_2_1_connect_fails() {
    let mut desk = up("lena_r8_9_2_1_connect_fails");
    let stack = desk.stack;
    assert_eq!(desk.run(10, tcp(stack, PEER)).map(drop), Err(Error::Refused));
    forget(desk.run(10, tcp(stack, PEER)).expect("it connects"));
    desk.over();
}

#[test]
fn section_9_2_2_socket_listening() {
    let mut desk = up("lena_r8_9_2_2_socket_listening");
    forget(golden::listened(&mut desk));
    desk.over();
}

#[test]
fn section_9_2_3_socket_write() {
    let mut desk = up("lena_r8_9_2_3_socket_write");
    let stack = desk.stack;
    let mut socket = desk.run(10, tcp(stack, PEER)).expect("it connects");
    let sent = desk.run(10, async {
        socket.write_all(b"12").await?;
        socket.flush().await
    });
    assert_eq!(sent, Ok(()));
    forget(socket);
    desk.over();
}

#[test]
fn section_9_2_4_socket_read() {
    let mut desk = up("lena_r8_9_2_4_socket_read");
    let stack = desk.stack;
    let mut socket = desk.run(10, tcp(stack, PEER)).expect("it connects");
    let mut heard = [0; 2];
    let result = desk.run(10, socket.read_exact(&mut heard)).map_err(exactly);
    assert_eq!((result, &heard), (Ok(()), b"ax"));
    forget(socket);
    desk.over();
}

#[test]
fn section_9_2_5_socket_close() {
    let mut desk = up("lena_r8_9_2_5_socket_close");
    let stack = desk.stack;
    assert_eq!(desk.run(10, tcp(stack, PEER)).map(drop), Ok(()));
    desk.over();
}

#[test]
fn section_9_3_1_1_dns() {
    let mut desk = up("lena_r8_9_3_1_1_dns");
    let stack = desk.stack;
    let address = desk.run(10, stack.get_host_by_name("httpbin.org", AddrType::IPv4));
    assert_eq!(address, Ok([54, 72, 52, 58].into()));
    desk.over();
}

#[test]
fn section_9_3_2_2_1_direct_link_retrieve() {
    let mut desk = up("lena_r8_9_3_2_2_1_direct_link_retrieve");
    let mut socket = golden::retrieve(&mut desk, PEER);
    assert_eq!(desk.run(10, read_to_end(&mut socket)), Ok(Vec::new()));
    desk.over();
}

#[test]
fn section_9_3_2_2_2_direct_link_left_early() {
    let mut desk = up("lena_r8_9_3_2_2_2_direct_link_left_early");
    forget(golden::halves(&mut desk, PEER));
    desk.over();
}

#[test]
fn section_9_3_2_2_3_direct_link_store() {
    let mut desk = up("lena_r8_9_3_2_2_3_direct_link_store");
    forget(golden::store(&mut desk, PEER, &[b"file_to_store"]));
    desk.over();
}

#[test]
fn section_9_3_2_2_4_escape_sequence() {
    let mut desk = up("lena_r8_9_3_2_2_4_escape_sequence");
    forget(golden::store(&mut desk, PEER, &[b"ab+++c", b"+++"]));
    desk.over();
}

#[test]
fn section_9_1_2_profile() {
    let mut desk = up("lena_r8_9_1_2_profile");
    let of_the_table = SecurityProfile::new().authority(8).client(9, 9).validation(Validation::Chain);
    let profile = profile(of_the_table.server_name("server.example.com"));
    let stack = desk.stack;
    let socket = desk.run(10, golden::tls(stack, ([151, 9, 34, 66], 443), profile)).expect("it is secure");
    golden::close(&mut desk, socket);
    desk.over();
}

#[test]
fn section_8_1_1_messages_come_in() {
    let mut desk = up("lena_r8_8_1_1_messages_come_in");
    let control = desk.control;
    assert_eq!(desk.run(10, control.sms().wait()), Ok(()), "{}", desk.tail());
    desk.over();
}

/// Bytes of a file, a few at a time.
async fn file(file: &[u8], at: u32, buffer: &mut [u8]) -> Result<usize, Error> {
    let rest = &file[at as usize..];
    let count = rest.len().min(buffer.len()).min(7);
    buffer[..count].copy_from_slice(&rest[..count]);
    Ok(count)
}

#[test]
fn section_9_3_1_2_file() {
    let mut desk = up("lena_r8_9_3_1_2_file");
    let control = desk.control;
    let content = b"hello world";
    let upload =
        control.upload_file("postdata.txt", 11, async |at, to: &mut [u8]| file(content, at, to).await);
    assert_eq!(desk.run(10, upload), Ok(()), "{}", desk.tail());
    desk.over();
}

#[test]
fn section_11_2_1_3_1_upload() {
    let mut desk = up("lena_r8_11_2_1_3_1_upload");
    let control = desk.control;
    let content = b"delta file contents.";
    let upload = control.upload_firmware(20, async |at, to: &mut [u8]| file(content, at, to).await);
    assert_eq!(desk.run(10, upload), Ok(()), "{}", desk.tail());
    desk.over();
}

#[test]
fn section_11_2_2_installation() {
    let name = "lena_r8_11_2_2_installation";
    let mut desk = golden::upgrading(Model::LenaR8, name, &["comes_back_lena_r8"]);
    let control = desk.control;
    let told = desk.run(400, async {
        let mut upgrade = control.install_firmware().await?;
        Ok::<_, Error>(golden::progress(&mut upgrade, &[]).await)
    });
    let validated = [0, 1, 100].map(Progress::Validating);
    let installed = [0, 50, 100].map(Progress::Installing);
    let expected = [&validated[..], &installed, &[Progress::Installed]].concat();
    assert_eq!(told, Ok(expected), "{}", desk.tail());
    desk.pass(Duration::from_secs(20));
    desk.over();
}
