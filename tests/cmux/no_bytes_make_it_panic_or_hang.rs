//! Garbage with frames in it, at any time of a session: no panic, no turning in a circle, and a modem that speaks clearly
//! again is understood again.
use crate::cmux;

use cellular_nal::Instant;
use cellular_nal::cmux::{Output, Parameters, State};
use cmux::{Modem, Random};

/// What the modem says next: noise, parts of frames, and frames with odd messages in them.
fn garbage(random: &mut Random) -> Vec<u8> {
    let len = random.below(40);
    let mut bytes: Vec<u8> = (0..len).map(|_| random.byte()).collect();
    match random.below(8) {
        0..3 => bytes,
        3 => {
            let mut frame = cmux::frame(random.below(4) as u8, cmux::UIH, &bytes);
            let at = random.below(frame.len());
            frame[at] ^= 1 << random.below(8);
            frame
        }
        4 => cmux::frame(random.below(64) as u8, cmux::UIH, &bytes),
        5 => {
            const TYPES: [u8; 14] =
                [0x83, 0xC1, 0x23, 0x21, 0xA3, 0x63, 0xE3, 0xE1, 0x11, 0x93, 0x53, 0xD3, 0x43, 0x22];
            bytes.splice(0..0, [TYPES[random.below(14)], (len as u8) << 1 | 1]);
            cmux::frame(0, cmux::UIH, &bytes)
        }
        6 => {
            const CONTROLS: [u8; 4] = [cmux::SABM, cmux::UA, cmux::DM, cmux::DISC];
            cmux::frame(random.below(4) as u8, CONTROLS[random.below(4)], &[])
        }
        _ => cmux::frame(1 + random.below(2) as u8, cmux::UIH, &bytes),
    }
}

fn session(seed: u64, steps: usize) {
    let random = &mut Random(seed);
    let parameters = Parameters { n1: [8, 31, 127, 300][random.below(4)], ..Parameters::new() };
    let size = 1 + random.below(300);
    cmux::owned(parameters, &[1, 2], size).with(|mux| talk(mux, random, seed, steps, parameters));
}

fn talk(mux: &mut cmux::Host<'_>, random: &mut Random, seed: u64, steps: usize, parameters: Parameters) {
    let mut now = Instant::from_millis(0);
    for _ in 0..steps {
        let dlci = random.below(4) as u8;
        match random.below(12) {
            0 => drop(mux.open(dlci)),
            1 if random.below(4) == 0 => mux.close(dlci),
            2 => drop(mux.write(dlci, &garbage(random))),
            3 => drop(mux.read(dlci, &mut [0; 20])),
            4 => mux.consume(dlci, random.below(30)),
            5 => mux.test(),
            // An answer that fits, so that the session gets on.
            6 => mux.handle_rx(&cmux::frame(dlci, cmux::UA, &[]), now),
            _ => {
                let bytes = garbage(random);
                for piece in bytes.chunks(1 + random.below(20)) {
                    mux.handle_rx(piece, now);
                }
            }
        }
        if random.below(3) > 0 {
            now = drain(mux, random, now);
        }
    }
    // From here on the modem speaks clearly.
    let mut modem = Modem::new(parameters.n1.into());
    mux.open(0).unwrap();
    mux.open(1).unwrap();
    mux.open(2).unwrap();
    cmux::run(mux, &mut modem, now, |mux| mux.state(2) == State::Open);
    assert_eq!((mux.state(1), mux.state(2)), (State::Open, State::Open), "seed {seed}");
    modem.send(1, cmux::UIH, b"x");
    mux.write(2, b"y").unwrap();
    cmux::run(mux, &mut modem, now, |_| false);
    assert_eq!(cmux::read(mux, 1), b"x", "seed {seed}");
    assert_eq!(modem.data[&2], b"y", "seed {seed}");
}

/// Takes what is to be sent, or leaves it, and lets time pass.
fn drain(mux: &mut cmux::Host<'_>, random: &mut Random, now: Instant) -> Instant {
    for _ in 0..1000 {
        match mux.poll_output(now) {
            Output::Transmit(bytes) => {
                assert!(!bytes.is_empty());
                let count = bytes.len();
                if random.below(50) == 0 {
                    return now;
                }
                mux.transmitted(1 + random.below(count));
            }
            Output::Timeout(Some((at, timer))) => {
                assert!(at > now, "{timer:?}");
                return if random.below(2) == 0 { at } else { now };
            }
            _ => return now,
        }
    }
    panic!("it has always something to send");
}

#[test]
fn no_bytes_make_it_panic_or_hang() {
    for seed in 0..2_000 {
        session(seed, 60);
    }
}

#[test]
#[ignore = "takes minutes"]
fn no_bytes_make_it_panic_or_hang_a_million_times() {
    for seed in 0..1_000_000 {
        session(seed, 60);
    }
}
