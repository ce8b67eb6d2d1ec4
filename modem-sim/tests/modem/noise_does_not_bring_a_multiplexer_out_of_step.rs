//! Bytes that belong to no frame, and frames that lost some.

use crate::common;

use std::time::Duration;

use common::mux::{MuxRig, UIH, command_channels, frame};
use common::running;
use modem_sim::{Model, Prng};

#[test]
fn bytes_outside_frames_are_ignored() {
    for noise in [
        &b"AT\r"[..],
        b"\xf9\xf9\xf9",
        b"\xf9",
        b"\xf9\x07",
        b"\xf9\x07\xef",
        b"\xf9\x07\xef\x05\xf9",
        b"\xff\x00\xf9\x00",
    ] {
        let mut mux = MuxRig::opened(Model::SaraR5, running(), 31, &[1]);
        mux.pass_ms(25);
        mux.send(&[noise, &frame(1, UIH, b"AT+CGMI\r")].concat());
        mux.pass_ms(300);
        assert_eq!(mux.printed(1), "AT+CGMI\r\r\nu-blox\r\n\r\nOK\r\n", "{}", noise.escape_ascii());
        mux.assert_no_breach();
    }
}

#[test]
fn a_lost_byte_costs_one_frame_at_most() {
    let one = frame(1, UIH, b"AT+CGMI\r");
    for lost in 0..one.len() {
        let mut mux = MuxRig::opened(Model::SaraR5, running(), 31, &[1]);
        mux.pass_ms(25);
        let mut damaged = one.clone();
        damaged.remove(lost);
        mux.send(&damaged);
        mux.pass_ms(300);
        mux.printed(1);
        // What is left of a damaged line ends here.
        mux.command(1, "AT");
        assert_eq!(mux.command(1, "AT+CGMI"), "AT+CGMI\r\r\nu-blox\r\n\r\nOK\r\n", "byte {lost} is lost");
    }
}

/// Random bytes and frames: no panic, time goes on, and a close down or a restart brings the modem back.
#[test]
fn any_bytes_are_survived() {
    for seed in 0..60 {
        let model = Model::KNOWN[seed as usize % Model::KNOWN.len()];
        let mut dice = Prng::new(seed);
        let mut mux = MuxRig::opened(model, running(), 31, command_channels(model));
        for _ in 0..60 {
            let len = dice.below(40) as usize;
            let mut info = dice.bytes(len);
            let dlci = dice.below(6) as u8;
            let control =
                [0x3f, 0x2f, 0x73, 0x1f, 0x53, 0xef, 0xff, 0x03, 0xef, 0xef][dice.below(10) as usize];
            if dlci == 0 && info.len() > 2 {
                // Mostly known types with a length that may fit.
                info[0] = [0x83, 0x43, 0xc1, 0x23, 0xa3, 0x63, 0xe3, 0xe1, 0x11, 0x93, 0x53]
                    [dice.below(11) as usize];
                info[1] = (info.len() as u8 - 2) * 2 + 1;
            }
            let bytes = match dice.below(4) {
                0 => info,
                1 => frame(dlci, control, b"AT+CGMI\r"),
                _ => frame(dlci, control, &info),
            };
            let now = mux.rig.now + Duration::from_millis(dice.below(50));
            mux.rig.now = now;
            mux.rig.modem.handle_rx(now, &bytes);
            while mux.rig.modem.poll_transmit(now).is_some() {}
        }
        mux.rig.pass_ms(5000);
        let now = mux.rig.now;
        mux.rig.modem.power(now, false);
        mux.rig.modem.power(now, true);
        mux.rig.pass_ms(10_000);
        // The first line after a boot may only be there to measure the speed.
        mux.rig.send(b"AT\r");
        mux.rig.pass_ms(200);
        mux.rig.printed();
        mux.rig.ok("AT");
    }
}
