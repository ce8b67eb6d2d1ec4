//! All values of a byte, both ways, in pieces of any size; only a proper escape sequence ends it.

use crate::common;

use common::{Rig, SERVER, running};
use modem_sim::{Model, Options, Peer, Prng};

fn linked(model: Model, peer: Peer) -> Rig {
    let mut rig = Rig::new(model, Options { stale_packet_data: true, ..running() });
    rig.net.on(SERVER, 7, peer);
    rig.ok("AT+USOCR=6");
    rig.ok("AT+USOCO=0,\"192.0.2.1\",7");
    rig.ok("AT+UDCONF=5,0,100");
    rig.pass_ms(25);
    rig.send(b"AT+USODL=0\r");
    rig.wait_for(b"\r\nCONNECT\r\n");
    rig
}

/// `+` at the start could be taken for an escape sequence, elsewhere it is data.
fn payload(seed: u64, len: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..=255).chain(*b"a+++\r\nAT\r\nOK\r\n+UUSOCL: 0\r\n").collect();
    bytes.extend(Prng::new(seed).bytes(len));
    bytes
}

#[test]
fn there_and_back() {
    for model in [Model::SaraR5, Model::SaraR42, Model::LenaR8] {
        for seed in 0..4 {
            let mut rig = linked(model, Peer::Echo);
            let bytes = payload(seed, 4000);
            let mut prng = Prng::new(seed);
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                let n = 1 + prng.below(300.min(rest.len() as u64)) as usize;
                rig.send(&rest[..n]);
                rig.pass_ms(prng.below(200));
                rest = &rest[n..];
            }
            rig.pass_ms(3000);
            assert_eq!(rig.net.received(rig.net.connections()[0].id), bytes);
            assert_eq!(std::mem::take(&mut rig.got), bytes);
            rig.send(b"+++");
            rig.wait_for(b"\r\nDISCONNECT\r\n\r\nOK\r\n");
            assert_eq!(rig.rules(), []);
            rig.ok("AT");
        }
    }
}

#[test]
fn what_came_before_is_handed_out_first() {
    let mut rig = Rig::new(Model::SaraR5, running());
    rig.net.on(SERVER, 7, Peer::Discard);
    rig.ok("AT+USOCR=6");
    rig.ok("AT+USOCO=0,\"192.0.2.1\",7");
    let conn = rig.net.connections()[0].id;
    rig.net.send(conn, b"early");
    rig.wait_for(b"\r\n+UUSORD: 0,5\r\n");
    rig.pass_ms(25);
    rig.send(b"AT+USODL=0\r");
    rig.wait_for(b"\r\nCONNECT\r\nearly");
    rig.net.send(conn, b"\r\nOK\r\n");
    rig.wait_for(b"\r\nOK\r\n");
    assert_eq!(rig.printed(), "");
}

#[test]
fn news_of_other_sockets_wait_for_its_end() {
    let mut rig = Rig::new(Model::SaraR5, running());
    rig.net.on(SERVER, 7, Peer::Discard);
    for id in 0..2 {
        rig.ok("AT+USOCR=6");
        rig.ok(&format!("AT+USOCO={id},\"192.0.2.1\",7"));
    }
    rig.send(b"AT+USODL=1\r");
    rig.wait_for(b"\r\nCONNECT\r\n");
    rig.net.send(rig.net.connections()[0].id, b"hello");
    rig.pass_ms(2000);
    assert_eq!(rig.printed(), "");
    rig.send(b"+++");
    rig.pass_ms(2000);
    let printed = rig.printed();
    assert!(printed.contains("\r\nDISCONNECT\r\n"), "{printed}");
    assert!(printed.contains("\r\nOK\r\n"), "{printed}");
    assert!(printed.contains("\r\n+UUSORD: 0,5\r\n"), "{printed}");
}
