//! What is known of modems and IPCP.
use crate::ppp;

use std::net::Ipv4Addr;

use cellular_nal::ppp::{Config, Failure, Phase};
use ppp::peer::{Demand, Manners, Wire};
use ppp::{IPCP, answers, at, control};

fn requests(wire: &Wire) -> usize {
    wire.peer.seen.iter().filter(|(_, protocol, packet)| *protocol == IPCP && packet[0] == 1).count()
}

#[test]
fn an_address_that_comes_late_is_waited_for_without_hurry() {
    let mut wire = Wire::new(Config::new(1), Manners { address_at: 40_000, ..Manners::default() });
    let took = wire.bring_up(50_000);
    assert!((40_000..44_000).contains(&took), "{took}");
    assert!(requests(&wire) < 20, "{} requests", requests(&wire));
    wire.works();
}

#[test]
fn an_address_that_never_comes_is_not_waited_for_for_ever() {
    let mut wire = Wire::new(Config::new(1), Manners { address_at: u64::MAX, ..Manners::default() });
    wire.open();
    assert!(wire.run_until(70_000, |wire| wire.ppp.phase() == Phase::Dead));
    assert!(matches!(wire.ppp.failure(), Some(Failure::Timeout | Failure::NoNetwork)));
}

#[test]
fn a_link_needs_no_name_server() {
    for (rejects_dns, dns) in [
        (true, vec![]),
        (false, vec![]),
        (false, vec![Ipv4Addr::UNSPECIFIED; 2]),
        (false, vec![Ipv4Addr::LOCALHOST]),
    ] {
        let mut wire =
            Wire::new(Config::new(1), Manners { rejects_dns, dns: dns.clone(), ..Manners::default() });
        let took = wire.bring_up(20_000);
        assert!(took < 15_000, "{took}");
        let known = dns.into_iter().find(|server| !server.is_unspecified());
        assert_eq!(wire.ppp.ipv4().expect("it is up").dns, [known, None]);
        wire.works();
    }
}

#[test]
fn a_peer_needs_no_address() {
    let mut wire = Wire::new(Config::new(1), Manners { ipcp_options: vec![], ..Manners::default() });
    wire.bring_up(1000);
    assert_eq!(wire.ppp.ipv4().expect("it is up").peer, None);
    wire.works();
}

#[test]
fn the_last_address_counts() {
    let mut wire = Wire::new(Config::new(1), Manners::default());
    wire.open();
    wire.run_until(1000, |wire| wire.peer.seen.iter().any(|(_, protocol, _)| *protocol == IPCP));
    wire.peer.manners.address = Ipv4Addr::new(10, 9, 8, 7);
    wire.peer.manners.dns = vec![Ipv4Addr::new(1, 1, 1, 1); 2];
    wire.run(3000);
    let ipv4 = wire.ppp.ipv4().expect("it is up");
    assert_eq!((ipv4.address, ipv4.dns[0]), (Ipv4Addr::new(10, 9, 8, 7), Some(Ipv4Addr::new(1, 1, 1, 1))));
}

/// A link that has entered the network phase and sent its IPCP request.
fn asking(config: Config<'static>) -> (ppp::peer::Wire, Vec<u8>) {
    let mut wire = Wire::new(config, Manners { silent_until: 0, ..Manners::default() });
    wire.open();
    wire.run_until(1000, |wire| wire.ppp.phase() == Phase::Network);
    let request = ppp::packets(&mut wire.ppp, at(2000)).into_iter().find(|(protocol, _)| *protocol == IPCP);
    (wire, request.map(|(_, packet)| packet).unwrap_or_default())
}

#[test]
fn what_a_peer_wants_for_itself_is_judged() {
    for (options, code, said) in [
        (&[3, 6, 10, 0, 0, 1][..], 2, &[3, 6, 10, 0, 0, 1][..]),
        (&[], 2, &[]),
        // Header compression, compressed addresses of old, name servers from us.
        (&[2, 6, 0, 0x2D, 15, 1], 4, &[2, 6, 0, 0x2D, 15, 1]),
        (&[3, 6, 10, 0, 0, 1, 2, 6, 0, 0x2D, 15, 1], 4, &[2, 6, 0, 0x2D, 15, 1]),
        (&[1, 10, 1, 1, 1, 1, 2, 2, 2, 2], 4, &[1, 10, 1, 1, 1, 1, 2, 2, 2, 2]),
        (&[129, 6, 0, 0, 0, 0, 130, 6, 0, 0, 0, 0], 4, &[129, 6, 0, 0, 0, 0, 130, 6, 0, 0, 0, 0]),
        // It asks for an address that we do not have.
        (&[3, 6, 0, 0, 0, 0], 4, &[3, 6, 0, 0, 0, 0]),
        (&[3, 4, 1, 1], 4, &[3, 4, 1, 1]),
    ] {
        let (mut wire, _) = asking(Config::new(1));
        let answer = answers(&mut wire.ppp, at(2000), IPCP, &control(1, 5, options));
        let answer = answer.iter().find(|(_, packet)| packet[0] != 1).expect("it answers");
        assert_eq!((answer.1[0], &answer.1[4..]), (code, said));
    }
    let mut config = Config::new(1);
    config.peer_address = Some(Ipv4Addr::new(10, 0, 2, 2));
    let (mut wire, _) = asking(config);
    let answer = answers(&mut wire.ppp, at(2000), IPCP, &control(1, 5, &[3, 6, 0, 0, 0, 0]));
    assert_eq!(answer.last().expect("it answers").1, control(3, 5, &[3, 6, 10, 0, 2, 2]));
}

#[test]
fn an_acknowledged_nothing_is_no_address() {
    let (mut wire, request) = asking(Config::new(1));
    let ppp = &mut wire.ppp;
    answers(ppp, at(2000), IPCP, &control(1, 5, &[3, 6, 10, 0, 0, 1]));
    assert_eq!(request[4..10], [3, 6, 0, 0, 0, 0]);
    assert_eq!(answers(ppp, at(2000), IPCP, &control(2, request[1], &request[4..])), []);
    assert_eq!(ppp.ipv4(), None);
    // It is asked again, later.
    let again = ppp::packets(ppp, at(5000));
    assert_eq!(again[0].1[4..], request[4..]);
    assert_ne!(again[0].1[1], request[1]);
}

#[test]
fn without_an_address_there_is_no_link() {
    let (mut wire, request) = asking(Config::new(1));
    answers(&mut wire.ppp, at(2000), IPCP, &control(4, request[1], &[3, 6, 0, 0, 0, 0]));
    assert_eq!(wire.ppp.failure(), Some(Failure::NoNetwork));
    // One that was chosen here needs nobody's consent.
    let mut config = Config::new(1);
    config.address = Ipv4Addr::new(10, 1, 1, 1);
    let (mut wire, request) = asking(config);
    answers(&mut wire.ppp, at(2000), IPCP, &control(1, 5, &[]));
    let again = answers(&mut wire.ppp, at(2000), IPCP, &control(4, request[1], &[3, 6, 10, 1, 1, 1]));
    let again = &again[0].1;
    answers(&mut wire.ppp, at(2000), IPCP, &control(2, again[1], &again[4..]));
    assert_eq!(wire.ppp.ipv4().map(|ipv4| ipv4.address), Some(Ipv4Addr::new(10, 1, 1, 1)));
}

#[test]
fn a_peer_that_goes_on_has_accepted_the_credentials() {
    for demand in [Demand::Pap, Demand::Chap] {
        let manners = Manners { demand, forgets_verdict: true, ..Manners::default() };
        let config = Config::new(1).credentials("user", "secret").expect("that is short");
        let mut wire = Wire::new(config, manners);
        let took = wire.bring_up(1000);
        assert!(took < 200, "{took}");
        wire.works();
    }
}

#[test]
fn a_peer_that_does_not_know_ipcp_is_left() {
    let (mut wire, _) = asking(Config::new(1));
    answers(&mut wire.ppp, at(2000), ppp::LCP, &control(8, 1, &[0x80, 0x21, 1, 1, 0, 4]));
    assert_eq!(wire.ppp.failure(), Some(Failure::NoNetwork));
}
