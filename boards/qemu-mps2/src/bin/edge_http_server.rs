//! Serves a page with edge-http until it was fetched once: `listen=PORT`.
#![no_std]
#![no_main]

use apps::edge_http_server;
use embassy_executor::Spawner;
use qemu_mps2::{modem, semihosting};

#[embassy_executor::main(entry = "cortex_m_rt::entry", executor = "qemu_mps2::Executor")]
async fn main(spawner: Spawner) {
    let world = modem::start(spawner).await;
    let port = world.parameters.need("listen").parse().unwrap();
    semihosting::exit(edge_http_server::run(&world.stack, port, 1).await)
}
