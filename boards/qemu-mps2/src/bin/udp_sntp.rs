//! Asks a time server with sntpc: `time=HOST:PORT`.
#![no_std]
#![no_main]

use apps::{Server, udp_sntp};
use embassy_executor::Spawner;
use qemu_mps2::{modem, semihosting};

#[embassy_executor::main(entry = "cortex_m_rt::entry", executor = "qemu_mps2::Executor")]
async fn main(spawner: Spawner) {
    let world = modem::start(spawner).await;
    let server = Server::parse(world.parameters.need("time")).unwrap();
    semihosting::exit(udp_sntp::run(&world.stack, server).await)
}
