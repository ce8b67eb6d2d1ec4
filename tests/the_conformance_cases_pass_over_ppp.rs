//! The cases of `nal-tests` on the IP stack over PPP, on each model.
mod common;
mod conformance;

use common::Mode;
use conformance::{Clock, bench_of_ip, of_ip, surprises};
use modem_sim::Model;
use nal_tests::{Context, Records, asynch};

#[test]
fn the_conformance_cases_pass_over_ppp() {
    let mut wrong = Vec::new();
    for &model in Model::KNOWN {
        let (mut world, far) = bench_of_ip(model, Mode::Ppp);
        let (stack, _) = world.ip.expect("there is a stack");
        let mut bench = of_ip(far.bench(), &world);
        let only = std::env::var("ONLY").unwrap_or_default();
        let only: Vec<&str> = only.split(',').filter(|o| !o.is_empty()).collect();
        let only: &'static [&'static str] = Box::leak(only.iter().map(|o| &*o.to_string().leak()).collect());
        bench.only = only;
        let clock = Clock(far.clone());
        let (mut records, context) = (Records::new(), Context { bench: &bench, timer: &clock });
        let cases = asynch::all_of_edge("edge", &stack, context, &mut records);
        let done = far.run(&mut world, 100_000, cases);
        if done.is_none() {
            records.entries().for_each(|entry| println!("{model}: {}", entry.text()));
            panic!("no end\n{}", world.tail());
        }
        wrong.extend(surprises(world, &records, &[]));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
