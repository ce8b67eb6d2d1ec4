//! Particle's Boron: pins, power and the modem's task.
#![no_std]

use cellular_nal::asynch::{self, Control, Runner, Stack};
use cellular_nal::dialect::ublox::SARA_R5_01B;
use cellular_nal::{Config, Resources};
use embassy_executor::Spawner;
use embassy_nrf::buffered_uarte::{self, BufferedUarte, BufferedUarteRx, BufferedUarteTx};
use embassy_nrf::gpio::{Input, Level, Output, OutputDrive, Pull};
use embassy_nrf::{bind_interrupts, peripherals, uarte};
use embassy_time::{Duration, Instant, Timer};
use static_cell::StaticCell;
// The log and what a panic says go to the debugger.
use {defmt_rtt as _, panic_probe as _};

bind_interrupts!(struct Interrupts {
    UARTE1 => buffered_uarte::InterruptHandler<peripherals::UARTE1>;
});

/// How long PWR_ON is low. The limits are in the module's data sheet; ublox-cellular-rs takes so long for SARA-R5.
const PULSE: Duration = Duration::from_millis(1500);

/// Time in which V_INT has to come after it.
const WAKE: Duration = Duration::from_secs(5);

/// The modem's power: PWR_ON, and V_INT which tells whether the modem is on.
pub struct Power {
    /// Pulled low or left alone, never driven high: the modem has a pull-up of its own.
    power_on: Output<'static>,
    vint: Input<'static>,
    /// Low is on.
    _level_shifter: Output<'static>,
    /// The modem's manual keeps it for emergencies.
    _reset: Output<'static>,
}

impl Power {
    /// Switches the modem on, if it is not. Says whether it is.
    pub async fn on(&mut self) -> bool {
        // A pulse would switch one off that is on.
        if self.vint.is_low() {
            self.power_on.set_low();
            Timer::after(PULSE).await;
            self.power_on.set_high();
            let start = Instant::now();
            while self.vint.is_low() && start.elapsed() < WAKE {
                Timer::after_millis(10).await;
            }
        }
        self.vint.is_high()
    }
}

/// Starts the board, switches the modem on and starts its task.
pub async fn start(spawner: Spawner) -> (Stack<'static>, Control<'static>) {
    let p = embassy_nrf::init(Default::default());
    let open_drain = OutputDrive::Standard0Disconnect1;
    let mut power = Power {
        power_on: Output::new(p.P0_16, Level::High, open_drain),
        vint: Input::new(p.P0_02, Pull::Down),
        _level_shifter: Output::new(p.P0_25, Level::Low, OutputDrive::Standard),
        _reset: Output::new(p.P0_12, Level::High, open_drain),
    };
    let mut config = uarte::Config::default();
    config.baudrate = uarte::Baudrate::Baud115200;
    static INPUT: StaticCell<[u8; 1024]> = StaticCell::new();
    static OUTPUT: StaticCell<[u8; 256]> = StaticCell::new();
    let port = BufferedUarte::new_with_rtscts(
        p.UARTE1,
        p.TIMER1,
        p.PPI_CH0,
        p.PPI_CH1,
        p.PPI_GROUP0,
        p.P1_04,
        p.P1_05,
        p.P1_06,
        p.P1_07,
        Interrupts,
        config,
        INPUT.init([0; 1024]),
        OUTPUT.init([0; 256]),
    );
    let (rx, tx) = port.split();
    if !power.on().await {
        defmt::error!("V_INT stays low: the modem is not on");
    }
    // Dropped pins would float: the level shifter would go off.
    static POWER: StaticCell<Power> = StaticCell::new();
    POWER.init(power);

    static MEMORY: StaticCell<Resources<3, 2048, 1024>> = StaticCell::new();
    let mut config = Config::new();
    if let Some(apn) = option_env!("APN") {
        config = config.apn(apn).unwrap();
    }
    let (stack, control, runner) = asynch::new(&SARA_R5_01B, config, MEMORY.init(Resources::new()));
    spawner.spawn(run(runner, rx, tx).unwrap());
    (stack, control)
}

#[embassy_executor::task]
async fn run(
    mut runner: Runner<'static>,
    mut rx: BufferedUarteRx<'static>,
    mut tx: BufferedUarteTx<'static>,
) {
    loop {
        let end = runner.run(&mut rx, &mut tx).await;
        defmt::error!("serial port: {}", defmt::Debug2Format(&end));
        Timer::after_secs(1).await;
    }
}
