//! The cases of `nal-tests` on the async stack, on each model.
use crate::conformance;

use conformance::modems::{self, Api};
use conformance::{Clock, bench_of, results, surprises};
use modem_sim::Model;
use nal_tests::asynch::{self, Nal};
use nal_tests::{Context, Records};

#[test]
fn the_conformance_cases_pass() {
    let mut wrong = Vec::new();
    for (place, &model) in (10..).zip(Model::KNOWN) {
        let (mut world, far) = bench_of(model);
        let (clock, stack, known) = (Clock(far.clone()), world.stack, modems::deviations(model, Api::Async));
        let mut bench = far.bench();
        bench.deviations = &known;
        bench.lacks = modems::lacks(model);
        let (mut records, context) = (Records::new(), Context { bench: &bench, timer: &clock });
        let cases = async {
            let (stack, report) = (Nal(&stack), &mut records);
            asynch::all("async", &stack, context, report).await;
        };
        far.run(&mut world, 100_000, cases).expect("the cases come to an end");
        results::check("async", place, &model.to_string(), &records);
        wrong.extend(surprises(world, &records, &known));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
