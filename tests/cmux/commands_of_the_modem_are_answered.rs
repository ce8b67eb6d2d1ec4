//! Each command on the control channel has its response (3GPP TS 27.010 §5.4.6.3), and no message, however odd, stops
//! the multiplexer.
use crate::cmux;

use cellular_nal::Instant;
use cellular_nal::cmux::{Output, Parameters, Signals, State};
use cmux::{Heard, Host, Modem, UIH};

const NOW: Instant = Instant::from_millis(0);

/// The messages that the multiplexer answers a control frame with.
fn answers(mux: &mut Host<'_>, modem: &mut Modem, info: &[u8]) -> Vec<Vec<u8>> {
    modem.heard.clear();
    mux.handle_rx(&cmux::frame(0, UIH, info), NOW);
    cmux::exchange(mux, modem, NOW);
    let control = modem.heard.iter().filter(|heard| heard.dlci == 0 && heard.control == UIH);
    control.map(|Heard { info, .. }| info.clone()).collect()
}

/// What it is, the information of the modem's frame, and the messages that come back.
type Case<'a> = (&'a str, &'a [u8], &'a [&'a [u8]]);

#[test]
fn commands_of_the_modem_are_answered() {
    let n1_127 = Parameters { n1: 127, ..Parameters::new() };
    let cases: &[Case<'_>] = &[
        ("Test", &[0x23, 0x09, 1, 2, 3, 0xF9], &[&[0x21, 0x09, 1, 2, 3, 0xF9]]),
        ("Test without data", &[0x23, 0x01], &[&[0x21, 0x01]]),
        ("FCon", &[0xA3, 0x01], &[&[0xA1, 0x01]]),
        ("MSC", &[0xE3, 0x05, 0x07, 0x8D], &[&[0xE1, 0x05, 0x07, 0x8D]]),
        ("MSC with break", &[0xE3, 0x07, 0x07, 0x8D, 0x13], &[&[0xE1, 0x07, 0x07, 0x8D, 0x13]]),
        ("MSC for DLCI 0", &[0xE3, 0x05, 0x03, 0x8D], &[&[0xE1, 0x05, 0x03, 0x8D]]),
        ("MSC for nobody", &[0xE3, 0x05, 0xFB, 0x8F], &[&[0xE1, 0x05, 0xFB, 0x8F]]),
        ("MSC without signals", &[0xE3, 0x03, 0x07], &[&[0xE1, 0x03, 0x07]]),
        ("MSC without value", &[0xE3, 0x01], &[&[0xE1, 0x01]]),
        ("RLS", &[0x53, 0x05, 0x07, 0x09], &[&[0x51, 0x05, 0x07, 0x09]]),
        (
            "RPN",
            &[0x93, 0x11, 0x07, 7, 3, 0, 0x11, 0x13, 0x3F, 0x3F],
            &[&[0x91, 0x11, 0x07, 7, 3, 0, 0x11, 0x13, 0x3F, 0x3F]],
        ),
        ("RPN as a question", &[0x93, 0x03, 0x07], &[&[0x91, 0x11, 0x07, 3, 3, 0, 0x11, 0x13, 0, 0]]),
        ("SNC", &[0xD3, 0x07, 0x07, 1, 1], &[&[0xD1, 0x07, 0x07, 1, 1]]),
        // N1 64: taken. N1 1509: there is room for 127.
        ("PN", &[0x83, 0x11, 2, 0, 7, 10, 64, 0, 3, 2], &[&[0x81, 0x11, 2, 0, 7, 10, 64, 0, 3, 2]]),
        (
            "PN with more",
            &[0x83, 0x11, 2, 0, 7, 10, 0xE5, 5, 3, 2],
            &[&[0x81, 0x11, 2, 0, 7, 10, 127, 0, 3, 2]],
        ),
        ("PN without N1", &[0x83, 0x11, 2, 0, 7, 10, 0, 0, 3, 2], &[&[0x81, 0x11, 2, 0, 7, 10, 1, 0, 3, 2]]),
        // Sleep is not supported, and so is what does not exist.
        ("PSC", &[0x43, 0x01], &[&[0x11, 0x03, 0x43]]),
        ("unknown", &[0x33, 0x05, 1, 2], &[&[0x11, 0x03, 0x33]]),
        ("a type of two octets", &[0x22, 0x23, 0x03, 9], &[&[0x11, 0x03, 0x22]]),
        ("a length of two octets", &[0x23, 0x04, 0x01, 7, 8], &[&[0x21, 0x05, 7, 8]]),
        ("two in one frame", &[0xA3, 0x01, 0x23, 0x03, 9], &[&[0xA1, 0x01], &[0x21, 0x03, 9]]),
        ("the second cut off", &[0xA3, 0x01, 0x23, 0x09, 9], &[&[0xA1, 0x01]]),
        ("empty", &[], &[]),
        ("a type without end", &[0x22], &[]),
        ("a length without end", &[0x23, 0, 0, 0, 0, 0], &[]),
        ("a response that nobody asked for", &[0xE1, 0x05, 0x0B, 0x8D], &[]),
        ("NSC", &[0x11, 0x03, 0xE3], &[]),
        ("NSC without value", &[0x11, 0x01], &[]),
        ("CLD as a response that nobody asked for", &[0xC1, 0x01], &[]),
    ];
    let (mut mux, mut modem) = cmux::opened(n1_127, &[1, 2], 256);
    for (what, command, expected) in cases {
        assert_eq!(answers(&mut mux, &mut modem, command), *expected, "{what}");
        assert_eq!((mux.state(0), mux.state(1)), (State::Open, State::Open), "{what}");
    }
    // A command that is longer than the room for answers is not answered, and harms nothing.
    let long = [&[0x23, 0xF1][..], &[7; 120]].concat();
    assert!(answers(&mut mux, &mut modem, &long).is_empty());
    let two = [0xA3, 0x01].repeat(60);
    let got = answers(&mut mux, &mut modem, &two);
    assert!(got.len() >= 16 && got.iter().all(|answer| answer == &[0xA1, 0x01]));
    assert_eq!(answers(&mut mux, &mut modem, &[0x23, 0x01]), [[0x21, 0x01]]);
}

#[test]
fn parameters_of_a_channel_may_be_made_smaller() {
    let (mut mux, mut modem) = cmux::opened(Parameters { n1: 127, ..Parameters::new() }, &[1, 2], 256);
    answers(&mut mux, &mut modem, &[0x83, 0x11, 2, 0, 7, 10, 10, 0, 3, 2]);
    mux.write(1, &[b'a'; 100]).unwrap();
    mux.write(2, &[b'b'; 100]).unwrap();
    modem.heard.clear();
    cmux::exchange(&mut mux, &mut modem, NOW);
    let longest = |dlci| modem.heard.iter().filter(|h| h.dlci == dlci).map(|h| h.info.len()).max();
    assert_eq!((longest(1), longest(2)), (Some(100), Some(10)));
    assert_eq!(modem.data[&2], [b'b'; 100]);
}

#[test]
fn the_signals_of_the_modem_are_kept() {
    let (mut mux, mut modem) = cmux::opened(Parameters::new(), &[1, 2], 64);
    assert_eq!(mux.signals(1), None);
    modem.tell(2, 0x8D);
    cmux::exchange(&mut mux, &mut modem, NOW);
    assert_eq!((mux.signals(1), mux.signals(2)), (None, Some(Signals::READY)));
    // The carrier is lost.
    modem.tell(2, 0x0D);
    cmux::exchange(&mut mux, &mut modem, NOW);
    assert!(!mux.signals(2).unwrap().contains(Signals::DV));
    // Hanging up by DTR.
    mux.set_signals(2, Signals::READY.without(Signals::RTC));
    cmux::exchange(&mut mux, &mut modem, NOW);
    assert_eq!(modem.signals[&2], 0x89);
}

#[test]
fn answers_leave_whole_through_a_port_that_takes_little() {
    for take in 1..12 {
        let (mut mux, mut modem) = cmux::opened(Parameters::new(), &[1], 256);
        modem.heard.clear();
        mux.write(1, &[7; 100]).unwrap();
        for i in 0..4 {
            mux.handle_rx(&cmux::frame(0, UIH, &[0x23, 0x0D, i, 1, 2, 3, 4, 0xF9]), NOW);
            mux.handle_rx(&cmux::frame(20 + i, UIH, b"?"), NOW);
        }
        while let Output::Transmit(bytes) = mux.poll_output(NOW) {
            let count = bytes.len().min(take);
            modem.hear(&bytes[..count]);
            mux.transmitted(count);
        }
        let expected: Vec<_> = (0..4).map(|i| vec![0x21, 0x0D, i, 1, 2, 3, 4, 0xF9]).collect();
        assert_eq!(modem.messages(0x21), expected);
        let refused = modem.heard.iter().filter(|heard| heard.control == cmux::DM).count();
        assert_eq!((refused, &modem.data[&1][..]), (4, &[7; 100][..]));
    }
}
