//! Flow control in both directions (3GPP TS 27.010 §5.4.8).

use crate::common;

use std::time::Duration;

use common::mux::{MuxRig, UIH, command_channels, frame};
use common::{SERVER, running};
use modem_sim::{Model, Options, Peer, Rule, ScriptStep};

const FC: u8 = 0x02;
const DV: u8 = 0x80;

/// Signals of the host for channel 1.
fn tell(mux: &mut MuxRig, dlci: u8, octet: u8) {
    let address = dlci * 4 + 3;
    assert_eq!(mux.message(&[0xe3, 0x05, address, octet]), [0xe1, 0x05, address, octet]);
}

#[test]
fn a_stopped_channel_is_silent_and_the_other_is_not() {
    let mut mux = MuxRig::opened(Model::SaraR5, running(), 31, &[1, 2]);
    tell(&mut mux, 1, 0x0d | FC);
    mux.write(1, b"AT+CGMI\r");
    mux.ok(2, "AT+CGMM");
    assert_eq!(mux.printed(1), "");
    tell(&mut mux, 1, 0x0d);
    mux.pass_ms(5);
    assert_eq!(mux.printed(1), "AT+CGMI\r\r\nu-blox\r\n\r\nOK\r\n");
    mux.assert_no_breach();
}

#[test]
fn all_channels_can_be_stopped_at_once() {
    let mut mux = MuxRig::opened(Model::Gm02s, running(), 31, &[2, 3]);
    assert_eq!(mux.message(&[0x63, 0x01]), [0x61, 0x01]);
    mux.write(2, b"AT\r");
    mux.write(3, b"AT\r");
    mux.pass_ms(500);
    assert_eq!((mux.printed(2), mux.printed(3)), (String::new(), String::new()));
    // Control goes on.
    assert_eq!(mux.message(&[0xa3, 0x01]), [0xa1, 0x01]);
    mux.pass_ms(5);
    assert_eq!((mux.printed(2).as_str(), mux.printed(3).as_str()), ("AT\r\r\nOK\r\n", "AT\r\r\nOK\r\n"));
    mux.assert_no_breach();
}

/// A channel in data mode with a TCP socket, whose far end is `peer`.
fn in_data_mode(model: Model, options: Options, peer: Peer) -> (MuxRig, u8) {
    let channels = command_channels(model);
    let mut mux = MuxRig::opened(model, options, 100, channels);
    mux.rig.net.on(SERVER, 7, peer);
    let dlci = channels[1];
    if model.is_ublox() {
        mux.ok(dlci, "AT+USOCR=6");
        mux.ok(dlci, "AT+USOCO=0,\"192.0.2.1\",7");
        mux.command(dlci, "AT+USODL=0");
    } else {
        mux.ok(dlci, "AT+SQNSCFG=1,1,300,0,600,50");
        mux.command(dlci, "AT+SQNSD=1,0,7,\"192.0.2.1\"");
    }
    mux.pass_ms(50);
    (mux, dlci)
}

#[test]
fn the_carrier_is_told_while_a_channel_is_in_data_mode() {
    for &model in Model::ALL {
        let (mut mux, dlci) = in_data_mode(model, running(), Peer::Echo);
        let other = command_channels(model)[0];
        assert_eq!((mux.signals[&dlci], mux.signals[&other]), (0x0d | DV, 0x0d), "{model}");
        mux.write(dlci, b"hello");
        assert_eq!(mux.wait_for(dlci, b"hello"), b"hello");
        // Commands go on meanwhile.
        mux.ok(other, "AT+CGMM");
        mux.pass_ms(1500);
        mux.write(dlci, b"+++");
        mux.wait_for(dlci, b"OK\r\n");
        mux.pass_ms(50);
        assert_eq!(mux.signals[&dlci], 0x0d, "{model}");
        mux.assert_no_breach();
    }
}

#[test]
fn the_end_of_the_far_end_ends_data_mode() {
    let pause = ScriptStep::Pause(Duration::from_millis(500));
    let peer = || Peer::Scripted(vec![pause.clone(), ScriptStep::Close]);
    for (model, end) in
        [(Model::SaraR5, &b"\r\nDISCONNECT\r\n\r\nOK\r\n"[..]), (Model::Gm02s, b"\r\nNO CARRIER\r\n")]
    {
        let (mut mux, dlci) = in_data_mode(model, running(), peer());
        mux.wait_for(dlci, end);
        mux.pass_ms(50);
        assert_eq!(mux.signals[&dlci], 0x0d, "{model}");
        mux.ok(dlci, "AT");
    }
}

#[test]
fn the_modem_stops_a_channel_whose_socket_is_full() {
    for &model in Model::ALL {
        let options = Options { tx_queue_limit: Some(1000), ..running() };
        let (mut mux, dlci) = in_data_mode(model, options, Peer::Discard);
        let conn = mux.rig.net.connections()[0].id;
        mux.rig.net.set_reading(conn, false);
        let other = command_channels(model)[0];
        let mut sent = 0;
        while mux.signals[&dlci] & FC == 0 {
            mux.write(dlci, &[0x55; 100]);
            sent += 100;
            mux.pass_ms(5);
            assert!(sent < 10_000, "{model}");
        }
        mux.assert_no_breach();
        mux.ok(other, "AT+CGMM");
        // What does not stop is lost, and noticed.
        for _ in 0..20 {
            mux.write(dlci, &[0x55; 100]);
        }
        assert!(mux.rig.rules().iter().all(|rule| *rule == Rule::MultiplexerFlowControl), "{model}");
        assert!(!mux.rig.rules().is_empty(), "{model}");
    }
}

#[test]
fn a_host_that_stops_a_channel_stops_the_far_end() {
    for &model in Model::ALL {
        let (mut mux, dlci) = in_data_mode(model, running(), Peer::Discard);
        let conn = mux.rig.net.connections()[0].id;
        tell(&mut mux, dlci, 0x0d | FC);
        mux.rig.net.send(conn, &[0xf9; 50_000]);
        mux.pass_ms(3000);
        let before = mux.data.get(&dlci).map_or(0, Vec::len);
        mux.pass_ms(3000);
        assert_eq!(mux.data.get(&dlci).map_or(0, Vec::len), before, "{model}");
        tell(&mut mux, dlci, 0x0d);
        mux.pass_ms(10_000);
        assert_eq!(mux.data[&dlci], [0xf9; 50_000], "{model}");
        mux.assert_no_breach();
    }
}

#[test]
fn frames_to_a_closed_channel_are_a_breach() {
    let mut mux = MuxRig::opened(Model::SaraR5, running(), 31, &[1]);
    mux.send(&frame(2, UIH, b"AT\r"));
    assert_eq!(mux.other.pop(), Some((0x0b, 0x1f, Vec::new())));
    assert_eq!(mux.rig.rules(), [Rule::MultiplexerClosedChannel]);
}
