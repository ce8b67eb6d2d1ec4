//! `<listenAutoRsp>` of `+SQNSCFGEXT`.

use crate::common;

use std::net::SocketAddr;

use common::{Rig, SERVER, running};
use modem_sim::{Model, Options, Peer};

fn listening(options: Options) -> Rig {
    let mut rig = Rig::new(Model::Ryz014a, options);
    rig.ok("AT+SQNSCFGEXT=1,0,0,0,1,0");
    rig.ok("AT+SQNSL=1,1,9000");
    rig
}

#[test]
fn a_listening_sequans_socket_can_answer_by_itself() {
    let mut rig = listening(running());
    let peer = rig.net.dial(9000, SocketAddr::from((SERVER, 5000)), Peer::Discard);
    rig.pass_ms(500);
    assert_eq!(rig.printed(), "\r\nCONNECT\r\n");
    rig.send(b"data");
    rig.pass_ms(2000);
    assert_eq!(rig.net.received(peer), b"data");
    rig.send(b"+++");
    rig.wait_for(b"\r\nOK\r\n");
    rig.ok("AT+SQNSH=1");
}

/// It does not fall into a command line that has begun.
#[test]
fn it_waits_for_the_line() {
    let mut rig = listening(running());
    rig.pass_ms(25);
    rig.send(b"AT+CS");
    rig.net.dial(9000, SocketAddr::from((SERVER, 5000)), Peer::Discard);
    rig.pass_ms(500);
    assert_eq!(rig.printed(), "");
    rig.send(b"Q\r");
    rig.pass_ms(500);
    assert_eq!(rig.printed(), "\r\n+CSQ: 18,99\r\n\r\nOK\r\n\r\nCONNECT\r\n");
}

#[test]
fn it_can_stay_in_command_mode() {
    let mut rig = listening(Options { auto_answer_online: false, ..running() });
    let peer = rig.net.dial(9000, SocketAddr::from((SERVER, 5000)), Peer::Discard);
    rig.wait_for(b"\r\n+SQNSRING: 1\r\n");
    rig.send_ext(1, b"data");
    rig.pass_ms(200);
    assert_eq!(rig.net.received(peer), b"data");
}
