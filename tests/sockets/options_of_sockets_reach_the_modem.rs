//! `+USOSO` of u-blox; Sequans modems have no such command.

use crate::common;

use cellular_nal::Error;
use cellular_nal::dialect::SocketOption;
use common::{ECHO, Setup};
use modem_sim::Model;

const OPTIONS: [(SocketOption, &str); 7] = [
    (SocketOption::NoDelay(true), "+USOSO=0,6,1,1"),
    (SocketOption::NoDelay(false), "+USOSO=0,6,1,0"),
    (SocketOption::KeepAlive(120), "+USOSO=0,65535,8,1"),
    (SocketOption::KeepAlive(60), "+USOSO=0,6,2,60000"),
    (SocketOption::KeepAlive(0), "+USOSO=0,65535,8,0"),
    (SocketOption::Linger(10_000), "+USOSO=0,65535,128,1,10000"),
    (SocketOption::TimeToLive(7), "+USOSO=0,0,2,7"),
];

#[test]
fn options_of_sockets_reach_the_modem() {
    for &model in Model::KNOWN {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let socket = world.open(ECHO).expect("it connects");
        for (option, command) in OPTIONS {
            let result = world.poll(30, |engine, waker| engine.set_option(socket, option, waker));
            if !model.is_ublox() {
                assert_eq!(result, Err(Error::Unsupported));
                continue;
            }
            assert_eq!(result, Ok(()), "{model}: {option:?}\n{}", world.tail());
            assert!(world.tail().contains(command), "{model}: no {command}\n{}", world.tail());
        }
        world.engine.borrow_mut().release(socket);
        world.leaves_nothing();
    }
}

#[test]
fn a_linger_that_the_modem_cannot_count_is_refused_before_it_is_asked() {
    let mut world = common::up(Model::SaraR5);
    let socket = world.open(ECHO).expect("it connects");
    let result =
        world.poll(30, |engine, waker| engine.set_option(socket, SocketOption::Linger(40_000), waker));
    assert_eq!(result, Err(Error::InvalidInput));
}
