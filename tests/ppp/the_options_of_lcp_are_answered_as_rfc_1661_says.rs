//! Each option of the peer, and each answer to ours.
use crate::ppp;

use cellular_nal::ppp::{Config, Failure, Phase, Ppp};
use ppp::{
    CHAP, IPCP, IPV4, LCP, PAP, answers, at, control, drain, feed, frame, link, packets, split, unstuff,
};

const MAGIC: [u8; 6] = [5, 6, 1, 2, 3, 4];

fn opened(config: Config<'static>) -> (Ppp<'static>, Vec<u8>) {
    let mut ppp = link(config);
    ppp.open(at(0));
    let sent = packets(&mut ppp, at(0));
    let [(LCP, request)] = &sent[..] else { panic!("{sent:02x?}") };
    let request = request.clone();
    (ppp, request)
}

/// What is said to a request with these options: the code and the options.
fn said_to(options: &[u8]) -> (u8, Vec<u8>) {
    said_by(Config::new(1).credentials("a", "b").expect("that is short"), options)
}

fn said_by(config: Config<'static>, options: &[u8]) -> (u8, Vec<u8>) {
    let (mut ppp, _) = opened(config);
    let said = answers(&mut ppp, at(1), LCP, &control(1, 9, options));
    let [(LCP, answer)] = &said[..] else { panic!("{said:02x?}") };
    assert_eq!(answer[1], 9);
    assert_eq!(usize::from(u16::from_be_bytes([answer[2], answer[3]])), answer.len());
    (answer[0], answer[4..].to_vec())
}

fn acknowledged(options: &[u8]) -> bool {
    let (code, said) = said_to(options);
    code == 2 && said == options
}

#[test]
fn what_is_known_is_acknowledged() {
    assert!(acknowledged(&[]));
    assert!(acknowledged(&[1, 4, 5, 0xDC]));
    assert!(acknowledged(&[2, 6, 0, 0x0A, 0, 0]));
    assert!(acknowledged(&[3, 4, 0xC0, 0x23]));
    assert!(acknowledged(&[3, 5, 0xC2, 0x23, 5]));
    assert!(acknowledged(&MAGIC));
    assert!(acknowledged(&[7, 2]));
    assert!(acknowledged(&[8, 2]));
    assert!(acknowledged(&[1, 4, 5, 0xDC, 2, 6, 0, 0, 0, 0, 3, 4, 0xC0, 0x23, 5, 6, 9, 9, 9, 9, 7, 2, 8, 2]));
}

#[test]
fn what_could_be_otherwise_gets_another_value() {
    // EAP and MS-CHAP: CHAP with MD5, or PAP where there is nothing else.
    assert_eq!(said_to(&[3, 4, 0xC2, 0x27]), (3, vec![3, 5, 0xC2, 0x23, 5]));
    assert_eq!(said_to(&[3, 5, 0xC2, 0x23, 0x81]), (3, vec![3, 5, 0xC2, 0x23, 5]));
    let pap = || Config::new(1).pap("a", "b").expect("that is short");
    assert_eq!(said_by(pap(), &[3, 5, 0xC2, 0x23, 5]), (3, vec![3, 4, 0xC0, 0x23]));
    assert_eq!(said_by(pap(), &[3, 4, 0xC0, 0x23]).0, 2);
    let (code, said) = said_to(&[5, 6, 0, 0, 0, 0]);
    assert!(code == 3 && said[..2] == [5, 6] && said[2..] != [0; 4]);
    assert_eq!(said_to(&[1, 4, 0, 10]), (3, vec![1, 4, 0, 68]));
    // Only what is refused is named.
    assert_eq!(said_to(&[MAGIC.to_vec(), vec![3, 4, 0xC2, 0x27], vec![7, 2]].concat()).1.len(), 5);
}

#[test]
fn what_is_not_known_is_rejected_and_nothing_else() {
    // Link quality, callback, multilink, an endpoint discriminator with twenty bytes.
    let unknown = [
        vec![4, 8, 0xC0, 0x25, 0, 0, 0, 9],
        vec![13, 3, 6],
        vec![17, 4, 5, 0xDC],
        [vec![19, 23], vec![3; 21]].concat(),
        vec![0, 2],
        [vec![200, 255], vec![1; 253]].concat(),
    ];
    for option in &unknown {
        assert_eq!(said_to(option), (4, option.clone()));
        assert_eq!(said_to(&[&MAGIC[..], option, &[7, 2]].concat()), (4, option.clone()));
    }
    // Reject comes before other values.
    assert_eq!(said_to(&[&[3, 4, 0xC2, 0x27][..], &unknown[1]].concat()), (4, unknown[1].clone()));
    // Nine of them, and forty.
    let nine = (20..29).flat_map(|kind| [kind, 3, 1]).collect::<Vec<_>>();
    assert_eq!(said_to(&nine), (4, nine));
    let forty = (20..60).flat_map(|kind| [kind, 3, 1]).collect::<Vec<_>>();
    assert_eq!(said_to(&forty), (4, forty));
    // Values of a wrong length are none.
    for wrong in [&[1, 3, 5][..], &[2, 4, 0, 0], &[5, 4, 1, 2], &[7, 3, 0], &[3, 2]] {
        assert_eq!(said_to(wrong), (4, wrong.to_vec()));
    }
    let plain = || {
        let mut config = Config::new(1);
        config.compression = false;
        config
    };
    assert_eq!(said_by(plain(), &[7, 2, 8, 2]), (4, vec![7, 2, 8, 2]));
}

#[test]
fn more_rejected_options_than_fit_are_rejected_in_turn() {
    let options = (0..100).flat_map(|kind| [kind + 20, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).collect::<Vec<_>>();
    let (code, said) = said_to(&options);
    assert_eq!(code, 4);
    assert!(said.len() >= 200 && said.len() % 12 == 0 && options.starts_with(&said));
}

#[test]
fn malformed_options_are_not_answered() {
    for options in [&[1][..], &[1, 0], &[1, 1], &[1, 5, 5, 0xDC], &[7, 2, 1], &[0, 0, 0, 0]] {
        let (mut ppp, _) = opened(Config::new(1));
        assert_eq!(answers(&mut ppp, at(1), LCP, &control(1, 9, options)), [], "{options:?}");
        // And do no harm.
        assert_eq!(answers(&mut ppp, at(1), LCP, &control(1, 10, &MAGIC))[0].1[0], 2);
    }
}

#[test]
fn what_the_peer_rejects_is_not_asked_again() {
    let (mut ppp, request) = opened(Config::new(1));
    assert_eq!(request[0], 1);
    assert_eq!(request[4..10], [2, 6, 0, 0, 0, 0]);
    assert_eq!(request[10..12], [5, 6]);
    assert_eq!(request[16..], [7, 2, 8, 2]);
    let said = answers(&mut ppp, at(1), LCP, &control(4, request[1], &[7, 2, 8, 2]));
    assert_eq!((said.len(), said[0].1[0]), (1, 1));
    assert_ne!(said[0].1[1], request[1]);
    assert_eq!(said[0].1[4..], request[4..16]);
    let all = said[0].1[4..].to_vec();
    let said = answers(&mut ppp, at(1), LCP, &control(4, said[0].1[1], &all));
    assert_eq!(said[0].1[4..], []);
}

#[test]
fn what_the_peer_wants_otherwise_is_asked_so() {
    let mut config = Config::new(1);
    config.mru = 1400;
    let (mut ppp, request) = opened(config);
    assert_eq!(request[4..8], [1, 4, 5, 0x78]);
    // A larger packet than there is room for is not promised.
    let said = answers(&mut ppp, at(1), LCP, &control(3, request[1], &[1, 4, 5, 0xDC, 2, 6, 0, 0, 0, 1]));
    assert_eq!(said[0].1[4..14], [1, 4, 5, 0x78, 2, 6, 0, 0, 0, 1]);
    let said = answers(&mut ppp, at(1), LCP, &control(3, said[0].1[1], &[1, 4, 4, 0]));
    assert_eq!(said[0].1[4..8], [1, 4, 4, 0]);
    let magic = said[0].1[14..20].to_vec();
    let said = answers(&mut ppp, at(1), LCP, &control(3, said[0].1[1], &[5, 6, 9, 9, 9, 9]));
    assert_ne!(said[0].1[14..20], magic);
}

#[test]
fn answers_to_another_request_are_ignored() {
    let (mut ppp, request) = opened(Config::new(1));
    for code in [2, 3, 4] {
        let options = if code == 3 { vec![5, 6, 9, 9, 9, 9] } else { request[4..].to_vec() };
        let other = control(code, request[1].wrapping_add(1), &options);
        assert_eq!(answers(&mut ppp, at(1), LCP, &other), []);
    }
    // Acknowledged has to be what was asked.
    assert_eq!(answers(&mut ppp, at(1), LCP, &control(2, request[1], &request[4..10])), []);
    assert_eq!(answers(&mut ppp, at(1), LCP, &control(1, 1, &MAGIC)).len(), 1);
    assert_eq!(ppp.phase(), Phase::Establish);
    feed(&mut ppp, at(1), &frame(LCP, &control(2, request[1], &request[4..])));
    assert_eq!(ppp.phase(), Phase::Network);
    // Once more is once too often, and changes nothing.
    packets(&mut ppp, at(1));
    assert_eq!(answers(&mut ppp, at(1), LCP, &control(2, request[1], &request[4..])), []);
    assert_eq!(ppp.phase(), Phase::Network);
}

#[test]
fn a_peer_that_insists_is_rejected_in_the_end() {
    let (mut ppp, _) = opened(Config::new(1));
    let codes = (0..8).map(|id| answers(&mut ppp, at(1), LCP, &control(1, id, &[3, 4, 0xC2, 0x27]))[0].1[0]);
    assert_eq!(codes.collect::<Vec<_>>(), [3, 3, 3, 3, 3, 4, 4, 4]);
}

/// A link whose peer has asked for this in LCP and is in the network phase.
fn agreed(options: &[u8], config: Config<'static>) -> Ppp<'static> {
    let (mut ppp, request) = opened(config);
    feed(&mut ppp, at(1), &frame(LCP, &control(2, request[1], &request[4..])));
    feed(&mut ppp, at(1), &frame(LCP, &control(1, 1, options)));
    let ipcp = packets(&mut ppp, at(1)).into_iter().find(|(protocol, _)| *protocol == IPCP).expect("it asks");
    feed(&mut ppp, at(1), &frame(IPCP, &control(3, ipcp.1[1], &[3, 6, 10, 0, 0, 2])));
    feed(&mut ppp, at(1), &frame(IPCP, &control(1, 1, &[])));
    let ipcp = packets(&mut ppp, at(1)).into_iter().rfind(|(_, packet)| packet[0] == 1).expect("it asks");
    feed(&mut ppp, at(1), &frame(IPCP, &control(2, ipcp.1[1], &ipcp.1[4..])));
    drain(&mut ppp, at(1));
    assert!(ppp.ipv4().is_some());
    ppp
}

#[test]
fn headers_and_escapes_are_as_agreed() {
    let packet = [0x45, 0, 0x11, 0x13, 0x1F, 0x7E];
    for (options, header, accm) in [
        (&[][..], &[0xFF, 3, 0, 0x21][..], ppp::ALL),
        (&[2, 6, 0, 0, 0, 0], &[0xFF, 3, 0, 0x21], 0),
        (&[2, 6, 0, 0x0A, 0, 0, 7, 2], &[0xFF, 3, 0x21], 0x000A_0000),
        (&[2, 6, 0, 0, 0, 0, 8, 2], &[0, 0x21], 0),
        (&[2, 6, 0x80, 0, 0, 0, 7, 2, 8, 2], &[0x21], 0x8000_0000),
    ] {
        let mut ppp = agreed(options, Config::new(1));
        ppp.send(&[&packet[..2], &packet[2..]]).expect("it can be sent");
        assert_eq!(drain(&mut ppp, at(2)).0, ppp::stuff(&[header, &packet].concat(), accm), "{options:?}");
        // LCP is never shortened.
        let echo = frame(LCP, &control(9, 1, &[1, 2, 3, 4]));
        feed(&mut ppp, at(2), &echo);
        let line = drain(&mut ppp, at(2)).0;
        assert!(line.starts_with(b"\x7e\xff\x7d\x23\xc0\x21\x7d\x2a"), "{line:02x?}");
    }
}

#[test]
fn what_this_end_cannot_carry_is_escaped_too() {
    let mut config = Config::new(1);
    config.accm = 0x000A_0000;
    let mut ppp = agreed(&[2, 6, 0, 0, 0, 0], config);
    ppp.send(&[&[0x45, 0x11, 0x12, 0x13]]).expect("it can be sent");
    let line = drain(&mut ppp, at(2)).0;
    assert!(!line.contains(&0x11) && !line.contains(&0x13) && line.contains(&0x12));
}

#[test]
fn any_header_is_understood_whatever_was_agreed() {
    let mut ppp = agreed(&[], Config::new(1));
    for header in [&[0xFF, 3, 0, 0x21][..], &[0xFF, 3, 0x21], &[0, 0x21], &[0x21]] {
        let content = [header, &[0x45, 1, 2, 3]].concat();
        assert_eq!(feed(&mut ppp, at(2), &ppp::stuff(&content, 0)), [[0x45, 1, 2, 3]]);
    }
    let echo = [&[0xC0, 0x21][..], &control(9, 1, &[1, 2, 3, 4])].concat();
    feed(&mut ppp, at(2), &ppp::stuff(&echo, 0));
    assert_eq!(split(&unstuff(&drain(&mut ppp, at(2)).0)[0]).1[0], 10);
}

#[test]
fn the_largest_packet_is_the_smallest_of_all_wishes() {
    assert_eq!(agreed(&[1, 4, 4, 0], Config::new(1)).mtu(), 1024);
    assert_eq!(agreed(&[1, 4, 9, 0], Config::new(1)).mtu(), 1500);
    let mut config = Config::new(1);
    config.mtu = 1358;
    let mut ppp = agreed(&[1, 4, 5, 0xDC], config);
    assert_eq!(ppp.mtu(), 1358);
    assert_eq!(ppp.send(&[&[0x45; 1000], &[0; 359]]), Err(cellular_nal::Error::Oversized));
    assert_eq!(ppp.send(&[&[0x45; 1000], &[0; 358]]), Ok(()));
}

#[test]
fn a_small_buffer_asks_for_small_packets() {
    let mut ppp = ppp::link_with(Config::new(1), 300 + Ppp::OVERHEAD, 300 + Ppp::OVERHEAD);
    ppp.open(at(0));
    assert_eq!(packets(&mut ppp, at(0))[0].1[4..8], [1, 4, 1, 44]);
    assert_eq!(ppp.mtu(), 300);
}

#[test]
fn no_packet_goes_before_the_network_protocol_is_open() {
    let (mut ppp, request) = opened(Config::new(1));
    assert_eq!(ppp.send(&[&[0x45]]), Err(cellular_nal::Error::LinkDown));
    assert!(ppp.transmission().is_none());
    // Nor is one taken.
    let packet = frame(IPV4, &[0x45; 40]);
    assert!(feed(&mut ppp, at(0), &packet).is_empty());
    feed(&mut ppp, at(1), &frame(LCP, &control(2, request[1], &request[4..])));
    feed(&mut ppp, at(1), &frame(LCP, &control(1, 1, &[])));
    assert_eq!(ppp.phase(), Phase::Network);
    assert!(feed(&mut ppp, at(1), &packet).is_empty());
    assert!(ppp.transmission().is_none());
    assert_eq!(ppp.ignored(), 2);
}

#[test]
fn a_peer_that_does_not_know_what_was_needed_is_left() {
    let (mut ppp, request) = opened(Config::new(1));
    feed(&mut ppp, at(1), &frame(LCP, &control(7, 1, &request)));
    assert_eq!((ppp.phase(), ppp.failure()), (Phase::Dead, Some(Failure::Rejected)));
    for protocol in [PAP, CHAP] {
        let config = Config::new(1).credentials("a", "b").expect("that is short");
        let (mut ppp, request) = opened(config);
        let demand: &[u8] = if protocol == PAP { &[3, 4, 0xC0, 0x23] } else { &[3, 5, 0xC2, 0x23, 5] };
        feed(&mut ppp, at(1), &frame(LCP, &control(2, request[1], &request[4..])));
        feed(&mut ppp, at(1), &frame(LCP, &control(1, 1, demand)));
        assert_eq!(ppp.phase(), Phase::Authenticate);
        feed(&mut ppp, at(1), &frame(LCP, &control(8, 1, &protocol.to_be_bytes())));
        assert_eq!((ppp.phase(), ppp.failure()), (Phase::Terminate, Some(Failure::Rejected)));
    }
}

#[test]
fn a_nak_of_the_mru_stays_within_a_buffer_that_is_smaller_than_any_mru() {
    for room in [0, 20, 60, 67] {
        let mut ppp = ppp::link_with(Config::new(1), room + Ppp::OVERHEAD, 100);
        ppp.open(at(0));
        let sent = packets(&mut ppp, at(0));
        let request = &sent[0].1;
        answers(&mut ppp, at(1), LCP, &control(3, request[1], &[1, 4, 5, 0xDC]));
        // The peer is told what there is room for.
        let (said, _) = drain(&mut ppp, at(10_000));
        let again = split(&unstuff(&said)[0]).1;
        assert_eq!(again[4..8], [1, 4, 0, room as u8], "{room}");
    }
}
