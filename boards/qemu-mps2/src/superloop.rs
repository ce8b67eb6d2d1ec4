//! The modem without an executor.

use cellular_nal::dialect::detect;
use cellular_nal::{Instant, Resources, nb as cellular};
use embassy_time::Instant as Now;
use static_cell::StaticCell;

use crate::Setup;
use crate::modem::{config, limit};
use crate::semihosting::{Parameters, exit};
use crate::uart::Polled;

/// The stack on the board's port and time.
pub type Stack = cellular::Stack<'static, Polled, fn() -> Instant>;

/// What an application without an executor has.
pub struct World {
    /// The link and the sockets.
    pub stack: Stack,
    /// What the firmware was started with.
    pub parameters: Parameters,
}

/// Starts the board and the modem and waits for the link. Ends the program when there is none.
pub fn start() -> World {
    let Setup { parameters, rx, tx } = crate::setup();
    static MEMORY: StaticCell<Resources<2, 2048, 1024>> = StaticCell::new();
    let memory = MEMORY.init(Resources::new());
    let clock: fn() -> Instant = || Instant::from_micros(Now::now().as_micros());
    let port = Polled::new(rx, tx);
    let mut stack = cellular::Stack::new(&detect::AUTO, config(parameters), memory, port, clock);
    loop {
        match stack.link_up() {
            Ok(()) => break,
            Err(nb::Error::WouldBlock) => pause(parameters),
            Err(nb::Error::Other(error)) => {
                log::error!("no link: {error}");
                exit(Err::<(), _>(error));
            }
        }
    }
    log::info!("modem: {}", stack.model());
    World { stack, parameters }
}

/// The time since the start, for clients.
#[must_use]
pub fn millis() -> u32 {
    Now::now().as_millis() as u32
}

/// Sleeps for a moment. Ends a program that does not end.
pub fn pause(parameters: Parameters) {
    if Now::now().as_secs() >= limit(parameters) {
        log::error!("not done in time");
        exit(Err::<(), _>(()));
    }
    crate::time::nap();
}
