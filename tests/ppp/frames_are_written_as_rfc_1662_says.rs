//! Into buffers of any size.
use crate::ppp;

use cellular_nal::ppp::hdlc::{Decoder, Encoder};
use ppp::{ALL, Random, stuff};

fn encode(header: &[u8], body: &[u8], accm: u32, size: usize) -> Vec<u8> {
    let (mut encoder, mut all, mut line) = (Encoder::new(), vec![], vec![0; size]);
    encoder.start(header, accm, true);
    while !encoder.is_idle() {
        let count = encoder.fill(body, &mut line);
        assert!(count > 0);
        all.extend(&line[..count]);
    }
    assert_eq!(encoder.fill(body, &mut line), 0);
    all
}

#[test]
fn buffers_of_any_size_give_the_same_frame() {
    let mut random = Random(5);
    for accm in [0, 0x000A_0000, 0x8000_0001, ALL] {
        for len in [0, 1, 2, 3, 64, 300] {
            for header in [&[0xFF, 3, 0xC0, 0x21][..], &[0xFF, 3, 0x21], &[0x21], &[0x80, 0x21]] {
                let body = random.bytes(len);
                let expected = stuff(&[header, &body].concat(), accm);
                for size in (1..20).chain([64, 1000]) {
                    assert_eq!(encode(header, &body, accm, size), expected, "{accm:x} {len} {size}");
                }
            }
        }
    }
}

#[test]
fn what_is_written_is_read() {
    let mut random = Random(6);
    let mut buffer = [0; 1600];
    for accm in (0..32).map(|bit| 1 << bit).chain([0, ALL, 0x000A_0000]) {
        let mut decoder = Decoder::new(accm);
        for body in [random.bytes(1500), vec![0x7E; 700], vec![0x7D; 700], vec![0; 700], (0..=255).collect()]
        {
            let line = encode(&[0x21], &body, accm, 33);
            let len = decoder.feed(&mut &line[..], &mut buffer).expect("it is a frame");
            assert_eq!(buffer[1..len], body);
        }
        assert_eq!(decoder.counters().frames, 5);
    }
}

#[test]
fn a_frame_may_use_the_flag_of_the_last() {
    let mut encoder = Encoder::new();
    let mut line = [0; 100];
    encoder.start(&[0x21], 0, true);
    let first = encoder.fill(b"one", &mut line);
    encoder.start(&[0x21], 0, false);
    let second = encoder.fill(b"two", &mut line[first..]);
    let expected = [stuff(b"\x21one", 0), stuff(b"\x21two", 0)[1..].to_vec()].concat();
    assert_eq!(line[..first + second], expected);
}
