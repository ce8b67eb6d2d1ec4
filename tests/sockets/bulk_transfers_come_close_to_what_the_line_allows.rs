//! Goodput in virtual time, against what is left of the line when a driver adds nothing of its own.
//!
//! `cargo test --test sockets bulk_transfers -- --nocapture` prints the
//! table.

use crate::common;

use std::time::Duration;

use cellular_nal::{Config, SocketHandle};
use common::{Setup, World};
use modem_sim::line::{Chunking, Faults};
use modem_sim::{Model, Options, Peer, Prng};

/// 1 MiB.
const AMOUNT: usize = 1 << 20;
const SERVER: ([u8; 4], u16) = ([10, 0, 0, 9], 9);
const SEED: u64 = 77;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Send,
    Receive,
}

/// Share of the line rate for payload in commands: the bytes and the silences that the documents
/// want, and nothing else.
fn bound(model: Model, way: Way, baud: u32) -> f64 {
    // Payload, characters around it both ways, silence.
    let (payload, around, silence) = match (model.is_ublox(), way) {
        (true, Way::Send) => (1024, "AT+USOWR=0,1024\r\r\n@\r\n+USOWR: 0,1024\r\n\r\nOK\r\n".len(), 0.070),
        (true, Way::Receive) => (1024, "AT+USORD=0,1024\r\r\n+USORD: 0,1024,\"\"\r\n\r\nOK\r\n".len(), 0.020),
        (false, Way::Send) => (1500, "AT+SQNSSENDEXT=1,1500\r\r\n> \r\nOK\r\n".len(), 0.0),
        (false, Way::Receive) => {
            (1500, "AT+SQNSRECV=1,1500\r\r\n+SQNSRECV: 1,1500\r\n\r\n\r\nOK\r\n".len(), 0.0)
        }
    };
    let rate = f64::from(baud) / 10.0;
    let (payload, around) = (payload as f64, around as f64);
    payload / ((payload + around) / rate + silence) / rate
}

fn world(model: Model, baud: u32, peer: Peer) -> (World, SocketHandle) {
    let options = Options {
        baud,
        answer_latency: Duration::ZERO,
        rtt: Duration::from_millis(20),
        ..Options::default()
    };
    let mut world = Setup {
        options,
        config: Config::new().baud(baud),
        line: Faults { chunking: Chunking::Fixed(32), ..Faults::paced(baud) },
        host_baud: baud,
        ..Setup::new(model)
    }
    .build_sized::<1, 4096, 4096>();
    world.fifo = Some(64);
    world.net.on(SERVER.0, SERVER.1, peer);
    world.bring_up();
    let socket = world.open(SERVER).expect("it connects");
    (world, socket)
}

fn sends(world: &mut World, socket: SocketHandle, bytes: &[u8]) {
    let mut left = bytes;
    while !left.is_empty() {
        let count =
            world.poll(100, |engine, waker| engine.write(socket, left, waker)).expect("it takes bytes");
        left = &left[count..];
    }
    world.poll(100, |engine, waker| engine.flush(socket, waker)).expect("all is sent");
}

fn receives(world: &mut World, socket: SocketHandle, bytes: &[u8]) {
    let mut left = bytes;
    let mut buffer = [0; 512];
    while !left.is_empty() {
        let count =
            world.poll(100, |engine, waker| engine.read(socket, &mut buffer, waker)).expect("bytes come");
        assert!(count > 0 && buffer[..count] == left[..count], "{} bytes before the end", left.len());
        left = &left[count..];
    }
}

/// Share of the line rate that payload has.
fn goodput(model: Model, way: Way, baud: u32, pipe: bool) -> f64 {
    let bytes = Prng::new(SEED).bytes(AMOUNT);
    let peer = if way == Way::Send { Peer::Discard } else { Peer::Chargen(AMOUNT, SEED) };
    let (mut world, socket) = world(model, baud, peer);
    if pipe {
        world.poll(30, |engine, waker| engine.enter_pipe(socket, waker)).expect("a pipe");
    }
    let start = world.now;
    match way {
        Way::Send => sends(&mut world, socket, &bytes),
        Way::Receive => receives(&mut world, socket, &bytes),
    }
    let seconds = (world.now - start).as_secs_f64();
    if way == Way::Send {
        world.pass_secs(3);
        let conn = world.net.connections()[0].id;
        assert!(world.net.received(conn) == bytes, "{model}: something else arrived");
    }
    world.no_breach();
    AMOUNT as f64 / seconds / (f64::from(baud) / 10.0)
}

#[test]
fn bulk_transfers_come_close_to_what_the_line_allows() {
    println!("| modem | direction | bit/s | bound % | commands % | of bound % | raw pipe % |");
    println!("|---|---|---|---|---|---|---|");
    for &model in Model::ALL {
        for way in [Way::Send, Way::Receive] {
            for baud in [115_200, 921_600] {
                let bound = bound(model, way, baud);
                let commands = goodput(model, way, baud, false);
                let pipe = goodput(model, way, baud, true);
                println!(
                    "| {model} | {} | {baud} | {:.1} | {:.1} | {:.1} | {:.1} |",
                    if way == Way::Send { "send" } else { "receive" },
                    100.0 * bound,
                    100.0 * commands,
                    100.0 * commands / bound,
                    100.0 * pipe,
                );
                assert!(
                    commands >= 0.97 * bound,
                    "{model}, {way:?}, {baud} bit/s: {commands:.3} of {bound:.3}"
                );
                assert!(pipe >= 0.95, "{model}, {way:?}, {baud} bit/s: {pipe:.3} of the line");
            }
        }
    }
}
