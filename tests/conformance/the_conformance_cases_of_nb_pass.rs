//! The cases of `nal-tests` on the nb stack, on each model, in virtual time.
#![cfg(feature = "nb")]
use crate::common;
use crate::conformance;

use std::cell::RefCell;

use common::nb::up;
use conformance::virtual_far::VirtualFar;
use conformance::{modems, results};
use modem_sim::{Model, Options};
use nal_tests::nb::{self, Polled};
use nal_tests::{Print, Records};

/// Sockets of the stack.
const SOCKETS: usize = 4;

#[test]
fn the_conformance_cases_of_nb_pass() {
    for (place, &model) in (10..).zip(Model::KNOWN) {
        let (mut stack, mut world) = up::<SOCKETS>(model, Options::default());
        let far = VirtualFar::new(&world.net, 20_000);
        let stack = RefCell::new(&mut stack);
        let mut spin = || {
            stack.borrow_mut().poll();
            world.tick();
            if let Some(up) = far.link_wanted() {
                world.modem.power(world.now(), up);
            }
            far.set_transactions(world.modem.commands());
            far.attend(world.now());
        };
        let mut bench = far.bench();
        bench.max_sockets = Some(SOCKETS);
        bench.lacks = modems::lacks(model);
        bench.limit_ms = 600_000;
        bench.idle_ms = 1000;
        bench.settle_ms = 10_000;
        let (mut under_test, mut records) = (Polled(&stack), Records::new());
        let report = &mut (&mut records, Print);
        nb::all("nb", &mut under_test, &mut spin, &bench, report);
        results::check("nb", place, &model.to_string(), &records);
        assert!(records.summary().is_success(), "{model}\n{}", records.summary());
        world.leaves_nothing(&mut stack.borrow_mut());
    }
}
