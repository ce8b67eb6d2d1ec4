//! 3GPP TS 27.010 §5.4.6.3.

use crate::common;

use common::mux::{MuxRig, UIH, frame};
use common::running;
use modem_sim::{Model, Rule};

fn rig() -> MuxRig {
    MuxRig::opened(Model::SaraR5, running(), 64, &[1])
}

#[test]
fn a_test_is_returned() {
    let mut mux = rig();
    assert_eq!(mux.message(b"\x23\x09test"), b"\x21\x09test");
    assert_eq!(mux.message(b"\x23\x01"), b"\x21\x01");
    mux.assert_no_breach();
}

#[test]
fn a_smaller_n1_can_be_negotiated_for_a_channel() {
    let mut mux = rig();
    // Channel 2, UIH, priority 7, T1 10, N1 16, N2 3, k 0.
    assert_eq!(
        mux.message(b"\x83\x11\x02\x00\x07\x0a\x10\x00\x03\x00"),
        b"\x81\x11\x02\x00\x07\x0a\x10\x00\x03\x00"
    );
    mux.open(2);
    mux.pass_ms(100);
    mux.n1 = 16;
    let answer = mux.ok(2, "AT+CGMM");
    assert!(answer.contains("SARA-R510S"), "{answer}");
    // A larger one than that of +CMUX is made smaller.
    assert_eq!(
        mux.message(b"\x83\x11\x03\x00\x07\x0a\xff\x01\x03\x00"),
        b"\x81\x11\x03\x00\x07\x0a\x40\x00\x03\x00"
    );
    mux.assert_no_breach();
}

#[test]
fn port_and_line_status_are_tolerated() {
    let mut mux = rig();
    assert_eq!(mux.message(b"\x93\x03\x07"), b"\x91\x11\x07\x07\x03\x00\x11\x13\xff\xff");
    assert_eq!(mux.message(b"\x53\x05\x07\x03"), b"\x51\x05\x07\x03");
    assert_eq!(mux.message(b"\x43\x01"), b"\x41\x01");
    mux.assert_no_breach();
}

#[test]
fn a_command_that_is_not_known_is_called_so() {
    let mut mux = rig();
    // Service negotiation, with C/R set.
    assert_eq!(mux.message(b"\xd3\x03\x07"), b"\x11\x03\xd3");
    mux.assert_no_breach();
}

#[test]
fn signals_are_returned_and_several_messages_may_share_a_frame() {
    let mut mux = rig();
    mux.send(&frame(0, UIH, b"\xe3\x05\x07\x0d\x23\x05ab"));
    let answers: Vec<_> = mux.other.drain(..).map(|(_, _, info)| info).collect();
    assert_eq!(answers, [b"\xe1\x05\x07\x0d".to_vec(), b"\x21\x05ab".to_vec()]);
    mux.assert_no_breach();
}

#[test]
fn signals_of_the_modem_are_repeated_until_they_are_answered() {
    let mut mux = rig();
    mux.answers = false;
    mux.open(2);
    let mut count = 0;
    for _ in 0..10 {
        mux.signals.clear();
        mux.pass_ms(1000);
        count += mux.signals.len();
    }
    assert_eq!(count, 3);
    assert_eq!(mux.rig.rules(), [Rule::MultiplexerUnanswered]);
}
