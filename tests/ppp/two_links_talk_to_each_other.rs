//! The automaton is the same for both ends: IPv4 and IPv6, on lines that cut, damage and lose.
use crate::ppp;

use std::net::Ipv4Addr;

use cellular_nal::ppp::{Config, Output, Phase, Ppp};
use ppp::{Random, at, drain_by, feed, ipv4_packet, link, link_with};

fn ends(ipv6: bool) -> [Ppp<'static>; 2] {
    let mut client = Config::new(11);
    client.ipv6 = ipv6;
    let mut server = Config::new(22);
    server.ipv6 = ipv6;
    server.address = Ipv4Addr::new(10, 0, 0, 1);
    server.peer_address = Some(Ipv4Addr::new(10, 0, 0, 2));
    server.dns = false;
    [link(client), link(server)]
}

/// Runs both for some time; gives what each has received.
fn run(
    ends: &mut [Ppp<'static>; 2],
    from: u64,
    millis: u64,
    change: &mut dyn FnMut(&mut Vec<u8>),
) -> [Vec<Vec<u8>>; 2] {
    let mut came = [vec![], vec![]];
    for now in from..from + millis {
        for side in 0..2 {
            let (mut bytes, _) = drain_by(&mut ends[side], at(now), 37);
            change(&mut bytes);
            for piece in bytes.chunks(29) {
                came[1 - side].extend(feed(&mut ends[1 - side], at(now), piece));
            }
        }
    }
    came
}

#[test]
fn one_gives_the_address_of_the_other() {
    for ipv6 in [false, true] {
        let mut ends = ends(ipv6);
        ends.iter_mut().for_each(|end| end.open(at(0)));
        run(&mut ends, 0, 20, &mut |_| {});
        let [client, server] = &mut ends;
        let ipv4 = client.ipv4().expect("it is up");
        assert_eq!((ipv4.address, ipv4.peer), (Ipv4Addr::new(10, 0, 0, 2), Some(Ipv4Addr::new(10, 0, 0, 1))));
        assert_eq!(server.ipv4().expect("it is up").peer, Some(ipv4.address));
        assert_eq!(client.ipv6().is_some(), ipv6);
        if ipv6 {
            let (ours, theirs) = (client.ipv6().expect("it is up"), server.ipv6().expect("it is up"));
            assert_eq!((Some(ours.identifier), Some(theirs.identifier)), (theirs.peer, ours.peer));
            assert_ne!(ours.identifier, theirs.identifier);
            // They are local ones (RFC 5072 §4.1).
            assert_eq!(ours.identifier[0] & 2, 0);
            client.send(&[&[0x60; 48]]).expect("there is room");
        }
        server.send(&[&[0x45; 100]]).expect("there is room");
        let came = run(&mut ends, 20, 5, &mut |_| {});
        assert_eq!(came, [vec![vec![0x45; 100]], if ipv6 { vec![vec![0x60; 48]] } else { vec![] }]);
    }
}

#[test]
fn a_peer_without_ipv6_does_not_hold_ipv4_up() {
    let [mut client, _] = ends(true);
    let [_, mut server] = ends(false);
    client.open(at(0));
    server.open(at(0));
    let mut both = [client, server];
    run(&mut both, 0, 50, &mut |_| {});
    assert!(both[0].ipv4().is_some() && both[0].ipv6().is_none());
    let came = run(&mut both, 50, 100_000, &mut |_| {});
    assert_eq!(came, [Vec::<Vec<u8>>::new(), vec![]]);
    assert_eq!(both[0].phase(), Phase::Network);
}

#[test]
fn on_a_bad_line_they_come_up_and_deliver_what_was_not_hit() {
    let mut sent = 0;
    let mut delivered = 0;
    for seed in 0..30 {
        let mut random = Random(seed);
        let mut noise = Random(seed + 1000);
        let mut hits = 0;
        let mut packets = vec![];
        let mut ends = ends(false);
        ends.iter_mut().for_each(|end| end.open(at(0)));
        let mut change = |bytes: &mut Vec<u8>| {
            // One in three hundred bytes is lost, turned or doubled.
            for at in 0..bytes.len() {
                if noise.below(300) == 0 {
                    hits += 1;
                    match noise.below(3) {
                        0 => bytes[at] ^= 1 << noise.below(8),
                        1 => bytes[at] = 0x7E,
                        _ => bytes.truncate(at),
                    }
                    break;
                }
            }
        };
        run(&mut ends, 0, 30_000, &mut change);
        for round in 0..100 {
            let packet = ipv4_packet(&mut random, 100);
            let up = ends.iter().all(|end| end.ipv4().is_some());
            if ends[0].send(&[&packet]).is_ok() && up {
                sent += 1;
            }
            let came = run(&mut ends, 30_000 + round * 100, 100, &mut change);
            packets.push(packet);
            // One that has lost its last flag alone arrives with the flag of the next.
            assert!(came[1].iter().all(|one| packets.contains(one)), "only what was sent is delivered");
            delivered += came[1].len();
        }
        assert!(hits > 0);
    }
    assert!(sent > 2500, "{sent}");
    // A third of the packets is hit.
    assert!(delivered * 10 > sent * 5, "{delivered} of {sent}");
}

#[test]
fn packets_wait_for_each_other_in_both_buffers() {
    let mut ends = ends(false);
    ends.iter_mut().for_each(|end| end.open(at(0)));
    run(&mut ends, 0, 20, &mut |_| {});
    let mut random = Random(3);
    for _ in 0..50 {
        let mut sent = vec![];
        loop {
            let size = 20 + random.below(700);
            let packet = ipv4_packet(&mut random, size);
            match ends[0].send(&[&packet[..10], &packet[10..]]) {
                Ok(()) => sent.push(packet),
                Err(error) => break assert_eq!(error, cellular_nal::Error::NoSocket),
            }
        }
        assert!(sent.len() >= 2);
        // All of it arrives at once; what finds no room waits outside.
        let (line, _) = drain_by(&mut ends[0], at(100), 1000);
        let taken = ends[1].handle_rx(at(100), &line);
        let mut came = vec![];
        while let Some(reception) = ends[1].received() {
            assert_eq!(reception.packet()[0], 0x45);
            came.push(reception.take(<[u8]>::to_vec));
        }
        came.extend(feed(&mut ends[1], at(100), &line[taken..]));
        assert_eq!(came, sent);
    }
}

#[test]
fn a_packet_that_is_not_taken_holds_the_line_and_loses_nothing() {
    let mut ends = ends(false);
    ends[1] = link_with(Config::new(5), 1500 + Ppp::OVERHEAD, 1500 + Ppp::OVERHEAD);
    ends.iter_mut().for_each(|end| end.open(at(0)));
    // Neither end gives addresses: the first has one of its own.
    let mut config = Config::new(6);
    config.address = Ipv4Addr::new(10, 0, 0, 1);
    config.peer_address = Some(Ipv4Addr::new(10, 0, 0, 2));
    ends[0] = link(config);
    ends[0].open(at(0));
    run(&mut ends, 0, 20, &mut |_| {});
    ends[0].send(&[&[0x45; 300]]).expect("there is room");
    ends[0].send(&[&[0x46; 300]]).expect("there is room");
    let (line, _) = drain_by(&mut ends[0], at(30), 2000);
    let taken = ends[1].handle_rx(at(30), &line);
    assert!(taken < line.len());
    assert_eq!(ends[1].handle_rx(at(30), &line[taken..]), 0);
    assert_eq!(ends[1].received().expect("it has come").take(<[u8]>::len), 300);
    assert_eq!(ends[1].handle_rx(at(30), &line[taken..]), line.len() - taken);
    assert_eq!(ends[1].received().expect("it has come").take(|packet| packet[0]), 0x46);
}

#[test]
fn a_packet_may_answer_another_without_a_copy() {
    let mut ends = ends(false);
    ends.iter_mut().for_each(|end| end.open(at(0)));
    run(&mut ends, 0, 20, &mut |_| {});
    ends[0].send(&[&[0x45; 300]]).expect("there is room");
    let (line, _) = drain_by(&mut ends[0], at(30), 2000);
    assert_eq!(ends[1].handle_rx(at(30), &line), line.len());
    let (Some(reception), Some(transmission)) = ends[1].ports() else { panic!("there is one and room") };
    reception.take(|packet| transmission.fill(packet.len(), |to| to.copy_from_slice(packet)));
    assert!(ends[1].received().is_none());
    let came = run(&mut ends, 30, 5, &mut |_| {});
    assert_eq!(came[0], [vec![0x45; 300]]);
    // More than the peer receives is not sent.
    ends[1].transmission().expect("there is room").fill(1501, |to| to.fill(0x45));
    assert_eq!(ends[1].poll_output(at(40), &mut [0; 64]), ends[1].poll_output(at(40), &mut []));
    assert!(matches!(ends[1].poll_output(at(40), &mut [0; 64]), Output::Timeout(_)));
}
