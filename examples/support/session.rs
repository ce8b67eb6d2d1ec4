//! Runs an application of the async stack, with the modem's serial port beside it.

use core::cell::RefCell;
use core::net::IpAddr;
use std::fs::File;
use std::io::{self, Read as _, Write as _};

use async_io::Async;
use cellular_nal::asynch::{self, Control, Port, RunError, Runner, Stack};
use cellular_nal::{Config, Drive, Error, Resources, Sockets, ip, ppp};
use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Timer, with_timeout};
use embedded_io_async::{ErrorType, Read, Write};
use rustix::termios::OptionalActions;

use crate::support::options::{Mode, Options};
use crate::support::trace::Trace;
use crate::support::{Failure, port, report, seed};

/// Longest time that the modem may take to turn its radio off.
pub(crate) const FAREWELL: Duration = Duration::from_secs(15);

/// How long the last bytes take to leave.
pub(crate) const GOODBYE: Duration = Duration::from_millis(100);

/// How often the signal is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// What an example does once the link is up. `S` is whatever has the sockets: the modem, or IP.
pub(crate) trait Application {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure>;
}

/// What an application has to work with.
#[allow(dead_code, reason = "no example needs all of it")]
pub(crate) struct Session<'d, S: ?Sized> {
    /// The sockets.
    pub(crate) stack: Stack<'d, S>,
    /// The modem's own sockets, if the line carries commands now.
    pub(crate) own: Option<Stack<'d>>,
    pub(crate) control: Control<'d>,
    /// That of the IP stack.
    pub(crate) address: Option<IpAddr>,
    /// Name of the modem.
    pub(crate) model: &'static str,
    pub(crate) mode: Mode,
}

impl<S: ?Sized> Session<'_, S> {
    /// Does `work`. Shows how strong the signal is meanwhile, if the line carries commands beside the data of
    /// `work`.
    #[allow(dead_code, reason = "some examples need it")]
    pub(crate) async fn watched<T>(&self, work: impl Future<Output = T>) -> T {
        let watch = async {
            if self.mode != Mode::Cmux {
                return core::future::pending().await;
            }
            loop {
                match self.control.refresh().await.map(|status| status.signal_dbm()) {
                    Ok(Some(dbm)) => eprintln!("signal: {dbm} dBm"),
                    Ok(None) => eprintln!("signal: unknown"),
                    Err(error) => eprintln!("signal: {error}"),
                }
                Timer::after(LOOK).await;
            }
        };
        match select(work, watch).await {
            Either::First(done) => done,
            Either::Second(never) => never,
        }
    }
}

/// Brings the link up, runs `application` and takes the link down. The link bounds itself; `limit` is for
/// the application.
#[allow(dead_code, reason = "one example has settings of its own")]
pub(crate) fn run(
    options: &Options,
    limit: Option<Duration>,
    application: impl Application,
) -> Result<(), Failure> {
    run_with(options, options.config().map_err(|error| error.to_string())?, limit, application)
}

/// The same with settings of the example's own.
#[allow(dead_code, reason = "few examples have some")]
pub(crate) fn run_with(
    options: &Options,
    config: Config,
    limit: Option<Duration>,
    application: impl Application,
) -> Result<(), Failure> {
    let file = port::open(options)?;
    let file = Async::new(file).map_err(|error| format!("port: {error}"))?;
    let trace = RefCell::new(Trace::new(options.trace));
    let serial = Serial { file: &file, trace: &trace };
    let mut modem = Resources::<4, 4096, 4096>::new();
    // The link, four TCP sockets and three for datagrams.
    let mut memory = ip::Resources::<8, 3, 4096, 4096>::new();
    let mut multiplexer = ip::MuxResources::<1516, 3072, 3072>::new();
    let mode = options.mode;
    // Three ways from the modem to sockets; all else is the same.
    match mode {
        Mode::Sockets => {
            let (stack, control, runner) = asynch::new(options.modem, config, &mut modem);
            let link = async || Ok(None);
            let session = Session { stack, own: Some(stack), control, address: None, model: "", mode };
            drive(serial, runner, work(session, link, limit, application))
        }
        Mode::Ppp => {
            let (engine, ip) = (modem.engine(options.modem, config), memory.ip(ppp::Config::new(seed())));
            let (stack, control, runner) = ip::dialled(engine, ip);
            let link = async || address(stack, mode).await;
            let session = Session { stack, own: None, control, address: None, model: "", mode };
            drive(serial, runner, work(session, link, limit, application))
        }
        Mode::Cmux => {
            let (engine, ip) = (modem.engine(options.modem, config), memory.ip(ppp::Config::new(seed())));
            let (stack, own, control, runner) = ip::multiplexed(engine, ip, &mut multiplexer);
            let link = async || address(stack, mode).await;
            let session = Session { stack, own: Some(own), control, address: None, model: "", mode };
            drive(serial, runner, work(session, link, limit, application))
        }
    }
}

/// Waits until packets can be sent, and gives the address that they have.
async fn address(stack: ip::Stack<'_>, mode: Mode) -> Result<Option<IpAddr>, Failure> {
    let address = stack.wait_for_link().await.map_err(|error| format!("--mode {mode}: {error}"))?;
    eprintln!("IP: {address}");
    Ok(Some(address))
}

/// Moves the bytes of the line while `work` is done.
pub(crate) fn drive<D: Drive>(
    serial: Serial<'_>,
    mut runner: Runner<'_, D>,
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    let (mut rx, mut tx, mut port) = (serial, serial, serial);
    let line = runner.run_on(&mut rx, &mut tx, &mut port);
    match async_io::block_on(select(line, work)) {
        Either::First(RunError::Read(error) | RunError::Write(error)) => Err(format!("port: {error}")),
        Either::First(_) => Err("port: closed at the other end".to_owned()),
        Either::Second(result) => result,
    }
}

async fn work<S: Sockets + ?Sized>(
    mut session: Session<'_, S>,
    link: impl AsyncFnOnce() -> Result<Option<IpAddr>, Failure>,
    limit: Option<Duration>,
    application: impl Application,
) -> Result<(), Failure> {
    let (control, mode) = (session.control, session.mode);
    control.connect().await.map_err(|error: Error| error.to_string())?;
    // Operator and signal are asked for separately; an example does without if need be.
    let status = control.refresh().await;
    session.model = control.model();
    report(session.model, &status.unwrap_or_else(|_| control.status()));
    let result = match link().await {
        Ok(address) => within(limit, application.run(Session { address, ..session })).await,
        Err(failure) => Err(failure),
    };
    // Whether the modem says goodbye does not matter for what was asked.
    let _ = with_timeout(FAREWELL, control.disconnect()).await;
    if mode == Mode::Cmux {
        // The modem is told to take plain commands again.
        Timer::after(GOODBYE).await;
    }
    result
}

async fn within(
    limit: Option<Duration>,
    application: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    match limit {
        Some(limit) => match with_timeout(limit, application).await {
            Ok(result) => result,
            Err(_) => Err(format!("not done after {} s", limit.as_secs())),
        },
        None => application.await,
    }
}

/// The serial port for the driver; reading, writing and setting it need a copy each.
#[derive(Clone, Copy)]
pub(crate) struct Serial<'a> {
    pub(crate) file: &'a Async<File>,
    pub(crate) trace: &'a RefCell<Trace>,
}

impl ErrorType for Serial<'_> {
    type Error = io::Error;
}

impl Read for Serial<'_> {
    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_with(|mut file| file.read(buffer)).await?;
        let bytes = buffer.get(..count).unwrap_or_default();
        self.trace.borrow_mut().received(bytes);
        Ok(count)
    }
}

impl Write for Serial<'_> {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write_with(|mut file| file.write(bytes)).await?;
        let bytes = bytes.get(..count).unwrap_or_default();
        self.trace.borrow_mut().sent(bytes);
        Ok(count)
    }

    async fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Port for Serial<'_> {
    fn set_baud(&mut self, baud: u32) {
        if let Err(error) = set_baud(self.file.as_ref(), baud) {
            eprintln!("port: {baud} bit/s: {error}");
        }
    }
}

/// Sets the bit rate, if the port is a serial one: a socket has none.
fn set_baud(file: &File, baud: u32) -> io::Result<()> {
    if rustix::termios::isatty(file) {
        let mut settings = rustix::termios::tcgetattr(file)?;
        settings.set_speed(baud)?;
        rustix::termios::tcsetattr(file, OptionalActions::Drain, &settings)?;
    }
    Ok(())
}
