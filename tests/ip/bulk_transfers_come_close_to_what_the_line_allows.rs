//! Goodput of TCP over PPP, alone on the line and in the frames of the multiplexer, in virtual time.
//!
//! `cargo test --test ip bulk_transfers -- --nocapture` prints the
//! table.

use crate::common;

use std::time::Duration;

use cellular_nal::Config;
use common::conversation::tcp;
use common::{Mode, Setup};
use embedded_io_async::{Read, Write};
use modem_sim::line::{Chunking, Faults};
use modem_sim::{Model, Options, Peer, Prng};

/// 1 MiB.
const AMOUNT: usize = 1 << 20;
const SERVER: ([u8; 4], u16) = ([10, 0, 0, 9], 9);
const SEED: u64 = 77;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Up,
    Down,
}

/// Share of the line rate that payload has; `flips` of a million bytes have a wrong bit.
fn goodput(model: Model, mode: Mode, way: Way, baud: u32, flips: u32) -> f64 {
    let options = Options { baud, rtt: Duration::from_millis(20), ..Options::default() };
    let faults = Faults { chunking: Chunking::Fixed(32), ..Faults::paced(baud) };
    let setup = Setup {
        options,
        config: Config::new().baud(baud),
        line: faults.clone(),
        host_baud: baud,
        mode,
        ..Setup::new(model)
    };
    let mut world = setup.build();
    let bytes = Prng::new(SEED).bytes(AMOUNT);
    let peer = if way == Way::Up { Peer::Discard } else { Peer::Chargen(AMOUNT, SEED) };
    world.net.on(SERVER.0, SERVER.1, peer);
    world.ip_up();
    let (stack, _) = world.ip.expect("there is a stack");
    let mut socket = world.run(60, tcp(stack, SERVER)).expect("it connects");
    let faults = Faults { flip_per_million: flips, ..faults };
    world.line.set_faults(modem_sim::Direction::ToModem, faults.clone());
    world.line.set_faults(modem_sim::Direction::ToHost, faults);
    let start = world.now;
    world.run(3600, async {
        if way == Way::Up {
            socket.write_all(&bytes).await.expect("it takes bytes");
            socket.flush().await.expect("all is sent");
            return;
        }
        let (mut left, mut buffer) = (&bytes[..], [0; 512]);
        while !left.is_empty() {
            let count = socket.read(&mut buffer).await.expect("bytes come");
            assert!(count > 0 && buffer[..count] == left[..count], "{} bytes before the end", left.len());
            left = &left[count..];
        }
    });
    let seconds = (world.now - start).as_secs_f64();
    if way == Way::Up {
        let conn = world.net.connections()[0].id;
        // From the modem to the server.
        world.pass_secs(3);
        assert!(world.net.received(conn) == bytes, "{model}: something else arrived");
    }
    AMOUNT as f64 / seconds / (f64::from(baud) / 10.0)
}

#[test]
fn ip_bulk_transfers_come_close_to_what_the_line_allows() {
    println!("| modem | mode | direction | bit/s | % of the line | with a flipped bit in 10 kB % |");
    println!("|---|---|---|---|---|---|");
    for (model, mode, least) in [
        (Model::SaraR5, Mode::Ppp, 0.93),
        (Model::Ryz014a, Mode::Ppp, 0.93),
        // Frames of 128 bytes, and of 1509.
        (Model::SaraR5, Mode::Cmux, 0.91),
        (Model::SaraR42, Mode::Cmux, 0.95),
    ] {
        for way in [Way::Up, Way::Down] {
            for baud in [115_200, 921_600] {
                let share = goodput(model, mode, way, baud, 0);
                let damaged = goodput(model, mode, way, baud, 100);
                println!(
                    "| {model} | {mode:?} | {way:?} | {baud} | {:.1} | {:.1} |",
                    100.0 * share,
                    100.0 * damaged
                );
                assert!(share >= least, "{model}, {mode:?}, {way:?}, {baud} bit/s: {share:.3} of the line");
                // Each damaged packet has to be sent again.
                assert!(damaged >= 0.1, "{model}, {mode:?}, {way:?}, {baud} bit/s: {damaged:.3} of the line");
            }
        }
    }
}
