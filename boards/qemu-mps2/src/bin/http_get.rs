//! Fetches a page with reqwless: `url=http://HOST:PORT/`.
#![no_std]
#![no_main]

use apps::http_get;
use embassy_executor::Spawner;
use qemu_mps2::{modem, semihosting};

#[embassy_executor::main(entry = "cortex_m_rt::entry", executor = "qemu_mps2::Executor")]
async fn main(spawner: Spawner) {
    let world = modem::start(spawner).await;
    let url = world.parameters.need("url");
    semihosting::exit(http_get::run(&world.stack, url, semihosting::print_bytes).await)
}
