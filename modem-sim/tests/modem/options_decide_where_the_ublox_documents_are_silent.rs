//! One test for each such option.

use crate::common;

use std::net::SocketAddr;

use common::{Rig, SERVER, running};
use modem_sim::{DirectLinkEnd, Model, Options, Peer};

fn stranger() -> SocketAddr {
    (SERVER, 7).into()
}

#[test]
fn a_socket_can_need_packet_data() {
    for needs in [false, true] {
        let options = Options { socket_needs_context: needs, ..running() };
        let mut rig = Rig::new(Model::SaraR501b, options);
        assert_eq!(rig.command("AT+USOCR=6").contains("ERROR"), needs);
        rig.ok("AT+UPSD=0,100,1");
        rig.ok("AT+UPSDA=0,3");
        rig.wait_for(b"+UUPSDA: 0,");
        rig.ok("AT+USOCR=6");
    }
}

#[test]
fn a_local_port_can_be_refused() {
    for refuse in [false, true] {
        let options = Options { refuse_local_port: refuse, ..running() };
        let mut rig = Rig::new(Model::SaraR42, options);
        assert_eq!(rig.command("AT+USOCR=17,12000").contains("ERROR"), refuse);
        rig.ok("AT+USOCR=17");
    }
}

#[test]
fn datagrams_have_either_report() {
    for (model, own) in [(Model::SaraR5, false), (Model::SaraR42, true), (Model::LenaR8, true)] {
        for chosen in [None, Some(false), Some(true)] {
            let options = Options { datagram_report: chosen, stale_packet_data: true, ..running() };
            let mut rig = Rig::new(model, options);
            rig.ok("AT+USOCR=17,12000");
            rig.net.push_datagram(stranger(), 12000, b"hello");
            let name = if chosen.unwrap_or(own) { "+UUSORF" } else { "+UUSORD" };
            rig.wait_for(format!("\r\n{name}: 0,5\r\n").as_bytes());
        }
    }
}

#[test]
fn one_value_of_cfun_can_be_the_only_restart() {
    let mut rig = Rig::new(Model::SaraR42, Options { restart_cfun: Some(15), ..running() });
    assert!(rig.command("AT+CFUN=16").contains("ERROR"));
    rig.ok("AT+CFUN=15");
    rig.pass_ms(1000);
    rig.send(b"AT\r");
    rig.pass_ms(1000);
    assert_eq!(rig.printed(), "");
}

#[test]
fn the_end_of_a_direct_link_is_told_in_three_ways() {
    let all = [
        (DirectLinkEnd::Disconnect, "\r\nDISCONNECT\r\n\r\nOK\r\n\r\n+UUSOCL: 0\r\n"),
        (DirectLinkEnd::NoCarrier, "\r\nNO CARRIER\r\n\r\n+UUSOCL: 0\r\n"),
        (DirectLinkEnd::Stays, ""),
    ];
    for (end, expected) in all {
        let mut rig = Rig::new(Model::SaraR5, Options { direct_link_end: end, ..running() });
        rig.net.on(SERVER, 7, Peer::Discard);
        rig.ok("AT+USOCR=6");
        rig.ok("AT+USOCO=0,\"192.0.2.1\",7");
        rig.send(b"AT+USODL=0\r");
        rig.wait_for(b"\r\nCONNECT\r\n");
        rig.net.close(rig.net.connections()[0].id);
        rig.pass_ms(1000);
        assert_eq!(rig.printed(), expected);
    }
}
