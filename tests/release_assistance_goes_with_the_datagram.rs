//! The network may be told that no further datagram follows.

mod common;

use cellular_nal::Error;
use cellular_nal::dialect::ReleaseAssistance;
use common::{ECHO, Setup};
use modem_sim::Model;

#[test]
fn release_assistance_goes_with_the_datagram() {
    for model in [Model::Ryz014a, Model::Gm02s, Model::Cassiopeia] {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let socket = world.poll(30, |engine, waker| engine.open_udp(ECHO.into(), 0, waker)).unwrap();
        world.poll(30, |engine, waker| engine.poll_open(socket, waker)).unwrap();
        for (release, number) in [(ReleaseAssistance::NoMore, 1), (ReleaseAssistance::OneReply, 2)] {
            let sent = world
                .poll(30, |engine, waker| engine.send_datagram(socket, None, b"reading", release, waker));
            assert_eq!(sent, Ok(()));
            world.poll(30, |engine, waker| engine.flush(socket, waker)).expect("it leaves");
            let command = format!("+SQNSSENDEXT={},7,{number}", 1);
            assert!(world.tail().contains(&command), "{model}: no {command}\n{}", world.tail());
        }
        world.pass_secs(2);
        assert_eq!(world.net.datagrams().len(), 2);
    }
}

#[test]
fn a_modem_without_it_says_so_before_anything_is_sent() {
    for model in [Model::SaraR500b, Model::LenaR8] {
        let mut world = common::up(model);
        let socket = world.poll(30, |engine, waker| engine.open_udp(ECHO.into(), 0, waker)).unwrap();
        world.poll(30, |engine, waker| engine.poll_open(socket, waker)).unwrap();
        let sent = world.poll(30, |engine, waker| {
            engine.send_datagram(socket, None, b"reading", ReleaseAssistance::NoMore, waker)
        });
        assert_eq!(sent, Err(Error::Unsupported));
    }
}
