//! Futures that are dropped in the middle.

use std::future::Future;

use modem_sim::Model;

use super::{Setup, World};

/// A recorded world with one socket, whose link is up: a slot that is not given back shows.
pub fn narrow(model: Model) -> World {
    let mut world = Setup { record: true, ..Setup::new(model) }.build_sized::<1, 1024, 1024>();
    world.bring_up();
    world
}

/// Makes a world, starts an operation and drops it at its k-th poll, and then after k things have
/// happened, for all k until it is done. `check` says what must hold each time.
pub fn everywhere<F: Future>(
    world: impl Fn() -> World,
    operation: impl Fn(&mut World) -> F,
    check: impl Fn(&mut World, Option<F::Output>),
) {
    let mut tries = 0;
    for by_polls in [true, false] {
        for k in 0.. {
            let mut world = world();
            let future = operation(&mut world);
            let (polls, events) = if by_polls { (k, usize::MAX) } else { (usize::MAX, k) };
            let output = world.run_and_drop(polls, events, future);
            let unit = if by_polls { "polls" } else { "events" };
            world
                .log
                .borrow_mut()
                .push(format!("---- {} after {k} {unit}", if output.is_some() { "done" } else { "dropped" }));
            let done = output.is_some();
            check(&mut world, output);
            tries += 1;
            if done {
                break;
            }
            assert!(k < 100_000, "never done:\n{}", world.tail());
        }
    }
    assert!(tries >= 4, "it was dropped nowhere in the middle");
}
