//! Protocols, codes, and what is sent at the wrong time.
use crate::ppp;

use cellular_nal::ppp::{Config, Phase, Ppp};
use ppp::peer::{Manners, Wire};
use ppp::{
    CCP, CHAP, IPCP, IPV4, IPV6, IPV6CP, LCP, PAP, answers, at, control, drain, feed, frame, link, packets,
};

fn up() -> (Ppp<'static>, u64) {
    let mut wire = Wire::new(Config::new(1), Manners::default());
    wire.bring_up(1000);
    wire.run(100);
    (wire.ppp, wire.now)
}

#[test]
fn unknown_protocols_are_rejected() {
    let (mut ppp, mut now) = up();
    for protocol in [CCP, IPV6CP, IPV6, 0x8053, 0xC025, 0x00FD] {
        for size in [0, 1, 31, 128, 1400] {
            let information = vec![0x60; size];
            // A second for each, because there is a limit.
            now += 1000;
            drain(&mut ppp, at(now));
            let said = answers(&mut ppp, at(now), protocol, &information);
            let [(LCP, packet)] = &said[..] else { panic!("{said:02x?}") };
            assert_eq!(packet[0], 8);
            assert_eq!(packet[4..6], protocol.to_be_bytes());
            assert!(information.starts_with(&packet[6..]));
        }
    }
    assert_eq!(ppp.phase(), Phase::Network);
}

#[test]
fn not_more_than_some_a_second() {
    let (mut ppp, now) = up();
    let mut count = 0;
    for millis in 0..10_000 {
        count += answers(&mut ppp, at(now + millis), 0x0FFF, b"?")
            .iter()
            .filter(|(_, packet)| packet[0] == 8)
            .count();
    }
    assert!((10..=90).contains(&count), "{count}");
}

#[test]
fn unknown_codes_are_rejected() {
    let (mut ppp, now) = up();
    let mut ids = vec![];
    for (protocol, codes) in [(LCP, &[0, 14, 15, 99, 255][..]), (IPCP, &[0, 8, 9, 14, 255])] {
        for &code in codes {
            let packet = control(code, 3, b"what is this");
            let said = answers(&mut ppp, at(now), protocol, &packet);
            let [(answered, answer)] = &said[..] else { panic!("{code}: {said:02x?}") };
            assert_eq!((*answered, answer[0], &answer[4..]), (protocol, 7, &packet[..]));
            ids.push((protocol, answer[1]));
        }
    }
    ids.dedup();
    assert_eq!(ids.len(), 10, "each has another identifier");
    assert_eq!(ppp.phase(), Phase::Network);
    assert!(ppp.ipv4().is_some());
}

#[test]
fn what_wants_no_answer_gets_none() {
    let (mut ppp, now) = up();
    for (protocol, packet) in [
        (LCP, control(11, 1, &[1, 2, 3, 4, 9, 9])),
        (LCP, control(12, 1, &[1, 2, 3, 4, b'h', b'i'])),
        (LCP, control(13, 1, &[1, 2, 3, 4, 0, 0, 1, 0])),
        (LCP, control(10, 200, &[1, 2, 3, 4])),
        // Rejects of what we can do without.
        (LCP, control(7, 1, &control(12, 1, &[]))),
        (LCP, control(8, 1, &[0x80, 0x57, 1, 1, 0, 4])),
        (LCP, control(8, 1, &[0x80])),
        // Answers to nothing.
        (LCP, control(2, 77, &[])),
        (LCP, control(3, 77, &[])),
        (LCP, control(4, 77, &[])),
        (IPCP, control(2, 77, &[])),
        (PAP, control(1, 1, b"\x01a\x01b")),
        (PAP, control(2, 1, b"\x00")),
        (CHAP, control(1, 1, b"\x04abcdname")),
        (CHAP, control(3, 1, b"")),
        // Broken packets.
        (LCP, vec![]),
        (LCP, vec![1]),
        (LCP, vec![1, 1, 0, 3]),
        (LCP, vec![1, 1, 0, 0]),
        (LCP, vec![9, 1, 0xFF, 0xFF, 1, 2, 3, 4]),
        (IPCP, vec![1, 1, 0, 9, 3]),
    ] {
        assert_eq!(answers(&mut ppp, at(now), protocol, &packet), [], "{protocol:x} {packet:02x?}");
        assert_eq!(ppp.phase(), Phase::Network);
    }
    assert!(ppp.ipv4().is_some());
}

#[test]
fn padding_is_ignored() {
    let (mut ppp, now) = up();
    let mut echo = control(9, 1, &[1, 2, 3, 4]);
    echo.extend([0; 30]);
    assert_eq!(answers(&mut ppp, at(now), LCP, &echo)[0].1.len(), 8);
}

#[test]
fn nothing_is_rejected_before_lcp_is_open() {
    let mut ppp = link(Config::new(1));
    ppp.open(at(0));
    drain(&mut ppp, at(0));
    for protocol in [CCP, IPCP, PAP, CHAP, IPV4, 0x1235] {
        assert_eq!(answers(&mut ppp, at(1), protocol, &control(1, 1, &[])), []);
    }
    // LCP's own codes are.
    assert_eq!(answers(&mut ppp, at(1), LCP, &control(99, 1, &[]))[0].1[0], 7);
    // An echo is not answered, an end is.
    assert_eq!(answers(&mut ppp, at(1), LCP, &control(9, 1, &[1, 2, 3, 4])), []);
    assert_eq!(answers(&mut ppp, at(1), LCP, &control(5, 7, &[])), [(LCP, control(6, 7, &[]))]);
    assert_eq!(ppp.phase(), Phase::Establish);
}

#[test]
fn what_is_left_from_an_older_link_does_no_harm() {
    let mut wire = Wire::new(Config::new(1), Manners::default());
    wire.open();
    let line = [
        frame(LCP, &control(1, 200, &[5, 6, 7, 7, 7, 7])),
        frame(IPCP, &control(1, 201, &[3, 6, 1, 1, 1, 1])),
        frame(LCP, &control(10, 202, &[7, 7, 7, 7])),
        frame(IPV4, &[0x45; 100]),
        frame(LCP, &control(5, 203, &[])),
        frame(LCP, &control(2, 204, &[])),
    ];
    feed(&mut wire.ppp, at(0), &line.concat());
    let took = wire.bring_up(5000);
    assert!(took < 3100, "{took}");
    wire.works();
}

#[test]
fn a_request_in_the_opened_state_that_changes_nothing_is_acknowledged() {
    for (protocol, options) in [(LCP, &[5, 6, 1, 2, 3, 4][..]), (IPCP, &[3, 6, 10, 0, 0, 1])] {
        for options in [options, &[]] {
            let (mut ppp, now) = up();
            let request = control(1, 99, options);
            for _ in 0..2 {
                let said = answers(&mut ppp, at(now), protocol, &request);
                assert_eq!(said, [(protocol, control(2, 99, options))]);
                assert!(ppp.ipv4().is_some());
            }
            // A peer that insists has started anew (RFC 1661 §4.1: RCR+ in Opened).
            let said = answers(&mut ppp, at(now), protocol, &request);
            assert_eq!(said.iter().map(|(_, packet)| packet[0]).collect::<Vec<_>>(), [2, 1]);
            assert!(ppp.ipv4().is_none());
        }
    }
}

#[test]
fn a_peer_that_has_started_anew_is_followed_at_once() {
    let mut wire = Wire::new(Config::new(1), Manners::default());
    for round in 0..5 {
        if round == 0 {
            wire.bring_up(1000);
        } else {
            let up = wire.run_until(5000, |wire| wire.ppp.ipv4().is_some() && wire.peer.is_up());
            assert!(up, "{:?}", wire.peer);
        }
        wire.works();
        wire.peer =
            ppp::peer::Peer::new(Manners { lcp_options: vec![5, 6, 9, 9, 9, round], ..Manners::default() });
    }
}

#[test]
fn packets_are_not_larger_than_was_agreed() {
    let (mut ppp, now) = up();
    assert_eq!(feed(&mut ppp, at(now), &frame(IPV4, &[0x45; 1500])).len(), 1);
    assert_eq!(feed(&mut ppp, at(now), &frame(IPV4, &[0x45; 1501])).len(), 0);
    assert_eq!(feed(&mut ppp, at(now), &frame(IPV4, &[0x45; 4000])).len(), 0);
    assert_eq!(feed(&mut ppp, at(now), &frame(IPV4, &[])).len(), 0);
    assert_eq!(feed(&mut ppp, at(now), &frame(IPV4, &[0x45; 1500])).len(), 1);
    assert!(packets(&mut ppp, at(now)).is_empty());
}
