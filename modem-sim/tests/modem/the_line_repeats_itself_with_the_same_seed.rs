//! Faults depend on nothing but seed, configuration and order of calls.

use std::time::Duration;

use modem_sim::Direction::{ToHost, ToModem};
use modem_sim::line::{Chunking, Counters, Faults, Line};

fn bad() -> Faults {
    Faults {
        pace: Some(9600),
        latency: Duration::from_millis(3),
        chunking: Chunking::Random(9),
        lose_per_million: 20_000,
        flip_per_million: 20_000,
        ..Faults::default()
    }
}

fn run(seed: u64) -> (Vec<(Duration, Vec<u8>)>, Counters) {
    let mut line = Line::new(seed);
    line.set_faults(ToHost, bad());
    line.push(ToHost, Duration::ZERO, &[0x55; 3000]);
    let mut out = Vec::new();
    while let Some(due) = line.next_due() {
        while let Some(chunk) = line.poll(ToHost, due) {
            out.push((due, chunk));
        }
    }
    (out, line.counters(ToHost))
}

#[test]
fn twice_the_same() {
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
    let (out, counters) = run(7);
    let bytes: usize = out.iter().map(|(_, c)| c.len()).sum();
    assert!(counters.lost > 20 && counters.flipped > 20, "{counters:?}");
    assert_eq!(counters.pushed, counters.delivered + counters.lost);
    assert_eq!(bytes as u64, counters.delivered);
}

#[test]
fn a_byte_takes_ten_bits() {
    let mut line = Line::new(0);
    line.set_faults(ToModem, Faults { chunking: Chunking::Fixed(1), ..Faults::paced(10_000) });
    line.push(ToModem, Duration::ZERO, b"abc");
    assert_eq!(line.poll(ToModem, Duration::from_micros(999)), None);
    assert_eq!(line.poll(ToModem, Duration::from_millis(1)).as_deref(), Some(&b"a"[..]));
    assert_eq!(line.next_due(), Some(Duration::from_millis(2)));
    line.push(ToModem, Duration::ZERO, b"d");
    assert_eq!(line.idle_at(ToModem), Duration::from_millis(4));
}

#[test]
fn exactly_one_byte_is_lost_and_one_turned() {
    let mut line = Line::new(0);
    let faults = Faults { lose_at: vec![1], flip_at: vec![3], ..Faults::default() };
    line.set_faults(ToModem, faults);
    line.push(ToModem, Duration::ZERO, b"ab");
    line.push(ToModem, Duration::ZERO, b"cde");
    let mut out = Vec::new();
    while let Some(chunk) = line.poll(ToModem, Duration::ZERO) {
        out.extend(chunk);
    }
    assert_eq!(out, b"acee");
    let counters = line.counters(ToModem);
    assert_eq!((counters.lost, counters.flipped), (1, 1));
}

#[test]
fn a_stall_holds_bytes_back() {
    let mut line = Line::new(0);
    let second = Duration::from_secs(1);
    let faults = Faults { stalls: vec![(second, 3 * second)], ..Faults::default() };
    line.set_faults(ToHost, faults);
    line.push(ToHost, second, b"x");
    assert_eq!(line.next_due(), Some(3 * second));
    assert_eq!(line.counters(ToHost).stalled, 1);
}

#[test]
fn a_wrong_speed_garbles_everything() {
    let mut line = Line::new(0);
    line.set_speeds(115_200, 9600);
    line.push(ToModem, Duration::ZERO, b"AT\r");
    let out = line.poll(ToModem, Duration::ZERO).unwrap();
    assert!(out.iter().all(|b| *b >= 0x80));
    line.set_speeds(9600, 9600);
    line.push(ToModem, Duration::ZERO, b"AT\r");
    assert_eq!(line.poll(ToModem, Duration::ZERO).as_deref(), Some(&b"AT\r"[..]));
}
