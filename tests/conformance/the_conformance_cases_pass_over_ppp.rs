//! The cases of `nal-tests` on the IP stack, with PPP alone on the line and in the frames of the multiplexer,
//! on each model.
use crate::common;
use crate::conformance;

use common::Mode;
use conformance::{Clock, bench_of_ip, of_ip, results, surprises};
use modem_sim::Model;
use nal_tests::asynch::{self, Nal};
use nal_tests::{Context, Records};

/// Runs all cases on a model, and says what is wrong.
fn run(model: Model, mode: Mode, place: u32) -> Vec<String> {
    let name = match mode {
        Mode::Cmux => format!("{model} cmux"),
        _ => format!("{model} ppp"),
    };
    let mut wrong = Vec::new();
    for suite in ["async", "edge"] {
        let (mut world, far) = bench_of_ip(model, mode);
        let (stack, _) = world.ip.expect("there is a stack");
        let bench = of_ip(far.bench(), &world);
        let clock = Clock(far.clone());
        let (mut records, context) = (Records::new(), Context { bench: &bench, timer: &clock });
        let report = &mut records;
        let done = if suite == "edge" {
            far.run(&mut world, 100_000, asynch::all_of_edge(suite, &stack, context, report))
        } else {
            far.run(&mut world, 100_000, asynch::all(suite, &Nal(&stack), context, report))
        };
        assert!(done.is_some(), "{name}: no end\n{}", world.tail());
        results::check(suite, place, &name, &records);
        wrong.extend(surprises(world, &records, &[]));
    }
    wrong
}

#[test]
fn the_conformance_cases_pass_over_ppp() {
    let models = (30..).zip(Model::KNOWN);
    let wrong: Vec<_> = models.flat_map(|(place, &model)| run(model, Mode::Ppp, place)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_conformance_cases_pass_over_ppp_in_the_multiplexer() {
    let models = (50..).zip(Model::KNOWN);
    let models = models.filter(|(_, model)| common::dialect(**model).multiplexer().is_some());
    let wrong: Vec<_> = models.flat_map(|(place, &model)| run(model, Mode::Cmux, place)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
