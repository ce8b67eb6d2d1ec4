//! Runs the conformance cases of embedded-nal-async on the board, or with `api=edge` those of edge-nal.
#![no_std]
#![no_main]

use apps::Failed;
use cellular_nal::Sockets;
use embassy_executor::Spawner;
use nal_tests::asynch::{self, Nal};
use nal_tests::{Context, Summary};
use qemu_mps2::conformance::{Clock, Log, bench, judge};
use qemu_mps2::modem::{self, Application, World};

struct Cases;

impl Application for Cases {
    async fn run<S: Sockets + ?Sized>(self, world: World<S>) -> Result<(), Failed> {
        let World { stack, mode, parameters, .. } = world;
        let mut summary = Summary::new();
        let report = &mut (&mut summary, Log);
        match parameters.get("api") {
            None | Some("async") => {
                let bench = bench(parameters, mode, "known-async");
                let context = Context { bench: &bench, timer: &Clock };
                asynch::all("async", &Nal(&stack), context, report).await;
            }
            Some("edge") => {
                let bench = bench(parameters, mode, "known-edge");
                let context = Context { bench: &bench, timer: &Clock };
                asynch::all_of_edge("edge", &stack, context, report).await;
            }
            Some(other) => {
                panic!("api={other}: there are async and edge; conformance_nb is for embedded-nal")
            }
        }
        judge(&summary)
    }
}

#[embassy_executor::main(entry = "cortex_m_rt::entry", executor = "qemu_mps2::Executor")]
async fn main(_spawner: Spawner) {
    modem::run(Cases).await
}
