//! A serial line with faults, in virtual time.
//!
//! The line carries bytes in two directions. Each direction has its own [`Faults`]; everything is
//! decided by the seed, the configuration and the order of calls, so a run can be repeated.

use std::collections::VecDeque;
use std::time::Duration;

use crate::{Direction, Prng};

/// How the bytes of one [`Line::push`] are cut before they come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunking {
    /// Not at all.
    Whole,
    /// Into pieces of this length; 0 counts as 1.
    Fixed(usize),
    /// Into pieces of 1 up to this length.
    Random(usize),
}

/// What one direction of a [`Line`] does to the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    /// Bits per second, ten for each byte; `None` carries every byte at once.
    pub pace: Option<u32>,
    /// Added to each byte's time.
    pub latency: Duration,
    /// Where the receiver's chunks end. A chunk comes out when its last byte has arrived.
    pub chunking: Chunking,
    /// Lost bytes in a million.
    pub lose_per_million: u32,
    /// Bytes with one wrong bit in a million.
    pub flip_per_million: u32,
    /// Bytes to lose, counted from 0 since the direction was made.
    pub lose_at: Vec<u64>,
    /// Bytes in which bit 0 is turned, counted from 0 since the direction was made.
    pub flip_at: Vec<u64>,
    /// From, until: the receiver holds its RTS back, so bytes wait at the sender.
    pub stalls: Vec<(Duration, Duration)>,
}

impl Default for Faults {
    fn default() -> Self {
        Faults {
            pace: None,
            latency: Duration::ZERO,
            chunking: Chunking::Whole,
            lose_per_million: 0,
            flip_per_million: 0,
            lose_at: Vec::new(),
            flip_at: Vec::new(),
            stalls: Vec::new(),
        }
    }
}

impl Faults {
    /// A good line of this speed.
    pub fn paced(baud: u32) -> Self {
        Faults { pace: Some(baud), ..Faults::default() }
    }
}

/// What has happened in one direction of a [`Line`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Bytes given to the line.
    pub pushed: u64,
    /// Bytes that came out.
    pub delivered: u64,
    /// Bytes lost.
    pub lost: u64,
    /// Bytes with a wrong bit.
    pub flipped: u64,
    /// Bytes that make no sense because the two ends have different speeds.
    pub garbled: u64,
    /// Bytes that had to wait for a stall to end.
    pub stalled: u64,
}

#[derive(Debug, Default)]
struct Way {
    faults: Faults,
    /// When the last byte has left the sender.
    free: Duration,
    /// The receiver has its RTS back: nothing arrives.
    held: bool,
    /// Chunks on their way, and when they arrive.
    chunks: VecDeque<(Duration, Vec<u8>)>,
    counters: Counters,
}

impl Way {
    /// Time that a byte takes.
    fn byte_time(&self) -> Duration {
        let time = |baud: u32| Duration::from_nanos(10_000_000_000 / u64::from(baud.max(1)));
        self.faults.pace.map_or(Duration::ZERO, time)
    }

    /// When the next chunk arrives, as far as that is known.
    fn due(&self) -> Option<Duration> {
        self.chunks.front().filter(|_| !self.held).map(|&(due, _)| due)
    }
}

/// A serial line between a host and a modem.
#[derive(Debug)]
pub struct Line {
    to_modem: Way,
    to_host: Way,
    prng: Prng,
    mismatch: bool,
}

impl Line {
    /// A perfect line, until [`Line::set_faults`] makes it worse.
    pub fn new(seed: u64) -> Self {
        Line { to_modem: Way::default(), to_host: Way::default(), prng: Prng::new(seed), mismatch: false }
    }

    fn way(&self, direction: Direction) -> &Way {
        match direction {
            Direction::ToModem => &self.to_modem,
            Direction::ToHost => &self.to_host,
        }
    }

    fn way_mut(&mut self, direction: Direction) -> &mut Way {
        match direction {
            Direction::ToModem => &mut self.to_modem,
            Direction::ToHost => &mut self.to_host,
        }
    }

    /// Sets what a direction does to bytes that are pushed from now on.
    pub fn set_faults(&mut self, direction: Direction, faults: Faults) {
        self.way_mut(direction).faults = faults;
    }

    /// What a direction does to bytes.
    pub fn faults(&self, direction: Direction) -> &Faults {
        &self.way(direction).faults
    }

    /// Tells the speeds of both ends; while they differ every byte is garbled.
    pub fn set_speeds(&mut self, host: u32, modem: u32) {
        self.mismatch = host != modem;
    }

    /// What has happened so far.
    pub fn counters(&self, direction: Direction) -> Counters {
        self.way(direction).counters
    }

    /// An end writes bytes.
    pub fn push(&mut self, direction: Direction, now: Duration, bytes: &[u8]) {
        let mismatch = self.mismatch;
        let mut prng = self.prng.clone();
        let way = self.way_mut(direction);
        let byte_time = way.byte_time();
        way.free = way.free.max(now);
        let mut chunk = Vec::new();
        let mut chunk_due = Duration::ZERO;
        let mut limit = chunk_limit(way.faults.chunking, &mut prng);
        for &byte in bytes {
            let index = way.counters.pushed;
            way.counters.pushed += 1;
            let stall = way.faults.stalls.iter().find(|(from, to)| (*from..*to).contains(&way.free));
            if let Some(&(_, end)) = stall {
                way.free = end;
                way.counters.stalled += 1;
            }
            way.free += byte_time;
            if way.faults.lose_at.contains(&index) || prng.chance(way.faults.lose_per_million) {
                way.counters.lost += 1;
                continue;
            }
            let mut byte = byte;
            if way.faults.flip_at.contains(&index) {
                byte ^= 1;
                way.counters.flipped += 1;
            } else if prng.chance(way.faults.flip_per_million) {
                byte ^= 1 << prng.below(8);
                way.counters.flipped += 1;
            }
            if mismatch {
                // A UART at the wrong speed sees anything but the byte.
                byte = (prng.next_u64() as u8) | 0x80;
                way.counters.garbled += 1;
            }
            chunk.push(byte);
            chunk_due = way.free + way.faults.latency;
            if chunk.len() >= limit {
                way.chunks.push_back((chunk_due, std::mem::take(&mut chunk)));
                limit = chunk_limit(way.faults.chunking, &mut prng);
            }
        }
        if !chunk.is_empty() {
            way.chunks.push_back((chunk_due, chunk));
        }
        self.prng = prng;
    }

    /// The receiver lets bytes come, or holds them back as long as it likes. Nothing is lost: they
    /// wait at the sender, and come with the pace of the line when it lets them.
    pub fn set_ready(&mut self, direction: Direction, now: Duration, ready: bool) {
        let way = self.way_mut(direction);
        if std::mem::replace(&mut way.held, !ready) && ready {
            let (byte_time, latency) = (way.byte_time(), way.faults.latency);
            let mut free = now;
            for (due, chunk) in &mut way.chunks {
                let left = free + byte_time * chunk.len() as u32 + latency;
                if left > *due {
                    way.counters.stalled += chunk.len() as u64;
                    *due = left;
                }
                free = *due - latency;
            }
            way.free = way.free.max(free);
        }
    }

    /// A chunk that has arrived by `now`; call it until it returns `None`.
    pub fn poll(&mut self, direction: Direction, now: Duration) -> Option<Vec<u8>> {
        let way = self.way_mut(direction);
        let due = way.due()?;
        if due > now {
            return None;
        }
        let (_, chunk) = way.chunks.pop_front()?;
        way.counters.delivered += chunk.len() as u64;
        Some(chunk)
    }

    /// When the next chunk arrives, in either direction.
    pub fn next_due(&self) -> Option<Duration> {
        self.to_modem.due().into_iter().chain(self.to_host.due()).min()
    }

    /// When the next chunk arrives in one direction.
    pub fn next_due_in(&self, direction: Direction) -> Option<Duration> {
        self.way(direction).due()
    }

    /// When the last byte that was pushed has left its sender.
    pub fn idle_at(&self, direction: Direction) -> Duration {
        self.way(direction).free
    }
}

fn chunk_limit(chunking: Chunking, prng: &mut Prng) -> usize {
    match chunking {
        Chunking::Whole => usize::MAX,
        Chunking::Fixed(n) => n.max(1),
        Chunking::Random(n) => 1 + prng.below(n.max(1) as u64) as usize,
    }
}
