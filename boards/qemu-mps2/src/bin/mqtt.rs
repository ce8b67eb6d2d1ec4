//! Publishes an MQTT message with minimq and receives it back: `broker=HOST:PORT`.
#![no_std]
#![no_main]

use apps::{Failed, Server, mqtt};
use cellular_nal::Sockets;
use embassy_executor::Spawner;
use qemu_mps2::modem::{self, Application, World};

struct Mqtt;

impl Application for Mqtt {
    async fn run<S: Sockets + ?Sized>(self, world: World<S>) -> Result<(), Failed> {
        let broker = Server::parse(world.parameters.need("broker")).unwrap();
        mqtt::run(&world.stack, broker, "mps2", "mps2/echo").await
    }
}

#[embassy_executor::main(entry = "cortex_m_rt::entry", executor = "qemu_mps2::Executor")]
async fn main(_spawner: Spawner) {
    modem::run(Mqtt).await
}
