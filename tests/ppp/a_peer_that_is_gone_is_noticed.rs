//! By echoes, by words of the modem, by its own word, and when there was no peer at all.
use crate::ppp;

use cellular_nal::Duration;
use cellular_nal::ppp::{Config, Failure, Phase};
use ppp::peer::{Manners, Wire};
use ppp::{IPCP, LCP, Random, answers, at, control, drain, feed, frame, ipv4_packet, link, packets};

fn echoes(wire: &Wire) -> Vec<u64> {
    let echo =
        |(at, protocol, packet): &(u64, u16, Vec<u8>)| (*protocol == LCP && packet[0] == 9).then_some(*at);
    wire.peer.seen.iter().filter_map(echo).collect()
}

#[test]
fn silence_is_death_after_some_echoes() {
    let mut wire = Wire::new(Config::new(1), Manners::default());
    wire.bring_up(1000);
    wire.run(60_000);
    assert_eq!(wire.ppp.phase(), Phase::Network);
    assert!((3..=7).contains(&echoes(&wire).len()), "{:?}", echoes(&wire));
    wire.peer.manners.answers_echo = false;
    let start = wire.now;
    assert!(wire.run_until(60_000, |wire| wire.ppp.phase() == Phase::Dead));
    let took = wire.now - start;
    assert!((20_000..=40_000).contains(&took), "{took}");
    assert_eq!(wire.ppp.failure(), Some(Failure::Silent));
}

#[test]
fn traffic_is_life() {
    let mut wire = Wire::new(Config::new(1), Manners::default());
    wire.bring_up(1000);
    wire.run(1000);
    wire.peer.manners.answers_echo = false;
    let before = echoes(&wire).len();
    for _ in 0..60 {
        feed(&mut wire.ppp, at(wire.now), &frame(ppp::IPV4, &ipv4_packet(&mut Random(1), 40)));
        wire.run(5000);
    }
    assert_eq!((wire.ppp.phase(), echoes(&wire).len()), (Phase::Network, before));
}

#[test]
fn a_peer_that_never_answers_echoes_may_be_silent() {
    let manners = || Manners { answers_echo: false, ..Manners::default() };
    let mut wire = Wire::new(Config::new(1), manners());
    wire.bring_up(1000);
    wire.run(600_000);
    assert_eq!(wire.ppp.phase(), Phase::Network);
    wire.works();
    let mut config = Config::new(1);
    config.echo_required = true;
    let mut wire = Wire::new(config, manners());
    wire.bring_up(1000);
    assert!(wire.run_until(50_000, |wire| wire.ppp.phase() == Phase::Dead));
    let mut config = Config::new(1);
    config.echo_required = true;
    config.echo_interval = Duration::ZERO;
    let mut wire = Wire::new(config, manners());
    wire.bring_up(1000);
    wire.run(600_000);
    assert_eq!((wire.ppp.phase(), echoes(&wire).len()), (Phase::Network, 0));
}

#[test]
fn a_peer_that_does_not_know_echoes_is_not_asked_again() {
    let mut config = Config::new(1);
    config.echo_required = true;
    let mut wire = Wire::new(config, Manners { answers_echo: false, ..Manners::default() });
    wire.bring_up(1000);
    wire.run(100);
    let echo = wire.peer.seen.iter().rfind(|(_, protocol, packet)| *protocol == LCP && packet[0] == 9);
    let echo = echo.expect("it was asked").2.clone();
    feed(&mut wire.ppp, at(wire.now), &frame(LCP, &control(7, 1, &echo)));
    wire.run(600_000);
    assert_eq!((wire.ppp.phase(), echoes(&wire).len()), (Phase::Network, 1));
}

#[test]
fn an_echo_is_answered_with_our_magic_number_and_its_data() {
    let mut wire = Wire::new(Config::new(1), Manners::default());
    wire.bring_up(1000);
    wire.run(100);
    let request = &wire.peer.seen[0].2;
    let at_magic = request.windows(2).position(|two| two == [5, 6]).expect("it asks for one") + 2;
    let magic = request[at_magic..at_magic + 4].to_vec();
    for size in [0, 1, 4, 100, 200, 248] {
        let data = Random(size as u64).bytes(size);
        let echo = control(9, 42, &[&[1, 2, 3, 4][..], &data].concat());
        let said = answers(&mut wire.ppp, at(wire.now), LCP, &echo);
        assert_eq!(said, [(LCP, control(10, 42, &[&magic[..], &data].concat()))]);
    }
    // More than there is room for is answered in part.
    let echo = control(9, 43, &[&[1, 2, 3, 4][..], &[7; 1400]].concat());
    let said = answers(&mut wire.ppp, at(wire.now), LCP, &echo);
    assert_eq!((said.len(), &said[0].1[..2]), (1, &[10, 43][..]));
    // What has no magic number is none.
    assert_eq!(answers(&mut wire.ppp, at(wire.now), LCP, &control(9, 44, &[1, 2])), []);
}

#[test]
fn words_of_the_modem_end_the_link() {
    let mut packet = vec![0x45; 200];
    packet.extend(b"\r\nNO CARRIER\r\n");
    for words in ["\r\nNO CARRIER\r\n", "\r\nDISCONNECT\r\n", "\r\nERROR\r\n"] {
        for chunk in [1, 5, 100] {
            let mut wire = Wire::new(Config::new(1), Manners::default());
            wire.bring_up(1000);
            // As payload they mean nothing, even at the end of what has come.
            let line = ppp::stuff(&[&[0xFF, 3, 0, 0x21][..], &packet].concat(), 0);
            let (most, rest) = line.split_at(line.len() - 3);
            let now = wire.now;
            feed(&mut wire.ppp, at(now), most);
            drain(&mut wire.ppp, at(now + 500));
            assert_eq!(feed(&mut wire.ppp, at(now + 900), rest), [packet.clone()]);
            drain(&mut wire.ppp, at(now + 2000));
            assert_eq!(wire.ppp.phase(), Phase::Network);
            // Behind a frame.
            for piece in words.as_bytes().chunks(chunk) {
                feed(&mut wire.ppp, at(now + 2000), piece);
            }
            assert_eq!((wire.ppp.phase(), wire.ppp.failure()), (Phase::Dead, Some(Failure::NoCarrier)));
            // In the midst of one, with silence behind them.
            let mut wire = Wire::new(Config::new(1), Manners::default());
            wire.bring_up(1000);
            let now = wire.now;
            let broken = [&line[..100], words.as_bytes()].concat();
            for piece in broken.chunks(chunk) {
                feed(&mut wire.ppp, at(now), piece);
            }
            assert_eq!(wire.ppp.phase(), Phase::Network);
            let (_, next) = drain(&mut wire.ppp, at(now));
            assert_eq!(next, Some(at(now + 1000)));
            drain(&mut wire.ppp, at(now + 1000));
            assert_eq!((wire.ppp.phase(), wire.ppp.failure()), (Phase::Dead, Some(Failure::NoCarrier)));
        }
    }
}

#[test]
fn a_line_that_returns_everything_is_no_peer() {
    let mut ppp = link(Config::new(1));
    ppp.open(at(0));
    for now in 0..30_000 {
        let (bytes, _) = drain(&mut ppp, at(now));
        feed(&mut ppp, at(now), &bytes);
        if ppp.phase() == Phase::Dead {
            break;
        }
    }
    assert_eq!((ppp.phase(), ppp.failure()), (Phase::Dead, Some(Failure::Loopback)));
    // A link that was up, and whose modem echoes commands now.
    let mut config = Config::new(1);
    config.echo_required = true;
    let mut wire = Wire::new(config, Manners::default());
    wire.bring_up(1000);
    for _ in 0..60_000 {
        wire.now += 1;
        let (bytes, _) = drain(&mut wire.ppp, at(wire.now));
        feed(&mut wire.ppp, at(wire.now), &bytes);
    }
    assert_eq!((wire.ppp.phase(), wire.ppp.failure()), (Phase::Dead, Some(Failure::Loopback)));
}

#[test]
fn nobody_at_all_is_a_timeout() {
    let mut wire = Wire::new(Config::new(1), Manners { silent_until: u64::MAX, ..Manners::default() });
    wire.open();
    assert!(wire.run_until(70_000, |wire| wire.ppp.phase() == Phase::Dead));
    assert_eq!(wire.ppp.failure(), Some(Failure::Timeout));
    assert!((50_000..=65_000).contains(&wire.now), "{}", wire.now);
    // And nothing is said any more.
    assert_eq!(drain(&mut wire.ppp, at(wire.now + 100_000)), (vec![], None));
}

#[test]
fn the_peers_own_word_is_the_end() {
    let mut wire = Wire::new(Config::new(1), Manners::default());
    wire.bring_up(1000);
    let now = wire.now;
    drain(&mut wire.ppp, at(now));
    let said = answers(&mut wire.ppp, at(now), LCP, &control(5, 8, b"bye"));
    assert_eq!(said, [(LCP, control(6, 8, &[]))]);
    assert_eq!((wire.ppp.ipv4(), wire.ppp.failure()), (None, Some(Failure::Terminated)));
    assert_eq!(wire.ppp.send(&[&[0x45]]), Err(cellular_nal::Error::LinkDown));
    drain(&mut wire.ppp, at(now + 1000));
    assert_eq!(wire.ppp.phase(), Phase::Dead);
}

#[test]
fn the_end_of_the_network_protocol_is_the_end() {
    let mut wire = Wire::new(Config::new(1), Manners::default());
    wire.bring_up(1000);
    let now = wire.now;
    drain(&mut wire.ppp, at(now));
    let said = answers(&mut wire.ppp, at(now), IPCP, &control(5, 8, &[]));
    assert_eq!(said, [(IPCP, control(6, 8, &[]))]);
    assert_eq!(wire.ppp.ipv4(), None);
    let said = packets(&mut wire.ppp, at(now + 1000));
    assert!(said.iter().any(|(protocol, packet)| *protocol == LCP && packet[0] == 5), "{said:?}");
    assert_eq!(wire.ppp.failure(), Some(Failure::NoNetwork));
}
