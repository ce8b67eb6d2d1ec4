//! `+UEMBPF`: a range of ports is the modem's own while there is a dial-up connection.

use crate::common;

use common::dialup::Host;
use common::{Rig, SERVER, running};
use modem_sim::{Model, Peer, TcpState};
use smoltcp::socket::tcp;
use std::time::Duration;

const FILTERING: [Model; 2] = [Model::SaraR42, Model::LexiR422];

fn restart(rig: &mut Rig) {
    rig.ok("AT+CFUN=16");
    rig.pass_ms(20_000);
    rig.ok("ATE0");
    rig.printed();
}

#[test]
fn the_factory_gives_sara_r42_no_range_and_lexi_r422_one() {
    let mut rig = Rig::new(Model::SaraR42, running());
    assert_eq!(rig.command("AT+UEMBPF?"), "\r\n+UEMBPF: 0\r\n\r\nOK\r\n");
    let mut rig = Rig::new(Model::LexiR422, running());
    assert_eq!(rig.command("AT+UEMBPF?"), "\r\n+UEMBPF: 1,\"9999-19999\"\r\n\r\nOK\r\n");
}

#[test]
fn the_others_do_not_know_it() {
    for model in Model::KNOWN.iter().filter(|model| !FILTERING.contains(model)) {
        assert!(Rig::new(*model, running()).command("AT+UEMBPF?").contains("ERROR"), "{model}");
    }
}

#[test]
fn it_is_set_read_and_kept() {
    for model in FILTERING {
        let mut rig = Rig::new(model, running());
        rig.ok("AT+UEMBPF=1,\"6000-6200\"");
        restart(&mut rig);
        assert_eq!(rig.command("AT+UEMBPF?"), "\r\n+UEMBPF: 1,\"6000-6200\"\r\n\r\nOK\r\n", "{model}");
        rig.ok("AT+UEMBPF=0");
        restart(&mut rig);
        assert_eq!(rig.command("AT+UEMBPF?"), "\r\n+UEMBPF: 0\r\n\r\nOK\r\n", "{model}");
    }
}

#[test]
fn what_is_no_range_is_refused() {
    let mut rig = Rig::new(Model::SaraR42, running());
    let all = [
        "1",
        "0,\"6000-6200\"",
        "1,\"6200-6000\"",
        "1,\"0-9\"",
        "1,\"6000\"",
        "1,6000-6200",
        "2",
        "1,\"1-65536\"",
    ];
    for bad in all {
        assert!(rig.command(&format!("AT+UEMBPF={bad}")).contains("ERROR"), "{bad}");
    }
    assert_eq!(rig.command("AT+UEMBPF?"), "\r\n+UEMBPF: 0\r\n\r\nOK\r\n");
}

#[test]
fn sockets_of_the_modem_take_their_ports_from_the_range() {
    let mut rig = Rig::new(Model::SaraR42, running());
    rig.net.on(SERVER, 7, Peer::Echo);
    rig.ok("AT+UEMBPF=1,\"6000-6002\"");
    let open = |rig: &mut Rig| {
        for command in ["AT+UPSD=0,0,0", "AT+UPSD=0,100,1", "AT+CGACT=1,1"] {
            rig.ok(command);
        }
        for id in 0..2 {
            rig.ok("AT+USOCR=6");
            rig.ok(&format!("AT+USOCO={id},\"192.0.2.1\",7"));
        }
        rig.net.connections().iter().rev().take(2).map(|conn| conn.local_port).collect::<Vec<_>>()
    };
    // "To apply from the following power up".
    assert!(open(&mut rig).iter().all(|port| !(6000..=6002).contains(port)));
    restart(&mut rig);
    assert_eq!(open(&mut rig), [6001, 6000]);
    rig.ok("AT+USOCR=17");
    assert_eq!(rig.net.udp_ports(), [6002]);
    // Round to the beginning, and past the one that is taken.
    rig.ok("AT+USOCL=0");
    rig.ok("AT+USOCR=17");
    rig.ok("AT+USOCR=17");
    assert_eq!(rig.net.udp_ports(), [6002, 6000, 6001]);
    assert!(rig.command("AT+USOCR=17").contains("ERROR"));
}

#[test]
fn what_comes_to_the_range_never_reaches_the_host() {
    let mut host = Host::up(Model::LexiR422, running());
    host.rig.net.on(SERVER, 7, Peer::Echo);
    let inside = host.open(4096, (SERVER, 7), 9999);
    let outside = host.open(4096, (SERVER, 7), 20_000);
    host.wait(|host| host.tcp(outside).may_send());
    host.pass(Duration::from_secs(5));
    assert_eq!(host.tcp(inside).state(), tcp::State::SynSent);
}

#[test]
fn peers_do_not_reach_the_host_at_the_range() {
    let mut host = Host::up(Model::LexiR422, running());
    let socket = host.socket(4096);
    host.tcp(socket).listen(20_000).unwrap();
    let blocked = host.socket(4096);
    host.tcp(blocked).listen(19_999).unwrap();
    let at = |port| std::net::SocketAddr::from((SERVER, port));
    let wanted = host.rig.net.dial(20_000, at(4000), Peer::Discard);
    let unwanted = host.rig.net.dial(19_999, at(4001), Peer::Discard);
    host.wait(|host| host.tcp(socket).may_send());
    host.pass(Duration::from_secs(5));
    assert_eq!(host.rig.net.peer_state(wanted), TcpState::Established);
    assert_ne!(host.rig.net.peer_state(unwanted), TcpState::Established);
    assert_eq!(host.tcp(blocked).state(), tcp::State::Listen);
}

#[test]
fn without_a_range_every_port_is_the_hosts() {
    let mut host = Host::up(Model::SaraR42, running());
    host.rig.net.on(SERVER, 7, Peer::Echo);
    let socket = host.open(4096, (SERVER, 7), 9999);
    host.wait(|host| host.tcp(socket).may_send());
}
