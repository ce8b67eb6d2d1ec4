//! Whichever frame is lost while the multiplexer opens and closes: it is sent again, and the end is the same.
use crate::cmux;

use cellular_nal::Instant;
use cellular_nal::cmux::{Parameters, State};
use cmux::Modem;

/// Opens two channels, sends a byte, closes. Gives how many frames went each way.
fn session(lose_heard: Option<usize>, lose_sent: Option<usize>) -> (usize, usize) {
    let mut mux = cmux::mux(Parameters::new(), &[1, 2], 64);
    let mut modem = Modem { lose_heard, lose_sent, ..Modem::new(31) };
    mux.open(0).unwrap();
    mux.open(1).unwrap();
    mux.open(2).unwrap();
    let up = |mux: &cmux::Host<'_>| mux.state(1) == State::Open && mux.state(2) == State::Open;
    let mut now = cmux::run(&mut mux, &mut modem, Instant::from_millis(0), up);
    assert!(up(&mux), "{lose_heard:?} {lose_sent:?}: it does not open");
    assert!(now <= Instant::from_millis(300), "{lose_heard:?} {lose_sent:?}: it opens at {now:?}");
    // The status commands have time to be repeated.
    now = cmux::run(&mut mux, &mut modem, now, |_| false);
    assert_eq!(modem.signals.get(&1), Some(&0x8D));
    assert_eq!(modem.signals.get(&2), Some(&0x8D));
    mux.close(0);
    let closed = |mux: &cmux::Host<'_>| mux.state(0) == State::Closed;
    let end = cmux::run(&mut mux, &mut modem, now, closed);
    assert!(closed(&mux), "{lose_heard:?} {lose_sent:?}: it does not close");
    assert!(end.as_micros() <= now.as_micros() + 300_000 || lose_sent.is_some());
    assert!(modem.open.is_empty());
    (modem.counted, modem.sent)
}

#[test]
fn any_frame_of_opening_and_closing_may_be_lost() {
    let (heard, sent) = session(None, None);
    // SABM for three, two times MSC, two times DISC, CLD.
    assert_eq!((heard, sent), (8, 8));
    for k in 0..heard {
        session(Some(k), None);
    }
    for k in 0..sent {
        session(None, Some(k));
    }
}
