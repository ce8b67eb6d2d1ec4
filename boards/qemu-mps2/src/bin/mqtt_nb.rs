//! The same as `mqtt` in a superloop, without an executor: `broker=HOST:PORT`.
#![no_std]
#![no_main]

use apps::{Server, mqtt_nb};
use qemu_mps2::{semihosting, superloop};

#[cortex_m_rt::entry]
fn main() -> ! {
    let superloop::World { mut stack, parameters } = superloop::start();
    let broker = Server::parse(parameters.need("broker")).unwrap();
    let pause = || superloop::pause(parameters);
    semihosting::exit(mqtt_nb::run(&mut stack, broker, "mps2", "mps2/echo", superloop::millis, pause))
}
