//! Conversations with a SARA-R5 as the tables of its documents have them, to the letter.
mod common;

use cellular_nal::dialect::{Credential, CredentialKind};
use cellular_nal::{Config, Error};
use common::conversation::{exactly, read_to_end, tcp, udp};
use common::golden;
use embedded_io_async::{Read, Write};
use embedded_nal_async::{AddrType, ConnectedUdp, Dns};
use modem_sim::Model;

const PEER: ([u8; 4], u16) = ([195, 34, 89, 241], 7);

fn up(name: &str) -> common::script::Desk<golden::Golden> {
    golden::up(Model::SaraR5, &[name])
}

#[test]
fn bring_up() {
    let mut desk = golden::desk(Model::SaraR5, Config::new(), &["bring_up"]);
    let control = desk.control;
    assert_eq!(desk.run(10, control.connect()), Ok(()), "{}", desk.tail());
    desk.over();
    let status = control.status();
    assert_eq!((status.operator(), status.signal_dbm()), ("Nutaq Network", Some(-77)));
    assert_eq!(status.address(), Some([100, 108, 232, 233].into()));
}

#[test]
fn registration_that_was_switched_off() {
    let mut desk = golden::desk(Model::SaraR5, Config::new(), &["registration"]);
    let control = desk.control;
    assert_eq!(desk.run(10, control.connect()), Ok(()), "{}", desk.tail());
    desk.over();
    assert_eq!(control.status().signal_dbm(), None);
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
        let mut socket = tcp(stack, PEER).await?;
        socket.write_all(b"12").await?;
        let mut heard = [0; 2];
        socket.read_exact(&mut heard).await.map_err(exactly)?;
        Ok::<_, Error>(heard)
    });
    assert_eq!(heard, Ok(*b"ar"));
    desk.over();
}

#[test]
fn more_comes_between_reads() {
    let mut desk = up("read_more_comes");
    let stack = desk.stack;
    let heard = desk.run(10, async {
        let mut socket = tcp(stack, PEER).await?;
        let mut heard = [0; 24];
        socket.read_exact(&mut heard).await.map_err(exactly)?;
        Ok::<_, Error>(heard)
    });
    assert_eq!(heard.as_ref(), Ok(b"hfgyrhgftyhfgbchs7[ojghf"));
    desk.over();
}

#[test]
fn the_peer_closes() {
    let mut desk = up("peer_closes");
    let stack = desk.stack;
    let heard = desk.run(10, async {
        let mut socket = tcp(stack, PEER).await?;
        socket.write_all(b"123").await?;
        let flushed = socket.flush().await;
        Ok::<_, Error>((flushed, read_to_end(&mut socket).await?))
    });
    assert_eq!(heard, Ok((Err(Error::Closed), b"23dfgt5uhj89ikdftevlpazwe".to_vec())));
    desk.over();
}

#[test]
fn a_connect_that_fails() {
    let mut desk = up("connect_fails");
    let stack = desk.stack;
    assert_eq!(desk.run(10, tcp(stack, PEER)).map(drop), Err(Error::Refused));
    assert_eq!(desk.run(10, tcp(stack, PEER)).map(drop), Ok(()));
    desk.over();
}

#[test]
fn a_full_queue() {
    let mut desk = up("write_queue_full");
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
fn udp_there_and_back() {
    let mut desk = up("udp");
    let stack = desk.stack;
    let count = desk.run(10, async {
        let mut socket = udp(stack, PEER).await?;
        socket.send(b"12").await?;
        let mut heard = [0; 2];
        let count = socket.receive_into(&mut heard).await?;
        assert_eq!(&heard, b"12");
        Ok::<_, Error>(count)
    });
    assert_eq!(count, Ok(2));
    desk.over();
}

#[test]
fn credentials() {
    let mut desk = up("credential");
    let control = desk.control;
    let credential = Credential { kind: CredentialKind::Authority, slot: 8 };
    assert_eq!(desk.run(10, control.store_credential(credential, b"hello")), Ok(()), "{}", desk.tail());
    assert_eq!(desk.run(10, control.remove_credential(credential)), Ok(()));
    desk.over();
}
