//! With all sockets in use a further connect fails at once, and succeeds after one was dropped (A15).
use crate::common;

use cellular_nal::Error;
use common::conversation::{tcp, udp};
use common::{ECHO, Setup};
use modem_sim::Model;

#[test]
fn one_connection_too_many_is_refused_until_another_is_dropped() {
    for &model in Model::ALL {
        let all = if model == Model::SaraR5 { 7 } else { 6 };
        let mut world = Setup { record: true, ..Setup::new(model) }.build_sized::<8, 256, 256>();
        world.bring_up();
        let stack = world.stack;
        let mut sockets = Vec::new();
        for _ in 0..all {
            sockets.push(world.run(30, tcp(stack, ECHO)).expect("there is a socket"));
        }
        for _ in 0..3 {
            let refused = world.try_run(30, tcp(stack, ECHO)).map(|result| result.map(drop));
            assert_eq!(refused, Some(Err(Error::NoSocket)), "{model}: {}", world.tail());
            let refused = world.try_run(30, udp(stack, ECHO)).map(|result| result.map(drop));
            assert_eq!(refused, Some(Err(Error::NoSocket)), "{model}: {}", world.tail());
            sockets.pop();
            let socket = world.run(30, tcp(stack, ECHO));
            sockets.push(socket.unwrap_or_else(|error| panic!("{model}: {error}\n{}", world.tail())));
        }
        drop(sockets);
        world.leaves_nothing();
    }
}
