//! A connect to a peer that refuses or never answers, dropped at any moment, gives its socket back.
use crate::common;

use common::conversation::tcp;
use common::dropping;
use modem_sim::{Model, Peer};

#[test]
fn a_dropped_connect_to_nobody_leaves_no_socket() {
    for &model in Model::ALL {
        for peer in [Peer::Refuse, Peer::Blackhole] {
            dropping::everywhere(
                || {
                    let world = dropping::narrow(model);
                    world.net.on([10, 0, 0, 9], 9, peer.clone());
                    world
                },
                |world| tcp(world.stack, ([10, 0, 0, 9], 9)),
                |world, output| {
                    assert!(!matches!(output, Some(Ok(_))), "{model}: nobody is connected\n{}", world.tail());
                    world.echoes(200);
                    world.leaves_nothing();
                },
            );
        }
    }
}
