//! After a lookup that was dropped at any moment, the next one gets its own answer.
use crate::common;

use common::{ECHO_NAME, dropping};
use embedded_nal_async::{AddrType, Dns};
use modem_sim::Model;

#[test]
fn a_dropped_lookup_does_not_answer_the_next() {
    for &model in Model::ALL {
        dropping::everywhere(
            || {
                let world = dropping::narrow(model);
                world.net.host("other.example", &[[10, 9, 9, 9].into()]);
                world
            },
            |world| {
                let stack = world.stack;
                async move { stack.get_host_by_name("other.example", AddrType::IPv4).await }
            },
            |world, output| {
                let other = Ok([10, 9, 9, 9].into());
                assert!(output.is_none_or(|output| output == other), "{model}: {output:?}\n{}", world.tail());
                let stack = world.stack;
                let address = world.run(200, stack.get_host_by_name(ECHO_NAME, AddrType::IPv4));
                assert_eq!(address, Ok([10, 0, 0, 7].into()), "{model}: {}", world.tail());
                world.echoes(30);
                world.leaves_nothing();
            },
        );
    }
}
