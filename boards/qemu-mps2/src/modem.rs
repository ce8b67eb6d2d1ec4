//! The modem's tasks.

use cellular_nal::asynch::{self, Control, Runner, Stack};
use cellular_nal::dialect::detect;
use cellular_nal::{Config, Error, Resources};
use embassy_executor::Spawner;
use embassy_time::Timer;
use static_cell::StaticCell;

use crate::Setup;
use crate::semihosting::{Parameters, exit};
use crate::uart::{Receiver, Transmitter};

/// Sockets, and bytes of each to receive into and to send from.
type Memory = Resources<4, 2048, 1024>;

/// What an async application has.
#[derive(Clone, Copy, Debug)]
pub struct World {
    /// The sockets.
    pub stack: Stack<'static>,
    /// The link.
    pub control: Control<'static>,
    /// What the firmware was started with.
    pub parameters: Parameters,
}

/// Starts the board and the modem and waits for the link. Ends the program when there is none.
pub async fn start(spawner: Spawner) -> World {
    let Setup { parameters, rx, tx } = crate::setup();
    static MEMORY: StaticCell<Memory> = StaticCell::new();
    let memory = MEMORY.init(Resources::new());
    let (stack, control, runner) = asynch::new(&detect::AUTO, config(parameters), memory);
    spawner.spawn(run(runner, rx, tx).unwrap());
    spawner.spawn(watch(parameters).unwrap());
    if let Err(error) = control.connect().await {
        log::error!("no link: {error}");
        exit(Err::<(), _>(error));
    }
    let status = control.status();
    log::info!("modem: {}", control.model());
    match status.address() {
        Some(address) => log::info!("address: {address}"),
        None => log::info!("address: unknown"),
    }
    World { stack, control, parameters }
}

/// Moves the bytes.
#[embassy_executor::task]
async fn run(mut runner: Runner<'static>, mut rx: Receiver, mut tx: Transmitter) {
    let end = runner.run(&mut rx, &mut tx).await;
    panic!("the serial port has ended: {end:?}");
}

/// Ends a program that does not end.
#[embassy_executor::task]
async fn watch(parameters: Parameters) {
    Timer::after_secs(limit(parameters)).await;
    log::error!("not done in time");
    exit(Err::<(), _>(()));
}

/// Seconds that all of it may take.
pub(crate) fn limit(parameters: Parameters) -> u64 {
    parameters.get("limit").and_then(|text| text.parse().ok()).unwrap_or(120)
}

/// The link's settings: `apn=` and `pin=`.
pub(crate) fn config(parameters: Parameters) -> Config {
    let set = |config: Config| -> Result<Config, Error> {
        let config = match parameters.get("apn") {
            Some(apn) => config.apn(apn)?,
            None => config,
        };
        match parameters.get("pin") {
            Some(pin) => config.pin(pin),
            None => Ok(config),
        }
    };
    set(Config::new()).unwrap_or_else(|error| panic!("apn or pin: {error}"))
}
