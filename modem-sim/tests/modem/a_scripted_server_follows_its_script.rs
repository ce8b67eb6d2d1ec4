//! Servers of the virtual network.

use crate::common;

use std::time::Duration;

use common::{Rig, SERVER, connect, running};
use modem_sim::{Model, Options, Peer, ScriptStep};

#[test]
fn tcp() {
    let mut rig = Rig::new(Model::SaraR5, running());
    let steps = vec![
        ScriptStep::Await(3),
        ScriptStep::Send(b"one".to_vec()),
        ScriptStep::Pause(Duration::from_secs(1)),
        ScriptStep::Send(b"two".to_vec()),
        ScriptStep::Await(2),
        ScriptStep::Close,
    ];
    rig.net.on(SERVER, 7, Peer::Scripted(steps));
    connect(&mut rig);
    rig.write(0, b"abcd");
    rig.pass_ms(500);
    assert_eq!(rig.printed(), "\r\n+UUSORD: 0,3\r\n");
    rig.pass_ms(1000);
    assert_eq!(rig.read(0, 10), b"onetwo");
    rig.write(0, b"e");
    rig.pass_ms(500);
    assert_eq!(rig.printed(), "\r\n+UUSOCL: 0\r\n");
    let conn = rig.net.connections()[0].clone();
    assert_eq!(rig.net.received(conn.id), b"abcde");
    assert!(!conn.open);
}

#[test]
fn udp() {
    let mut rig = Rig::new(Model::SaraR5, running());
    let steps = vec![
        ScriptStep::Await(1),
        ScriptStep::Send(b"one".to_vec()),
        ScriptStep::Await(1),
        ScriptStep::Send(b"two".to_vec()),
    ];
    rig.net.on(SERVER, 7, Peer::Scripted(steps));
    rig.ok("AT+USOCR=17");
    for answer in ["one", "two"] {
        rig.ok("AT+USOST=0,\"192.0.2.1\",7,1,\"x\"");
        rig.pass_ms(500);
        rig.got.clear();
        let read = rig.ok("AT+USORF=0,100");
        assert!(read.contains(&format!(",3,\"{answer}\"")), "{read}");
    }
    rig.ok("AT+USOST=0,\"192.0.2.1\",7,1,\"x\"");
    rig.pass_ms(500);
    assert_eq!(rig.printed(), "");
    assert_eq!(rig.net.datagrams().len(), 3);
}

#[test]
fn a_close_after_some_bytes() {
    let mut rig = Rig::new(Model::Ryz014a, running());
    rig.net.on(SERVER, 7, Peer::CloseAfter(5));
    connect(&mut rig);
    rig.send_ext(1, b"abcd");
    rig.pass_ms(500);
    assert_eq!(rig.printed(), "");
    rig.send_ext(1, b"e");
    rig.pass_ms(500);
    assert_eq!(rig.printed(), "\r\n+SQNSH: 1\r\n");
}

#[test]
fn a_write_is_cut_when_the_option_says_so() {
    let options = Options { partial_writes: true, tx_queue_limit: Some(6), ..running() };
    let mut rig = Rig::new(Model::SaraR5, options);
    rig.net.on(SERVER, 7, Peer::Discard);
    connect(&mut rig);
    let conn = rig.net.connections()[0].id;
    rig.net.set_reading(conn, false);
    assert!(rig.write(0, b"abcd").contains("+USOWR: 0,4"));
    assert!(rig.write(0, b"efgh").contains("+USOWR: 0,2"));
    assert!(rig.command("AT+USOWR=0,1,\"x\"").contains("ERROR"));
    rig.net.set_reading(conn, true);
    // A close lets the queue leave first.
    rig.ok("AT+USOCL=0");
    assert_eq!(rig.net.received(conn), b"abcdef");
}
