//! Runs an application of the nb stack, which drives the modem's serial port by itself.

use core::cell::RefCell;
use core::time::Duration;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::rc::Rc;
use std::thread;
use std::time::Instant;

use cellular_nal::{Resources, nb};
use embedded_io::{ErrorType, Read, ReadReady, Write, WriteReady};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::support::options::{Mode, Options};
use crate::support::trace::Trace;
use crate::support::{Failure, port, report};

/// Time for the modem to turn its radio off.
const FAREWELL: Duration = Duration::from_secs(40);

/// Longest time to wait for the name of the operator.
const DETAILS: Duration = Duration::from_secs(2);

/// Pause between two calls of the stack.
const PAUSE: Duration = Duration::from_millis(1);

/// The stack with the port and the clock of these examples.
pub(crate) type Stack<'d> = nb::Stack<'d, Serial, Clock>;

/// What is wrong with the options.
#[allow(dead_code, reason = "some programs have another check")]
pub(crate) fn check(options: &Options) -> Result<(), &'static str> {
    match options.mode {
        Mode::Sockets => Ok(()),
        Mode::Ppp | Mode::Cmux => {
            Err("--mode: without async there are the modem's own sockets alone, for now")
        }
    }
}

/// Monotonic time for the driver.
pub(crate) struct Clock(Instant);

impl nb::Clock for Clock {
    fn now(&mut self) -> cellular_nal::Instant {
        let micros = self.0.elapsed().as_micros();
        cellular_nal::Instant::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }
}

/// Waits for the next call of the stack, or says that the serial port has failed.
pub(crate) struct Pause {
    failure: PortFailure,
}

impl Pause {
    pub(crate) fn wait(&self) -> Result<(), Failure> {
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
pub(crate) fn run(
    options: &Options,
    application: impl FnOnce(&mut Stack<'_>, &Pause) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let file = port::open(options)?;
    // Only to be safe: `ready` is asked before each read and write.
    rustix::io::ioctl_fionbio(&file, true).map_err(|error| format!("port: {error}"))?;
    let failure = PortFailure::default();
    let trace = Trace::new(options.trace);
    let serial = Serial { file, trace, failure: failure.clone() };
    let pause = Pause { failure };
    let config = options.config().map_err(|error| error.to_string())?;
    let mut resources = Resources::<4, 2048, 2048>::new();
    let clock = Clock(Instant::now());
    let mut stack = nb::Stack::new(options.modem, config, &mut resources, serial, clock);
    loop {
        match stack.link_up() {
            Ok(()) => break,
            Err(::nb::Error::WouldBlock) => pause.wait()?,
            Err(::nb::Error::Other(error)) => return Err(error.to_string()),
        }
    }
    // An example does without operator and signal if need be.
    let start = Instant::now();
    while stack.refresh().is_err() && start.elapsed() < DETAILS {
        pause.wait()?;
    }
    report(stack.model(), &stack.status());
    let result = application(&mut stack, &pause);
    // What the application's end has left to send goes first, then the radio; both are bounded.
    let start = Instant::now();
    while stack.link_down().is_err() && start.elapsed() < FAREWELL && pause.wait().is_ok() {}
    result
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
