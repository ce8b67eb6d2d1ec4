//! With each way of authentication, and with bytes that come in any pieces.
use crate::ppp;

use std::net::Ipv4Addr;

use cellular_nal::ppp::{Config, Failure, Phase};
use ppp::peer::{Demand, Manners, Wire};

fn config() -> Config<'static> {
    Config::new(99).credentials("user", "secret").expect("that is short")
}

#[test]
fn with_each_way_of_authentication() {
    for demand in [Demand::Nothing, Demand::Pap, Demand::Chap] {
        for chunk in [1, 2, 3, 5, 7, 11, 64, usize::MAX] {
            let mut wire = Wire::new(config(), Manners { demand, ..Manners::default() });
            wire.chunk = chunk;
            let took = wire.bring_up(1000);
            assert!(took < 100, "{demand:?}: {took} ms");
            let ipv4 = wire.ppp.ipv4().expect("it is up");
            assert_eq!(ipv4.address, Ipv4Addr::new(10, 0, 0, 2));
            assert_eq!(ipv4.peer, Some(Ipv4Addr::new(10, 0, 0, 1)));
            assert_eq!(ipv4.dns, [Some(Ipv4Addr::new(9, 9, 9, 9)), Some(Ipv4Addr::new(8, 8, 4, 4))]);
            wire.works();
            assert_eq!(wire.ppp.failure(), None);
        }
    }
}

#[test]
fn a_link_that_is_closed_can_be_opened_again() {
    let mut wire = Wire::new(config(), Manners::default());
    for _ in 0..3 {
        wire.bring_up(1000);
        wire.works();
        let now = wire.instant();
        wire.ppp.close(now);
        assert!(wire.run_until(1000, |wire| wire.ppp.phase() == Phase::Dead));
        assert_eq!((wire.ppp.failure(), wire.ppp.ipv4()), (None, None));
        wire.peer = ppp::peer::Peer::new(Manners::default());
    }
}

#[test]
fn an_end_without_an_answer_is_the_end_all_the_same() {
    let manners = Manners { answers_terminate: false, ..Manners::default() };
    let mut wire = Wire::new(config(), manners);
    wire.bring_up(1000);
    let now = wire.instant();
    wire.ppp.close(now);
    assert!(wire.run_until(10_000, |wire| wire.ppp.phase() == Phase::Dead));
    assert_eq!(
        wire.peer.seen.iter().filter(|(_, protocol, packet)| *protocol == ppp::LCP && packet[0] == 5).count(),
        2
    );
}

#[test]
fn wrong_credentials_are_shown_once() {
    for demand in [Demand::Pap, Demand::Chap] {
        let manners = Manners { demand, password: "another", ..Manners::default() };
        let mut wire = Wire::new(config(), manners);
        wire.open();
        assert!(wire.run_until(10_000, |wire| wire.ppp.phase() == Phase::Dead));
        assert_eq!(wire.ppp.failure(), Some(Failure::Authentication));
        let shown = wire.peer.seen.iter().filter(|(_, protocol, _)| [ppp::PAP, ppp::CHAP].contains(protocol));
        assert_eq!(shown.count(), 1);
    }
}
