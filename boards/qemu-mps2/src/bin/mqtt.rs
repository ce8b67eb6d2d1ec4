//! Publishes an MQTT message with minimq and receives it back: `broker=HOST:PORT`.
#![no_std]
#![no_main]

use apps::{Server, mqtt};
use embassy_executor::Spawner;
use qemu_mps2::{modem, semihosting};

#[embassy_executor::main(entry = "cortex_m_rt::entry", executor = "qemu_mps2::Executor")]
async fn main(spawner: Spawner) {
    let world = modem::start(spawner).await;
    let broker = Server::parse(world.parameters.need("broker")).unwrap();
    semihosting::exit(mqtt::run(&world.stack, broker, "mps2", "mps2/echo").await)
}
