//! The cases of each family of traits, on a session with the modem.

use core::cell::RefCell;

use modem_sim::Model;
use nal_tests::asynch::{self, Nal};
use nal_tests::nb::{self, Polled};
use nal_tests::{Bench, Context, Print, Records, Timer};

use crate::modems::{self, Api};
use crate::support::Failure;
use crate::support::options::Options;
use crate::{nb_session, session};

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
        Api::Nb => polled(options, bench, records),
        Api::Async | Api::Edge => driven(options, api, bench, records),
    }
}

/// The model of a modem whose dialect has this name.
fn model(name: &str) -> Result<Model, Failure> {
    name.parse().map_err(|_| format!("nothing is known about the model {name}"))
}

fn polled(options: &Options, bench: &Bench<'_>, records: &mut Records) -> Result<(), Failure> {
    nb_session::run(options, |stack, pause| {
        let model = model(stack.model())?;
        let known = modems::deviations(model, Api::Nb);
        let mut bench = *bench;
        (bench.deviations, bench.lacks) = (&known, modems::lacks(model));
        let failure = RefCell::new(None);
        let stack = RefCell::new(stack);
        let mut spin = || {
            stack.borrow_mut().poll();
            if let Err(error) = pause.wait() {
                failure.borrow_mut().get_or_insert(error);
            }
        };
        let under_test = &mut Polled(&stack);
        let report = &mut (records, Print);
        nb::all("nb", under_test, &mut spin, &bench, report);
        failure.take().map_or(Ok(()), Err)
    })
}

fn driven(options: &Options, api: Api, bench: &Bench<'_>, records: &mut Records) -> Result<(), Failure> {
    session::run(options, None, async |stack, name| {
        let model = model(name)?;
        let known = modems::deviations(model, api);
        let mut bench = *bench;
        (bench.deviations, bench.lacks) = (&known, modems::lacks(model));
        let (context, report) = (Context { bench: &bench, timer: &Clock }, &mut (records, Print));
        if api == Api::Edge {
            asynch::all_of_edge("edge", &stack, context, report).await;
        } else {
            let nal = Nal(&stack);
            asynch::all("async", &nal, context, report).await;
        }
        Ok(())
    })
}

/// The time of the operating system.
struct Clock;

impl Timer for Clock {
    async fn after(&self, milliseconds: u32) {
        embassy_time::Timer::after_millis(milliseconds.into()).await;
    }
}
