//! ST's NUCLEO-U575ZI-Q with a modem on a click board: pins, power and the modem's task.
#![no_std]

use cellular_nal::asynch::{self, Control, Runner, Stack};
use cellular_nal::dialect::{Dialect, sequans, ublox};
use cellular_nal::{Config, Resources};
use embassy_executor::Spawner;
use embassy_stm32::gpio::{Level, Output, OutputOpenDrain, Speed};
use embassy_stm32::usart::{self, BufferedUart, BufferedUartRx, BufferedUartTx};
use embassy_stm32::{Peripherals, bind_interrupts, peripherals};
use embassy_time::{Duration, Timer, with_timeout};
use embedded_io_async::{Read, Write};
use static_cell::StaticCell;
// The log and what a panic says go to the debugger.
use {defmt_rtt as _, panic_probe as _};

bind_interrupts!(struct Interrupts {
    USART2 => usart::BufferedInterruptHandler<peripherals::USART2>;
});

/// How long PWR_ON of a SARA-R5 is low: ubxlib's figure.
const POWER_PULSE: Duration = Duration::from_millis(1500);

/// How long RESETN of a GM02S is low: the figure of Zephyr's driver.
const RESET_PULSE: Duration = Duration::from_millis(100);

/// How often a modem is asked whether it is on, and how long each time.
const QUESTIONS: usize = 3;
const PATIENCE: Duration = Duration::from_millis(500);

/// Starts the board with an LTE IoT 5 Click, which is a SARA-R5.
pub async fn start_sara_r5(spawner: Spawner) -> (Stack<'static>, Control<'static>) {
    let p = start();
    // A transistor on the click board turns them round: high is low at the modem.
    let mut power = Output::new(p.PF14, Level::Low, Speed::Low);
    let reset = Output::new(p.PF13, Level::Low, Speed::Low);
    let (mut tx, mut rx) = port(p.USART2, p.PD6, p.PD5, p.PD4, p.PD3);
    // V_INT is not at the headers, and a pulse would switch off a modem that is on.
    if !answers(&mut rx, &mut tx).await {
        power.set_high();
        Timer::after(POWER_PULSE).await;
        power.set_low();
    }
    // Dropped pins would float.
    static PINS: StaticCell<[Output<'static>; 2]> = StaticCell::new();
    PINS.init([power, reset]);
    drive(spawner, &ublox::SARA_R5, rx, tx)
}

/// Starts the board with an LTE IoT 10 Click, which is a Sequans GM02S.
pub async fn start_gm02s(spawner: Spawner) -> (Stack<'static>, Control<'static>) {
    let p = start();
    // The modem has no power key: it starts with its supply, and anew with a reset. The line is pulled low or left
    // alone, never driven high.
    let mut reset = OutputOpenDrain::new(p.PF13, Level::Low, Speed::Low);
    // Low lets the board's RTS through to the modem.
    let flow_control = Output::new(p.PF14, Level::Low, Speed::Low);
    Timer::after(RESET_PULSE).await;
    reset.set_high();
    let (tx, rx) = port(p.USART2, p.PD6, p.PD5, p.PD4, p.PD3);
    static PINS: StaticCell<(OutputOpenDrain<'static>, Output<'static>)> = StaticCell::new();
    PINS.init((reset, flow_control));
    drive(spawner, &sequans::GM02S, rx, tx)
}

fn start() -> Peripherals {
    embassy_stm32::init(Default::default())
}

fn port(
    usart: embassy_stm32::Peri<'static, peripherals::USART2>,
    rx: embassy_stm32::Peri<'static, peripherals::PD6>,
    tx: embassy_stm32::Peri<'static, peripherals::PD5>,
    rts: embassy_stm32::Peri<'static, peripherals::PD4>,
    cts: embassy_stm32::Peri<'static, peripherals::PD3>,
) -> (BufferedUartTx<'static>, BufferedUartRx<'static>) {
    static INPUT: StaticCell<[u8; 1024]> = StaticCell::new();
    static OUTPUT: StaticCell<[u8; 256]> = StaticCell::new();
    let mut config = usart::Config::default();
    config.baudrate = 115_200;
    let (output, input) = (OUTPUT.init([0; 256]), INPUT.init([0; 1024]));
    let port = BufferedUart::new_with_rtscts(usart, rx, tx, rts, cts, Interrupts, output, input, config);
    // Only a bit rate that the clock cannot make is refused.
    port.unwrap().split()
}

/// Whether anything at all comes back: echo, answer, or what a modem that boots says.
async fn answers(rx: &mut BufferedUartRx<'static>, tx: &mut BufferedUartTx<'static>) -> bool {
    for _ in 0..QUESTIONS {
        // A port that fails shows as a modem that is off; the driver reports it then.
        let _ = with_timeout(PATIENCE, tx.write_all(b"AT\r")).await;
        if let Ok(Ok(1..)) = with_timeout(PATIENCE, rx.read(&mut [0; 16])).await {
            return true;
        }
    }
    false
}

fn drive(
    spawner: Spawner,
    dialect: &'static dyn Dialect,
    rx: BufferedUartRx<'static>,
    tx: BufferedUartTx<'static>,
) -> (Stack<'static>, Control<'static>) {
    static MEMORY: StaticCell<Resources<3, 2048, 1024>> = StaticCell::new();
    let mut config = Config::new();
    if let Some(apn) = option_env!("APN") {
        config = config.apn(apn).unwrap();
    }
    let (stack, control, runner) = asynch::new(dialect, config, MEMORY.init_with(Resources::new));
    spawner.spawn(run(runner, rx, tx).unwrap());
    (stack, control)
}

#[embassy_executor::task]
async fn run(mut runner: Runner<'static>, mut rx: BufferedUartRx<'static>, mut tx: BufferedUartTx<'static>) {
    loop {
        let end = runner.run(&mut rx, &mut tx).await;
        defmt::error!("serial port: {}", defmt::Debug2Format(&end));
        Timer::after_secs(1).await;
    }
}
