//! The cases of `nal-tests` on the traits of edge-nal, on each model.
use crate::conformance;

use conformance::modems::{self, Api};
use conformance::{Clock, bench_of, results, surprises};
use modem_sim::Model;
use nal_tests::asynch;
use nal_tests::{Context, Records};

#[test]
fn the_conformance_cases_pass_on_edge_nal() {
    let mut wrong = Vec::new();
    for (place, &model) in (10..).zip(Model::KNOWN) {
        let (mut world, far) = bench_of(model);
        let (clock, stack, known) = (Clock(far.clone()), world.stack, modems::deviations(model, Api::Edge));
        let mut bench = far.bench();
        bench.deviations = &known;
        bench.lacks = modems::lacks(model);
        let (mut records, context) = (Records::new(), Context { bench: &bench, timer: &clock });
        let cases = async {
            let report = &mut records;
            asynch::all_of_edge("edge", &stack, context, report).await;
        };
        far.run(&mut world, 100_000, cases).expect("the cases come to an end");
        results::check("edge", place, &model.to_string(), &records);
        wrong.extend(surprises(world, &records, &known));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
