//! Each frame in turn, each pair of frames, and with slow lines.
use crate::ppp;

use cellular_nal::ppp::Config;
use ppp::peer::{Demand, Manners, Wire};

fn wire(demand: Demand) -> Wire {
    let config = Config::new(7).credentials("user", "secret").expect("that is short");
    Wire::new(config, Manners { demand, ..Manners::default() })
}

/// How many frames the undisturbed negotiation has.
fn frames(demand: Demand) -> usize {
    let mut wire = wire(demand);
    wire.bring_up(1000);
    wire.count
}

#[test]
fn each_single_frame() {
    for demand in [Demand::Nothing, Demand::Pap, Demand::Chap] {
        for lost in 0..frames(demand) + 2 {
            let mut wire = wire(demand);
            wire.lost = vec![lost];
            let took = wire.bring_up(20_000);
            assert!(took < 3200, "{demand:?}, {lost}: {took} ms");
            wire.works();
        }
    }
}

#[test]
fn each_two_frames() {
    for demand in [Demand::Nothing, Demand::Pap, Demand::Chap] {
        for first in 0..frames(demand) + 4 {
            for second in first + 1..frames(demand) + 8 {
                let mut wire = wire(demand);
                wire.lost = vec![first, second];
                let took = wire.bring_up(30_000);
                assert!(took < 10_000, "{demand:?}, {first} and {second}: {took} ms");
                wire.works();
            }
        }
    }
}

#[test]
fn a_third_of_them() {
    for seed in 0..200 {
        let mut random = ppp::Random(seed);
        let mut wire = wire([Demand::Nothing, Demand::Pap, Demand::Chap][seed as usize % 3]);
        wire.lost = (0..60).filter(|_| random.below(3) == 0).collect();
        wire.bring_up(60_000);
    }
}

#[test]
fn answers_may_take_longer_than_the_restart_timer() {
    for latency in [100, 600, 1200, 2000] {
        let mut wire = wire(Demand::Pap);
        wire.latency = latency;
        wire.bring_up(40_000);
    }
}

#[test]
fn a_peer_may_take_its_time_to_begin() {
    let mut wire = wire(Demand::Pap);
    wire.peer.manners.silent_until = 20_000;
    let took = wire.bring_up(30_000);
    assert!(took < 24_000, "{took}");
}
