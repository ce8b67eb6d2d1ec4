//! A Raspberry Pi Pico with a Sequans GM02S: pins, reset and the modem's task.
#![no_std]

use cellular_nal::asynch::{self, Control, Runner, Stack};
use cellular_nal::dialect::sequans::GM02S;
use cellular_nal::{Config, Resources};
use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, OutputOpenDrain};
use embassy_rp::uart::{self, BufferedInterruptHandler, BufferedUart, BufferedUartRx, BufferedUartTx};
use embassy_rp::{bind_interrupts, peripherals};
use embassy_time::{Duration, Timer};
use static_cell::StaticCell;
// The log and what a panic says go to the debugger, and atomics by way of critical sections are linked.
use {defmt_rtt as _, panic_probe as _, portable_atomic as _};

bind_interrupts!(struct Interrupts {
    UART0_IRQ => BufferedInterruptHandler<peripherals::UART0>;
});

/// How long RESETN is low: the figure of Zephyr's driver.
const PULSE: Duration = Duration::from_millis(100);

/// Starts the board, resets the modem and starts its task.
pub async fn start(spawner: Spawner) -> (Stack<'static>, Control<'static>) {
    let p = embassy_rp::init(Default::default());
    static INPUT: StaticCell<[u8; 1024]> = StaticCell::new();
    static OUTPUT: StaticCell<[u8; 256]> = StaticCell::new();
    let port = BufferedUart::new_with_rtscts(
        p.UART0,
        p.PIN_0,
        p.PIN_1,
        p.PIN_3,
        p.PIN_2,
        Interrupts,
        OUTPUT.init([0; 256]),
        INPUT.init([0; 1024]),
        uart::Config::default(),
    );
    let (tx, rx) = port.split();

    // The modem has no power key: it starts with its supply, and anew with a reset. The line is pulled low or left
    // alone, never driven high.
    static RESET: StaticCell<OutputOpenDrain<'static>> = StaticCell::new();
    let reset = RESET.init(OutputOpenDrain::new(p.PIN_4, Level::Low));
    Timer::after(PULSE).await;
    reset.set_high();

    static MEMORY: StaticCell<Resources<3, 2048, 1024>> = StaticCell::new();
    let mut config = Config::new();
    if let Some(apn) = option_env!("APN") {
        config = config.apn(apn).unwrap();
    }
    let (stack, control, runner) = asynch::new(&GM02S, config, MEMORY.init(Resources::new()));
    spawner.spawn(run(runner, rx, tx).unwrap());
    (stack, control)
}

#[embassy_executor::task]
async fn run(mut runner: Runner<'static>, mut rx: BufferedUartRx, mut tx: BufferedUartTx) {
    loop {
        let end = runner.run(&mut rx, &mut tx).await;
        defmt::error!("serial port: {}", defmt::Debug2Format(&end));
        Timer::after_secs(1).await;
    }
}
