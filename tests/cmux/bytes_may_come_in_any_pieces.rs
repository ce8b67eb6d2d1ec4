//! The same bytes, cut at any size from one byte up: the same frames.
use crate::cmux;

use cellular_nal::Instant;
use cellular_nal::cmux::Parameters;
use cmux::{Random, UIH};

#[test]
fn bytes_may_come_in_any_pieces() {
    let mut random = Random(1);
    let mut stream = Vec::new();
    let mut expected = [Vec::new(), Vec::new()];
    for _ in 0..60 {
        let limit = if random.below(4) == 0 { 1510 } else { 20 };
        let len = random.below(limit);
        let payload: Vec<u8> = (0..len).map(|_| random.byte()).collect();
        let place = random.below(2);
        stream.extend(cmux::frame(place as u8 + 1, UIH, &payload));
        expected[place].extend(payload);
    }
    for chunk in (1..40).chain([64, 127, 128, 255, 1500, 1515, 1516, 1517, stream.len()]) {
        let (mut mux, _) = cmux::opened(Parameters { n1: 1509, ..Parameters::new() }, &[1, 2], 32_768);
        let mut got = [Vec::new(), Vec::new()];
        for piece in stream.chunks(chunk) {
            mux.handle_rx(piece, Instant::from_millis(0));
            for (dlci, got) in (1..).zip(&mut got) {
                // In place and by copy in turn.
                if chunk % 2 == 0 {
                    got.extend(cmux::read(&mut mux, dlci));
                }
                while !mux.peek(dlci).is_empty() {
                    got.extend(mux.peek(dlci));
                    mux.consume(dlci, mux.peek(dlci).len());
                }
            }
        }
        assert_eq!(got[0].len(), expected[0].len(), "pieces of {chunk}");
        assert!(got == expected, "pieces of {chunk}");
        assert_eq!((mux.noise(), mux.lost(1), mux.lost(2)), (0, 0, 0));
    }
}

#[test]
fn and_so_may_damaged_ones() {
    for seed in 1..40 {
        let mut random = Random(seed);
        let mut stream = Vec::new();
        for _ in 0..40 {
            let len = random.below(60);
            let payload: Vec<u8> =
                (0..len).map(|_| if random.below(4) == 0 { 0xF9 } else { random.byte() }).collect();
            stream.extend(cmux::frame(random.below(2) as u8 + 1, UIH, &payload));
            let place = random.below(stream.len());
            match random.below(3) {
                0 => stream[place] = random.byte(),
                1 => drop(stream.remove(place)),
                _ => stream.insert(place, 0xF9),
            }
        }
        let outcome = |chunk: usize| {
            let (mut mux, _) = cmux::opened(Parameters { n1: 127, ..Parameters::new() }, &[1, 2], 32_768);
            stream.chunks(chunk).for_each(|piece| mux.handle_rx(piece, Instant::from_millis(0)));
            ([1, 2].map(|dlci| cmux::read(&mut mux, dlci)), mux.noise())
        };
        let expected = outcome(1);
        assert!(expected.0.iter().all(|got| !got.is_empty()));
        for chunk in (2..30).chain([64, 127, 500, stream.len()]) {
            assert_eq!(outcome(chunk), expected, "seed {seed}, pieces of {chunk}");
        }
    }
}
