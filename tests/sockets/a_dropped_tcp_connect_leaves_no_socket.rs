//! A TCP connect that is dropped at any moment gives its socket back, in the engine and in the modem.
use crate::common;

use common::conversation::tcp;
use common::{ECHO, dropping};
use modem_sim::Model;

#[test]
fn a_dropped_tcp_connect_leaves_no_socket() {
    for &model in Model::ALL {
        dropping::everywhere(
            || dropping::narrow(model),
            |world| tcp(world.stack, ECHO),
            |world, output| {
                assert!(!matches!(output, Some(Err(_))), "{model}: {output:?}\n{}", world.tail());
                drop(output);
                world.echoes(30);
                world.leaves_nothing();
            },
        );
    }
}
