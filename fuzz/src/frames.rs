//! Frames of the multiplexer among things that are none: what is well arrives, whole and in order.

use cellular_nal::Instant;
use cellular_nal::cmux::{Channel, Mux, Output, Parameters, State};

use crate::cmux::{UA, UIH, frame};
use crate::{Cuts, Tape};

/// One input: frames with payload for a channel, with flags shared or not, and what stands between them.
pub fn run(input: &[u8]) {
    let mut tape = Tape(input);
    let n1 = [31, 127, 1509][tape.below(3)];
    let mut cuts = Cuts::new(tape.byte());
    let (mut hold, mut rx, mut tx) = (vec![0; n1 + 7], vec![0; 16_384], [0; 8]);
    let mut channels = [Channel::new(1, &mut rx, &mut tx)];
    let parameters = Parameters { n1: n1 as u16, ..Parameters::new() };
    let mut mux = Mux::new(parameters, &mut hold, &mut channels);
    let mut now = Instant::from_millis(0);
    for dlci in [0, 1] {
        mux.open(dlci).expect("it is a channel");
        send(&mut mux, now);
        mux.handle_rx(&frame(dlci, UA, &[]), now);
    }
    let (mut line, mut expected) = (Vec::new(), Vec::new());
    while !tape.is_over() && line.len() < 8192 {
        match tape.below(8) {
            // Between frames: nothing in it can be taken for an address, which is odd.
            0 => line.extend(tape.bytes(32).iter().map(|byte| byte & !1)),
            1 => line.extend(vec![0xF9; tape.below(20)]),
            // Frames of others.
            2 => line.extend(frame(2 + tape.below(59) as u8, UIH, tape.bytes(31))),
            // The last flag is the first one, too.
            3 if line.last() == Some(&0xF9) => {
                let info = tape.long(n1);
                line.extend(&frame(1, UIH, &info)[1..]);
                expected.extend(info);
            }
            _ => {
                let info = tape.long(n1);
                line.extend(frame(1, UIH, &info));
                expected.extend(info);
            }
        }
    }
    let mut got = Vec::new();
    let mut rest = &line[..];
    while !rest.is_empty() {
        mux.handle_rx(cuts.take(&mut rest), now);
        send(&mut mux, now);
        while !mux.peek(1).is_empty() {
            let count = cuts.size(mux.peek(1).len());
            got.extend_from_slice(&mux.peek(1)[..count]);
            mux.consume(1, count);
        }
    }
    // Nothing was held back for what is still to come.
    now = now + Parameters::new().gap;
    send(&mut mux, now);
    assert_eq!(mux.state(1), State::Open);
    assert_eq!(mux.lost(1), 0);
    assert_eq!(got, expected);
}

fn send(mux: &mut Mux<'_, '_>, now: Instant) {
    while let Output::Transmit(bytes) = mux.poll_output(now) {
        let count = bytes.len();
        mux.transmitted(count);
    }
}
