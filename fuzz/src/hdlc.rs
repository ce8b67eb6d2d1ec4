//! Frames of PPP: the decoder against another one and against the encoder.

use cellular_nal::ppp::hdlc::{Decoder, Encoder};

use crate::{Cuts, Tape};

const FLAG: u8 = 0x7E;
const ESCAPE: u8 = 0x7D;

/// One input: line noise, or frames that are written and read.
pub fn run(input: &[u8]) {
    let mut tape = Tape(input);
    let mode = tape.byte();
    let accm = accm(&mut tape);
    if mode & 1 == 0 { noise(&mut tape, accm) } else { round_trip(&mut tape, accm) }
}

fn accm(tape: &mut Tape<'_>) -> u32 {
    match tape.below(4) {
        0 => 0,
        1 => u32::MAX,
        2 => 0x000A_0000,
        _ => u32::from_le_bytes([tape.byte(), tape.byte(), tape.byte(), tape.byte()]),
    }
}

/// What a decoder gave: frames, and how many were damaged, aborted, oversized.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    frames: Vec<Vec<u8>>,
    others: [u32; 3],
}

fn decode(line: &[u8], accm: u32, room: usize, mut cuts: Cuts) -> Seen {
    let mut decoder = Decoder::new(accm);
    let mut buffer = vec![0; room];
    let mut seen = Seen::default();
    let mut line = line;
    while !line.is_empty() {
        let mut piece = cuts.take(&mut line);
        while let Some(len) = decoder.feed(&mut piece, &mut buffer) {
            assert!(len > 0 && len + 2 <= room);
            seen.frames.push(buffer[..len].to_vec());
        }
        assert!(piece.is_empty());
        assert!(decoder.partial() <= room);
    }
    let counters = decoder.counters();
    assert_eq!(counters.frames as usize, seen.frames.len());
    seen.others = [counters.damaged, counters.aborted, counters.oversized];
    seen
}

/// Bit by bit (RFC 1662 Appendix C.1).
fn fcs(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |mut fcs: u16, &byte| {
        fcs ^= u16::from(byte);
        for _ in 0..8 {
            fcs = if fcs & 1 == 1 { (fcs >> 1) ^ 0x8408 } else { fcs >> 1 };
        }
        fcs
    })
}

/// The same in the words of RFC 1662: what stands between two flags is a frame; control characters that the
/// line has put in are dropped, then escapes are resolved.
fn by_the_book(line: &[u8], accm: u32, room: usize) -> Seen {
    let mut seen = Seen::default();
    let mut pieces: Vec<&[u8]> = line.split(|&byte| byte == FLAG).collect();
    // The last one has not ended.
    pieces.pop();
    for piece in pieces {
        let mut content = Vec::new();
        let mut escaped = false;
        for &byte in piece.iter().filter(|&&byte| byte >= 0x20 || accm >> byte & 1 == 0) {
            match byte {
                _ if escaped => {
                    content.push(byte ^ 0x20);
                    escaped = false;
                }
                ESCAPE => escaped = true,
                _ => content.push(byte),
            }
        }
        match () {
            () if content.len() > room => seen.others[2] += 1,
            () if escaped => seen.others[1] += 1,
            () if content.is_empty() => {}
            () if content.len() > 2 && fcs(&content) == 0xF0B8 => {
                content.truncate(content.len() - 2);
                seen.frames.push(content);
            }
            () => seen.others[0] += 1,
        }
    }
    seen
}

fn noise(tape: &mut Tape<'_>, accm: u32) {
    let seed = tape.byte();
    let room = [0, 1, 2, 3, 8, 40, 2000][tape.below(7)];
    let whole = decode(tape.rest(), accm, room, Cuts::NONE);
    assert_eq!(whole, decode(tape.rest(), accm, room, Cuts::new(seed)));
    assert_eq!(whole, by_the_book(tape.rest(), accm, room));
}

fn round_trip(tape: &mut Tape<'_>, accm: u32) {
    let (mut out, cuts) = (Cuts::new(tape.byte()), Cuts::new(tape.byte()));
    let mut encoder = Encoder::new();
    let (mut line, mut frames) = (Vec::new(), Vec::new());
    while !tape.is_over() {
        let opening = frames.is_empty() || tape.below(2) == 0;
        let header = tape.bytes(4);
        let body = tape.long(1600);
        encoder.start(header, accm, opening);
        while !encoder.is_idle() {
            let mut piece = vec![0; out.size(64)];
            let count = encoder.fill(&body, &mut piece);
            assert!(count == piece.len() || encoder.is_idle());
            line.extend_from_slice(&piece[..count]);
        }
        frames.push([header, &body].concat());
    }
    assert!(line.iter().all(|&byte| byte >= 0x20 || accm >> byte & 1 == 0));
    let seen = decode(&line, accm, 2000, cuts);
    // A frame with nothing in it is none.
    let damaged = frames.iter().filter(|frame| frame.is_empty()).count();
    frames.retain(|frame| !frame.is_empty());
    assert_eq!(seen.frames, frames);
    assert_eq!(seen.others, [damaged as u32, 0, 0]);
}
