//! Frames of each size up to 1509, with one octet of length and with two, carry every byte value.
use crate::cmux;

use cellular_nal::Instant;
use cellular_nal::cmux::Parameters;
use cmux::{Random, UIH};

#[test]
fn every_n1_up_to_1509_works_both_ways() {
    let now = Instant::from_millis(0);
    for n1 in [8, 9, 30, 31, 126, 127, 128, 129, 148, 149, 255, 256, 1508, 1509] {
        // Room that is no multiple of anything, so that frames lie across its end.
        let (mut mux, mut modem) = cmux::opened(Parameters { n1, ..Parameters::new() }, &[1, 2], 3001);
        modem.n1 = Some(n1.into());
        modem.heard.clear();
        let mut random = Random(u64::from(n1));
        let mut expected = Vec::new();
        let mut got = Vec::new();
        while expected.len() < 20_000 {
            let bytes: Vec<u8> = (0..random.below(2000)).map(|_| random.byte()).collect();
            let count = mux.write(2, &bytes).unwrap();
            expected.extend(&bytes[..count]);
            cmux::exchange(&mut mux, &mut modem, now);
            for piece in bytes[..count].chunks(n1.into()) {
                modem.send(2, UIH, piece);
            }
            cmux::exchange(&mut mux, &mut modem, now);
            got.extend(cmux::read(&mut mux, 2));
        }
        assert!(modem.data[&2] == expected, "to the modem, N1 = {n1}");
        assert!(got == expected, "from the modem, N1 = {n1}");
        let longest = modem.heard.iter().map(|heard| heard.info.len()).max();
        // A second octet of length costs more than a few bytes of payload win.
        let worth = if (128..149).contains(&n1) { 127 } else { n1 };
        assert_eq!(longest, Some(usize::from(worth)), "frames are as long as is worth it");
        assert_eq!(mux.lost(2), 0);
    }
}

#[test]
fn a_port_that_takes_little_at_a_time_gets_the_same_bytes() {
    let now = Instant::from_millis(0);
    for take in [1, 2, 3, 5, 64] {
        let (mut mux, mut modem) = cmux::opened(Parameters { n1: 200, ..Parameters::new() }, &[1, 2], 700);
        let bytes: Vec<u8> = (0..=255).cycle().take(650).collect();
        for _ in 0..3 {
            mux.write(1, &bytes).unwrap();
            mux.write(2, &bytes).unwrap();
            while let cellular_nal::cmux::Output::Transmit(out) = mux.poll_output(now) {
                let count = out.len().min(take);
                modem.hear(&out[..count]);
                mux.transmitted(count);
            }
            // More than was given is not more.
            mux.transmitted(100);
        }
        assert_eq!(modem.data[&1], bytes.repeat(3));
        assert_eq!(modem.data[&2], bytes.repeat(3));
    }
}
