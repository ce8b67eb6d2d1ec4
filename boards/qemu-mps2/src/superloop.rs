//! The modem without an executor.

use core::cell::RefCell;
use core::task::{Poll, Waker};

use apps::Failed;
use cellular_nal::dialect::detect;
use cellular_nal::ip::{Dialled, Ip, Multiplexed};
use cellular_nal::{Base, Engine, Error, Instant, Resources, nb as cellular};
use embassy_time::Instant as Now;
use static_cell::StaticCell;

use crate::Setup;
use crate::modem::{self, Memory, Mode, config, limit, tell};
use crate::semihosting::{Parameters, exit};
use crate::uart::Polled;

/// The stack on the board's port and time.
pub type Stack<B> = cellular::Stack<'static, Polled, fn() -> Instant, B>;

/// What a firmware without an executor does once the link is up.
pub trait Application {
    /// Does it. `B` is whatever is between the port and the sockets.
    ///
    /// # Errors
    /// Those of the application.
    fn run<B: Base>(self, world: World<B>) -> Result<(), Failed>;
}

/// What an application without an executor has.
#[derive(Debug)]
pub struct World<B: Base> {
    /// The link and the sockets.
    pub stack: Stack<B>,
    /// What the firmware was started with.
    pub parameters: Parameters,
    /// Whose the sockets are.
    pub mode: Mode,
}

/// Starts the board and the modem, runs the application when there is a link, and ends the program.
pub fn run(application: impl Application) -> ! {
    static MEMORY: StaticCell<Memory> = StaticCell::new();
    let board = crate::setup();
    let mode = Mode::of(board.parameters).unwrap_or(Mode::Sockets);
    let config = config(board.parameters);
    let engine: &RefCell<Engine> = MEMORY.init_with(Resources::new).engine(&detect::AUTO, config);
    exit(match mode {
        Mode::Sockets => work(engine, None, board, mode, application),
        Mode::Ppp => {
            let ip = modem::ip();
            work(Dialled::new(engine, ip), Some(ip), board, mode, application)
        }
        Mode::Cmux => {
            let ip = modem::ip();
            work(Multiplexed::new(engine, ip, modem::frames()), Some(ip), board, mode, application)
        }
    })
}

fn work<B: Base>(
    base: B,
    ip: Option<&RefCell<Ip<'static>>>,
    board: Setup,
    mode: Mode,
    application: impl Application,
) -> Result<(), Failed> {
    let Setup { parameters, rx, tx } = board;
    let clock: fn() -> Instant = || Instant::from_micros(Now::now().as_micros());
    let mut stack = Stack::on(base, Polled::new(rx, tx), clock);
    until(parameters, || stack.link_up()).map_err(tell("no link"))?;
    defmt::info!("modem: {=str}", stack.model());
    if let Some(ip) = ip {
        let address = until(parameters, || {
            stack.poll();
            match ip.borrow_mut().poll_link(Waker::noop()) {
                Poll::Ready(result) => result.map_err(nb::Error::Other),
                Poll::Pending => Err(nb::Error::WouldBlock),
            }
        });
        defmt::info!("address: {}", address.map_err(tell("no IP in this mode"))?);
    }
    application.run(World { stack, parameters, mode })
}

/// Calls `step` until it has a result.
fn until<T>(parameters: Parameters, mut step: impl FnMut() -> nb::Result<T, Error>) -> Result<T, Error> {
    loop {
        match step() {
            Ok(done) => return Ok(done),
            Err(nb::Error::WouldBlock) => pause(parameters),
            Err(nb::Error::Other(error)) => return Err(error),
        }
    }
}

/// The time since the start, for clients.
#[must_use]
pub fn millis() -> u32 {
    Now::now().as_millis() as u32
}

/// Sleeps for a moment. Ends a program that does not end.
pub fn pause(parameters: Parameters) {
    if Now::now().as_secs() >= limit(parameters) {
        defmt::error!("not done in time");
        exit(Err::<(), _>(()));
    }
    crate::time::nap();
}
