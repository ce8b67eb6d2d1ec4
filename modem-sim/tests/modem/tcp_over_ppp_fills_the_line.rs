//! Goodput over PPP against what the line allows.

use crate::common;

use std::time::Duration;

use common::dialup::Host;
use common::{SERVER, running};
use modem_sim::line::{Faults, Line};
use modem_sim::{Direction, Model, Options, Peer, Prng};

fn paced(baud: u32) -> Host {
    let mut host = Host::new(Model::SaraR5, Options { baud, ..running() });
    host.rig.line = Line::new(1);
    for direction in [Direction::ToModem, Direction::ToHost] {
        host.rig.line.set_faults(direction, Faults::paced(baud));
    }
    host
}

/// Share of the line's bytes that is payload.
fn share(baud: u32, bytes: usize, time: Duration) -> f64 {
    bytes as f64 * 10.0 / f64::from(baud) / time.as_secs_f64()
}

#[test]
fn towards_the_host() {
    for (baud, len) in [(115_200, 200_000), (921_600, 1_000_000)] {
        let mut host = paced(baud);
        host.rig.net.on(SERVER, 9, Peer::Chargen(len, 7));
        host.connect();
        let socket = host.open(16 * 1024, (SERVER, 9), 50_000);
        host.wait(|host| host.tcp(socket).may_send());
        let begun = host.rig.now;
        let mut got = Vec::new();
        host.wait(|host| {
            let _ = host.tcp(socket).recv(|bytes| {
                got.extend_from_slice(bytes);
                (bytes.len(), ())
            });
            got.len() == len
        });
        assert_eq!(got, Prng::new(7).bytes(len));
        let share = share(baud, len, host.rig.now - begun);
        assert!(share > 0.93, "{baud}: {share:.3}");
        println!("{baud}: {share:.3}");
    }
}

#[test]
fn from_the_host() {
    for (baud, len) in [(115_200, 200_000), (921_600, 1_000_000)] {
        let mut host = paced(baud);
        host.rig.net.on(SERVER, 9, Peer::Discard);
        host.connect();
        let socket = host.open(16 * 1024, (SERVER, 9), 50_000);
        host.wait(|host| host.tcp(socket).may_send());
        let begun = host.rig.now;
        let data = Prng::new(3).bytes(len);
        let mut sent = 0;
        let conn = host.rig.net.connections()[0].id;
        host.wait(|host| {
            sent += host.tcp(socket).send_slice(&data[sent..]).unwrap();
            sent == len && host.tcp(socket).send_queue() == 0
        });
        host.pass(Duration::from_millis(100));
        assert_eq!(host.rig.net.received(conn), data);
        let share = share(baud, len, host.rig.now - begun);
        assert!(share > 0.90, "{baud}: {share:.3}");
        println!("{baud}: {share:.3}");
    }
}

#[test]
fn two_connections_share_it() {
    let mut host = paced(115_200);
    host.rig.net.on(SERVER, 9, Peer::Chargen(100_000, 7));
    host.connect();
    let sockets = [0, 1].map(|i| host.open(16 * 1024, (SERVER, 9), 50_000 + i));
    let mut got = [0, 0];
    host.wait(|host| {
        for (socket, got) in sockets.into_iter().zip(&mut got) {
            let _ = host.tcp(socket).recv(|bytes| {
                *got += bytes.len();
                (bytes.len(), ())
            });
        }
        got[0] + got[1] > 60_000
    });
    assert!(got[0].abs_diff(got[1]) < 10_000, "{got:?}");
}

#[test]
fn a_peer_that_does_not_read_holds_the_host_back() {
    let mut host = paced(921_600);
    host.rig.net.on(SERVER, 9, Peer::Discard);
    host.connect();
    let socket = host.open(64 * 1024, (SERVER, 9), 50_000);
    host.wait(|host| host.tcp(socket).may_send());
    let conn = host.rig.net.connections()[0].id;
    host.rig.net.set_reading(conn, false);
    let mut sent = 0;
    for _ in 0..100 {
        sent += host.tcp(socket).send_slice(&[7; 4096]).unwrap_or(0);
        host.pass(Duration::from_millis(100));
    }
    let left = host.tcp(socket).send_queue();
    assert!(left > 0 && sent - left <= 32 * 1024, "{sent} {left}");
    host.rig.net.set_reading(conn, true);
    host.wait(|host| host.tcp(socket).send_queue() == 0);
    host.pass(Duration::from_millis(500));
    assert_eq!(host.rig.net.received(conn).len(), sent);
}
