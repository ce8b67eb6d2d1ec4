//! SABM, UA, status, data both ways, DISC, close down: each byte as the standard wants it.
use crate::cmux;

use cellular_nal::Instant;
use cellular_nal::cmux::{Mux, Output, Parameters, Signals, State, Timer};

const NOW: Instant = Instant::from_millis(5);

/// All that the multiplexer has to send now.
fn sent(mux: &mut Mux<'_, '_>) -> Vec<u8> {
    let mut all = Vec::new();
    while let Output::Transmit(bytes) = mux.poll_output(NOW) {
        let count = bytes.len();
        all.extend(bytes);
        mux.transmitted(count);
    }
    all
}

#[test]
fn a_session_is_established_used_and_closed() {
    let mut mux = cmux::mux(Parameters::new(), &[1], 64);
    assert_eq!(mux.poll_output(NOW), Output::Timeout(None), "nothing was asked for");
    mux.open(0).unwrap();
    mux.open(1).unwrap();
    assert_eq!(sent(&mut mux), [0xF9, 0x03, 0x3F, 0x01, 0x1C, 0xF9]);
    assert_eq!(mux.poll_output(NOW), Output::Timeout(Some((Instant::from_millis(305), Timer::T1))));
    assert_eq!(mux.state(0), State::Opening);

    mux.handle_rx(&[0xF9, 0x03, 0x73, 0x01, 0xD7, 0xF9], NOW);
    assert_eq!((mux.state(0), mux.state(1)), (State::Open, State::Opening));
    assert_eq!(sent(&mut mux), [0xF9, 0x07, 0x3F, 0x01, 0xDE, 0xF9]);

    mux.handle_rx(&[0xF9, 0x07, 0x73, 0x01, 0x15, 0xF9], NOW);
    assert_eq!(mux.state(1), State::Open);
    // MSC for DLC 1: DV, RTR and RTC.
    assert_eq!(sent(&mut mux), cmux::frame_at(0x03, 0xEF, &[0xE3, 0x05, 0x07, 0x8D]));
    mux.handle_rx(&cmux::frame(0, 0xEF, &[0xE1, 0x05, 0x07, 0x8D]), NOW);
    assert_eq!(mux.poll_output(NOW), Output::Timeout(None), "all was answered");

    // The modem's status is kept and answered.
    mux.handle_rx(&cmux::frame(0, 0xEF, &[0xE3, 0x05, 0x07, 0x0D]), NOW);
    assert_eq!(mux.signals(1), Some(Signals::RTC.with(Signals::RTR)));
    assert_eq!(sent(&mut mux), cmux::frame_at(0x03, 0xEF, &[0xE1, 0x05, 0x07, 0x0D]));

    assert_eq!(mux.write(1, b"AT\r"), Ok(3));
    assert_eq!(sent(&mut mux), cmux::frame_at(0x07, 0xEF, b"AT\r"));
    mux.handle_rx(&cmux::frame(1, 0xEF, b"\r\nOK\r\n"), NOW);
    assert_eq!(mux.peek(1), b"\r\nOK\r\n");
    mux.consume(1, 2);
    assert_eq!(cmux::read(&mut mux, 1), b"OK\r\n");

    mux.close(0);
    assert_eq!(sent(&mut mux), [0xF9, 0x07, 0x53, 0x01, 0x3F, 0xF9]);
    mux.handle_rx(&[0xF9, 0x07, 0x73, 0x01, 0x15, 0xF9], NOW);
    assert_eq!(sent(&mut mux), [0xF9, 0x03, 0xEF, 0x05, 0xC3, 0x01, 0xF2, 0xF9]);
    assert_eq!(mux.state(0), State::Closing);
    mux.handle_rx(&cmux::frame(0, 0xEF, &[0xC1, 0x01]), NOW);
    assert_eq!((mux.state(0), mux.state(1)), (State::Closed, State::Closed));
    assert_eq!(mux.poll_output(NOW), Output::Timeout(None));
    assert_eq!(mux.noise(), 0);
}
