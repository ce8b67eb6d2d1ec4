//! The cases of each family of traits, on a session with the modem.

use core::cell::RefCell;
use core::net::IpAddr;

use cellular_nal::{Base, Sockets};
use modem_sim::Model;
use nal_tests::asynch::{self, Nal};
use nal_tests::nb::{self, Polled};
use nal_tests::{Bench, Context, Deviation, Print, Records, Timer};

use crate::modems::{self, Api};
use crate::nb_session;
use crate::session::{self, Application, Session};
use crate::support::Failure;
use crate::support::options::{Mode, Options};

pub(crate) fn named(name: &str) -> Option<Api> {
    [("async", Api::Async), ("nb", Api::Nb), ("edge", Api::Edge)]
        .into_iter()
        .find_map(|(known, api)| (known == name).then_some(api))
}

pub(crate) fn run(
    options: &Options,
    api: Api,
    bench: &Bench<'_>,
    records: &mut Records,
) -> Result<(), Failure> {
    match api {
        Api::Nb => nb_session::run(options, Cases { api, bench, records }),
        Api::Async | Api::Edge => session::run(options, None, Cases { api, bench, records }),
    }
}

/// The model of a modem whose dialect has this name.
fn model(name: &str) -> Result<Model, Failure> {
    name.parse().map_err(|_| format!("nothing is known about the model {name}"))
}

/// The cases on whatever has the sockets.
struct Cases<'a, 'b> {
    api: Api,
    bench: &'a Bench<'b>,
    records: &'a mut Records,
}

/// The bench for a session: what is known of the modem, or of the IP stack over it.
fn bench_for<'a>(
    bench: &Bench<'a>,
    known: &'a [Deviation],
    model: Model,
    mode: Mode,
    address: Option<IpAddr>,
) -> Bench<'a> {
    let mut bench = *bench;
    if mode == Mode::Sockets {
        (bench.deviations, bench.lacks) = (known, modems::lacks(model));
    } else {
        modems::of_ip(&mut bench);
        if bench.local.is_some() {
            bench.deviations = modems::SIMULATED_IP;
        }
        bench.local = bench.local.and(address);
    }
    bench
}

impl Application for Cases<'_, '_> {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure> {
        let Self { api, bench, records } = self;
        let model = model(session.model)?;
        let known = modems::deviations(model, api);
        let bench = bench_for(bench, &known, model, session.mode, session.address);
        let (context, report) = (Context { bench: &bench, timer: &Clock }, &mut (records, Print));
        if api == Api::Edge {
            asynch::all_of_edge("edge", &session.stack, context, report).await;
        } else {
            asynch::all("async", &Nal(&session.stack), context, report).await;
        }
        Ok(())
    }
}

impl nb_session::Application for Cases<'_, '_> {
    fn run<B: Base>(
        self,
        stack: &mut nb_session::Stack<'_, B>,
        session: &nb_session::Session,
    ) -> Result<(), Failure> {
        let Self { api, bench, records } = self;
        let model = model(stack.model())?;
        let known = modems::deviations(model, api);
        let bench = bench_for(bench, &known, model, session.mode, session.address);
        let failure = RefCell::new(None);
        let stack = RefCell::new(stack);
        let mut spin = || {
            stack.borrow_mut().poll();
            if let Err(error) = session.pause() {
                failure.borrow_mut().get_or_insert(error);
            }
        };
        let under_test = &mut Polled(&stack);
        let report = &mut (records, Print);
        nb::all("nb", under_test, &mut spin, &bench, report);
        failure.take().map_or(Ok(()), Err)
    }
}

/// The time of the operating system.
struct Clock;

impl Timer for Clock {
    async fn after(&self, milliseconds: u32) {
        embassy_time::Timer::after_millis(milliseconds.into()).await;
    }
}
