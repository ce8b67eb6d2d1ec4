//! When the length of a frame was damaged, what follows is taken for its payload. After a silence the frames in it are
//! found; a frame that just came slowly is not lost by that.
use crate::cmux;

use cellular_nal::Instant;
use cellular_nal::cmux::{Output, Parameters, Timer};
use cmux::UIH;

const N1: Parameters = Parameters { n1: 1509, ..Parameters::new() };

#[test]
fn frames_inside_of_a_false_one_are_found_after_a_silence() {
    let (mut mux, _) = cmux::opened(N1, &[1], 4096);
    let mut damaged = cmux::frame(1, UIH, b"lost");
    // 127 bytes instead of 4.
    damaged[3] = 0xFF;
    mux.handle_rx(&damaged, Instant::from_millis(10));
    mux.handle_rx(&cmux::frame(1, UIH, b"one"), Instant::from_millis(20));
    mux.handle_rx(&cmux::frame(1, UIH, b"two")[..5], Instant::from_millis(30));
    let gap = Instant::from_millis(130);
    assert_eq!(mux.poll_output(Instant::from_millis(30)), Output::Timeout(Some((gap, Timer::Gap))));
    assert_eq!(mux.peek(1), b"");
    assert_eq!(mux.poll_output(gap), Output::Timeout(None), "asked once");
    assert_eq!(mux.peek(1), b"one");
    // The half frame behind it is whole now.
    mux.handle_rx(&cmux::frame(1, UIH, b"two")[5..], Instant::from_millis(200));
    assert_eq!(mux.peek(1), b"onetwo");
}

#[test]
fn a_slow_frame_is_whole_in_the_end() {
    let (mut mux, mut modem) = cmux::opened(N1, &[1], 4096);
    let mut now = Instant::from_millis(0);
    for byte in cmux::frame(1, UIH, &[0xF9; 200]) {
        mux.handle_rx(&[byte], now);
        now = cmux::run(&mut mux, &mut modem, now, |_| false);
        now = Instant::from_micros(now.as_micros() + 500_000);
    }
    assert_eq!(cmux::read(&mut mux, 1), [0xF9; 200]);
    assert_eq!(mux.noise(), 0);
}
