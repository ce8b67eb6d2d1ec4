//! Whatever happens to a frame, the next one begins at the next flag.
use crate::ppp;

use cellular_nal::ppp::hdlc::Decoder;
use ppp::{ALL, Random, ipv4_packet, stuff};

/// Contents of the frames that a decoder finds, when bytes come in pieces of this size.
fn decode(line: &[u8], chunk: usize, accm: u32, size: usize) -> (Vec<Vec<u8>>, Decoder) {
    let (mut decoder, mut buffer, mut all) = (Decoder::new(accm), vec![0; size], vec![]);
    for mut piece in line.chunks(chunk) {
        while let Some(len) = decoder.feed(&mut piece, &mut buffer) {
            all.push(buffer[..len].to_vec());
        }
        assert!(piece.is_empty());
    }
    (all, decoder)
}

fn contents(count: usize, len: usize) -> Vec<Vec<u8>> {
    let mut random = Random(len as u64);
    (0..count).map(|_| ipv4_packet(&mut random, len)).collect()
}

#[test]
fn pieces_of_any_size_give_the_same_frames() {
    for accm in [0, 0x000A_0000, ALL] {
        let frames = contents(20, 90);
        let line = frames.iter().flat_map(|content| stuff(content, accm)).collect::<Vec<_>>();
        for chunk in (1..100).chain([line.len()]) {
            assert_eq!(decode(&line, chunk, accm, 100).0, frames, "{chunk}");
        }
    }
}

#[test]
fn frames_may_share_one_flag_or_have_many() {
    let frames = contents(10, 40);
    let mut shared = vec![0x7E];
    let mut many = vec![];
    for content in &frames {
        let frame = stuff(content, 0);
        shared.extend(&frame[1..]);
        many.extend([0x7E; 5]);
        many.extend(frame);
    }
    assert_eq!(decode(&shared, 7, 0, 100).0, frames);
    assert_eq!(decode(&many, 7, 0, 100).0, frames);
}

/// Every way to hurt the tenth of thirty frames.
#[test]
fn every_damage_to_one_frame_leaves_the_others() {
    for len in [100, 500, 1400] {
        let frames = contents(30, len);
        let lines = frames.iter().map(|content| stuff(content, 0)).collect::<Vec<_>>();
        let victim = &lines[9];
        let mut damaged = vec![];
        let step = len / 50;
        for at in (1..victim.len() - 1).step_by(step) {
            for bit in 0..8 {
                let mut line = victim.clone();
                line[at] ^= 1 << bit;
                damaged.push(("a bit", line));
            }
            let mut line = victim.clone();
            line.remove(at);
            damaged.push(("a lost byte", line));
            let mut line = victim.clone();
            line.insert(at, 0x55);
            damaged.push(("a byte more", line));
            let mut line = victim[..at].to_vec();
            line.extend([0x7D, 0x7E]);
            damaged.push(("an abort", line));
            damaged.push(("a cut", victim[..at].to_vec()));
        }
        for (how, line) in damaged {
            let all = [lines[..9].concat(), line, lines[10..].concat()].concat();
            let (found, decoder) = decode(&all, 64, 0, 2000);
            let mut rest = found.iter();
            for (index, content) in frames.iter().enumerate().filter(|(index, _)| *index != 9) {
                assert!(rest.any(|one| one == content), "{how}: {index} is lost, {:?}", decoder.counters());
            }
            // A damage that makes two frames of one may leave one of them to be right.
            assert!(found.len() <= 30, "{how}");
        }
    }
}

#[test]
fn a_hit_flag_costs_the_frames_on_both_sides() {
    let frames = contents(30, 100);
    let mut line = vec![0x7E];
    for content in &frames {
        line.extend(&stuff(content, 0)[1..]);
    }
    let at = line.iter().enumerate().filter(|(_, byte)| **byte == 0x7E).nth(10).expect("it is there").0;
    line[at] ^= 1;
    let (found, decoder) = decode(&line, 64, 0, 2000);
    assert_eq!(found, [&frames[..9], &frames[11..]].concat());
    assert_eq!(decoder.counters().damaged, 1);
}

#[test]
fn a_frame_that_does_not_fit_is_counted_and_dropped() {
    let mut frames = contents(5, 100);
    frames[2] = contents(1, 101).remove(0);
    let line = frames.iter().flat_map(|content| stuff(content, ALL)).collect::<Vec<_>>();
    // With room for the check sequence of the smaller ones.
    let (found, decoder) = decode(&line, 9, 0, 102);
    assert_eq!(found, [&frames[..2], &frames[3..]].concat());
    assert_eq!(decoder.counters().oversized, 1);
    assert_eq!(decoder.counters().frames, 4);
}

#[test]
fn control_characters_of_the_line_are_dropped_anywhere() {
    let frames = contents(5, 100);
    let accm = 0x000A_0000;
    let line = frames.iter().flat_map(|content| stuff(content, accm)).collect::<Vec<_>>();
    let noisy = line.iter().flat_map(|byte| [0x11, *byte, 0x13]).collect::<Vec<_>>();
    assert_eq!(decode(&noisy, 13, accm, 200).0, frames);
}

#[test]
fn text_between_frames_is_a_damaged_frame() {
    let frames = contents(4, 60);
    let mut line = b"AT\r\nOK\r\n".to_vec();
    for content in &frames {
        line.extend(stuff(content, 0));
        line.extend(b"\r\n+CREG: 1\r\n");
    }
    let (found, decoder) = decode(&line, 5, 0, 200);
    assert_eq!((found, decoder.counters().damaged), (frames, 4));
}

#[test]
fn what_is_too_short_is_no_frame() {
    // A frame without content has a right check sequence, and so may have one of two bytes.
    for content in [&[][..], &[0x7D]] {
        let (found, decoder) = decode(&stuff(content, 0), 3, 0, 200);
        assert_eq!((found.len(), decoder.counters().damaged), (content.len(), 1 - content.len() as u32));
    }
}
