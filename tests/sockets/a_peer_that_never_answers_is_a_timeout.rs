//! A connect that nobody answers is `Timeout` after a bounded time, and frees its socket.
use crate::common;

use cellular_nal::Error;
use common::Setup;
use common::conversation::tcp;
use modem_sim::{Model, Peer};

#[test]
fn a_peer_that_never_answers_is_a_timeout() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build_sized::<1, 1024, 1024>();
        world.bring_up();
        let stack = world.stack;
        world.net.on([10, 0, 0, 9], 9, Peer::Blackhole);
        for _ in 0..3 {
            let silent = world.try_run(140, tcp(stack, ([10, 0, 0, 9], 9))).map(|result| result.map(drop));
            assert_eq!(silent, Some(Err(Error::Timeout)), "{model}: {}", world.tail());
        }
        world.echoes(30);
        world.leaves_nothing();
    }
}
