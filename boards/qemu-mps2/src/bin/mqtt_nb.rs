//! The same as `mqtt` in a superloop, without an executor: `broker=HOST:PORT`.
#![no_std]
#![no_main]

use apps::{Failed, Server, mqtt_nb};
use cellular_nal::Base;
use qemu_mps2::superloop::{self, Application, World};

struct Mqtt;

impl Application for Mqtt {
    fn run<B: Base>(self, world: World<B>) -> Result<(), Failed> {
        let World { mut stack, parameters, .. } = world;
        let broker = Server::parse(parameters.need("broker")).unwrap();
        let pause = || superloop::pause(parameters);
        mqtt_nb::run(&mut stack, broker, "mps2", "mps2/echo", superloop::millis, pause)
    }
}

#[cortex_m_rt::entry]
fn main() -> ! {
    superloop::run(Mqtt)
}
