//! Close down, the end of channel 0, a restart.

use crate::common;

use common::mux::{DISC, MuxRig, UA, frame};
use common::{SERVER, running};
use modem_sim::{Model, Options, Peer};

#[test]
fn after_close_down_the_line_is_as_it_was() {
    let mut mux = MuxRig::opened(Model::SaraR5, running(), 31, &[1, 2]);
    mux.ok(1, "AT+CMEE=2");
    assert_eq!(mux.message(&[0xc3, 0x01]), [0xc1, 0x01]);
    // Echo was off before, the error format is that of the line.
    assert_eq!(mux.rig.command("AT+USORD=0,1"), "\r\nERROR\r\n");
    assert_eq!(mux.rig.modem.multiplexer(), None);
    mux.assert_no_breach();
}

#[test]
fn the_end_of_channel_0_ends_all() {
    let mut mux = MuxRig::opened(Model::Gm02s, running(), 31, &[2]);
    mux.send(&frame(0, DISC, b""));
    assert_eq!(mux.other.pop(), Some((0x03, UA, Vec::new())));
    mux.rig.ok("AT");
    mux.assert_no_breach();
}

#[test]
fn what_follows_the_close_down_is_a_command() {
    let mut mux = MuxRig::opened(Model::Gm02s, running(), 31, &[2]);
    mux.rig.send(&[&frame(0, 0xef, &[0xc3, 0x01])[..], b"AT\r"].concat());
    mux.rig.wait_for(b"\r\nOK\r\n");
    mux.assert_no_breach();
}

#[test]
fn sockets_live_on() {
    let mut mux = MuxRig::opened(Model::SaraR5, running(), 31, &[1]);
    mux.rig.net.on(SERVER, 7, Peer::Echo);
    mux.ok(1, "AT+USOCR=6");
    mux.ok(1, "AT+USOCO=0,\"192.0.2.1\",7");
    mux.message(&[0xc3, 0x01]);
    assert_eq!(mux.rig.write(0, b"hello"), "\r\n+USOWR: 0,5\r\n\r\nOK\r\n");
    mux.rig.wait_for(b"\r\n+UUSORD: 0,5\r\n");
    // The other way round: news of the time without channels are told on the first one.
    mux.rig.write(0, b"world");
    mux.rig.ok("AT+CMUX=0");
    mux.rig.pass_ms(1000);
    mux.open(0);
    mux.open(1);
    mux.pass_ms(50);
    assert_eq!(mux.ok(1, "ATE0"), "ATE0\r\r\nOK\r\n");
    assert_eq!(mux.ok(1, "AT+USORD=0,10"), "\r\n+USORD: 0,10,\"helloworld\"\r\n\r\nOK\r\n");
    mux.assert_no_breach();
}

#[test]
fn a_restart_ends_it_without_a_word() {
    for &model in Model::KNOWN {
        let dlci = common::mux::command_channels(model)[0];
        let mut mux = MuxRig::opened(model, running(), 31, &[dlci]);
        let now = mux.rig.now;
        mux.rig.modem.reboot(now);
        mux.rig.pass_ms(10_000);
        let printed = mux.rig.printed();
        // The greeting comes on the line.
        assert!(!printed.contains('\u{f9}') && printed.is_ascii(), "{model}: {printed:?}");
        mux.rig.send(b"AT\r");
        mux.rig.pass_ms(200);
        mux.rig.printed();
        let answer = mux.rig.command("AT+CMUX?");
        assert!(answer.contains("+CMUX: 0,0,0,31,"), "{model}: {answer:?}");
        assert_eq!(mux.rig.modem.multiplexer(), None);
    }
}

#[test]
fn a_restart_by_command_ends_it_too() {
    for (model, restart) in [(Model::SaraR5, "AT+CFUN=16"), (Model::Gm02s, "AT^RESET")] {
        let mut mux = MuxRig::opened(model, running(), 31, &[2]);
        mux.ok(2, restart);
        mux.rig.pass_ms(10_000);
        assert!(mux.rig.printed().is_ascii());
        mux.rig.ok("AT");
    }
}

#[test]
fn a_modem_that_is_found_in_it_can_be_called_back() {
    for &model in Model::KNOWN {
        let options = || Options { stale_multiplexer: true, ..running() };
        let mut mux = MuxRig {
            rig: common::Rig::new(model, options()),
            n1: 31,
            other: Vec::new(),
            data: Default::default(),
            signals: Default::default(),
            answers: true,
        };
        mux.rig.send(b"AT\r");
        mux.rig.pass_ms(1000);
        // Nothing but frames is heard.
        assert!(!mux.rig.printed().contains("OK"), "{model}");
        assert_eq!(mux.message(&[0xc3, 0x01]), [0xc1, 0x01], "{model}");
        mux.rig.pass_ms(100);
        mux.rig.command("AT");
        mux.rig.ok("AT");
    }
}

#[test]
fn a_channel_that_is_opened_again_begins_anew() {
    let mut mux = MuxRig::opened(Model::SaraR42, running(), 31, &[1, 2]);
    mux.ok(2, "ATE0");
    mux.pass_ms(25);
    mux.write(2, b"ATD*99***1#\r");
    mux.wait_for(2, b"\r\nCONNECT");
    mux.pass_ms(10);
    assert!(mux.rig.modem.is_dialed());
    mux.ok(1, "ATE0");
    mux.open(2);
    mux.pass_ms(200);
    mux.printed(2);
    assert!(!mux.rig.modem.is_dialed());
    assert_eq!(mux.ok(2, "AT"), "AT\r\r\nOK\r\n");
    // The other one has not noticed.
    assert_eq!(mux.ok(1, "AT"), "\r\nOK\r\n");
    mux.assert_no_breach();
}
