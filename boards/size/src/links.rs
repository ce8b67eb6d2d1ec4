//! PPP and the multiplexer alone: no modem, no IP stack.

use cellular_nal::cmux::{self, Channel, Mux, Parameters};
use cellular_nal::ppp::{Config, Output, Ppp};
use embedded_io::{Read, Write};
use static_cell::StaticCell;

use crate::place;
use crate::{Serial, Ticks};

const PACKET: usize = 1500 + Ppp::OVERHEAD;
const PIECE: usize = 64;

/// Returns each packet to who has sent it.
pub fn ppp() -> ! {
    static MEMORY: StaticCell<[[u8; PACKET]; 2]> = StaticCell::new();
    let [rx, tx] = place(&MEMORY, || [[0; PACKET]; 2]);
    let mut ppp = Ppp::new(Config::new(1), rx, tx);
    let mut serial = Serial::start();
    ppp.open(Ticks::time());
    let (mut line, mut out) = ([0; PIECE], [0; PIECE]);
    loop {
        let count = serial.read(&mut line).unwrap_or(0);
        let mut rest = line.get(..count).unwrap_or_default();
        loop {
            let taken = ppp.handle_rx(Ticks::time(), rest);
            rest = rest.get(taken..).unwrap_or_default();
            if let (Some(reception), Some(transmission)) = ppp.ports() {
                reception.take(|packet| {
                    let echo =
                        |room: &mut [u8]| room.iter_mut().zip(packet).for_each(|(to, from)| *to = *from);
                    transmission.fill(packet.len(), echo);
                });
            }
            while let Output::Transmit(count) = ppp.poll_output(Ticks::time(), &mut out) {
                let _ = serial.write_all(out.get(..count).unwrap_or_default());
            }
            if rest.is_empty() {
                break;
            }
        }
    }
}

/// Returns what comes in a channel.
pub fn mux() -> ! {
    static MEMORY: StaticCell<[[u8; 256]; 5]> = StaticCell::new();
    let [frame, rx1, tx1, rx2, tx2] = place(&MEMORY, || [[0; 256]; 5]);
    let mut channels = [Channel::new(1, rx1, tx1), Channel::new(2, rx2, tx2)];
    let mut mux = Mux::new(Parameters { n1: 127, ..Parameters::new() }, frame, &mut channels);
    let mut serial = Serial::start();
    for dlci in 0..3 {
        let _ = mux.open(dlci);
    }
    let mut line = [0; PIECE];
    loop {
        let count = serial.read(&mut line).unwrap_or(0);
        mux.handle_rx(line.get(..count).unwrap_or_default(), Ticks::time());
        for dlci in 1..3 {
            let count = mux.read(dlci, &mut line);
            let _ = mux.write(dlci, line.get(..count).unwrap_or_default());
        }
        while let cmux::Output::Transmit(bytes) = mux.poll_output(Ticks::time()) {
            let count = bytes.len();
            let _ = serial.write_all(bytes);
            mux.transmitted(count);
        }
    }
}
