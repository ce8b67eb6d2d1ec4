//! The cases of `nal-tests` on the async stack, on each model.
mod common;

use std::rc::Rc;

use common::conformance::{Clock, Far};
use common::up;
use modem_sim::Model;
use nal_tests::asynch::{self, Nal};
use nal_tests::{Context, Records};

#[test]
fn the_conformance_cases_pass() {
    for &model in Model::KNOWN {
        let mut world = up(model);
        let far = Rc::new(Far::new(&world, 20_000));
        let (clock, stack) = (Clock(far.clone()), world.stack);
        let mut records = Records::new();
        let bench = far.bench();
        let context = Context { bench: &bench, timer: &clock };
        let cases = async {
            asynch::stream::run("async", &Nal(&stack), context, &mut records).await;
        };
        far.run(&mut world, 100_000, cases).expect("the cases come to an end");
        for entry in records.entries() {
            println!("{model}: {}", entry.text());
        }
        assert!(records.summary().is_success(), "{model}");
        world.leaves_nothing();
    }
}
