//! PPP, driven as its users drive it: packets of several sizes, the line in pieces of 64 bytes.

use cellular_nal::Instant;
use cellular_nal::ppp::hdlc::{Decoder, Encoder};
use cellular_nal::ppp::{Config, Output, Ppp};

use crate::{Meter, fill};

const NOW: Instant = Instant::from_millis(0);
const LCP: [u8; 4] = [0xFF, 0x03, 0xC0, 0x21];
const IPCP: [u8; 4] = [0xFF, 0x03, 0x80, 0x21];
const PIECE: usize = 64;
/// Bytes of payload for each figure.
const TOTAL: usize = 30_000;

pub(crate) fn measure(meter: &mut Meter) {
    for accm in [0, u32::MAX] {
        for kind in ["random", "text", "worst"] {
            for size in [64, 576, 1500] {
                let (mut rx, mut tx) = ([0; 2000], [0; 2000]);
                let mut ppp = Ppp::new(Config::new(4711), &mut rx, &mut tx);
                bring_up(&mut ppp, accm);
                let mut packet = [0; 1500];
                let packet = &mut packet[..size];
                fill(kind, 0x7E, packet);
                // IPv4.
                packet[0] = 0x45;
                let (rounds, mut out) = (TOTAL / size, [0; PIECE]);
                for _ in 0..rounds {
                    assert!(ppp.send(&[packet]).is_ok());
                    meter.count(|| take(&mut ppp, &mut out));
                }
                meter.print(format_args!("ppp/encode/{kind}/{size}/accm-{accm:x}"), rounds * size);
                let mut line = [0; 3100];
                let len = frame(&[0x21], packet, accm, &mut line);
                for _ in 0..rounds {
                    let got = meter.count(|| {
                        line[..len].chunks(PIECE).for_each(|piece| _ = ppp.handle_rx(NOW, piece));
                        ppp.received().map(|reception| reception.take(|packet| packet.len()))
                    });
                    assert_eq!(got, Some(size));
                }
                meter.print(format_args!("ppp/decode/{kind}/{size}/accm-{accm:x}"), rounds * size);
            }
        }
    }
}

/// Takes all that is to be sent and forgets it; gives the count.
fn take(ppp: &mut Ppp<'_>, line: &mut [u8]) -> usize {
    let mut count = 0;
    while let Output::Transmit(more) = ppp.poll_output(NOW, line) {
        count += more;
    }
    count
}

fn frame(header: &[u8], body: &[u8], accm: u32, line: &mut [u8]) -> usize {
    let mut encoder = Encoder::new();
    encoder.start(header, accm, true);
    let len = encoder.fill(body, line);
    assert!(encoder.is_idle());
    len
}

fn say(ppp: &mut Ppp<'_>, header: &[u8], body: &[u8]) {
    let mut line = [0; 200];
    let len = frame(header, body, u32::MAX, &mut line);
    assert_eq!(ppp.handle_rx(NOW, &line[..len]), len);
}

/// A peer without wishes, but for the control characters that it wants escaped.
fn bring_up(ppp: &mut Ppp<'_>, accm: u32) {
    ppp.open(NOW);
    agree(ppp);
    let [a, b, c, d] = accm.to_be_bytes();
    say(ppp, &LCP, &[1, 1, 0, 14, 2, 6, a, b, c, d, 7, 2, 8, 2]);
    agree(ppp);
    say(ppp, &IPCP, &[1, 1, 0, 10, 3, 6, 10, 0, 2, 2]);
    for _ in 0..3 {
        agree(ppp);
    }
    assert!(ppp.ipv4().is_some());
}

/// Acknowledges each request, but for that without an address.
fn agree(ppp: &mut Ppp<'_>) {
    let (mut line, mut buffer) = ([0; 400], [0; 400]);
    let Output::Transmit(count) = ppp.poll_output(NOW, &mut line) else { return };
    let mut decoder = Decoder::new(0);
    let mut rest = &line[..count];
    while let Some(len) = decoder.feed(&mut rest, &mut buffer) {
        let frame = &mut buffer[..len];
        // Shorter headers are for what does not negotiate LCP.
        let skip = if frame[0] == 0xFF { 2 } else { 0 };
        let header = [0xFF, 0x03, frame[skip], frame[skip + 1]];
        let packet = &mut frame[skip + 2..];
        if packet[0] != 1 {
            continue;
        }
        packet[0] = 2;
        if packet[4..].starts_with(&[3, 6, 0, 0, 0, 0]) {
            say(ppp, &header, &[3, packet[1], 0, 10, 3, 6, 10, 0, 2, 15]);
        } else {
            say(ppp, &header, packet);
        }
    }
}
