//! Asks a time server with sntpc: `time=HOST:PORT`.
#![no_std]
#![no_main]

use apps::{Failed, Server, udp_sntp};
use cellular_nal::Sockets;
use embassy_executor::Spawner;
use qemu_mps2::modem::{self, Application, World};

struct Sntp;

impl Application for Sntp {
    async fn run<S: Sockets + ?Sized>(self, world: World<S>) -> Result<(), Failed> {
        let server = Server::parse(world.parameters.need("time")).unwrap();
        udp_sntp::run(&world.stack, server).await.map(drop)
    }
}

#[embassy_executor::main(entry = "cortex_m_rt::entry", executor = "qemu_mps2::Executor")]
async fn main(_spawner: Spawner) {
    modem::run(Sntp).await
}
