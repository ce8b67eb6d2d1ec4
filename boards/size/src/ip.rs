//! The applications over PPP.

use cellular_nal::asynch::{Control, Runner};
use cellular_nal::dialect::ublox::SARA_R5;
use cellular_nal::ip::{self, Dialled, Multiplexed, MuxResources, Stack, Wire};
use cellular_nal::{Config, Instant, Resources, ppp};
use static_cell::StaticCell;

use crate::apps::{EXECUTOR, spawn, tcp_echo};
use crate::place;
use crate::serial::{Receiver, Transmitter, split};

/// One TCP socket and none for datagrams, because there is none in the application.
type Memory = ip::Resources<'static, 2, 0, 1536, 1536>;

static MEMORY: StaticCell<Memory> = StaticCell::new();
static MODEM: StaticCell<Resources<1, 64, 64>> = StaticCell::new();

#[embassy_executor::task]
async fn client(stack: Stack<'static>, control: Control<'static>) {
    let _ = control.connect().await;
    loop {
        let _ = tcp_echo(stack).await;
    }
}

/// One TCP client on a line that is a connection already.
pub fn wire() -> ! {
    #[embassy_executor::task]
    async fn line(mut runner: Runner<'static, Wire<'static>>, mut rx: Receiver, mut tx: Transmitter) {
        let _ = runner.run(&mut rx, &mut tx).await;
    }
    #[embassy_executor::task]
    async fn client(stack: Stack<'static>) {
        loop {
            let _ = tcp_echo(stack).await;
        }
    }
    let ip = place(&MEMORY, Memory::new).ip(ppp::Config::new(1));
    ip.borrow_mut().open(Instant::from_micros(0));
    let (stack, runner) = ip::on_wire(ip);
    let (rx, tx) = split();
    place(&EXECUTOR, embassy_executor::Executor::new).run(|spawner| {
        spawn(spawner, line(runner, rx, tx));
        spawn(spawner, client(stack));
    })
}

/// One TCP client on a modem that is dialled.
pub fn dialled() -> ! {
    #[embassy_executor::task]
    async fn line(mut runner: Runner<'static, Dialled<'static>>, mut rx: Receiver, mut tx: Transmitter) {
        let _ = runner.run(&mut rx, &mut tx).await;
    }
    let ip = place(&MEMORY, Memory::new).ip(ppp::Config::new(1));
    let engine = place(&MODEM, Resources::new).engine(&SARA_R5, Config::new());
    let (stack, control, runner) = ip::dialled(engine, ip);
    let (rx, tx) = split();
    place(&EXECUTOR, embassy_executor::Executor::new).run(|spawner| {
        spawn(spawner, line(runner, rx, tx));
        spawn(spawner, client(stack, control));
    })
}

/// One TCP client on a modem with its multiplexer.
pub fn multiplexed() -> ! {
    #[embassy_executor::task]
    async fn line(mut runner: Runner<'static, Multiplexed<'static>>, mut rx: Receiver, mut tx: Transmitter) {
        let _ = runner.run(&mut rx, &mut tx).await;
    }
    static FRAMES: StaticCell<MuxResources<'static>> = StaticCell::new();
    let ip = place(&MEMORY, Memory::new).ip(ppp::Config::new(1));
    let engine = place(&MODEM, Resources::new).engine(&SARA_R5, Config::new());
    let (stack, _, control, runner) = ip::multiplexed(engine, ip, place(&FRAMES, MuxResources::new));
    let (rx, tx) = split();
    place(&EXECUTOR, embassy_executor::Executor::new).run(|spawner| {
        spawn(spawner, line(runner, rx, tx));
        spawn(spawner, client(stack, control));
    })
}
