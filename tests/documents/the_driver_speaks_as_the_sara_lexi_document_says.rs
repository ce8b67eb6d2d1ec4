//! Conversations with SARA and LEXI modules as the tables of "Internet applications development" have
//! them, to the letter. A test is named after its section.
use crate::common;

use std::time::Duration;

use cellular_nal::control::PingOptions;
use cellular_nal::dialect::{Credential, CredentialKind, SocketOption};
use cellular_nal::{Error, SecurityProfile, Session, Validation};
use common::conversation::{exactly, read_to_end, tcp, udp};
use common::golden::{self, Golden, apn, link};
use common::script::Desk;
use common::tls::{AUTHORITY, FULL, MUTUAL, profile};
use embedded_io_async::{Read, Write};
use embedded_nal_async::{AddrType, ConnectedUdp, Dns, UdpStack, UnconnectedUdp};
use modem_sim::Model;

const PEER: ([u8; 4], u16) = ([195, 34, 89, 241], 7);
const APN: &str = "apn_name";

fn up(name: &str) -> Desk<Golden> {
    golden::up(Model::SaraR5, name)
}

#[test]
fn section_2_3_network_settings() {
    apn(Model::SaraR5, APN, "sara_lexi_2_3_network_settings");
}

#[test]
fn section_2_3_registration_check_lte() {
    let desk = link(Model::SaraR5, "sara_lexi_2_3_registration_check_lte");
    assert_eq!(desk.control.status().signal_dbm(), None);
}

#[test]
fn section_2_3_registration_check_gprs() {
    link(Model::SaraR42, "sara_lexi_2_3_registration_check_gprs");
}

#[test]
fn section_2_3_profile_00b() {
    let desk = apn(Model::SaraR500b, APN, "sara_lexi_2_3_profile_00b");
    assert_eq!(desk.control.status().address(), Some([100, 108, 232, 233].into()));
}

#[test]
fn section_2_3_profile_01b() {
    let desk = link(Model::SaraR501b, "sara_lexi_2_3_profile_01b");
    assert_eq!(desk.control.status().address(), Some([100, 108, 232, 233].into()));
}

#[test]
fn section_2_3_profile_02b() {
    let desk = link(Model::SaraR5, "sara_lexi_2_3_profile_02b");
    let status = desk.control.status();
    assert_eq!((status.operator(), status.signal_dbm()), ("Nutaq Network", Some(-77)));
    assert_eq!(status.address(), Some([100, 108, 232, 233].into()));
}

#[test]
fn section_2_3_profile_sara_r42() {
    let desk = link(Model::SaraR42, "sara_lexi_2_3_profile_sara_r42");
    assert_eq!(desk.control.status().address(), Some([100, 108, 232, 233].into()));
}

#[test]
fn section_2_4_1_ping() {
    let mut desk = up("sara_lexi_2_4_1_ping");
    let control = desk.control;
    let ping = desk.run(20, control.ping("www.google.com", PingOptions::new()));
    let ping = ping.unwrap_or_else(|error| panic!("{error}\n{}", desk.tail()));
    assert_eq!((ping.address, ping.ttl), (Some([216, 58, 206, 68].into()), 115));
    assert_eq!((ping.sent, ping.received), (4, 4));
    let millis = [ping.min, ping.mean, ping.max].map(cellular_nal::Duration::as_millis);
    assert_eq!(millis, [53, 55, 62]);
    desk.over();
}

#[test]
fn section_2_4_1_1_time_to_live() {
    let mut desk = up("sara_lexi_2_4_1_1_time_to_live");
    let control = desk.control;
    assert_eq!(desk.run(20, control.ping("www.google.com", PingOptions::new())), Err(Error::Timeout));
    desk.over();
}

#[test]
fn section_2_4_2_dns() {
    let mut desk = up("sara_lexi_2_4_2_dns");
    let stack = desk.stack;
    let address = desk.run(10, stack.get_host_by_name("www.google.com", AddrType::IPv4));
    assert_eq!(address, Ok([216, 239, 59, 147].into()));
    desk.over();
}

#[test]
fn section_3_1_credential() {
    let mut desk = up("sara_lexi_3_1_credential");
    let control = desk.control;
    let credential = Credential { kind: CredentialKind::Authority, slot: 8 };
    assert_eq!(desk.run(10, control.store_credential(credential, b"hello")), Ok(()), "{}", desk.tail());
    assert_eq!(desk.run(10, control.remove_credential(credential)), Ok(()));
    desk.over();
}

#[test]
fn section_5_1_socket_connect() {
    let mut desk = up("sara_lexi_5_1_socket_connect");
    let stack = desk.stack;
    let (_, socket) =
        desk.run(10, stack.bind_single(([0, 0, 0, 0], 0).into())).expect("there is a second socket");
    drop(socket);
    let address = desk.run(10, stack.get_host_by_name("ftp.u-blox.com", AddrType::IPv4));
    assert_eq!(address, Ok(PEER.0.into()));
    assert_eq!(desk.run(10, tcp(stack, PEER)).map(drop), Ok(()));
    desk.over();
}

#[test]
fn section_5_1_connect_fails() {
    let mut desk = up("sara_lexi_5_1_connect_fails");
    let stack = desk.stack;
    assert_eq!(desk.run(10, tcp(stack, PEER)).map(drop), Err(Error::Refused));
    assert_eq!(desk.run(10, tcp(stack, PEER)).map(drop), Ok(()));
    desk.over();
}

#[test]
fn section_5_2_socket_listening() {
    let mut desk = up("sara_lexi_5_2_socket_listening");
    let (listener, socket) = golden::listened(&mut desk);
    golden::close(&mut desk, socket);
    drop(listener);
    desk.over();
}

#[test]
fn section_5_2_connection_at_once() {
    let mut desk = up("sara_lexi_5_2_connection_at_once");
    let (listener, socket) = golden::listened(&mut desk);
    golden::close(&mut desk, socket);
    drop(listener);
    desk.over();
}

/// Writes two bytes.
fn write(desk: &mut Desk<Golden>) {
    let stack = desk.stack;
    let sent = desk.run(10, async {
        let mut socket = tcp(stack, PEER).await?;
        socket.write_all(b"12").await?;
        socket.flush().await
    });
    assert_eq!(sent, Ok(()));
    desk.over();
}

#[test]
fn section_5_3_1_binary_mode() {
    write(&mut up("sara_lexi_5_3_1_binary_mode"));
}

#[test]
fn section_5_3_3_queue_full() {
    write(&mut up("sara_lexi_5_3_3_queue_full"));
}

#[test]
fn section_5_3_3_queue_full_sara_r42() {
    write(&mut golden::up(Model::SaraR42, "sara_lexi_5_3_3_queue_full_sara_r42"));
}

/// Sets options of a connection.
fn set(desk: &mut Desk<Golden>, options: &[SocketOption]) {
    let stack = desk.stack;
    let set = desk.run(10, async {
        let mut socket = tcp(stack, PEER).await?;
        for &option in options {
            socket.set_option(option).await?;
        }
        Ok::<_, Error>(())
    });
    assert_eq!(set, Ok(()));
    desk.over();
}

#[test]
fn section_5_4_keep_alive() {
    let options = [SocketOption::KeepAlive(7200), SocketOption::KeepAlive(0)];
    set(&mut up("sara_lexi_5_4_keep_alive"), &options);
}

#[test]
fn section_a_1_1_linger() {
    set(&mut up("sara_lexi_a_1_1_linger"), &[SocketOption::Linger(10_000)]);
}

#[test]
fn section_5_9_asynchronous_close() {
    let mut desk = golden::up(Model::SaraR42, "sara_lexi_5_9_asynchronous_close");
    set(&mut desk, &[SocketOption::Linger(10_000)]);
}

/// Reads so much, and takes it from the driver at once.
fn read<const COUNT: usize>(desk: &mut Desk<Golden>) -> [u8; COUNT] {
    let stack = desk.stack;
    let heard = desk.run(10, async {
        let mut socket = tcp(stack, PEER).await?;
        let mut heard = [0; COUNT];
        socket.read_exact(&mut heard).await.map_err(exactly)?;
        Ok::<_, Error>(heard)
    });
    desk.over();
    heard.expect("it comes")
}

#[test]
fn section_5_5_first_scenario() {
    assert_eq!(&read(&mut up("sara_lexi_5_5_first_scenario")), b"ar");
}

#[test]
fn section_5_5_second_scenario() {
    let mut desk = up("sara_lexi_5_5_second_scenario");
    assert_eq!(&read(&mut desk), b"hfgyrhgftyhfgbchs7[ojghfbv74ks");
}

#[test]
fn section_5_5_third_scenario() {
    let mut desk = up("sara_lexi_5_5_third_scenario");
    let all = b"hfgyrhgftyhfgbchs7[ojghfbv74ksHDFUE\xe7pj\xe80'@\xe8pyujfnvhfy\xf9";
    assert_eq!(&read(&mut desk), all);
}

#[test]
fn section_5_5_fourth_scenario() {
    let mut desk = up("sara_lexi_5_5_fourth_scenario");
    let stack = desk.stack;
    let heard = desk.run(10, async {
        let mut socket = tcp(stack, PEER).await?;
        socket.write_all(b"123").await?;
        let flushed = socket.flush().await;
        Ok::<_, Error>((flushed, read_to_end(&mut socket).await?))
    });
    let all = b"hfgyrhgfty23dfgt5uhj89ikdftevlpazwe".to_vec();
    assert_eq!(heard, Ok((Err(Error::Closed), all)));
    desk.over();
}

#[test]
fn section_5_6_udp_write() {
    let mut desk = up("sara_lexi_5_6_udp_write");
    let stack = desk.stack;
    let sent = desk.run(10, async {
        let (local, mut socket) = stack.bind_single(([0, 0, 0, 0], 12_000).into()).await?;
        let address = stack.get_host_by_name("ftp.u-blox.com", AddrType::IPv4).await?;
        socket.send(local, (address, 7).into(), b"12").await?;
        Ok::<_, Error>(local.port())
    });
    assert_eq!(sent, Ok(12_000));
    desk.over();
}

fn read_datagrams(desk: &mut Desk<Golden>) {
    let stack = desk.stack;
    let heard = desk.run(10, async {
        let (local, mut socket) = stack.bind_single(([0, 0, 0, 0], 12_000).into()).await?;
        for expected in [&b"12"[..], b"12345678901234567890", b"abcdefghijabcdefghij"] {
            let mut heard = [0; 40];
            let (len, to, from) = socket.receive_into(&mut heard).await?;
            assert_eq!((&heard[..len], to, from), (expected, local, PEER.into()));
        }
        // What follows the last one is asked for at leisure.
        Ok::<_, Error>(socket)
    });
    desk.pass(Duration::from_millis(200));
    drop(heard.expect("all of it comes"));
    desk.over();
}

#[test]
fn section_5_7_udp_read_sara_r5() {
    read_datagrams(&mut up("sara_lexi_5_7_udp_read_sara_r5"));
}

#[test]
fn section_5_7_udp_read_sara_r42() {
    read_datagrams(&mut golden::up(Model::SaraR42, "sara_lexi_5_7_udp_read_sara_r42"));
}

#[test]
fn section_5_7_one_after_the_other() {
    read_datagrams(&mut up("sara_lexi_5_7_one_after_the_other"));
}

#[test]
fn section_5_8_socket_state() {
    let mut desk = up("sara_lexi_5_8_socket_state");
    let stack = desk.stack;
    let heard = desk.run(20, async { read_to_end(&mut tcp(stack, PEER).await?).await });
    assert_eq!(heard, Ok(Vec::new()));
    desk.over();
}

#[test]
fn section_5_8_last_error() {
    let mut desk = up("sara_lexi_5_8_last_error");
    let stack = desk.stack;
    assert_eq!(desk.run(10, tcp(stack, PEER)).map(drop), Err(Error::Refused));
    desk.over();
}

#[test]
fn section_5_9_by_remote_server() {
    let mut desk = up("sara_lexi_5_9_by_remote_server");
    let stack = desk.stack;
    let heard = desk.run(20, async { read_to_end(&mut tcp(stack, PEER).await?).await });
    assert_eq!(heard, Ok(Vec::new()));
    desk.over();
}

#[test]
fn section_5_9_by_the_module() {
    let mut desk = up("sara_lexi_5_9_by_the_module");
    let stack = desk.stack;
    assert_eq!(desk.run(10, tcp(stack, PEER)).map(drop), Ok(()));
    desk.over();
}

#[test]
fn section_5_10_testing_sockets() {
    let mut desk = up("sara_lexi_5_10_testing_sockets");
    let stack = desk.stack;
    let heard = desk.run(10, async {
        let address = stack.get_host_by_name("echo.u-blox.com", AddrType::IPv4).await?;
        let mut socket = udp(stack, (address, 7)).await?;
        socket.send(b"Hello").await?;
        let mut heard = [0; 5];
        let count = socket.receive_into(&mut heard).await?;
        Ok::<_, Error>((count, heard))
    });
    assert_eq!(heard, Ok((5, *b"Hello")));
    desk.over();
}

#[test]
fn section_9_1_1_direct_link_retrieve() {
    let mut desk = up("sara_lexi_9_1_1_direct_link_retrieve");
    let mut socket = golden::retrieve(&mut desk, PEER);
    assert_eq!(desk.run(10, read_to_end(&mut socket)), Ok(Vec::new()));
    desk.over();
}

#[test]
fn section_9_1_2_direct_link_left_early() {
    let mut desk = up("sara_lexi_9_1_2_direct_link_left_early");
    let socket = golden::halves(&mut desk, PEER);
    golden::close(&mut desk, socket);
    desk.over();
}

#[test]
fn section_9_1_3_direct_link_store() {
    let mut desk = up("sara_lexi_9_1_3_direct_link_store");
    let socket = golden::store(&mut desk, PEER, &[b"file_to_store"]);
    golden::close(&mut desk, socket);
    desk.over();
}

#[test]
fn section_9_1_4_escape_sequence() {
    let mut desk = up("sara_lexi_9_1_4_escape_sequence");
    let socket = golden::store(&mut desk, PEER, &[b"ab+++c", b"+++"]);
    golden::close(&mut desk, socket);
    desk.over();
}

#[test]
fn section_3_3_complete_example() {
    let mut desk = up("sara_lexi_3_3_complete_example");
    let control = desk.control;
    let pem = b"-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\n";
    assert_eq!(desk.run(10, control.provision(AUTHORITY, pem)), Ok(true), "{}", desk.tail());
    let chain = profile(SecurityProfile::new().authority(8).validation(Validation::Chain));
    let socket = golden::secure(&mut desk, "www.ssl-tls-test-server.com", 443, chain);
    golden::close(&mut desk, socket.expect("it is secure"));
    desk.over();
}

#[test]
fn section_3_4_1_1_session() {
    static SESSION: Session = Session::new();
    let mut desk = up("sara_lexi_3_4_1_1_session");
    let profile = profile(SecurityProfile::new().authority(8).validation(Validation::Chain).resume(&SESSION));
    let stack = desk.stack;
    for _ in 0..2 {
        let socket = desk.run(10, golden::tls(stack, PEER, profile)).expect("it is secure");
        golden::close(&mut desk, socket);
    }
    desk.over();
}

#[test]
fn section_5_11_secure_socket() {
    let mut desk = up("sara_lexi_5_11_secure_socket");
    let socket = golden::secure(&mut desk, "server.example.com", 443, &MUTUAL);
    golden::close(&mut desk, socket.expect("it is secure"));
    desk.over();
}

#[test]
fn section_5_11_handshake_fails() {
    let mut desk = up("sara_lexi_5_11_handshake_fails");
    let socket = golden::secure(&mut desk, "server.example.com", 443, &FULL);
    assert_eq!(socket.map(drop), Err(Error::Handshake));
    desk.pass(Duration::from_millis(500));
    desk.over();
}

#[test]
fn section_7_12_2_dtls_profile() {
    let mut desk = up("sara_lexi_7_12_2_dtls_profile");
    let stack = desk.stack;
    let of_the_table = SecurityProfile::new().validation(Validation::None).client(9, 9);
    let profile = profile(of_the_table.cipher_suites(&[0xc030]));
    let heard = desk.run(10, async {
        let (_, mut socket) = UdpStack::connect(&stack.tls(profile), PEER.into()).await?;
        socket.send(b"12").await?;
        let mut heard = [0; 2];
        let count = socket.receive_into(&mut heard).await?;
        Ok::<_, Error>((count, heard, socket))
    });
    let (count, heard, socket) = heard.expect("a datagram comes back");
    assert_eq!((count, &heard), (2, b"12"));
    desk.pass(Duration::from_millis(200));
    drop(socket);
    desk.pass(Duration::from_millis(200));
    desk.over();
}
