//! Fetches a page over PPP, dials anew and fetches it again: `url=http://HOST:PORT/`. With `mode=cmux` the modem is
//! asked for its signal meanwhile.
#![no_std]
#![no_main]

use core::convert::Infallible;
use core::future::pending;

use apps::{Failed, ppp_http};
use cellular_nal::Sockets;
use embassy_executor::Spawner;
use embassy_futures::select::{Either, select};
use embassy_time::Timer;
use qemu_mps2::modem::{self, Application, Mode, World};
use qemu_mps2::semihosting;

struct Page;

impl Application for Page {
    const MODE: Mode = Mode::Ppp;

    async fn run<S: Sockets + ?Sized>(self, world: World<S>) -> Result<(), Failed> {
        let Some(ip) = world.ip else {
            defmt::error!("mode=ppp or mode=cmux: there is no PPP beside the modem's own sockets");
            return Err(Failed);
        };
        let reconnect = async || {
            world.control.disconnect().await;
            defmt::info!("the link is down");
            world.control.connect().await
        };
        let url = world.parameters.need("url");
        let work = ppp_http::run(&world.stack, url, reconnect, semihosting::print_bytes);
        let result = match select(work, watch(&world)).await {
            Either::First(result) => result,
            Either::Second(never) => match never {},
        };
        let (mtu, counters) = (ip.borrow().ppp().mtu(), ip.borrow().ppp().counters());
        defmt::info!("PPP: MTU {}, {} frames received, {} damaged", mtu, counters.frames, counters.damaged);
        result.map(drop)
    }
}

/// Tells the signal again and again, where the line carries commands beside data.
async fn watch<S: ?Sized>(world: &World<S>) -> Infallible {
    while world.own.is_some() {
        if let Ok(status) = world.control.refresh().await {
            defmt::info!("signal: {} dBm", status.signal_dbm());
        }
        Timer::after_millis(200).await;
    }
    pending().await
}

#[embassy_executor::main(entry = "cortex_m_rt::entry", executor = "qemu_mps2::Executor")]
async fn main(_spawner: Spawner) {
    modem::run(Page).await
}
