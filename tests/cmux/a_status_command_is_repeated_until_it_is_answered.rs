//! That a channel may go on is told until the modem has heard it; a modem that answers no status command is spared.
use crate::cmux;

use cellular_nal::Instant;
use cellular_nal::cmux::{Output, Parameters};
use cmux::{Modem, UIH};

#[test]
fn a_status_command_is_repeated_until_it_is_answered() {
    let (mut mux, mut modem) = cmux::opened(Parameters { n2: 2, ..Parameters::new() }, &[1], 64);
    let mut now = Instant::from_millis(0);
    modem.send(1, UIH, &[0; 31]);
    modem.send(1, UIH, &[0; 31]);
    cmux::exchange(&mut mux, &mut modem, now);
    assert_eq!(modem.signals[&1], 0x8F);
    cmux::read(&mut mux, 1);
    // The line is dead for a minute.
    while now < Instant::from_millis(60_000) {
        now = match mux.poll_output(now) {
            Output::Transmit(bytes) => {
                let count = bytes.len();
                mux.transmitted(count);
                continue;
            }
            Output::Timeout(Some((at, _))) => at,
            _ => panic!("it is given up"),
        };
    }
    assert_eq!(modem.signals[&1], 0x8F);
    let back = cmux::run(&mut mux, &mut modem, now, |_| false);
    assert!(back <= Instant::from_millis(80_000), "{back:?}");
    assert_eq!(modem.signals[&1], 0x8D);
    assert_eq!(mux.poll_output(back), Output::Timeout(None));
}

#[test]
fn a_modem_that_answers_no_status_command_is_spared() {
    let mut mux = cmux::mux(Parameters { n2: 2, ..Parameters::new() }, &[1], 64);
    let mut modem = Modem { answers_status: false, ..Modem::new(31) };
    mux.open(0).unwrap();
    mux.open(1).unwrap();
    let now = cmux::run(&mut mux, &mut modem, Instant::from_millis(0), |_| false);
    assert_eq!(now, Instant::from_millis(900));
    assert_eq!(modem.messages(0xE3).len(), 3);
    // Data went on all the time.
    mux.write(1, b"AT\r").unwrap();
    assert_eq!(cmux::exchange(&mut mux, &mut modem, now), None);
    assert_eq!(modem.data[&1], b"AT\r");
}

#[test]
fn a_change_while_another_is_under_way_is_told_behind_it() {
    let (mut mux, mut modem) = cmux::opened(Parameters::new(), &[1], 64);
    let now = Instant::from_millis(0);
    for _ in 0..2 {
        mux.handle_rx(&cmux::frame(1, UIH, &[0; 31]), now);
    }
    let sent = |mux: &mut cmux::Host<'_>| {
        let mut all = Vec::<u8>::new();
        while let Output::Transmit(bytes) = mux.poll_output(now) {
            let count = bytes.len();
            all.extend(bytes);
            mux.transmitted(count);
        }
        all
    };
    assert_eq!(sent(&mut mux), cmux::frame_at(3, UIH, &[0xE3, 5, 7, 0x8F]));
    cmux::read(&mut mux, 1);
    assert!(sent(&mut mux).is_empty(), "an answer would not tell which of the two it is for");
    mux.handle_rx(&cmux::frame(0, UIH, &[0xE1, 5, 7, 0x8F]), now);
    assert_eq!(sent(&mut mux), cmux::frame_at(3, UIH, &[0xE3, 5, 7, 0x8D]));
    modem.heard.clear();
}
