//! The modem, its line, and an application on the sockets that there are in each mode.

use core::cell::RefCell;
use core::future::{Future, poll_fn};

use apps::Failed;
use cellular_nal::asynch::{self, Control, Runner, Stack};
use cellular_nal::dialect::detect;
use cellular_nal::ip::{self, Ip};
use cellular_nal::{Config, Drive, Error, Resources, Sockets, ppp};
use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Instant, with_timeout};
use static_cell::StaticCell;

use crate::Setup;
use crate::semihosting::{Parameters, exit};
use crate::uart::{Receiver, Transmitter};

/// The modem's sockets, and bytes of each to receive into and to send from.
pub(crate) type Memory = Resources<4, 2048, 1024>;

/// The link, four TCP sockets and three for datagrams.
type IpMemory = ip::Resources<'static, 8, 3, 2048, 2048>;

/// A packet of 1500 bytes in one frame.
pub(crate) type Frames = ip::MuxResources<'static, 1516, 3072, 2048>;

/// Whose the sockets are, and what the line carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Those of the modem; commands.
    Sockets,
    /// Those of an IP stack; commands until the modem is dialled, then PPP.
    Ppp,
    /// Those of an IP stack, with the modem's beside; commands and PPP by the multiplexer.
    Cmux,
}

impl Mode {
    /// What `mode=` says.
    pub(crate) fn of(parameters: Parameters) -> Option<Self> {
        Some(match parameters.get("mode")? {
            "sockets" => Self::Sockets,
            "ppp" => Self::Ppp,
            "cmux" => Self::Cmux,
            other => panic!("mode={other}: there are sockets, ppp and cmux"),
        })
    }
}

/// What a firmware does once the link is up.
pub trait Application {
    /// The mode, unless the firmware is told another one.
    const MODE: Mode = Mode::Sockets;

    /// Does it. `S` is whatever has the sockets: the modem, or IP.
    #[allow(async_fn_in_trait, reason = "the executor has one thread")]
    async fn run<S: Sockets + ?Sized>(self, world: World<S>) -> Result<(), Failed>;
}

/// What an application has.
#[derive(Debug)]
pub struct World<S: ?Sized + 'static> {
    /// The sockets.
    pub stack: Stack<'static, S>,
    /// The modem's own sockets, where the line carries commands beside data.
    pub own: Option<Stack<'static>>,
    /// The IP stack, where there is one.
    pub ip: Option<&'static RefCell<Ip<'static>>>,
    /// The link.
    pub control: Control<'static>,
    /// What the firmware was started with.
    pub parameters: Parameters,
    /// Whose the sockets are.
    pub mode: Mode,
}

/// Starts the board and the modem, runs the application when there is a link, and ends the program.
pub async fn run<A: Application>(application: A) -> ! {
    let board = crate::setup();
    let limit = limit(board.parameters);
    let result = with_timeout(Duration::from_secs(limit), in_mode(board, application)).await;
    exit(result.unwrap_or_else(|_| {
        defmt::error!("not done in time");
        Err(Failed)
    }))
}

async fn in_mode<A: Application>(board: Setup, application: A) -> Result<(), Failed> {
    static MEMORY: StaticCell<Memory> = StaticCell::new();
    let Setup { parameters, rx, tx } = board;
    let (memory, config) = (MEMORY.init_with(Resources::new), config(parameters));
    // Three ways from the modem to sockets; all else is the same.
    let mode = Mode::of(parameters).unwrap_or(A::MODE);
    match mode {
        Mode::Sockets => {
            let (stack, control, runner) = asynch::new(&detect::AUTO, config, memory);
            let world = World { stack, own: Some(stack), ip: None, control, parameters, mode };
            drive(rx, tx, runner, work(world, application)).await
        }
        Mode::Ppp => {
            let ip = ip();
            let (stack, control, runner) = ip::dialled(memory.engine(&detect::AUTO, config), ip);
            let world = World { stack, own: None, ip: Some(ip), control, parameters, mode };
            drive(rx, tx, runner, work(world, application)).await
        }
        Mode::Cmux => {
            let (engine, ip) = (memory.engine(&detect::AUTO, config), ip());
            let (stack, own, control, runner) = ip::multiplexed(engine, ip, frames());
            let world = World { stack, own: Some(own), ip: Some(ip), control, parameters, mode };
            drive(rx, tx, runner, work(world, application)).await
        }
    }
}

/// An IP stack in its memory.
pub(crate) fn ip() -> &'static RefCell<Ip<'static>> {
    static MEMORY: StaticCell<IpMemory> = StaticCell::new();
    // This board has no random numbers; what QEMU takes until here is another time in each run.
    let seed = Instant::now().as_micros() as u32;
    MEMORY.init_with(ip::Resources::new).ip(ppp::Config::new(seed))
}

/// The memory of the multiplexer.
pub(crate) fn frames() -> &'static mut Frames {
    static MEMORY: StaticCell<Frames> = StaticCell::new();
    MEMORY.init_with(ip::MuxResources::new)
}

/// Moves the bytes until the work is done.
async fn drive<D: Drive>(
    mut rx: Receiver,
    mut tx: Transmitter,
    mut runner: Runner<'_, D>,
    work: impl Future<Output = Result<(), Failed>>,
) -> Result<(), Failed> {
    match select(runner.run(&mut rx, &mut tx), work).await {
        Either::First(end) => panic!("the serial port has ended: {end:?}"),
        Either::Second(result) => result,
    }
}

async fn work<S: Sockets + ?Sized>(world: World<S>, application: impl Application) -> Result<(), Failed> {
    up(world.control, world.ip).await?;
    application.run(world).await
}

/// Waits for the link, and where there is an IP stack for that one's.
async fn up(control: Control<'static>, ip: Option<&RefCell<Ip<'static>>>) -> Result<(), Failed> {
    control.connect().await.map_err(tell("no link"))?;
    defmt::info!("modem: {=str}", control.model());
    let address = match ip {
        Some(ip) => {
            let link = poll_fn(|cx| ip.borrow_mut().poll_link(cx.waker())).await;
            Some(link.map_err(tell("no IP in this mode"))?)
        }
        None => control.status().address(),
    };
    match address {
        Some(address) => defmt::info!("address: {}", address),
        None => defmt::info!("address: unknown"),
    }
    Ok(())
}

/// Says why there is no way on.
pub(crate) fn tell(what: &str) -> impl Fn(Error) -> Failed {
    move |error| {
        defmt::error!("{=str}: {}", what, error);
        Failed
    }
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
