//! Runs an application of the async stack, with the modem's serial port beside it.

use core::cell::RefCell;
use std::fs::File;
use std::io::{self, Read as _, Write as _};

use async_io::Async;
use cellular_nal::asynch::{self, Control, Port, RunError, Stack};
use cellular_nal::{Error, Resources};
use embassy_futures::select::{Either, select};
use embassy_time::{Duration, with_timeout};
use embedded_io_async::{ErrorType, Read, Write};
use rustix::termios::OptionalActions;

use crate::support::options::Options;
use crate::support::trace::Trace;
use crate::support::{Failure, port, report};

/// Longest time that the modem may take to turn its radio off.
const FAREWELL: Duration = Duration::from_secs(15);

/// Brings the link up, runs `application` and takes the link down. The link bounds itself;
/// `limit` is for the application, which gets the stack and the name of the modem.
#[allow(dead_code, reason = "some examples need more")]
pub(crate) fn run(
    options: &Options,
    limit: Option<Duration>,
    application: impl AsyncFnOnce(Stack<'_>, &'static str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    run_with(options, limit, async |stack, _, model| application(stack, model).await)
}

/// The same for an application that is in charge of the modem, too.
pub(crate) fn run_with(
    options: &Options,
    limit: Option<Duration>,
    application: impl AsyncFnOnce(Stack<'_>, Control<'_>, &'static str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let file = port::open(options)?;
    let file = Async::new(file).map_err(|error| format!("port: {error}"))?;
    let trace = RefCell::new(Trace::new(options.trace));
    let serial = Serial { file: &file, trace: &trace };
    let config = options.config().map_err(|error| error.to_string())?;
    let mut resources = Resources::<4, 4096, 4096>::new();
    let (stack, control, mut runner) = asynch::new(options.modem, config, &mut resources);
    async_io::block_on(async {
        let (mut rx, mut tx, mut port) = (serial, serial, serial);
        let line = runner.run_on(&mut rx, &mut tx, &mut port);
        let work = async {
            control.connect().await.map_err(|error: Error| error.to_string())?;
            // Operator and signal are asked for separately; an example does without if need be.
            let status = control.refresh().await;
            let model = control.model();
            report(model, &status.unwrap_or_else(|_| control.status()));
            let result = within(limit, application(stack, control, model)).await;
            // Whether the modem says goodbye does not matter for what was asked.
            let _ = with_timeout(FAREWELL, control.disconnect()).await;
            result
        };
        match select(line, work).await {
            Either::First(RunError::Read(error) | RunError::Write(error)) => Err(format!("port: {error}")),
            Either::First(_) => Err("port: closed at the other end".to_owned()),
            Either::Second(result) => result,
        }
    })
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
struct Serial<'a> {
    file: &'a Async<File>,
    trace: &'a RefCell<Trace>,
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
