//! Addresses and lengths that no frame has: nothing is answered, nothing is waited for, the next frame is heard.
use crate::cmux;

use cellular_nal::Instant;
use cellular_nal::cmux::{Output, Parameters, State};
use cmux::UIH;

#[test]
fn what_cannot_be_a_frame_is_ignored() {
    let now = Instant::from_millis(0);
    for address in 0..=255u8 {
        for control in [0x00, 0x03, 0x13, 0x2F, 0x3F, 0x43, 0x53, 0x63, 0x73, 0x0F, 0x1F, 0xEF, 0xFF, 0xF9] {
            let (mut mux, mut modem) = cmux::opened(Parameters::new(), &[1], 256);
            mux.handle_rx(&cmux::frame_at(address, control, &[]), now);
            let possible = address & 1 == 1 && address >> 2 < 62;
            if !possible {
                assert!(matches!(mux.poll_output(now), Output::Timeout(_)), "{address:02x} {control:02x}");
                assert_eq!((mux.state(0), mux.state(1)), (State::Open, State::Open));
            }
            cmux::exchange(&mut mux, &mut modem, now);
            if mux.state(1) == State::Open {
                mux.handle_rx(&cmux::frame(1, UIH, b"next"), now);
                assert_eq!(cmux::read(&mut mux, 1), b"next", "{address:02x} {control:02x}");
            }
        }
    }
}

#[test]
fn a_length_beyond_n1_is_no_frame() {
    for len in [32, 33, 127, 128, 1509, 16_383, 32_767] {
        let (mut mux, _) = cmux::opened(Parameters::new(), &[1], 65_536);
        let now = Instant::from_millis(0);
        mux.handle_rx(&cmux::frame(1, UIH, &vec![b'x'; len]), now);
        mux.handle_rx(&cmux::frame(1, UIH, b"next"), now);
        let got = cmux::read(&mut mux, 1);
        assert!(got.ends_with(b"next"));
        // One byte more than N1 still has room, because its length takes one octet.
        assert_eq!(got.len(), if len == 32 { 36 } else { 4 }, "{len}");
    }
}

#[test]
fn data_for_a_channel_that_is_not_established_is_answered_by_dm() {
    let (mut mux, mut modem) = cmux::opened(Parameters::new(), &[1], 64);
    let now = Instant::from_millis(0);
    for dlci in [2, 33, 61] {
        mux.handle_rx(&cmux::frame(dlci, UIH, b"?"), now);
        cmux::exchange(&mut mux, &mut modem, now);
        let last = modem.heard.last().unwrap();
        assert_eq!((last.dlci, last.control), (dlci, cmux::DM));
    }
}

#[test]
fn a_channel_that_cannot_be_is_not_opened() {
    let mut mux = cmux::mux(Parameters::new(), &[0, 62, 255, 1], 64);
    assert_eq!(mux.open(1), Err(cellular_nal::Error::LinkDown));
    mux.open(0).unwrap();
    for dlci in [2, 62, 63, 64, 255] {
        assert_eq!(mux.open(dlci), Err(cellular_nal::Error::InvalidInput), "{dlci}");
        assert_eq!(mux.state(dlci), State::Closed);
    }
    assert_eq!(mux.write(1, b"x"), Err(cellular_nal::Error::NotConnected));
    assert_eq!(mux.read(3, &mut [0; 8]), 0);
}

#[test]
fn storage_of_any_size_is_good_for_what_fits() {
    for size in 0..40 {
        let mut frame = vec![0; size];
        let (mut rx, mut tx) = (vec![0; size], vec![0; size]);
        let mut channels = [cellular_nal::cmux::Channel::new(1, &mut rx, &mut tx)];
        let mut mux = cellular_nal::cmux::Mux::new(Parameters::new(), &mut frame, &mut channels);
        let now = Instant::from_millis(0);
        mux.open(0).unwrap();
        mux.open(1).unwrap();
        assert_eq!(mux.poll_output(now), Output::Transmit(&[0xF9, 0x03, 0x3F, 0x01, 0x1C, 0xF9]));
        mux.transmitted(6);
        mux.handle_rx(&cmux::frame(0, cmux::UA, &[]), now);
        assert_eq!(mux.state(0) == State::Open, size >= 6);
        assert!(matches!(mux.poll_output(now), Output::Transmit(_)) == (size >= 6));
        mux.transmitted(6);
        mux.handle_rx(&cmux::frame(1, cmux::UA, &[]), now);
        mux.handle_rx(&cmux::frame(1, UIH, b"0123456789"), now);
        let expected = if size < 16 { 0 } else { size.min(10) };
        assert_eq!(mux.peek(1).len(), expected, "{size} bytes of storage");
    }
}
