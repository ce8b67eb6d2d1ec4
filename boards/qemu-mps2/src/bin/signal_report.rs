//! Sends the strength of the signal to a UDP server that returns it: `echo=HOST:PORT`.
#![no_std]
#![no_main]

use apps::{Server, signal_report};
use embassy_executor::Spawner;
use embassy_time::Duration;
use qemu_mps2::{modem, semihosting};

#[embassy_executor::main(entry = "cortex_m_rt::entry", executor = "qemu_mps2::Executor")]
async fn main(spawner: Spawner) {
    let world = modem::start(spawner).await;
    let server = Server::parse(world.parameters.need("echo")).unwrap();
    let measure = async || world.control.refresh().await.ok()?.signal_dbm();
    let reports = signal_report::run(&world.stack, server, 3, Duration::from_secs(1), measure);
    semihosting::exit(reports.await)
}
