//! Fetches a page with reqwless: `url=http://HOST:PORT/`.
#![no_std]
#![no_main]

use apps::{Failed, http_get};
use cellular_nal::Sockets;
use embassy_executor::Spawner;
use qemu_mps2::modem::{self, Application, World};
use qemu_mps2::semihosting;

struct Get;

impl Application for Get {
    async fn run<S: Sockets + ?Sized>(self, world: World<S>) -> Result<(), Failed> {
        let url = world.parameters.need("url");
        http_get::run(&world.stack, url, semihosting::print_bytes).await.map(drop)
    }
}

#[embassy_executor::main(entry = "cortex_m_rt::entry", executor = "qemu_mps2::Executor")]
async fn main(_spawner: Spawner) {
    modem::run(Get).await
}
