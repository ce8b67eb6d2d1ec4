//! Conversations with an RYZ014A as the tables of its documents have them, to the letter.
mod common;

use cellular_nal::dialect::{Credential, CredentialKind};
use cellular_nal::{Config, Error};
use common::conversation::{exactly, tcp, udp};
use common::golden;
use embedded_io_async::{Read, Write};
use embedded_nal_async::{AddrType, ConnectedUdp, Dns};
use modem_sim::Model;

const PEER: [u8; 4] = [192, 168, 13, 1];
const HELLO: &[u8; 24] = b"Hello extend from client";

fn up(name: &str) -> common::script::Desk<golden::Golden> {
    golden::up(Model::Ryz014a, &[name])
}

#[test]
fn bring_up() {
    let mut desk = golden::desk(Model::Ryz014a, Config::new(), &["bring_up"]);
    let control = desk.control;
    assert_eq!(desk.run(10, control.connect()), Ok(()), "{}", desk.tail());
    desk.over();
    let status = control.status();
    assert_eq!((status.operator(), status.signal_dbm()), ("311480", Some(-77)));
    assert_eq!(status.address(), Some([192, 168, 6, 3].into()));
}

#[test]
fn a_pin() {
    let config = Config::new().pin("0000").expect("it is a PIN");
    let mut desk = golden::desk(Model::Ryz014a, config, &["pin"]);
    let control = desk.control;
    assert_eq!(desk.run(10, control.connect()), Ok(()), "{}", desk.tail());
    desk.over();
}

#[test]
fn name_resolution() {
    let mut desk = up("dns");
    let stack = desk.stack;
    let address = desk.run(10, stack.get_host_by_name("www.google.com", AddrType::IPv4));
    assert_eq!(address, Ok([216, 239, 59, 147].into()));
    desk.over();
}

#[test]
fn tcp_there_and_back() {
    let mut desk = up("tcp");
    let stack = desk.stack;
    let heard = desk.run(10, async {
        let mut socket = tcp(stack, (PEER, 8008)).await?;
        socket.write_all(HELLO).await?;
        let mut heard = [0; 24];
        socket.read_exact(&mut heard).await.map_err(exactly)?;
        Ok::<_, Error>(heard)
    });
    assert_eq!(heard.as_ref(), Ok(HELLO));
    desk.over();
}

#[test]
fn a_dial_that_fails() {
    let mut desk = up("dial_fails");
    let stack = desk.stack;
    assert_eq!(desk.run(10, tcp(stack, (PEER, 8008))).map(drop), Err(Error::Refused));
    desk.over();
}

#[test]
fn udp_there_and_back() {
    let mut desk = up("udp");
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
fn credentials() {
    let mut desk = up("credential");
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
