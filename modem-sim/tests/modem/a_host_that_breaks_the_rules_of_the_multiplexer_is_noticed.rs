//! The breaches of 3GPP TS 27.010 that a host can commit; the modem goes on where it can.

use crate::common;

use common::mux::{DM, MuxRig, SABM, UA, UIH, frame, framed};
use common::running;
use modem_sim::{Model, Rule};

fn rig() -> MuxRig {
    MuxRig::opened(Model::SaraR5, running(), 31, &[1])
}

#[test]
fn the_command_bit_of_the_initiator_is_set() {
    let mut mux = rig();
    mux.pass_ms(25);
    mux.send(&framed(0x05, UIH, b"AT\r"));
    assert_eq!(mux.printed(1), "AT\r\r\nOK\r\n");
    assert_eq!(mux.rig.rules(), [Rule::MultiplexerCommandBit]);
    mux.send(&framed(0x09, SABM, b""));
    assert_eq!(mux.other.pop(), Some((0x0b, UA, Vec::new())));
    assert_eq!(mux.rig.rules(), [Rule::MultiplexerCommandBit; 2]);
}

#[test]
fn no_frame_is_longer_than_n1() {
    let mut mux = rig();
    let line = format!("AT{:30}", ' ');
    mux.pass_ms(25);
    mux.send(&frame(1, UIH, &line.as_bytes()[..31]));
    mux.assert_no_breach();
    mux.send(&frame(1, UIH, line.as_bytes()));
    assert_eq!(mux.rig.rules(), [Rule::MultiplexerFrameSize]);
}

#[test]
fn the_control_channel_is_opened_first() {
    let mut mux = MuxRig::new(Model::SaraR5, running(), 31);
    mux.send(&frame(1, SABM, b""));
    assert_eq!(mux.other.pop(), Some((0x07, DM, Vec::new())));
    assert_eq!(mux.rig.rules(), [Rule::MultiplexerClosedChannel]);
}

#[test]
fn data_goes_to_open_channels() {
    let mut mux = rig();
    mux.send(&frame(2, UIH, b"AT\r"));
    assert_eq!(mux.other.pop(), Some((0x0b, DM, Vec::new())));
    assert_eq!(mux.rig.rules(), [Rule::MultiplexerClosedChannel]);
}

#[test]
fn messages_are_well_formed() {
    for (wrong, answered) in [
        (&b"\xe3\x05\x07"[..], false),
        (b"", false),
        (b"\xe3", false),
        (b"\xc3", true),
        (b"\x83\x03\x01", false),
    ] {
        let mut mux = rig();
        mux.send(&frame(0, UIH, wrong));
        assert_eq!(mux.rig.rules(), [Rule::MultiplexerMessage], "{wrong:x?}");
        assert_eq!(!mux.other.is_empty(), answered, "{wrong:x?}");
    }
}

#[test]
fn a_damaged_frame_is_counted_and_not_held_against_the_host() {
    let mut mux = rig();
    let mut damaged = frame(1, UIH, b"AT\r");
    damaged[2] ^= 0x10;
    mux.send(&damaged);
    mux.ok(1, "AT");
    let counters = mux.rig.modem.multiplexer().unwrap();
    assert_eq!(counters.damaged, 1);
    mux.assert_no_breach();
}
