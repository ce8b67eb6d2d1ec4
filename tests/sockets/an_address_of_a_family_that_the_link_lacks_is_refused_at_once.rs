//! IPv6 over a packet connection that has an IPv4 address only.

use crate::common;

use std::net::{Ipv6Addr, SocketAddr};

use cellular_nal::Error;
use cellular_nal::dialect::ReleaseAssistance;
use common::{Setup, conversation};
use modem_sim::Model;

#[test]
fn an_address_of_a_family_that_the_link_lacks_is_refused_at_once() {
    for &model in Model::KNOWN {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let (stack, before) = (world.stack, world.modem.commands());
        let remote = SocketAddr::from((Ipv6Addr::LOCALHOST, 7));
        assert_eq!(world.run(1, conversation::tcp(stack, remote)).err(), Some(Error::WrongFamily), "{model}");
        assert_eq!(world.run(1, conversation::udp(stack, remote)).err(), Some(Error::WrongFamily), "{model}");
        assert_eq!(world.modem.commands(), before);
        let bound = world.poll(30, |engine, waker| engine.open_bound(0, waker)).expect("a slot");
        world.poll(30, |engine, waker| engine.poll_open(bound, waker)).expect("it opens");
        let sent = world.poll(5, |engine, waker| {
            engine.send_datagram(bound, Some(remote), b"x", ReleaseAssistance::None, waker)
        });
        assert_eq!(sent, Err(Error::WrongFamily), "{model}");
        world.engine.borrow_mut().release(bound);
        world.leaves_nothing();
    }
}
