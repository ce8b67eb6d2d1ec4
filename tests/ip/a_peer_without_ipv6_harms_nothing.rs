//! IPV6CP that is refused, that nobody answers, or that is not asked for.
use crate::common;
use crate::ppp;
use crate::router;

use std::net::SocketAddr;
use std::task::{Poll, Waker};

use cellular_nal::{Error, Sockets};
use common::conversation::{Outcome, standard, tcp};
use common::six::{ECHO6, build, setup};
use common::{Mode, Setup};
use modem_sim::Model;
use ppp::{IPCP, IPV6CP};
use router::Link;

#[test]
fn where_it_is_refused() {
    for mode in [Mode::Ppp, Mode::Cmux] {
        let mut world = build(setup(Model::LenaR8, mode, true, false));
        let stack = world.ip.expect("there is a stack").0;
        assert_eq!(world.run(120, standard(world.control, stack)), Ok(Outcome::expected()), "{mode:?}");
        assert_eq!(world.run(1, tcp(stack, ECHO6)).err(), Some(Error::WrongFamily), "{mode:?}");
    }
}

#[test]
fn where_it_would_end_the_connection_it_is_not_asked_for() {
    let mut setup = Setup { mode: Mode::Ppp, record: true, ..Setup::new(Model::SaraR5) };
    setup.options.dialup.ipv6cp_kills = true;
    let mut world = build(setup);
    let stack = world.ip.expect("there is a stack").0;
    assert_eq!(world.run(120, standard(world.control, stack)), Ok(Outcome::expected()));
    assert_eq!(world.run(1, tcp(stack, ECHO6)).err(), Some(Error::WrongFamily));
}

#[test]
fn where_nobody_answers_ipv4_does_not_wait() {
    let mut link = Link::new(|_| {});
    link.ignores.push(IPV6CP);
    link.open();
    assert!(link.ip.borrow().is_up());
    let connect = |link: &Link| link.ip.borrow_mut().open_tcp(SocketAddr::from(ECHO6), Waker::noop());
    assert!(connect(&link).is_pending(), "it may still come");
    link.run(60_000);
    assert!(matches!(connect(&link), Poll::Ready(Err(Error::WrongFamily))));
    assert!(link.ip.borrow().is_up());
}

#[test]
fn where_there_is_an_agreement_and_no_router_it_is_said_that_there_is_no_address() {
    let mut link = Link::new(|_| {});
    link.rejects.push(IPCP);
    link.open();
    let up = |link: &Link| link.ip.borrow_mut().poll_link(Waker::noop());
    assert!(up(&link).is_pending());
    link.run(12_000);
    assert_eq!(up(&link), Poll::Ready(Err(Error::NoAddress)));
    // It is asked on all the same.
    link.run(30_000);
    link.advertise(1800, &[router::prefix(60, 60)]);
    assert!(matches!(up(&link), Poll::Ready(Ok(address)) if address.is_ipv6()));
    link.run(60_001);
    assert!(up(&link).is_pending(), "it may get another");
}
