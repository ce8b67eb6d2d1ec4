//! Serves a page with edge-http until it was fetched once: `listen=PORT`.
#![no_std]
#![no_main]
// The server's future is a deep one.
#![recursion_limit = "256"]

use apps::{Failed, edge_http_server};
use cellular_nal::Sockets;
use embassy_executor::Spawner;
use qemu_mps2::modem::{self, Application, World};

struct Serve;

impl Application for Serve {
    async fn run<S: Sockets + ?Sized>(self, world: World<S>) -> Result<(), Failed> {
        let port = world.parameters.need("listen").parse().unwrap();
        edge_http_server::run(&world.stack, port, 1).await
    }
}

#[embassy_executor::main(entry = "cortex_m_rt::entry", executor = "qemu_mps2::Executor")]
async fn main(_spawner: Spawner) {
    modem::run(Serve).await
}
