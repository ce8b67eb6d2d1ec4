//! TCP waits in the network, or is lost when the option says so; datagrams are lost.

use crate::common;

use common::{Rig, SERVER, connect, running};
use modem_sim::{Model, Options, Peer, Prng};

fn buffered(rig: &mut Rig) -> String {
    rig.pass_ms(1000);
    rig.got.clear();
    rig.ok("AT+SQNSI=1")
}

#[test]
fn tcp_waits() {
    let mut rig = Rig::new(Model::Ryz014a, running());
    rig.net.on(SERVER, 7, Peer::Chargen(6000, 3));
    connect(&mut rig);
    assert!(buffered(&mut rig).contains("+SQNSI: 1,0,2524,2524,0"));
    let mut all = Vec::new();
    while all.len() < 6000 {
        all.extend(rig.recv(1, 1500));
        rig.pass_ms(100);
        rig.got.clear();
    }
    assert!(all == Prng::new(3).bytes(6000));
    assert_eq!(rig.modem.lost_bytes(), 0);
}

#[test]
fn tcp_is_lost() {
    let mut rig = Rig::new(Model::Ryz014a, Options { lossy_receive: true, ..running() });
    rig.net.on(SERVER, 7, Peer::Chargen(6000, 3));
    connect(&mut rig);
    assert!(buffered(&mut rig).contains(",2524,0"));
    assert_eq!(rig.modem.lost_bytes(), 6000 - 2524);
}

#[test]
fn datagrams_are_lost() {
    let mut rig = Rig::new(Model::Ryz014a, running());
    rig.ok("AT+SQNSD=1,1,7,\"192.0.2.1\",0,3000,1");
    for _ in 0..3 {
        rig.net.push_datagram((SERVER, 7).into(), 3000, &[1; 1000]);
    }
    assert!(buffered(&mut rig).contains("+SQNSI: 1,0,2000,2000,0"));
    assert_eq!(rig.modem.lost_bytes(), 1000);
}
