//! Words and flags between frames are counted and skipped, also those that look like the start of a frame.
use crate::cmux;

use cellular_nal::Instant;
use cellular_nal::cmux::{Output, Parameters, State};
use cmux::UIH;

#[test]
fn noise_between_frames_changes_nothing() {
    let disc = cmux::frame(1, cmux::DISC, &[]);
    let (mut damaged, mut open_ended) = (disc.clone(), disc.clone());
    damaged[4] ^= 1;
    open_ended[5] = 0;
    let noises: [&[u8]; 15] = [
        b"\r\n+UUSTATUS: READY\r\n",
        b"\r\nNO CARRIER\r\n",
        b"\0",
        &[0xF9],
        &[0xF9; 100],
        &[0xF9, 0x07],
        &[0xF9, 0x07, 0xEF],
        // The length is a frame further on, or too much.
        &[0xF9, 0x07, 0xEF, 0x1F],
        &[0xF9, 0x07, 0xEF, 0xFE, 0xFF],
        &[0xF9, 0x07, 0xEF, 0x00],
        // No such DLCI, two octets of address, an unknown control octet.
        &[0xF9, 0xFB, 0xEF, 0x01, 0xF9, 0xFE, 0xEF, 0x01, 0xF9, 0x07, 0x00, 0x01],
        // DISC without its FCS, without its closing flag, and with information.
        &damaged,
        &open_ended,
        &cmux::frame(1, cmux::DISC, b"!!"),
        // SABM with information.
        &[0xF9, 0x07, 0x3F, 0x05, 1, 2, 0xAA, 0xF9],
    ];
    for noise in noises {
        let (mut mux, mut modem) = cmux::opened(Parameters::new(), &[1], 1024);
        let mut now = Instant::from_millis(0);
        let mut expected = Vec::new();
        for i in 0..10u8 {
            mux.handle_rx(noise, now);
            mux.handle_rx(&cmux::frame(1, UIH, &[i, i, i]), now);
            expected.extend([i; 3]);
            assert!(mux.peek(1).len() <= expected.len());
            // Even when the noise makes it look like one long frame.
            now = cmux::run(&mut mux, &mut modem, now, |_| false);
            assert!(matches!(mux.poll_output(now), Output::Timeout(_)));
            assert_eq!(mux.peek(1), expected, "{noise:02x?}");
        }
        assert_eq!(mux.state(1), State::Open);
        let text = noise.iter().filter(|&&byte| byte != 0xF9).count() as u32;
        assert!(mux.noise() >= 10 * text, "{} bytes of noise were counted", mux.noise());
    }
}
