//! All there is at once: both kinds of sockets, TLS, the multiplexer, all vendors.

use cellular_nal::asynch::{Control, Runner, Stack};
use cellular_nal::dialect::detect::AUTO;
use cellular_nal::ip::{self, Multiplexed, MuxResources};
use cellular_nal::{Config, Resources, ppp};
use embassy_executor::Executor;
use static_cell::StaticCell;

use crate::apps::{EXECUTOR, PROFILE, spawn, tcp_echo, use_all};
use crate::place;
use crate::serial::{Receiver, Transmitter, split};

/// The application of everything on the modem's sockets, and a TCP client on those of IP and on those with TLS.
pub fn run() -> ! {
    #[embassy_executor::task]
    async fn line(mut runner: Runner<'static, Multiplexed<'static>>, mut rx: Receiver, mut tx: Transmitter) {
        let _ = runner.run(&mut rx, &mut tx).await;
    }
    #[embassy_executor::task]
    async fn client(ip: ip::Stack<'static>, sockets: Stack<'static>, control: Control<'static>) {
        let _ = control.connect().await;
        loop {
            let _ = tcp_echo(ip).await;
            let _ = tcp_echo(sockets.tls(&PROFILE)).await;
            use_all(sockets, control).await;
        }
    }
    static MEMORY: StaticCell<ip::Resources<'static, 3, 1, 1536, 1536>> = StaticCell::new();
    static MODEM: StaticCell<Resources<2, 1024, 512>> = StaticCell::new();
    static FRAMES: StaticCell<MuxResources<'static>> = StaticCell::new();
    let ip = place(&MEMORY, ip::Resources::new).ip(ppp::Config::new(1));
    let engine = place(&MODEM, Resources::new).engine(&AUTO, Config::new());
    let (stack, sockets, control, runner) = ip::multiplexed(engine, ip, place(&FRAMES, MuxResources::new));
    let (rx, tx) = split();
    place(&EXECUTOR, Executor::new).run(|spawner| {
        spawn(spawner, line(runner, rx, tx));
        spawn(spawner, client(stack, sockets, control));
    })
}
