//! The cases of `nal-tests` on the nb stack over PPP, alone on the line and in the frames of the multiplexer, on
//! each model, in virtual time.
#![cfg(feature = "nb")]
use crate::common;
use crate::conformance;

use std::cell::RefCell;

use cellular_nal::ip::{Dialled, Ip, Multiplexed, MuxResources};
use cellular_nal::{Base, Config, Engine, Resources, ip, ppp};
use common::nb::up_on;
use conformance::virtual_far::VirtualFar;
use conformance::{limits_of_ip, results};
use modem_sim::{Model, Options};
use nal_tests::nb::{self, Polled};
use nal_tests::{Print, Records};

/// TCP sockets of the stack, and sockets for datagrams.
const SOCKETS: usize = 4;

fn engine(model: Model) -> &'static RefCell<Engine> {
    let resources = Box::leak(Box::new(Resources::<1, 64, 64>::new()));
    resources.engine(common::dialect(model), Config::new())
}

fn ip() -> &'static RefCell<Ip<'static>> {
    let resources = Box::leak(Box::new(ip::Resources::<'static, 9, SOCKETS, 4096, 4096>::new()));
    resources.ip(ppp::Config::new(4711))
}

fn run<B: Base>(
    model: Model,
    place: u32,
    name: &str,
    base: impl FnOnce() -> (B, &'static RefCell<Ip<'static>>),
) {
    let (base, ip) = base();
    let (mut stack, mut world) = up_on(model, Options::default(), || base);
    while !ip.borrow().is_up() {
        stack.poll();
        world.tick();
    }
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
    let mut bench = limits_of_ip(far.bench(), ip);
    bench.max_sockets = Some(SOCKETS);
    bench.limit_ms = 600_000;
    bench.idle_ms = 1000;
    bench.settle_ms = 10_000;
    let (mut under_test, mut records) = (Polled(&stack), Records::new());
    let report = &mut (&mut records, Print);
    nb::all("nb", &mut under_test, &mut spin, &bench, report);
    results::check("nb", place, name, &records);
    assert!(records.summary().is_success(), "{name}\n{}", records.summary());
}

#[test]
fn the_conformance_cases_of_nb_pass_over_ppp() {
    for (place, &model) in (30..).zip(Model::KNOWN) {
        run(model, place, &format!("{model} ppp"), || {
            let ip = ip();
            (Dialled::new(engine(model), ip), ip)
        });
    }
}

#[test]
fn the_conformance_cases_of_nb_pass_over_ppp_in_the_multiplexer() {
    let models = (50..).zip(Model::KNOWN);
    for (place, &model) in models.filter(|(_, model)| common::dialect(**model).multiplexer().is_some()) {
        run(model, place, &format!("{model} cmux"), || {
            let (ip, mux) = (ip(), Box::leak(Box::new(MuxResources::<'static, 135, 512, 512>::new())));
            (Multiplexed::new(engine(model), ip, mux), ip)
        });
    }
}
