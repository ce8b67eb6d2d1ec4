//! RTS and CTS: a server that does not read makes the host wait, and no byte is lost.

use crate::common;

use common::{Rig, SERVER, running};
use modem_sim::line::Faults;
use modem_sim::{Direction, Model, Options, Peer, Prng};

const LENGTH: usize = 20_000;

fn online(options: Options) -> Rig {
    let mut rig = Rig::new(Model::Ryz014a, options);
    rig.net.on(SERVER, 7, Peer::Discard);
    rig.line.set_faults(Direction::ToModem, Faults::paced(115_200));
    rig.ok("AT+SQNSCFG=1,1,300,0,600,50");
    assert!(rig.command("AT+SQNSD=1,0,7,\"192.0.2.1\"").contains("CONNECT"));
    let conn = rig.net.connections()[0].id;
    rig.net.set_reading(conn, false);
    rig
}

#[test]
fn online_mode_holds_the_host_back_when_the_queue_is_full() {
    let data = Prng::new(1).bytes(LENGTH);
    let mut rig = online(running());
    let conn = rig.net.connections()[0].id;
    for chunk in data.chunks(100) {
        rig.send(chunk);
    }
    rig.pass_ms(5000);
    assert!(!rig.modem.ready_to_receive());
    assert!(rig.line.counters(Direction::ToModem).delivered < LENGTH as u64);
    rig.net.set_reading(conn, true);
    rig.pass_ms(1);
    rig.pass_ms(5000);
    assert!(rig.modem.ready_to_receive());
    assert!(rig.net.received(conn) == data);
    assert_eq!(rig.modem.lost_bytes(), 0);
    rig.send(b"+++");
    rig.wait_for(b"\r\nOK\r\n");
}

/// A caller that does not look at it loses nothing either.
#[test]
fn bytes_that_come_all_the_same_are_kept() {
    let data = Prng::new(1).bytes(LENGTH);
    let mut rig = online(running());
    let conn = rig.net.connections()[0].id;
    rig.modem.handle_rx(rig.now, &data);
    assert!(!rig.modem.ready_to_receive());
    rig.net.set_reading(conn, true);
    rig.pass_ms(1);
    rig.pass_ms(5000);
    assert!(rig.net.received(conn) == data);
}

#[test]
fn without_flow_control_bytes_are_lost() {
    let data = Prng::new(1).bytes(LENGTH);
    let mut rig = online(Options { flow_control: false, ..running() });
    let conn = rig.net.connections()[0].id;
    rig.send(&data);
    rig.pass_ms(5000);
    assert!(rig.modem.ready_to_receive());
    rig.net.set_reading(conn, true);
    rig.pass_ms(1);
    rig.pass_ms(5000);
    let lost = rig.modem.lost_bytes();
    assert!(lost > 0);
    assert!(rig.net.received(conn) == data[..LENGTH - lost]);
}
