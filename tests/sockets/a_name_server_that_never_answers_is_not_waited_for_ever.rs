//! A lookup that nobody answers ends with an error, and the next one works.
use crate::common;

use cellular_nal::Error;
use common::{ECHO_NAME, Setup};
use embedded_nal_async::{AddrType, Dns};
use modem_sim::Model;

#[test]
fn a_name_server_that_never_answers_is_not_waited_for_ever() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        world.net.silent_host("silent.example");
        let stack = world.stack;
        let address = world.try_run(150, stack.get_host_by_name("silent.example", AddrType::IPv4));
        let expected = [Some(Err(Error::NameNotFound)), Some(Err(Error::Timeout))];
        assert!(expected.contains(&address), "{model}: {address:?}\n{}", world.tail());
        let address = world.run(60, stack.get_host_by_name(ECHO_NAME, AddrType::IPv4));
        assert_eq!(address, Ok([10, 0, 0, 7].into()), "{model}: {}", world.tail());
        world.echoes(30);
        world.leaves_nothing();
    }
}
