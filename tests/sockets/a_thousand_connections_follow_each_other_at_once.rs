//! With one socket, dropping and connecting again at once works a thousand times, TCP and UDP in turn (A16, D09).
use crate::common;

use common::conversation::{datagram_echo, echo};
use common::dropping;
use modem_sim::Model;

#[test]
fn a_thousand_connections_follow_each_other_at_once() {
    for &model in Model::ALL {
        let mut world = dropping::narrow(model);
        let stack = world.stack;
        for round in 0..1000 {
            let heard = if round % 3 == 2 {
                world.run(30, datagram_echo(stack, b"x"))
            } else {
                world.run(30, echo(stack, b"x"))
            };
            assert_eq!(heard.as_deref(), Ok(&b"x"[..]), "{model}: round {round}\n{}", world.tail());
        }
        world.leaves_nothing();
    }
}
