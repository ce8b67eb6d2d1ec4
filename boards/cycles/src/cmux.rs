//! The multiplexer with two channels, of which one carries bulk.

use cellular_nal::Instant;
use cellular_nal::cmux::{Channel, Mux, Output, Parameters, State};

use crate::{Meter, fill};

const NOW: Instant = Instant::from_millis(0);
const TOTAL: usize = 60_000;
const RING: usize = 8192;

pub(crate) fn measure(meter: &mut Meter) {
    for n1 in [31, 127, 1509] {
        let (mut hold, mut rings) = ([0; 1516], [[0; RING]; 4]);
        let [rx1, tx1, rx2, tx2] = &mut rings;
        let mut channels = [Channel::new(1, rx1, tx1), Channel::new(2, rx2, tx2)];
        let parameters = Parameters { n1: n1 as u16, ..Parameters::new() };
        let mut mux = Mux::new(parameters, &mut hold, &mut channels);
        bring_up(&mut mux);
        let mut payload = [0; 1509];
        fill("random", 0, &mut payload);
        for piece in [64, 1500] {
            let payload = &payload[..piece];
            let rounds = TOTAL / piece;
            for _ in 0..rounds {
                meter.count(|| {
                    assert_eq!(mux.write(2, payload), Ok(piece));
                    send(&mut mux);
                });
            }
            meter.print(format_args!("cmux/encode/n1-{n1}/pieces-{piece}"), rounds * piece);
        }
        // As many whole frames as half of the ring holds, so that the modem is not asked to stop.
        let mut line = [0; RING];
        let mut len = 0;
        let frames = (RING / 2 - n1) / n1;
        for _ in 0..frames {
            len += frame(&payload[..n1], &mut line[len..]);
        }
        for piece in [64, 1500] {
            let rounds = TOTAL / (frames * n1) + 1;
            for _ in 0..rounds {
                let mut got = 0;
                meter.count(|| {
                    for piece in line[..len].chunks(piece) {
                        mux.handle_rx(piece, NOW);
                        loop {
                            let count = mux.peek(2).len();
                            if count == 0 {
                                break;
                            }
                            got += count;
                            mux.consume(2, count);
                        }
                    }
                });
                assert_eq!(got, frames * n1);
            }
            meter.print(format_args!("cmux/decode/n1-{n1}/pieces-{piece}"), rounds * frames * n1);
        }
    }
}

/// Takes all that is to be sent and forgets it.
fn send(mux: &mut Mux<'_, '_>) {
    while let Output::Transmit(bytes) = mux.poll_output(NOW) {
        let count = bytes.len();
        mux.transmitted(count);
    }
}

fn bring_up(mux: &mut Mux<'_, '_>) {
    // UA for each of them.
    for ua in [[3, 0x73, 1, 0xD7], [7, 0x73, 1, 0x15], [11, 0x73, 1, 0x92]] {
        assert!(mux.open(ua[0] >> 2).is_ok());
        send(mux);
        let [address, control, length, fcs] = ua;
        mux.handle_rx(&[0xF9, address, control, length, fcs, 0xF9], NOW);
        send(mux);
    }
    assert_eq!(mux.state(2), State::Open);
}

/// A frame of the modem with payload for DLCI 2; its length.
fn frame(info: &[u8], line: &mut [u8]) -> usize {
    let mut at = 0;
    let mut put = |byte| {
        line[at] = byte;
        at += 1;
    };
    let (low, high) = ((info.len() << 1) as u8, (info.len() >> 7) as u8);
    let header = [9, 0xEF, low | u8::from(info.len() < 128), high];
    let header = if info.len() < 128 { &header[..3] } else { &header[..] };
    let fcs = header.iter().fold(0xFF_u8, |mut fcs, octet| {
        fcs ^= octet;
        for _ in 0..8 {
            fcs = if fcs & 1 == 1 { (fcs >> 1) ^ 0xE0 } else { fcs >> 1 };
        }
        fcs
    });
    put(0xF9);
    header.iter().for_each(|&byte| put(byte));
    info.iter().for_each(|&byte| put(byte));
    put(!fcs);
    put(0xF9);
    at
}
