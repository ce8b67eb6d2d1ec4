//! Runs an application of the nb stack, which drives the modem's serial port by itself.

use core::cell::RefCell;
use core::net::IpAddr;
use core::task::{Poll, Waker};
use core::time::Duration;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::rc::Rc;
use std::thread;
use std::time::Instant;

use cellular_nal::{Base, Resources, ip, nb, ppp};
use embedded_io::{ErrorType, Read, ReadReady, Write, WriteReady};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::support::options::{Mode, Options};
use crate::support::trace::Trace;
use crate::support::{Failure, port, report, seed};

/// Time for the modem to turn its radio off.
const FAREWELL: Duration = Duration::from_secs(40);

/// Longest time to wait for the name of the operator.
const DETAILS: Duration = Duration::from_secs(2);

/// How long the last bytes take to leave.
const GOODBYE: Duration = Duration::from_millis(100);

/// Pause between two calls of the stack.
const PAUSE: Duration = Duration::from_millis(1);

/// The stack with the port and the clock of these examples. `B` is whatever has the sockets: the modem, or
/// IP.
pub(crate) type Stack<'d, B> = nb::Stack<'d, Serial, Clock, B>;

/// What an example does once the link is up.
pub(crate) trait Application {
    fn run<B: Base>(self, stack: &mut Stack<'_, B>, session: &Session) -> Result<(), Failure>;
}

/// Monotonic time for the driver.
pub(crate) struct Clock(Instant);

impl nb::Clock for Clock {
    fn now(&mut self) -> cellular_nal::Instant {
        let micros = self.0.elapsed().as_micros();
        cellular_nal::Instant::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }
}

/// What an application has to work with beside the stack.
#[allow(dead_code, reason = "no program needs all of it")]
pub(crate) struct Session {
    /// That of the IP stack.
    pub(crate) address: Option<IpAddr>,
    pub(crate) mode: Mode,
    failure: PortFailure,
}

impl Session {
    /// Waits for the next call of the stack, or says that the serial port has failed.
    pub(crate) fn pause(&self) -> Result<(), Failure> {
        match self.failure.take() {
            Some(failure) => Err(format!("port: {failure}")),
            None => {
                thread::sleep(PAUSE);
                Ok(())
            }
        }
    }
}

/// Brings the link up, runs `application` and takes the link down.
pub(crate) fn run(options: &Options, application: impl Application) -> Result<(), Failure> {
    let file = port::open(options)?;
    // Only to be safe: `ready` is asked before each read and write.
    rustix::io::ioctl_fionbio(&file, true).map_err(|error| format!("port: {error}"))?;
    let failure = PortFailure::default();
    let trace = Trace::new(options.trace);
    let serial = Serial { file, trace, failure: failure.clone() };
    let session = Session { address: None, mode: options.mode, failure };
    let config = options.config().map_err(|error| error.to_string())?;
    let mut modem = Resources::<4, 2048, 2048>::new();
    // The link, four TCP sockets and three for datagrams.
    let mut memory = ip::Resources::<8, 3, 4096, 4096>::new();
    let mut multiplexer = ip::MuxResources::<1516, 3072, 3072>::new();
    let engine = modem.engine(options.modem, config);
    let clock = Clock(Instant::now());
    // Three lines under the same sockets.
    match options.mode {
        Mode::Sockets => work(Stack::on(engine, serial, clock), session, None, application),
        Mode::Ppp => {
            let ip = memory.ip(ppp::Config::new(seed()));
            let line = ip::Dialled::new(engine, ip);
            work(Stack::on(line, serial, clock), session, Some(ip), application)
        }
        Mode::Cmux => {
            let ip = memory.ip(ppp::Config::new(seed()));
            let line = ip::Multiplexed::new(engine, ip, &mut multiplexer);
            work(Stack::on(line, serial, clock), session, Some(ip), application)
        }
    }
}

fn work<B: Base>(
    mut stack: Stack<'_, B>,
    mut session: Session,
    ip: Option<&RefCell<ip::Ip<'_>>>,
    application: impl Application,
) -> Result<(), Failure> {
    loop {
        match stack.link_up() {
            Ok(()) => break,
            Err(::nb::Error::WouldBlock) => session.pause()?,
            Err(::nb::Error::Other(error)) => return Err(error.to_string()),
        }
    }
    // An example does without operator and signal if need be.
    let start = Instant::now();
    while stack.refresh().is_err() && start.elapsed() < DETAILS {
        session.pause()?;
    }
    report(stack.model(), &stack.status());
    let result = match ip.map(|ip| address(&mut stack, &session, ip)).transpose() {
        Ok(address) => {
            session.address = address;
            application.run(&mut stack, &session)
        }
        Err(failure) => Err(failure),
    };
    // What the application's end has left to send goes first, then the radio; both are bounded.
    let start = Instant::now();
    while stack.link_down().is_err() && start.elapsed() < FAREWELL && session.pause().is_ok() {}
    let start = Instant::now();
    while session.mode == Mode::Cmux && start.elapsed() < GOODBYE && session.pause().is_ok() {
        // The modem is told to take plain commands again.
        stack.poll();
    }
    result
}

/// Waits until packets can be sent, and gives the address that they have.
fn address<B: Base>(
    stack: &mut Stack<'_, B>,
    session: &Session,
    ip: &RefCell<ip::Ip<'_>>,
) -> Result<IpAddr, Failure> {
    loop {
        stack.poll();
        let link = ip.borrow_mut().poll_link(Waker::noop());
        match link {
            Poll::Ready(Ok(address)) => {
                eprintln!("IP: {address}");
                return Ok(address);
            }
            Poll::Ready(Err(error)) => return Err(format!("--mode {}: {error}", session.mode)),
            Poll::Pending => session.pause()?,
        }
    }
}

/// Why the serial port has failed, for those who cannot reach it because the stack has it.
#[derive(Clone, Default)]
struct PortFailure(Rc<RefCell<Option<String>>>);

impl PortFailure {
    fn note(&self, error: &io::Error) {
        self.0.borrow_mut().get_or_insert_with(|| error.to_string());
    }

    fn take(&self) -> Option<String> {
        self.0.borrow_mut().take()
    }
}

/// The serial port for the driver.
pub(crate) struct Serial {
    file: File,
    trace: Trace,
    failure: PortFailure,
}

impl Serial {
    fn is_ready(&self, flags: PollFlags) -> io::Result<bool> {
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        let count = poll(&mut [PollFd::new(&self.file, flags)], Some(&at_once));
        let ready = count.map(|count| count > 0).map_err(io::Error::from);
        ready.inspect_err(|error| self.failure.note(error))
    }
}

impl ErrorType for Serial {
    type Error = io::Error;
}

impl ReadReady for Serial {
    fn read_ready(&mut self) -> io::Result<bool> {
        self.is_ready(PollFlags::IN)
    }
}

impl WriteReady for Serial {
    fn write_ready(&mut self) -> io::Result<bool> {
        self.is_ready(PollFlags::OUT)
    }
}

impl Read for Serial {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let result = match self.file.read(buffer) {
            Ok(0) if !buffer.is_empty() => Err(io::Error::other("closed at the other end")),
            result => result,
        };
        match &result {
            Ok(count) => self.trace.received(buffer.get(..*count).unwrap_or_default()),
            Err(error) => self.failure.note(error),
        }
        result
    }
}

impl Write for Serial {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.file.write(bytes);
        match &result {
            Ok(count) => self.trace.sent(bytes.get(..*count).unwrap_or_default()),
            Err(error) => self.failure.note(error),
        }
        result
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
