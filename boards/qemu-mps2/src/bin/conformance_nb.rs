//! Runs the conformance cases of embedded-nal on the board, without an executor.
#![no_std]
#![no_main]

use core::cell::RefCell;

use apps::Failed;
use cellular_nal::Base;
use embassy_time::{Duration, Instant};
use nal_tests::Summary;
use nal_tests::nb::{self, Polled};
use qemu_mps2::conformance::{Log, bench, judge};
use qemu_mps2::superloop::{self, Application, World};

struct Cases;

impl Application for Cases {
    fn run<B: Base>(self, world: World<B>) -> Result<(), Failed> {
        let World { mut stack, parameters, mode } = world;
        let bench = bench(parameters, mode, "known-nb");
        let stack = RefCell::new(&mut stack);
        let mut spin = || {
            // A pause ends with each byte that comes.
            let end = Instant::now() + Duration::from_millis(1);
            while Instant::now() < end {
                stack.borrow_mut().poll();
                superloop::pause(parameters);
            }
        };
        let mut summary = Summary::new();
        nb::all("nb", &mut Polled(&stack), &mut spin, &bench, &mut (&mut summary, Log));
        judge(&summary)
    }
}

#[cortex_m_rt::entry]
fn main() -> ! {
    superloop::run(Cases)
}
