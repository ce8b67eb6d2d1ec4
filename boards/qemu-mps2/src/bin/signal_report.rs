//! Sends the strength of the signal to a UDP server that returns it: `echo=HOST:PORT`.
#![no_std]
#![no_main]

use apps::{Failed, Server, signal_report};
use cellular_nal::Sockets;
use embassy_executor::Spawner;
use embassy_time::Duration;
use qemu_mps2::modem::{self, Application, World};

struct Signal;

impl Application for Signal {
    async fn run<S: Sockets + ?Sized>(self, world: World<S>) -> Result<(), Failed> {
        let server = Server::parse(world.parameters.need("echo")).unwrap();
        let measure = async || world.control.refresh().await.ok()?.signal_dbm();
        signal_report::run(&world.stack, server, 3, Duration::from_secs(1), measure).await.map(drop)
    }
}

#[embassy_executor::main(entry = "cortex_m_rt::entry", executor = "qemu_mps2::Executor")]
async fn main(_spawner: Spawner) {
    modem::run(Signal).await
}
